// SPDX-License-Identifier: Apache-2.0
#pragma once
// Steps over simdjson values that both readers (json_reader.cc, attribute_value_reader.cc) take.
// Only they include this. Every Error is Serialization: with AWS's text where the JSON type is
// wrong, without one where the JSON is broken.

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pumice::json {

using Value = simdjson::ondemand::value;
using Type = simdjson::ondemand::json_type;

inline constexpr std::string_view kShapePrefix = "com.amazonaws.dynamodb.v20120810.";

Error Malformed();
Error WrongType(std::string text);

Result<Type> TypeOf(Value& value);
/// Whether it is null, which is consumed then. type: what TypeOf said.
Result<bool> TakeNull(Value& value, Type type);

/// The text with escapes resolved; it lives in the parser until the next ReadRequest of this
/// thread.
Result<std::string_view> TakeStringView(Value& value);
Result<bool> TakeBoolean(Value& value);
/// base64 text -> bytes.
Result<std::string> TakeBlob(Value& value);
/// java_type: "Integer" or "Long". Decimals are cut off, what is out of range ends at its bound.
Result<std::int64_t> TakeInteger(Value& value, std::string_view java_type, std::int64_t low,
                                 std::int64_t high);
Result<double> TakeDouble(Value& value);

/// The value's own text, maybe with blanks behind it. Brackets are counted, nothing else is
/// checked.
Result<std::string_view> TakeRawTextView(Value& value);
/// Consumes the value after a full check of its syntax, whatever its depth.
Result<void> Skip(Value& value);

/// visit(std::string_view name, Value& member) -> Result<void>; each member must be consumed or
/// left untouched.
template <class Visit>
Result<void> ForEachMember(simdjson::ondemand::object& object, Visit&& visit) {
  for (auto field : object) {
    std::string_view name;
    Value member;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS) return Malformed();
    if (field.value().get(member) != simdjson::SUCCESS) return Malformed();
    PUMICE_TRY(visit(name, member));
  }
  return Ok();
}

template <class Visit>
Result<void> ForEachMember(Value& value, Visit&& visit) {
  simdjson::ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return Malformed();
  return ForEachMember(object, visit);
}

/// visit(Value& element) -> Result<void>
template <class Visit>
Result<void> ForEachElement(Value& value, Visit&& visit) {
  simdjson::ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return Malformed();
  for (auto entry : array) {
    Value element;
    if (entry.get(element) != simdjson::SUCCESS) return Malformed();
    PUMICE_TRY(visit(element));
  }
  return Ok();
}

}  // namespace pumice::json
