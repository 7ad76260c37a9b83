// SPDX-License-Identifier: Apache-2.0
#include "server/init/json_view.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "server/init/init_step.h"

namespace pumice {
namespace {

using nlohmann::json;

/// Only finds out where a text stops being JSON.
class ErrorFinder final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    position_ = position;  // from 1; beyond the text where that ends too early
    return false;
  }

  std::size_t position() const { return position_; }

 private:
  std::size_t position_ = 1;
};

Error NoJson(std::string_view text, std::string_view path, std::size_t line) {
  ErrorFinder finder;
  json::sax_parse(text, &finder);
  if (finder.position() > text.size()) {
    const auto lines = std::count(text.begin(), text.end(), '\n');
    const std::size_t last =
        line + static_cast<std::size_t>(lines) - (text.ends_with('\n') ? 1 : 0);
    return WrongAt(path, last, "the JSON ends too early");
  }
  const std::string_view read = text.substr(0, finder.position() - 1);
  const auto lines = std::count(read.begin(), read.end(), '\n');
  const std::size_t column = read.size() - (read.find_last_of('\n') + 1) + 1;
  return WrongAt(path, line + static_cast<std::size_t>(lines),
                 fmt::format("this is no JSON (column {})", column));
}

}  // namespace

/// Walks over text that is known to be JSON.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text, std::size_t line) : text_(text), line_(line) {}

  /// The value that comes next.
  JsonView Value() {
    SkipSpace();
    const std::size_t from = at_;
    const std::size_t line = line_;
    SkipValue();
    return {text_.substr(from, at_ - from), line};
  }

  /// Whether an object or list that was entered has another value.
  bool Next() {
    SkipSpace();
    if (text_[at_] == '}' || text_[at_] == ']') return false;
    if (text_[at_] == ',') Skip();
    return true;
  }

  /// One of { [ : that comes next.
  void Skip() {
    SkipSpace();
    ++at_;
  }

 private:
  void SkipSpace() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string::npos) {
      if (text_[at_] == '\n') ++line_;
      ++at_;
    }
  }

  void SkipString() {
    for (++at_; text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    ++at_;
  }

  void SkipValue() {
    std::size_t depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        SkipString();
        continue;
      }
      if (c == '\n') ++line_;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
      const bool word = c != '}' && c != ']' && depth == 0;
      if (word) at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    } while (depth > 0);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_;
};

Result<JsonView> JsonView::Read(std::string_view text, std::string_view path, std::size_t line) {
  if (!json::accept(text)) return NoJson(text, path, line);
  return JsonCursor(text, line).Value();
}

std::vector<JsonView::Member> JsonView::Members() const {
  std::vector<Member> members;
  if (!is_object()) return members;
  JsonCursor cursor(text_, line_);
  cursor.Skip();
  while (cursor.Next()) {
    std::string name = cursor.Value().String();
    cursor.Skip();
    members.push_back({std::move(name), cursor.Value()});
  }
  return members;
}

std::optional<JsonView> JsonView::Find(std::string_view name) const {
  for (const Member& member : Members()) {
    if (member.name == name) return member.value;
  }
  return std::nullopt;
}

std::vector<JsonView> JsonView::Elements() const {
  std::vector<JsonView> elements;
  if (!is_list()) return elements;
  JsonCursor cursor(text_, line_);
  cursor.Skip();
  while (cursor.Next()) elements.push_back(cursor.Value());
  return elements;
}

std::string JsonView::String() const {
  if (!is_string()) return {};
  if (text_.find('\\') == std::string_view::npos) {
    return std::string(text_.substr(1, text_.size() - 2));
  }
  return json::parse(text_).get<std::string>();
}

}  // namespace pumice
