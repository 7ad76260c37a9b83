// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "model/attribute_json.h"

namespace pumice {

/// Writes the members of one JSON object: the comma is its own affair.
class JsonMembers {
 public:
  explicit JsonMembers(std::string& out) : out_(out) { out_ += '{'; }
  /// Goes on behind a first member that is there already.
  struct Begun {};
  JsonMembers(std::string& out, Begun) : out_(out), first_(false) {}
  JsonMembers(const JsonMembers&) = delete;
  JsonMembers& operator=(const JsonMembers&) = delete;

  /// Appends "name": and gives the place for the value. `name` needs no escapes.
  std::string& Member(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += name;
    out_ += "\":";
    return out_;
  }
  /// The same for a name that a client chose.
  std::string& NamedMember(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    AppendJsonString(out_, name);
    out_ += ':';
    return out_;
  }
  void End() { out_ += '}'; }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace pumice
