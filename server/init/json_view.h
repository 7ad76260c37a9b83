// SPDX-License-Identifier: Apache-2.0
#pragma once
// JSON that knows on which line each value begins, and gives values back as they were written.
// Views: they live on the text that they were made of. Thread rule: plain values.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pumice {

class JsonView {
 public:
  struct Member;

  /// `text` begins on line `line` of the file `path`. Errors: Validation, at the line where the
  /// text stops being JSON.
  static Result<JsonView> Read(std::string_view text, std::string_view path, std::size_t line = 1);

  bool is_object() const { return text_.front() == '{'; }
  bool is_list() const { return text_.front() == '['; }
  bool is_string() const { return text_.front() == '"'; }

  std::string_view text() const { return text_; }
  std::size_t line() const { return line_; }

  /// Of an object; none of anything else.
  std::vector<Member> Members() const;
  std::optional<JsonView> Find(std::string_view name) const;
  bool Has(std::string_view name) const { return Find(name).has_value(); }
  /// Of a list; none of anything else.
  std::vector<JsonView> Elements() const;
  /// What a string says; "" of anything else.
  std::string String() const;

 private:
  friend class JsonCursor;
  JsonView(std::string_view text, std::size_t line) : text_(text), line_(line) {}

  std::string_view text_;  // of the value alone, valid JSON, not empty
  std::size_t line_;
};

struct JsonView::Member {
  std::string name;
  JsonView value;
};

}  // namespace pumice
