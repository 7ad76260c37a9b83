// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/config_object.h"

#include <fmt/format.h>

namespace pumice {

ConfigPlace ConfigPlace::Member(std::string_view name) const {
  return {file, path.empty() ? std::string(name) : fmt::format("{}.{}", path, name)};
}

ConfigPlace ConfigPlace::Element(std::size_t index) const {
  return {file, fmt::format("{}[{}]", path, index)};
}

Error ConfigPlace::Fail(std::string_view what) const {
  return Error(ErrorCode::kValidation, path.empty() ? fmt::format("{}: it {}", file, what)
                                                    : fmt::format("{}: {} {}", file, path, what));
}

Result<ConfigObject> ConfigObject::Open(const nlohmann::json& value, ConfigPlace place) {
  if (!value.is_object()) return place.Fail("must be an object, {…}");
  return ConfigObject(value, std::move(place));
}

const nlohmann::json* ConfigObject::Find(std::string_view name) {
  known_.emplace(name);
  const auto found = value_->find(std::string(name));
  return found == value_->end() || found->is_null() ? nullptr : &*found;
}

Result<std::string> ConfigObject::NeedString(std::string_view name) {
  if (Find(name) == nullptr) return place_.Member(name).Fail("is missing");
  return String(name, {});
}

Result<std::string> ConfigObject::String(std::string_view name, std::string fallback) {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return fallback;
  if (!value->is_string()) return place_.Member(name).Fail("must be a text");
  return value->get<std::string>();
}

Result<bool> ConfigObject::Bool(std::string_view name, bool fallback) {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return fallback;
  if (!value->is_boolean()) return place_.Member(name).Fail("must be true or false");
  return value->get<bool>();
}

Result<std::int64_t> ConfigObject::Integer(std::string_view name, std::int64_t fallback,
                                           Range range) {
  const nlohmann::json* value = Find(name);
  if (value == nullptr) return fallback;
  if (!value->is_number_integer()) return place_.Member(name).Fail("must be a whole number");
  const bool too_large = value->is_number_unsigned() &&
                         value->get<std::uint64_t>() >
                             static_cast<std::uint64_t>(std::max<std::int64_t>(range.high, 0));
  if (too_large || value->get<std::int64_t>() < range.low) {
    return place_.Member(name).Fail(
        fmt::format("is {}; it must be between {} and {}", value->dump(), range.low, range.high));
  }
  return value->get<std::int64_t>();
}

Result<void> ConfigObject::RejectOthers() const {
  for (const auto& [name, value] : value_->items()) {
    if (!known_.contains(name)) return place_.Member(name).Fail("is unknown");
  }
  return Ok();
}

}  // namespace pumice
