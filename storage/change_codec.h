// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a change record is stored.
//   key    = stream-id:U32 · shard-number:U32 · sequence:U64
//   value  = 01 · kind:byte · actor:byte · images:byte · created:U64 · event-id:16 bytes ·
//   size-bytes:varint
//            · keys:block · [new-image:block] · [old-image:block]
//   kind: 0 INSERT, 1 MODIFY, 2 REMOVE. actor: 0 client, 1 time to live. images: bit 0 new, bit 1
//   old. created: microseconds since 1970. block: length:varint, then the wire text
//   (model/attribute_json.h).
// Thread rule: free functions, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/change_record.h"
#include "storage/engine.h"

namespace pumice {

std::string ChangeKey(StreamId stream, std::uint32_t shard_number, SequenceNumber sequence);
/// The records of one shard with from <= sequence < end.
KeyRange ChangeRange(StreamId stream, std::uint32_t shard_number, std::uint64_t from,
                     std::uint64_t end);
/// The sequence number in a key; none: not such a key.
std::optional<SequenceNumber> SequenceOfChangeKey(std::string_view key);

/// A record to be stored, on bytes that belong to others.
struct ChangeRecordView {
  ChangeKind kind = ChangeKind::kInsert;
  ChangeActor actor = ChangeActor::kClient;
  TimePoint created;
  std::uint64_t event_id[2] = {0, 0};
  std::int64_t size_bytes = 0;
  std::string_view keys;
  std::optional<std::string_view> new_image;
  std::optional<std::string_view> old_image;
};

void AppendChangeRecord(std::string& out, const ChangeRecordView& record);
/// None: damaged.
std::optional<ChangeRecord> ReadChangeRecord(SequenceNumber sequence, std::string_view value);
/// Only the time of a record.
std::optional<TimePoint> ReadChangeTime(std::string_view value);

}  // namespace pumice
