// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/json_reader.h"

#include <limits>
#include <memory>

#include <fmt/core.h>

#include "server/protocol/attribute_value_reader.h"
#include "server/protocol/json_scalars.h"
#include "server/protocol/json_surrogates.h"
#include "server/protocol/json_syntax.h"

namespace pumice {

struct JsonValue::Impl {
  json::Value value;
  bool in_collection = false;  // an element of a list or a map, not a member of a structure
  bool read = false;
};

class JsonReaderAccess {
 public:
  /// AWS's text names the member's path; for these it has not been measured. To pass an element
  /// over would write without a condition, or leave out an action, that was sent.
  static Error NullElement() {
    return Error(ErrorCode::kValidation,
                 "1 validation error detected: Value null in a list or map failed to satisfy "
                 "constraint: Member must not be null");
  }

  /// Shows one value to the visitor and sees to it that nothing of it stays unchecked.
  template <class Visit>
  static Result<void> Show(json::Value& value, bool in_collection, Visit&& visit) {
    PUMICE_TRY(const auto type, json::TypeOf(value));
    PUMICE_TRY(const bool is_null, json::TakeNull(value, type));
    if (is_null) return in_collection ? NullElement() : Result<void>(Ok());
    JsonValue::Impl impl{value, in_collection, false};
    JsonValue shown(impl);
    PUMICE_TRY(visit(shown));
    return impl.read ? Result<void>(Ok()) : json::Skip(impl.value);
  }
};

namespace {

using json::Type;

// A parser keeps about three times the size of the largest body it has met.
constexpr std::size_t kMaxKeptBodyBytes = 1024 * 1024;

constexpr std::string_view kUnexpectedField = "Unexpected field type";
constexpr std::string_view kUnexpectedElement = "Unexpected value type in payload";
// What AWS's reader says where a scalar stands for a list or a map inside a list or a map.
constexpr std::string_view kUnexpectedInParameterized =
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
    "java.lang.Class are in module java.base of loader 'bootstrap')";

Error NotStructure(Type type, std::string_view shape, bool in_collection) {
  if (type == Type::array) {
    return json::WrongType(
        fmt::format("Unrecognized collection type class {}{}", json::kShapePrefix, shape));
  }
  return json::WrongType(std::string(in_collection ? kUnexpectedElement : kUnexpectedField));
}

Error NotMap(Type type, std::string_view value_type, bool in_collection) {
  if (type == Type::array) {
    return json::WrongType(fmt::format(
        "Unrecognized collection type java.util.Map<java.lang.String, {}>", value_type));
  }
  return json::WrongType(
      std::string(in_collection ? kUnexpectedInParameterized : kUnexpectedField));
}

Error NotList(Type type, bool in_collection) {
  if (type == Type::object) {
    return json::WrongType("Start of structure or map found where not expected");
  }
  return json::WrongType(
      std::string(in_collection ? kUnexpectedInParameterized : kUnexpectedField));
}

simdjson::ondemand::parser& Parser() {
  thread_local simdjson::ondemand::parser parser;
  return parser;
}

Result<void> ReadBody(std::string& body, MemberVisitor visit) {
  if (body.capacity() - body.size() < simdjson::SIMDJSON_PADDING) {
    body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  }
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (Parser().iterate(body).get(document) != simdjson::SUCCESS) return json::Malformed();
  if (document.get_object().get(object) != simdjson::SUCCESS) return json::Malformed();
  PUMICE_TRY(json::ForEachMember(object, [&](std::string_view name, json::Value& value) {
    return JsonReaderAccess::Show(value, false,
                                  [&](JsonValue& shown) { return visit(name, shown); });
  }));
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  if (!at_end) return json::Malformed();
  return Ok();
}

}  // namespace

Result<std::string> JsonValue::String() {
  impl_.read = true;
  PUMICE_TRY(const auto text, json::TakeStringView(impl_.value));
  return std::string(text);
}

Result<std::int64_t> JsonValue::Integer() {
  impl_.read = true;
  return json::TakeInteger(impl_.value, "Integer", std::numeric_limits<std::int32_t>::min(),
                           std::numeric_limits<std::int32_t>::max());
}

Result<std::int64_t> JsonValue::Long() {
  impl_.read = true;
  return json::TakeInteger(impl_.value, "Long", std::numeric_limits<std::int64_t>::min(),
                           std::numeric_limits<std::int64_t>::max());
}

Result<double> JsonValue::Double() {
  impl_.read = true;
  return json::TakeDouble(impl_.value);
}

Result<bool> JsonValue::Boolean() {
  impl_.read = true;
  return json::TakeBoolean(impl_.value);
}

Result<void> JsonValue::Structure(std::string_view shape, MemberVisitor visit) {
  impl_.read = true;
  PUMICE_TRY(const Type type, json::TypeOf(impl_.value));
  if (type != Type::object) return NotStructure(type, shape, impl_.in_collection);
  return json::ForEachMember(impl_.value, [&](std::string_view name, json::Value& value) {
    return JsonReaderAccess::Show(value, false,
                                  [&](JsonValue& shown) { return visit(name, shown); });
  });
}

Result<void> JsonValue::Map(std::string_view value_type, MemberVisitor visit) {
  impl_.read = true;
  PUMICE_TRY(const Type type, json::TypeOf(impl_.value));
  if (type != Type::object) return NotMap(type, value_type, impl_.in_collection);
  return json::ForEachMember(impl_.value, [&](std::string_view name, json::Value& value) {
    return JsonReaderAccess::Show(value, true,
                                  [&](JsonValue& shown) { return visit(name, shown); });
  });
}

Result<void> JsonValue::List(ElementVisitor visit) {
  impl_.read = true;
  PUMICE_TRY(const Type type, json::TypeOf(impl_.value));
  if (type != Type::array) return NotList(type, impl_.in_collection);
  return json::ForEachElement(impl_.value, [&](json::Value& value) {
    return JsonReaderAccess::Show(value, true, [&](JsonValue& shown) { return visit(shown); });
  });
}

Result<ParsedValue> JsonValue::Value(ValueTexts texts, std::size_t max_levels) {
  impl_.read = true;
  if (!impl_.in_collection) {
    PUMICE_TRY(const Type type, json::TypeOf(impl_.value));
    if (type != Type::object) return NotStructure(type, "AttributeValue", false);
  }
  return ReadAttributeValue(impl_.value, texts, max_levels);
}

Result<ParsedItem> JsonValue::ItemMap(ValueTexts texts) {
  impl_.read = true;
  if (impl_.in_collection) {
    PUMICE_TRY(const Type type, json::TypeOf(impl_.value));
    if (type != Type::object) {
      return NotMap(type, "com.amazonaws.dynamodb.v20120810.AttributeValue", true);
    }
  }
  return ReadAttributeMap(impl_.value, texts);
}

Result<std::string> JsonValue::CompactJson() {
  impl_.read = true;
  PUMICE_TRY(const auto text, json::TakeRawTextView(impl_.value));
  if (!IsWellFormedJson(text)) return json::Malformed();
  std::string compact(text.size() + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t size = 0;
  if (simdjson::minify(text.data(), text.size(), compact.data(), size) != simdjson::SUCCESS) {
    return json::Malformed();
  }
  compact.resize(size);
  return compact;
}

Result<void> ReadRequest(std::string& body, MemberVisitor visit) {
  ReplaceLoneSurrogates(body);
  auto result = ReadBody(body, visit);
  if (body.size() > kMaxKeptBodyBytes) Parser() = simdjson::ondemand::parser();
  // Whatever was found wrong on the way: broken JSON further on is what AWS would have seen first.
  if (!result && !IsWellFormedJson(body)) return json::Malformed();
  return result;
}

bool IsJson(std::string& body) {
  ReplaceLoneSurrogates(body);
  return IsWellFormedJson(body);
}

}  // namespace pumice
