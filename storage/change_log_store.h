// SPDX-License-Identifier: Apache-2.0
#pragma once
// ChangeLogStore: the ChangeLog on an Engine, and what ItemStore and TableCatalog need of it beyond
// that.
//
// No gap is read past: a write takes its sequence number before it commits and gives it back after.
// Readers stop before the smallest number that is still out. A write that failed leaves a number
// without a record. Thread rule: any thread.

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
  /// Reads the streams that the engine holds. Errors: Internal.
  static Result<std::unique_ptr<ChangeLogStore>> Open(Engine& engine, const Clock& clock,
                                                      RandomSource& random);

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
  Result<void> Trim() override;

  class Lease;

  /// For TableCatalog, inside a Transact() that holds all stripes of the table. OpenStream answers
  /// the table's new TableStream; both take effect when the transaction commits.
  TableStream OpenStream(Transaction& transaction, const TableDescription& table, StreamId id,
                         StreamViewType view_type);
  void CloseStream(Transaction& transaction, StreamId id);

 private:
  /// What is known of a stream beyond its description.
  struct Stream {
    mutable Mutex mutex;
    StreamPtr description GUARDED_BY(mutex);
    std::uint64_t next GUARDED_BY(mutex) = 1;         // sequence number
    std::uint64_t horizon GUARDED_BY(mutex) = 1;      // nothing below is kept
    std::deque<std::uint64_t> out GUARDED_BY(mutex);  // given to writes under way, ascending

    std::uint64_t Take();
    void GiveBack(std::uint64_t sequence);
    std::uint64_t readable_end() const;
    StreamPtr Description() const;
  };
  using StreamRef = std::shared_ptr<Stream>;

  ChangeLogStore(Engine& engine, const Clock& clock, RandomSource& random)
      : engine_(engine), clock_(clock), random_(random) {}

  Result<void> Load();
  Result<void> LoadStream(StreamPtr description);
  StreamRef FindById(StreamId id) const;
  std::vector<StreamRef> All() const;
  std::pair<StreamArn, std::string> NewArn(const TableDescription& table, TimePoint now) const;
  void Announce(StreamId id) const;
  TimePoint OldestKept() const { return clock_.Now() - kChangeRetention; }
  Result<std::uint64_t> FirstKept(const StreamDescription& description, std::uint64_t horizon,
                                  std::uint64_t end) const;
  Result<void> TrimStream(const StreamRef& stream);
  Result<void> Forget(const StreamRef& stream);

  Engine& engine_;
  const Clock& clock_;
  RandomSource& random_;
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
  /// Writes a record with the stream's next sequence number.
  void Append(Transaction& transaction, StreamId stream, ChangeRecordView record);

 private:
  void GiveBack();

  ChangeLogStore& log_;
  std::vector<std::pair<StreamRef, std::uint64_t>> taken_;
  bool given_back_ = false;
};

}  // namespace pumice
