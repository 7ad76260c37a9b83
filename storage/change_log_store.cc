// SPDX-License-Identifier: Apache-2.0
#include "storage/change_log_store.h"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "storage/bytes.h"
#include "storage/catalog_keys.h"
#include "storage/description_json.h"
#include "storage/stream_shards.h"

namespace pumice {
namespace {

// After a start sequence numbers go on this much higher: numbers that were given out but never
// reached the disk, or were lost with the last moments before a loss of power, are not given again,
// so no iterator that has already passed them misses a record.
constexpr std::uint64_t kStartGap = 1'000'000;

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

ChangeLogStore::Place ChangeLogStore::Stream::Take(std::uint64_t key_hash) {
  const MutexLock lock(mutex);
  std::uint32_t number = 0;
  for (const OpenShard& shard : open) {
    if (shard.first_hash > key_hash) break;
    number = shard.number;
  }
  out.push_back(next);
  return {number, next++};
}

void ChangeLogStore::Stream::GiveBack(std::uint64_t sequence) {
  const MutexLock lock(mutex);
  out.erase(std::find(out.begin(), out.end(), sequence));
}

void ChangeLogStore::Stream::Describe(StreamPtr now, std::uint64_t next_sequence) {
  const MutexLock lock(mutex);
  description = std::move(now);
  next = next_sequence;
  open.clear();
  for (const ShardDescription& shard : description->shards) {
    if (!shard.ending_sequence) open.push_back({shard.hashes.first, shard.number});
  }
  std::sort(open.begin(), open.end(),
            [](const OpenShard& a, const OpenShard& b) { return a.first_hash < b.first_hash; });
}

StreamPtr ChangeLogStore::Stream::Description() const {
  const MutexLock lock(mutex);
  return description;
}

std::uint64_t ChangeLogStore::Stream::NextSequence() const {
  const MutexLock lock(mutex);
  return next;
}

std::uint64_t ChangeLogStore::Stream::ReadableEnd(std::uint32_t shard_number) const {
  const MutexLock lock(mutex);
  const ShardDescription* shard = description->Shard(shard_number);
  if (shard == nullptr) return 0;
  // What may still be out below the end of a closed shard belongs to writes that failed.
  if (shard->ending_sequence) return shard->ending_sequence->value() + 1;
  return std::max(out.empty() ? next : out.front(), shard->starting_sequence.value());
}

std::uint64_t ChangeLogStore::Stream::Horizon(const ShardDescription& shard) const {
  const MutexLock lock(mutex);
  const auto found = horizons.find(shard.number);
  return found == horizons.end() ? shard.starting_sequence.value() : found->second;
}

Result<std::unique_ptr<ChangeLogStore>> ChangeLogStore::Open(Engine& engine, const Clock& clock,
                                                             RandomSource& random,
                                                             std::uint32_t shard_count) {
  std::unique_ptr<ChangeLogStore> log(new ChangeLogStore(engine, clock, random, shard_count));
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
  const StreamId id = description->id;
  PUMICE_TRY(auto horizons, LoadHorizons(id));
  PUMICE_TRY(std::uint64_t next, NextToBeStored(*description));
  for (const auto& [number, horizon] : horizons) next = std::max(next, horizon);
  if (!description->closed) next += kStartGap;
  stream->Describe(std::move(description), next);
  {
    const MutexLock lock(stream->mutex);
    stream->horizons = std::move(horizons);
  }
  const WriterLock lock(mutex_);
  streams_[id] = stream;
  return Ok();
}

Result<std::map<std::uint32_t, std::uint64_t>> ChangeLogStore::LoadHorizons(StreamId id) const {
  std::map<std::uint32_t, std::uint64_t> horizons;
  const auto cursor =
      engine_.NewCursor(Family::kCatalog, HorizonKeys(id.value()), Direction::kForward);
  for (; cursor->Valid(); cursor->Next()) {
    std::string_view bytes = cursor->value();
    const std::optional<std::uint32_t> number = ShardOfHorizonKey(cursor->key());
    const std::optional<std::uint64_t> horizon = TakeU64(bytes);
    if (!number || !horizon) return Damaged("trim horizon");
    horizons[*number] = *horizon;
  }
  PUMICE_TRY(cursor->status());
  return horizons;
}

Result<std::uint64_t> ChangeLogStore::NextToBeStored(const StreamDescription& description) const {
  std::uint64_t next = 1;
  for (const ShardDescription& shard : description.shards) {
    next = std::max(next, shard.starting_sequence.value());
    if (shard.ending_sequence) {
      next = std::max(next, shard.ending_sequence->value() + 1);
      continue;
    }
    const auto last = engine_.NewCursor(
        Family::kChanges, ChangeRange(description.id, shard.number, 0, ~std::uint64_t{0}),
        Direction::kBackward);
    PUMICE_TRY(last->Valid() ? Result<void>(Ok()) : last->status());
    if (!last->Valid()) continue;
    const std::optional<SequenceNumber> sequence = SequenceOfChangeKey(last->key());
    if (!sequence) return Damaged("change key");
    next = std::max(next, sequence->value() + 1);
  }
  return next;
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

ChangeLogStore::StreamRef ChangeLogStore::FindByArn(std::string_view arn) const {
  for (StreamRef& stream : All()) {
    if (stream->Description()->arn.value() == arn) return std::move(stream);
  }
  return nullptr;
}

StreamPtr ChangeLogStore::Find(std::string_view arn) const {
  const StreamRef found = FindByArn(arn);
  return found != nullptr ? found->Description() : nullptr;
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
  const auto cursor =
      engine_.NewCursor(Family::kChanges, ChangeRange(stream.id, shard_number, from.value(), end),
                        Direction::kForward);
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
  return SequenceNumber(found != nullptr ? found->ReadableEnd(shard_number) : 0);
}

SequenceNumber ChangeLogStore::TrimHorizon(const StreamDescription& stream,
                                           std::uint32_t shard_number) const {
  const StreamRef found = FindById(stream.id);
  const ShardDescription* shard = stream.Shard(shard_number);
  if (found == nullptr || shard == nullptr) return SequenceNumber(0);
  const Result<std::uint64_t> first = FirstKept(*found, *shard);
  return SequenceNumber(first ? first.value() : found->Horizon(*shard));
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
  OpenFirstShards(description, shard_count_, random_);
  transaction.Put(Family::kCatalog, CatalogKey(kStreamPrefix, id.value()), StreamJson(description));
  TableStream answer{id, description.arn, description.label, view_type, true};
  const auto stream = std::make_shared<Stream>();
  stream->Describe(std::make_shared<const StreamDescription>(std::move(description)), 1);
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
  const std::uint64_t next = CloseShards(description, *description.closed, stream->NextSequence());
  Put({transaction, stream, std::move(description), next});
}

void ChangeLogStore::Put(Change change) {
  const StreamId id = change.description.id;
  change.transaction.Put(Family::kCatalog, CatalogKey(kStreamPrefix, id.value()),
                         StreamJson(change.description));
  auto description = std::make_shared<const StreamDescription>(std::move(change.description));
  change.transaction.OnCommit(
      [this, id, stream = std::move(change.stream), description, next = change.next] {
        stream->Describe(description, next);
        Announce(id);
      });
}

Result<std::uint64_t> ChangeLogStore::FirstKept(const Stream& stream,
                                                const ShardDescription& shard) const {
  const TimePoint oldest = OldestKept();
  const std::uint64_t end = stream.ReadableEnd(shard.number);
  const std::uint64_t horizon = stream.Horizon(shard);
  if (horizon >= end) return horizon;
  const auto cursor = engine_.NewCursor(
      Family::kChanges, ChangeRange(stream.Description()->id, shard.number, horizon, end),
      Direction::kForward);
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

void ChangeLogStore::Lease::Append(Transaction& transaction, StreamId id, std::uint64_t key_hash,
                                   ChangeRecordView record) {
  StreamRef stream = log_.FindById(id);
  if (stream == nullptr) return;
  // While the table's locks are still held: whoever closes the stream after them finds every record
  // readable.
  if (taken_.empty()) transaction.OnCommit([this] { GiveBack(); });
  const Place place = stream->Take(key_hash);
  taken_.emplace_back(std::move(stream), place.sequence);
  record.event_id[0] = log_.random_.Next();
  record.event_id[1] = log_.random_.Next();
  thread_local std::string value;
  value.clear();
  AppendChangeRecord(value, record);
  transaction.Put(Family::kChanges,
                  ChangeKey(id, place.shard_number, SequenceNumber(place.sequence)), value);
}

}  // namespace pumice
