// SPDX-License-Identifier: Apache-2.0
#pragma once
// ChangeRecord: what one write did to one item; the unit of the change log and of DynamoDB Streams.
// Images are canonical wire text (model/attribute_json.h), so that a record is answered without
// parsing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/named_type.h"

namespace pumice {

enum class ChangeKind : std::uint8_t { kInsert, kModify, kRemove };
std::string_view ChangeKindName(ChangeKind kind);  // "INSERT", "MODIFY", "REMOVE"

/// Who made the change, where it was not a client.
enum class ChangeActor : std::uint8_t { kClient, kTimeToLive };

struct ChangeRecord {
  SequenceNumber sequence;  // place in the stream
  ChangeKind kind = ChangeKind::kInsert;
  ChangeActor actor = ChangeActor::kClient;
  TimePoint created;            // shown to clients in whole seconds
  std::string event_id;         // 32 lower-case hex digits
  std::int64_t size_bytes = 0;  // keys + images shown, by item-size rules
  std::string keys;             // {"pk":{"S":"a"},"sk":{"S":"b"}}
  std::optional<std::string>
      new_image;  // there iff the view type shows it and the item exists after
  std::optional<std::string>
      old_image;  // there iff the view type shows it and the item existed before
};

}  // namespace pumice
