// SPDX-License-Identifier: Apache-2.0
#pragma once
// ChangeLogStore: the ChangeLog on an Engine, and what ItemStore and TableCatalog need of it beyond
// that.
//
// No gap is read past: a write takes its sequence number before it commits and gives it back after.
// Readers stop before the smallest number that is still out. A write that failed leaves a number
// without a record.
//
// Shards change while all stripes of their table are held: no write is under way then, so a closed
// shard is complete at once, and a write finds the shards that are open while it holds its stripe.
// Thread rule: any thread.

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "storage/change_codec.h"
#include "storage/change_log.h"
#include "storage/engine.h"

namespace pumice {

class ChangeLogStore final : public ChangeLog {
 public:
  /// Reads the streams that the engine holds. `shard_count`: 1..kMaxOpenShards, with which streams
  /// are opened. Errors: Internal.
  static Result<std::unique_ptr<ChangeLogStore>> Open(Engine& engine, const Clock& clock,
                                                      RandomSource& random,
                                                      std::uint32_t shard_count);

  StreamPtr Find(std::string_view arn) const override;
  std::vector<StreamPtr> List(std::string_view table_name) const override;
  Result<std::vector<ChangeRecord>> Read(const StreamDescription& stream,
                                         std::uint32_t shard_number, SequenceNumber from,
                                         std::size_t max_count,
                                         std::size_t max_bytes) const override;
  SequenceNumber ReadableEnd(const StreamDescription& stream,
                             std::uint32_t shard_number) const override;
  SequenceNumber TrimHorizon(const StreamDescription& stream,
                             std::uint32_t shard_number) const override;
  void SetListener(std::function<void(StreamId)> listener) override;
  Result<StreamPtr> RotateShards(std::string_view arn, std::uint32_t shard_count) override;
  Result<void> RotateOldShards(std::chrono::microseconds lifetime) override;
  Result<void> Trim() override;

  class Lease;

  /// For TableCatalog, inside a Transact() that holds all stripes of the table. OpenStream answers
  /// the table's new TableStream; both take effect when the transaction commits.
  TableStream OpenStream(Transaction& transaction, const TableDescription& table, StreamId id,
                         StreamViewType view_type);
  void CloseStream(Transaction& transaction, StreamId id);

 private:
  /// Where a record goes.
  struct Place {
    std::uint32_t shard_number = 0;
    std::uint64_t sequence = 0;
  };
  struct OpenShard {
    std::uint64_t first_hash = 0;
    std::uint32_t number = 0;
  };

  /// What is known of a stream beyond its description.
  struct Stream {
    mutable Mutex mutex;
    StreamPtr description GUARDED_BY(mutex);
    std::vector<OpenShard> open GUARDED_BY(mutex);    // by hash
    std::uint64_t next GUARDED_BY(mutex) = 1;         // sequence number
    std::deque<std::uint64_t> out GUARDED_BY(mutex);  // given to writes under way, ascending
    /// By shard number: nothing below is kept. A shard that is not in it has lost nothing yet.
    std::map<std::uint32_t, std::uint64_t> horizons GUARDED_BY(mutex);

    Place Take(std::uint64_t key_hash);
    void GiveBack(std::uint64_t sequence);
    void Describe(StreamPtr now, std::uint64_t next_sequence);
    StreamPtr Description() const;
    std::uint64_t NextSequence() const;
    /// 0: there is no such shard.
    std::uint64_t ReadableEnd(std::uint32_t shard_number) const;
    std::uint64_t Horizon(const ShardDescription& shard) const;
  };
  using StreamRef = std::shared_ptr<Stream>;
  /// A stream whose shards change: its table's stripes are held.
  struct Change {
    Transaction& transaction;
    StreamRef stream;
    StreamDescription description;  // as it shall be
    std::uint64_t next = 0;         // sequence number from then on
  };

  ChangeLogStore(Engine& engine, const Clock& clock, RandomSource& random,
                 std::uint32_t shard_count)
      : engine_(engine), clock_(clock), random_(random), shard_count_(shard_count) {}

  Result<void> Load();
  Result<void> LoadStream(StreamPtr description);
  Result<std::map<std::uint32_t, std::uint64_t>> LoadHorizons(StreamId id) const;
  Result<std::uint64_t> NextToBeStored(const StreamDescription& description) const;
  StreamRef FindById(StreamId id) const;
  StreamRef FindByArn(std::string_view arn) const;
  std::vector<StreamRef> All() const;
  std::pair<StreamArn, std::string> NewArn(const TableDescription& table, TimePoint now) const;
  void Announce(StreamId id) const;
  void Put(Change change);
  TimePoint OldestKept() const { return clock_.Now() - kChangeRetention; }
  Result<std::uint64_t> FirstKept(const Stream& stream, const ShardDescription& shard) const;

  // change_log_upkeep.cc
  Result<bool> Rotate(const StreamRef& stream, TimePoint opened_by, std::uint32_t shard_count);
  Result<void> TrimShard(const StreamRef& stream, const ShardDescription& shard);
  Result<void> DropOldShards(const StreamRef& stream);
  Result<void> Forget(const StreamRef& stream);

  Engine& engine_;
  const Clock& clock_;
  RandomSource& random_;
  const std::uint32_t shard_count_;
  mutable SharedMutex mutex_;
  std::map<StreamId, StreamRef> streams_ GUARDED_BY(mutex_);
  mutable SharedMutex listener_mutex_;
  std::function<void(StreamId)> listener_ GUARDED_BY(listener_mutex_);
};

/// The sequence numbers that one Transact() call took. Gives them back when destroyed, and tells
/// the listener of the streams, also when nothing was committed: records of others that were may
/// have become readable only now.
class ChangeLogStore::Lease {
 public:
  explicit Lease(ChangeLogStore& log) : log_(log) {}
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// Before the work is done (again).
  void Restart();
  /// Writes a record with the stream's next sequence number, into the shard that is open for the
  /// hash of the item's partition key.
  void Append(Transaction& transaction, StreamId stream, std::uint64_t key_hash,
              ChangeRecordView record);

 private:
  void GiveBack();

  ChangeLogStore& log_;
  std::vector<std::pair<StreamRef, std::uint64_t>> taken_;
  bool given_back_ = false;
};

}  // namespace pumice
