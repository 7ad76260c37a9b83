// SPDX-License-Identifier: Apache-2.0
#include "storage/change_log_store.h"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "storage/bytes.h"
#include "storage/catalog_keys.h"
#include "storage/description_json.h"

namespace pumice {
namespace {

// After a start sequence numbers go on this much higher: numbers that were given out but never
// reached the disk, or were lost with the last moments before a loss of power, are not given again,
// so no iterator that has already passed them misses a record.
constexpr std::uint64_t kStartGap = 1'000'000;

constexpr std::uint32_t kOnlyShard = 0;

Error Damaged(std::string_view what) {
  return Error(ErrorCode::kInternal, "The stored data is damaged.",
               fmt::format("damaged {}", what));
}

std::string StreamLabel(TimePoint time) {
  const auto since_epoch =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch());
  const std::time_t seconds = since_epoch.count() / 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}", fmt::gmtime(seconds),
                     since_epoch.count() % 1000);
}

ShardId NewShardId(TimePoint time, std::uint64_t random) {
  const auto millis =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  return ShardId(fmt::format("shardId-{:020}-{:08x}", millis, random & 0xffffffff));
}

KeyRange ShardRange(const StreamDescription& stream, std::uint32_t shard_number, std::uint64_t from,
                    std::uint64_t end) {
  return {ChangeKey(stream.id, shard_number, SequenceNumber(from)),
          ChangeKey(stream.id, shard_number, SequenceNumber(end))};
}

std::size_t BytesOf(const ChangeRecord& record) {
  return record.keys.size() + (record.new_image ? record.new_image->size() : 0) +
         (record.old_image ? record.old_image->size() : 0);
}

/// Errors: Internal.
Result<ChangeRecord> RecordAt(const Cursor& cursor) {
  const std::optional<SequenceNumber> sequence = SequenceOfChangeKey(cursor.key());
  if (!sequence) return Damaged("change key");
  std::optional<ChangeRecord> record = ReadChangeRecord(*sequence, cursor.value());
  if (!record) return Damaged("change record");
  return *std::move(record);
}

}  // namespace

std::uint64_t ChangeLogStore::Stream::Take() {
  const MutexLock lock(mutex);
  out.push_back(next);
  return next++;
}

void ChangeLogStore::Stream::GiveBack(std::uint64_t sequence) {
  const MutexLock lock(mutex);
  out.erase(std::find(out.begin(), out.end(), sequence));
}

std::uint64_t ChangeLogStore::Stream::readable_end() const {
  const MutexLock lock(mutex);
  return out.empty() ? next : out.front();
}

StreamPtr ChangeLogStore::Stream::Description() const {
  const MutexLock lock(mutex);
  return description;
}

Result<std::unique_ptr<ChangeLogStore>> ChangeLogStore::Open(Engine& engine, const Clock& clock,
                                                             RandomSource& random) {
  std::unique_ptr<ChangeLogStore> log(new ChangeLogStore(engine, clock, random));
  PUMICE_TRY(log->Load());
  return log;
}

Result<void> ChangeLogStore::Load() {
  const std::string prefix(1, kStreamPrefix);
  const auto cursor = engine_.NewCursor(
      Family::kCatalog, {prefix, std::string(1, kStreamPrefix + 1)}, Direction::kForward);
  for (; cursor->Valid(); cursor->Next()) {
    PUMICE_TRY(auto description, ReadStreamJson(cursor->value()));
    PUMICE_TRY(LoadStream(std::make_shared<const StreamDescription>(std::move(description))));
  }
  return cursor->status();
}

Result<void> ChangeLogStore::LoadStream(StreamPtr description) {
  const auto stream = std::make_shared<Stream>();
  PUMICE_TRY(const auto stored,
             engine_.Get(Family::kCatalog, CatalogKey(kHorizonPrefix, description->id.value())));
  std::uint64_t horizon = 1;
  if (stored) {
    std::string_view bytes = *stored;
    horizon = TakeU64(bytes).value_or(1);
  }
  std::uint64_t next = horizon;
  const auto last = engine_.NewCursor(Family::kChanges,
                                      ShardRange(*description, kOnlyShard, 0, ~std::uint64_t{0}),
                                      Direction::kBackward);
  if (last->Valid()) {
    next = std::max(next, SequenceOfChangeKey(last->key()).value_or(SequenceNumber(0)).value() + 1);
  }
  PUMICE_TRY(last->status());
  const std::optional<SequenceNumber> ending = description->shards.back().ending_sequence;
  const StreamId id = description->id;
  {
    const MutexLock lock(stream->mutex);
    stream->description = std::move(description);
    stream->horizon = horizon;
    stream->next = ending ? ending->value() + 1 : next + kStartGap;
  }
  const WriterLock lock(mutex_);
  streams_[id] = stream;
  return Ok();
}

ChangeLogStore::StreamRef ChangeLogStore::FindById(StreamId id) const {
  const ReaderLock lock(mutex_);
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second;
}

std::vector<ChangeLogStore::StreamRef> ChangeLogStore::All() const {
  const ReaderLock lock(mutex_);
  std::vector<StreamRef> all;
  all.reserve(streams_.size());
  for (const auto& [id, stream] : streams_) all.push_back(stream);
  return all;
}

StreamPtr ChangeLogStore::Find(std::string_view arn) const {
  for (const StreamRef& stream : All()) {
    StreamPtr description = stream->Description();
    if (description->arn.value() == arn) return description;
  }
  return nullptr;
}

std::vector<StreamPtr> ChangeLogStore::List(std::string_view table_name) const {
  std::vector<StreamPtr> answer;
  for (const StreamRef& stream : All()) {
    StreamPtr description = stream->Description();
    if (table_name.empty() || description->table_name.value() == table_name) {
      answer.push_back(std::move(description));
    }
  }
  std::sort(answer.begin(), answer.end(),
            [](const StreamPtr& a, const StreamPtr& b) { return a->arn < b->arn; });
  return answer;
}

Result<std::vector<ChangeRecord>> ChangeLogStore::Read(const StreamDescription& stream,
                                                       std::uint32_t shard_number,
                                                       SequenceNumber from, std::size_t max_count,
                                                       std::size_t max_bytes) const {
  std::vector<ChangeRecord> records;
  // Taken before the cursor: what is below it is committed or never will be.
  const std::uint64_t end = ReadableEnd(stream, shard_number).value();
  if (from.value() >= end || max_count == 0) return records;
  const TimePoint oldest = OldestKept();
  const auto cursor = engine_.NewCursor(
      Family::kChanges, ShardRange(stream, shard_number, from.value(), end), Direction::kForward);
  std::size_t bytes = 0;
  for (; cursor->Valid() && records.size() < max_count; cursor->Next()) {
    PUMICE_TRY(auto record, RecordAt(*cursor));
    if (record.created < oldest) continue;
    bytes += BytesOf(record);
    if (!records.empty() && bytes > max_bytes) return records;
    records.push_back(std::move(record));
  }
  if (!cursor->Valid()) {
    PUMICE_TRY(cursor->status());
  }
  return records;
}

SequenceNumber ChangeLogStore::ReadableEnd(const StreamDescription& stream,
                                           std::uint32_t shard_number) const {
  const StreamRef found = FindById(stream.id);
  return SequenceNumber(found != nullptr && shard_number == kOnlyShard ? found->readable_end() : 0);
}

SequenceNumber ChangeLogStore::TrimHorizon(const StreamDescription& stream,
                                           std::uint32_t shard_number) const {
  const StreamRef found = FindById(stream.id);
  if (found == nullptr || shard_number != kOnlyShard) return SequenceNumber(0);
  const std::uint64_t end = found->readable_end();
  std::uint64_t horizon = 0;
  {
    const MutexLock lock(found->mutex);
    horizon = found->horizon;
  }
  const Result<std::uint64_t> first = FirstKept(stream, horizon, end);
  return SequenceNumber(first ? first.value() : horizon);
}

void ChangeLogStore::SetListener(std::function<void(StreamId)> listener) {
  const WriterLock lock(listener_mutex_);
  listener_ = std::move(listener);
}

void ChangeLogStore::Announce(StreamId id) const {
  const ReaderLock lock(listener_mutex_);
  if (listener_) listener_(id);
}

std::pair<StreamArn, std::string> ChangeLogStore::NewArn(const TableDescription& table,
                                                         TimePoint now) const {
  while (true) {
    std::string label = StreamLabel(now);
    StreamArn arn(table.arn + "/stream/" + label);
    if (Find(arn.value()) == nullptr) return {std::move(arn), std::move(label)};
    now += std::chrono::milliseconds(1);
  }
}

TableStream ChangeLogStore::OpenStream(Transaction& transaction, const TableDescription& table,
                                       StreamId id, StreamViewType view_type) {
  StreamDescription description;
  description.id = id;
  description.created = clock_.Now();
  std::tie(description.arn, description.label) = NewArn(table, description.created);
  description.table_name = table.name;
  description.table_id = table.id;
  description.view_type = view_type;
  description.key_schema = table.key_schema;
  description.shards.push_back({NewShardId(description.created, random_.Next()), kOnlyShard,
                                std::nullopt, SequenceNumber(1), std::nullopt});
  transaction.Put(Family::kCatalog, CatalogKey(kStreamPrefix, id.value()), StreamJson(description));
  TableStream answer{id, description.arn, description.label, view_type, true};
  const auto stream = std::make_shared<Stream>();
  {
    const MutexLock lock(stream->mutex);
    stream->description = std::make_shared<const StreamDescription>(std::move(description));
  }
  transaction.OnCommit([this, id, stream] {
    {
      const WriterLock lock(mutex_);
      streams_[id] = stream;
    }
    Announce(id);
  });
  return answer;
}

void ChangeLogStore::CloseStream(Transaction& transaction, StreamId id) {
  const StreamRef stream = FindById(id);
  if (stream == nullptr) return;
  StreamDescription description = *stream->Description();
  if (description.closed) return;
  description.closed = clock_.Now();
  ShardDescription& shard = description.shards.back();
  std::uint64_t end = 0;
  {
    // All stripes of the table are held: nobody takes a number of this stream now.
    const MutexLock lock(stream->mutex);
    end = std::max(stream->next - 1, shard.starting_sequence.value());
  }
  shard.ending_sequence = SequenceNumber(end);
  transaction.Put(Family::kCatalog, CatalogKey(kStreamPrefix, id.value()), StreamJson(description));
  auto closed = std::make_shared<const StreamDescription>(std::move(description));
  transaction.OnCommit([this, id, stream, closed, end] {
    {
      const MutexLock lock(stream->mutex);
      stream->description = closed;
      stream->next = end + 1;
    }
    Announce(id);
  });
}

Result<std::uint64_t> ChangeLogStore::FirstKept(const StreamDescription& description,
                                                std::uint64_t horizon, std::uint64_t end) const {
  const TimePoint oldest = OldestKept();
  const auto cursor = engine_.NewCursor(
      Family::kChanges, ShardRange(description, kOnlyShard, horizon, end), Direction::kForward);
  bool aged = false;
  for (; cursor->Valid(); cursor->Next()) {
    const std::optional<TimePoint> created = ReadChangeTime(cursor->value());
    const std::optional<SequenceNumber> sequence = SequenceOfChangeKey(cursor->key());
    if (!created || !sequence) return Damaged("change record");
    // Numbers that no record has are not trimmed: an iterator that waits at one goes on.
    if (*created >= oldest) return aged ? sequence->value() : horizon;
    aged = true;
  }
  PUMICE_TRY(cursor->status());
  return aged ? end : horizon;
}

Result<void> ChangeLogStore::Trim() {
  const TimePoint oldest = OldestKept();
  for (const StreamRef& stream : All()) {
    const StreamPtr description = stream->Description();
    if (description->closed && *description->closed < oldest) {
      PUMICE_TRY(Forget(stream));
    } else {
      PUMICE_TRY(TrimStream(stream));
    }
  }
  return Ok();
}

Result<void> ChangeLogStore::TrimStream(const StreamRef& stream) {
  const StreamPtr description = stream->Description();
  const std::uint64_t end = stream->readable_end();
  std::uint64_t horizon = 0;
  {
    const MutexLock lock(stream->mutex);
    horizon = stream->horizon;
  }
  PUMICE_TRY(const std::uint64_t first, FirstKept(*description, horizon, end));
  const KeyRange old = ShardRange(*description, kOnlyShard, horizon, first);
  if (!engine_.NewCursor(Family::kChanges, old, Direction::kForward)->Valid()) return Ok();
  const std::string key = CatalogKey(kHorizonPrefix, description->id.value());
  const std::string_view lock_key = key;
  return engine_.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    std::string value;
    AppendU64(value, first);
    transaction.Put(Family::kCatalog, key, value);
    transaction.DeleteRange(Family::kChanges, old);
    transaction.OnCommit([stream, first] {
      const MutexLock lock(stream->mutex);
      stream->horizon = std::max(stream->horizon, first);
    });
    return Ok();
  });
}

Result<void> ChangeLogStore::Forget(const StreamRef& stream) {
  const StreamPtr description = stream->Description();
  const StreamId id = description->id;
  const std::string key = CatalogKey(kStreamPrefix, id.value());
  const std::string horizon_key = CatalogKey(kHorizonPrefix, id.value());
  const std::string_view lock_key = key;
  return engine_.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    transaction.Delete(Family::kCatalog, key);
    transaction.Delete(Family::kCatalog, horizon_key);
    transaction.DeleteRange(Family::kChanges,
                            ShardRange(*description, kOnlyShard, 0, ~std::uint64_t{0}));
    transaction.OnCommit([this, id] {
      const WriterLock lock(mutex_);
      streams_.erase(id);
    });
    return Ok();
  });
}

ChangeLogStore::Lease::~Lease() {
  GiveBack();
  const Stream* announced = nullptr;
  for (const auto& [stream, sequence] : taken_) {
    if (stream.get() == announced) continue;
    announced = stream.get();
    log_.Announce(stream->Description()->id);
  }
}

void ChangeLogStore::Lease::Restart() {
  GiveBack();
  taken_.clear();
  given_back_ = false;
}

void ChangeLogStore::Lease::GiveBack() {
  if (std::exchange(given_back_, true)) return;
  for (const auto& [stream, sequence] : taken_) stream->GiveBack(sequence);
}

void ChangeLogStore::Lease::Append(Transaction& transaction, StreamId id, ChangeRecordView record) {
  StreamRef stream = log_.FindById(id);
  if (stream == nullptr) return;
  // While the table's locks are still held: whoever closes the stream after them finds every record
  // readable.
  if (taken_.empty()) transaction.OnCommit([this] { GiveBack(); });
  const std::uint64_t sequence = stream->Take();
  taken_.emplace_back(std::move(stream), sequence);
  record.event_id[0] = log_.random_.Next();
  record.event_id[1] = log_.random_.Next();
  thread_local std::string value;
  value.clear();
  AppendChangeRecord(value, record);
  transaction.Put(Family::kChanges, ChangeKey(id, kOnlyShard, SequenceNumber(sequence)), value);
}

}  // namespace pumice
