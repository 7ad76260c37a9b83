// SPDX-License-Identifier: Apache-2.0
#pragma once
// EventJson: a JSON text as filter patterns see it: numbers as they are written, members that are
// named twice still there twice. Plain values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pumice {

struct EventJson {
  enum class Kind : std::uint8_t { kNull, kBool, kNumber, kString, kObject, kArray };

  Kind kind = Kind::kNull;
  std::string text;  // kString: its value; kBool, kNumber and kNull: as written
  std::vector<std::pair<std::string, EventJson>> members;  // kObject
  std::vector<EventJson> elements;                         // kArray

  bool IsScalar() const { return kind != Kind::kObject && kind != Kind::kArray; }
  /// The first member of that name; null: there is none, or this is no object.
  const EventJson* Find(std::string_view name) const;
};

/// None: the text is no JSON.
std::optional<EventJson> ParseEventJson(std::string_view text);

}  // namespace pumice
