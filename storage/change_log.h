// SPDX-License-Identifier: Apache-2.0
#pragma once
// ChangeLog: the change records of all streams of a database, in the order of their commits.
// Written by ItemStore together with the items; read by streams/. A stream is opened and closed by
// the TableCatalog.
//
// A stream has one or more open shards, which share the hashes of all partition keys among them, so
// that one item's records are always in one of them. A shard is closed and followed by one or more
// children, which share its part. Sequence numbers grow within a stream: those of a parent are
// smaller than those of its children. Thread rule: any thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/change_record.h"
#include "model/named_type.h"
#include "model/table.h"

namespace pumice {

inline constexpr std::chrono::hours kChangeRetention{24};
inline constexpr std::uint32_t kMaxOpenShards = 64;

/// The hashes first..last of partition keys.
struct KeyHashRange {
  std::uint64_t first = 0;
  std::uint64_t last = ~std::uint64_t{0};
};

/// Sequence numbers start..end of a shard belong to it; end absent: still open.
struct ShardDescription {
  ShardId id;
  std::uint32_t number = 0;       // within its stream, 0, 1, 2, …; stored in keys
  std::optional<ShardId> parent;  // it may be gone: all its records are older than 24 h
  SequenceNumber starting_sequence;
  std::optional<SequenceNumber> ending_sequence;
  KeyHashRange hashes;
  TimePoint opened;
  std::optional<TimePoint> closed;  // there iff ending_sequence is
};

struct StreamDescription {
  StreamId id;
  StreamArn arn;
  std::string label;
  TableName table_name;
  TableId table_id;
  StreamViewType view_type = StreamViewType::kNewImage;
  KeySchema key_schema;
  TimePoint created;
  std::optional<TimePoint> closed;       // disabled or table deleted; gone 24 h later
  std::vector<ShardDescription> shards;  // in lexical order of their ids, which is that of numbers

  /// Null: there is none, or it is gone.
  const ShardDescription* Shard(std::uint32_t number) const;
};
using StreamPtr = std::shared_ptr<const StreamDescription>;

class ChangeLog {
 public:
  virtual ~ChangeLog() = default;

  /// Null: no such stream (never was, or gone after 24 h).
  virtual StreamPtr Find(std::string_view arn) const = 0;
  /// All streams in the order of their arns; of one table if table_name is not empty.
  virtual std::vector<StreamPtr> List(std::string_view table_name) const = 0;

  /// Records of one shard with sequence >= from, in order, at most max_count and about max_bytes
  /// (one record is always given). Never reads past a record whose predecessor may still commit.
  /// Records older than 24 h are not given. Errors: Internal.
  virtual Result<std::vector<ChangeRecord>> Read(const StreamDescription& stream,
                                                 std::uint32_t shard_number, SequenceNumber from,
                                                 std::size_t max_count,
                                                 std::size_t max_bytes) const = 0;

  /// The sequence number that the next record of the shard will have at the least: all smaller ones
  /// are readable now or never will be. Where LATEST begins.
  virtual SequenceNumber ReadableEnd(const StreamDescription& stream,
                                     std::uint32_t shard_number) const = 0;
  /// The oldest sequence number still kept (the trim horizon).
  virtual SequenceNumber TrimHorizon(const StreamDescription& stream,
                                     std::uint32_t shard_number) const = 0;

  /// `listener` is called after each commit that added records to a stream, and when a stream or
  /// one of its shards is opened or closed, on the writer's thread: it must return at once and must
  /// not call back. One listener; empty removes it (and waits until no call is under way).
  virtual void SetListener(std::function<void(StreamId)> listener) = 0;

  /// Closes all open shards of one stream and opens children in their place: one each, more where
  /// fewer than `shard_count` (0: as many as the database's streams open with) would be open. There
  /// never are fewer than before: DynamoDB merges no shards. Answers the stream as it is then.
  /// Writes of its table wait meanwhile. Errors: ResourceNotFound (no such stream, or it is
  /// closed), Internal; nothing is changed then.
  virtual Result<StreamPtr> RotateShards(std::string_view arn, std::uint32_t shard_count) = 0;
  /// Does so, in all streams, with the shards that have been open that long. Called now and then by
  /// the server. Errors: Internal; other streams may have been done then.
  virtual Result<void> RotateOldShards(std::chrono::microseconds lifetime) = 0;

  /// Removes records older than 24 h, and shards and streams that were closed before. Called now
  /// and then by the server.
  virtual Result<void> Trim() = 0;
};

}  // namespace pumice
