// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/event_json.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace pumice {
namespace {

using nlohmann::json;

/// What the library's parser calls; the names are the library's.
class Builder final : public nlohmann::json_sax<json> {
 public:
  EventJson Take() { return std::move(root_); }

  bool null() override { return Add(EventJson::Kind::kNull, "null"); }
  bool boolean(bool value) override {
    return Add(EventJson::Kind::kBool, value ? "true" : "false");
  }
  bool number_integer(number_integer_t value) override {
    return Add(EventJson::Kind::kNumber, std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return Add(EventJson::Kind::kNumber, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& written) override {
    return Add(EventJson::Kind::kNumber, written);
  }
  bool string(string_t& value) override { return Add(EventJson::Kind::kString, std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return Open(EventJson::Kind::kObject); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(EventJson::Kind::kArray); }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override {
    names_.push_back(std::move(name));
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception&) override {
    return false;
  }

 private:
  bool Open(EventJson::Kind kind) {
    open_.emplace_back().kind = kind;
    return true;
  }

  bool Close() {
    EventJson value = std::move(open_.back());
    open_.pop_back();
    return Put(std::move(value));
  }

  bool Add(EventJson::Kind kind, std::string text) {
    return Put({.kind = kind, .text = std::move(text), .members = {}, .elements = {}});
  }

  bool Put(EventJson value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().kind == EventJson::Kind::kArray) {
      open_.back().elements.push_back(std::move(value));
    } else {
      open_.back().members.emplace_back(std::move(names_.back()), std::move(value));
      names_.pop_back();
    }
    return true;
  }

  EventJson root_;
  std::vector<EventJson> open_;     // from the outermost
  std::vector<std::string> names_;  // of members whose values are being read
};

}  // namespace

const EventJson* EventJson::Find(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const auto& member) { return member.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

std::optional<EventJson> ParseEventJson(std::string_view text) {
  Builder builder;
  if (!json::sax_parse(text, &builder)) return std::nullopt;
  return builder.Take();
}

}  // namespace pumice
