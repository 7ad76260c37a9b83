// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/json_scalars.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/core.h>

#include "model/attribute_json.h"
#include "server/protocol/json_syntax.h"

namespace pumice::json {
namespace {

constexpr std::string_view kStructureFound = "Start of structure or map found where not expected";

bool IsDecimal(std::string_view number) {
  return number.find_first_of(".eE") != std::string_view::npos;
}

/// AWS's name of a scalar's token. Cold path.
Result<std::string_view> TokenName(Value& value, Type type) {
  switch (type) {
    case Type::string: return "STRING_VALUE";
    case Type::boolean: {
      bool truth = false;
      if (value.get_bool().get(truth) != simdjson::SUCCESS) return Malformed();
      return truth ? "TRUE_VALUE" : "FALSE_VALUE";
    }
    case Type::number: return IsDecimal(value.raw_json_token()) ? "DECIMAL_VALUE" : "NUMBER_VALUE";
    default: return Malformed();
  }
}

/// What AWS says where it wanted a java.lang.<java_type>.
Error NotConvertible(Value& value, Type type, std::string_view java_type) {
  if (type == Type::array) {
    return WrongType(fmt::format("Unrecognized collection type class java.lang.{}", java_type));
  }
  if (type == Type::object) return WrongType(std::string(kStructureFound));
  auto token = TokenName(value, type);
  if (!token) return std::move(token).error();
  return WrongType(fmt::format("{} cannot be converted to {}", token.value(), java_type));
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

Result<bool> BooleanOfText(std::string_view text) {
  for (const std::string_view word : {"true", "1", "yes"}) {
    if (EqualsIgnoringCase(text, word)) return true;
  }
  for (const std::string_view word : {"false", "0", "no"}) {
    if (EqualsIgnoringCase(text, word)) return false;
  }
  return WrongType("Unexpected token received from parser");
}

bool IsBase64Character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=';
}

Error BadBase64(std::string_view text) {
  if (text.size() % 4 != 0) {
    return WrongType(fmt::format(
        "Base64 encoded length is expected a multiple of 4 bytes but found: {}", text.size()));
  }
  const auto bad = std::find_if_not(text.begin(), text.end(), IsBase64Character);
  if (bad != text.end()) return WrongType(fmt::format("Invalid Base64 character: '{}'", *bad));
  return WrongType("Invalid last non-pad Base64 character dectected");  // AWS's own spelling
}

/// simdjson checks a scalar only where it is read as what it is.
Result<void> SkipScalar(Value& value, Type type) {
  switch (type) {
    case Type::string: {
      PUMICE_TRY(TakeStringView(value));
      return Ok();
    }
    case Type::boolean: {
      PUMICE_TRY(TakeBoolean(value));
      return Ok();
    }
    case Type::number: {
      PUMICE_TRY(TakeDouble(value));
      return Ok();
    }
    case Type::null: {
      PUMICE_TRY(TakeNull(value, type));
      return Ok();
    }
    default: return Malformed();
  }
}

std::int64_t CutOff(double number, std::int64_t low, std::int64_t high) {
  if (number <= static_cast<double>(low)) return low;
  if (number >= static_cast<double>(high)) return high;
  return static_cast<std::int64_t>(std::trunc(number));
}

}  // namespace

Error Malformed() { return Error(ErrorCode::kSerialization); }
Error WrongType(std::string text) { return Error(ErrorCode::kSerialization, std::move(text)); }

Result<Type> TypeOf(Value& value) {
  Type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return Malformed();
  return type;
}

Result<bool> TakeNull(Value& value, Type type) {
  if (type != Type::null) return false;
  bool is_null = false;
  if (value.is_null().get(is_null) != simdjson::SUCCESS || !is_null) return Malformed();
  return true;
}

Result<std::string_view> TakeStringView(Value& value) {
  PUMICE_TRY(const Type type, TypeOf(value));
  if (type != Type::string) return NotConvertible(value, type, "String");
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return Malformed();
  return text;
}

Result<bool> TakeBoolean(Value& value) {
  PUMICE_TRY(const Type type, TypeOf(value));
  if (type == Type::boolean) {
    bool truth = false;
    if (value.get_bool().get(truth) != simdjson::SUCCESS) return Malformed();
    return truth;
  }
  if (type == Type::string) {
    PUMICE_TRY(const auto text, TakeStringView(value));
    return BooleanOfText(text);
  }
  if (type == Type::number) return WrongType("NUMBER_VALUE cannot be converted to Boolean");
  return NotConvertible(value, type, "Boolean");
}

Result<std::string> TakeBlob(Value& value) {
  PUMICE_TRY(const Type type, TypeOf(value));
  switch (type) {
    case Type::string: break;
    case Type::array: return WrongType("Unrecognized collection type class java.nio.ByteBuffer");
    case Type::object: return WrongType(std::string(kStructureFound));
    default: return WrongType("only base-64-encoded strings are convertible to bytes");
  }
  PUMICE_TRY(const auto text, TakeStringView(value));
  auto bytes = DecodeBase64(text);
  if (!bytes) return BadBase64(text);
  return std::move(*bytes);
}

Result<std::int64_t> TakeInteger(Value& value, std::string_view java_type, std::int64_t low,
                                 std::int64_t high) {
  PUMICE_TRY(const Type type, TypeOf(value));
  if (type != Type::number) return NotConvertible(value, type, java_type);
  std::int64_t integer = 0;
  if (value.get_int64().get(integer) == simdjson::SUCCESS) return std::clamp(integer, low, high);
  double number = 0;
  if (value.get_double().get(number) != simdjson::SUCCESS) return Malformed();
  return CutOff(number, low, high);
}

Result<double> TakeDouble(Value& value) {
  PUMICE_TRY(const Type type, TypeOf(value));
  if (type != Type::number) return NotConvertible(value, type, "Double");
  double number = 0;
  if (value.get_double().get(number) != simdjson::SUCCESS) return Malformed();
  return number;
}

Result<std::string_view> TakeRawTextView(Value& value) {
  PUMICE_TRY(const Type type, TypeOf(value));
  std::string_view text;
  if (type == Type::object) {
    simdjson::ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS ||
        object.raw_json().get(text) != simdjson::SUCCESS) {
      return Malformed();
    }
    return text;
  }
  if (type == Type::array) {
    simdjson::ondemand::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS ||
        array.raw_json().get(text) != simdjson::SUCCESS) {
      return Malformed();
    }
    return text;
  }
  text = value.raw_json_token();
  PUMICE_TRY(SkipScalar(value, type));
  return text;
}

Result<void> Skip(Value& value) {
  PUMICE_TRY(const Type type, TypeOf(value));
  if (type != Type::object && type != Type::array) return SkipScalar(value, type);
  PUMICE_TRY(const auto text, TakeRawTextView(value));
  if (!IsWellFormedJson(text)) return Malformed();
  return Ok();
}

}  // namespace pumice::json
