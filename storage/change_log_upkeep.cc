// SPDX-License-Identifier: Apache-2.0
// What the change log needs now and then: shards are rotated, old records, shards and streams are
// removed.

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "storage/bytes.h"
#include "storage/catalog_keys.h"
#include "storage/change_log_store.h"
#include "storage/key_format.h"
#include "storage/stream_shards.h"

namespace pumice {
namespace {

Error NoOpenStream(std::string_view arn) {
  return Error(
      ErrorCode::kResourceNotFound,
      fmt::format("Requested resource not found: Stream: {} not found or not enabled", arn));
}

/// Whether it is time, as far as can be seen without locks.
bool IsDue(const StreamDescription& stream, TimePoint opened_by) {
  return std::any_of(stream.shards.begin(), stream.shards.end(), [&](const auto& shard) {
    return !shard.ending_sequence && shard.opened <= opened_by;
  });
}

bool WasClosedBefore(const ShardDescription& shard, TimePoint oldest) {
  return shard.closed && *shard.closed < oldest;
}

/// Runs `work` while no write of the stream's table is under way.
Result<void> TransactAlone(Engine& engine, const StreamDescription& stream,
                           FunctionRef<Result<void>(Transaction&)> work) {
  const std::vector<std::string> stripes = AllStripeKeys(stream.table_id);
  const std::vector<std::string_view> lock_keys(stripes.begin(), stripes.end());
  return engine.Transact(lock_keys, work);
}

}  // namespace

// --- Rotation
// -----------------------------------------------------------------------------------------------

Result<StreamPtr> ChangeLogStore::RotateShards(std::string_view arn, std::uint32_t shard_count) {
  const StreamRef stream = FindByArn(arn);
  if (stream == nullptr) return NoOpenStream(arn);
  const std::uint32_t wanted = shard_count == 0 ? shard_count_ : shard_count;
  PUMICE_TRY(const bool rotated, Rotate(stream, TimePoint::max(), wanted));
  if (!rotated) return NoOpenStream(arn);
  return stream->Description();
}

Result<void> ChangeLogStore::RotateOldShards(std::chrono::microseconds lifetime) {
  const TimePoint opened_by = clock_.Now() - lifetime;
  for (const StreamRef& stream : All()) {
    if (!IsDue(*stream->Description(), opened_by)) continue;
    PUMICE_TRY(Rotate(stream, opened_by, shard_count_));
  }
  return Ok();
}

/// False: there was nothing to rotate.
Result<bool> ChangeLogStore::Rotate(const StreamRef& stream, TimePoint opened_by,
                                    std::uint32_t shard_count) {
  bool rotated = false;
  const auto rotate = [&](Transaction& transaction) -> Result<void> {
    StreamDescription description = *stream->Description();
    const std::optional<std::uint64_t> next = pumice::RotateShards(description,
                                                                   {.now = clock_.Now(),
                                                                    .opened_by = opened_by,
                                                                    .shard_count = shard_count,
                                                                    .next = stream->NextSequence()},
                                                                   random_);
    rotated = next.has_value();
    if (rotated) Put({transaction, stream, std::move(description), *next});
    return Ok();
  };
  PUMICE_TRY(TransactAlone(engine_, *stream->Description(), rotate));
  return rotated;
}

// --- Retention
// ----------------------------------------------------------------------------------------------

Result<void> ChangeLogStore::Trim() {
  const TimePoint oldest = OldestKept();
  for (const StreamRef& stream : All()) {
    const StreamPtr description = stream->Description();
    if (description->closed && *description->closed < oldest) {
      PUMICE_TRY(Forget(stream));
      continue;
    }
    PUMICE_TRY(DropOldShards(stream));
    const StreamPtr kept = stream->Description();
    for (const ShardDescription& shard : kept->shards) {
      PUMICE_TRY(TrimShard(stream, shard));
    }
  }
  return Ok();
}

Result<void> ChangeLogStore::TrimShard(const StreamRef& stream, const ShardDescription& shard) {
  const StreamId id = stream->Description()->id;
  PUMICE_TRY(const std::uint64_t first, FirstKept(*stream, shard));
  const std::uint64_t horizon = stream->Horizon(shard);
  if (first == horizon) return Ok();
  const KeyRange old = ChangeRange(id, shard.number, horizon, first);
  const std::string key = HorizonKey(id.value(), shard.number);
  const std::string_view lock_key = key;
  return engine_.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    std::string value;
    AppendU64(value, first);
    transaction.Put(Family::kCatalog, key, value);
    transaction.DeleteRange(Family::kChanges, old);
    transaction.OnCommit([stream, number = shard.number, first] {
      const MutexLock lock(stream->mutex);
      stream->horizons[number] = first;
    });
    return Ok();
  });
}

/// A shard that was closed a day ago has no younger record.
Result<void> ChangeLogStore::DropOldShards(const StreamRef& stream) {
  const TimePoint oldest = OldestKept();
  const auto is_old = [&](const ShardDescription& shard) { return WasClosedBefore(shard, oldest); };
  const StreamPtr before = stream->Description();
  if (std::none_of(before->shards.begin(), before->shards.end(), is_old)) return Ok();
  return TransactAlone(engine_, *before, [&](Transaction& transaction) -> Result<void> {
    StreamDescription description = *stream->Description();
    const StreamId id = description.id;
    std::vector<std::uint32_t> dropped;
    for (const ShardDescription& shard : description.shards) {
      if (!is_old(shard)) continue;
      dropped.push_back(shard.number);
      transaction.Delete(Family::kCatalog, HorizonKey(id.value(), shard.number));
      transaction.DeleteRange(Family::kChanges,
                              ChangeRange(id, shard.number, 0, ~std::uint64_t{0}));
    }
    std::erase_if(description.shards, is_old);
    Put({transaction, stream, std::move(description), stream->NextSequence()});
    transaction.OnCommit([stream, dropped] {
      const MutexLock lock(stream->mutex);
      for (const std::uint32_t number : dropped) stream->horizons.erase(number);
    });
    return Ok();
  });
}

Result<void> ChangeLogStore::Forget(const StreamRef& stream) {
  const StreamPtr description = stream->Description();
  const StreamId id = description->id;
  const std::string key = CatalogKey(kStreamPrefix, id.value());
  const std::string_view lock_key = key;
  return engine_.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    transaction.Delete(Family::kCatalog, key);
    transaction.DeleteRange(Family::kCatalog, HorizonKeys(id.value()));
    transaction.DeleteRange(Family::kChanges,
                            {ChangeKey(id, 0, SequenceNumber(0)),
                             ChangeKey(StreamId(id.value() + 1), 0, SequenceNumber(0))});
    transaction.OnCommit([this, id] {
      const WriterLock lock(mutex_);
      streams_.erase(id);
    });
    return Ok();
  });
}

}  // namespace pumice
