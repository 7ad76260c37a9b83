// SPDX-License-Identifier: Apache-2.0
#include "streams/shard_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

Error NoShard() {
  return Error(ErrorCode::kResourceNotFound, "Requested resource not found: Shard does not exist");
}

Error Trimmed() {
  return Error(ErrorCode::kTrimmedDataAccess, "The data you are trying to access has been trimmed");
}

bool InShard(const ShardDescription& shard, SequenceNumber sequence) {
  return sequence >= shard.starting_sequence &&
         (!shard.ending_sequence || sequence <= *shard.ending_sequence);
}

Result<SequenceNumber> StartOf(const ChangeLog& log, const StreamDescription& stream,
                               const ShardDescription& shard, ShardIteratorType type,
                               std::optional<SequenceNumber> sequence) {
  if (type == ShardIteratorType::kTrimHorizon) return SequenceNumber(0);
  if (type == ShardIteratorType::kLatest) return log.ReadableEnd(stream, shard.number);
  if (!sequence || !InShard(shard, *sequence)) {
    return Error(ErrorCode::kValidation,
                 "Invalid SequenceNumber: it does not belong to shard " + shard.id.value());
  }
  if (*sequence < log.TrimHorizon(stream, shard.number)) return Trimmed();
  return type == ShardIteratorType::kAtSequenceNumber ? *sequence
                                                      : SequenceNumber(sequence->value() + 1);
}

}  // namespace

Result<StreamPtr> FindStream(const ChangeLog& log, std::string_view arn) {
  StreamPtr stream = log.Find(arn);
  if (!stream) {
    return Error(ErrorCode::kResourceNotFound,
                 fmt::format("Requested resource not found: Stream: {} not found", arn));
  }
  return stream;
}

Result<ShardDescription> FindShard(const StreamDescription& stream, std::string_view shard_id) {
  for (const ShardDescription& shard : stream.shards) {
    if (shard.id.value() == shard_id) return shard;
  }
  return NoShard();
}

Result<ShardIterator> OpenShardIterator(const ChangeLog& log, const StreamDescription& stream,
                                        const ShardDescription& shard, ShardIteratorType type,
                                        std::optional<SequenceNumber> sequence,
                                        const Clock& clock) {
  PUMICE_TRY(const auto position, StartOf(log, stream, shard, type, sequence));
  return ShardIterator{stream.arn.value(), shard.number, position, clock.Now()};
}

Result<ShardPage> ReadShard(const ChangeLog& log, const ShardIterator& iterator,
                            std::size_t max_count, const Clock& clock) {
  if (clock.Now() - iterator.issued > kShardIteratorLifetime) {
    return Error(ErrorCode::kExpiredIterator,
                 "The provided iterator exceeds the maximum age allowed.");
  }
  ShardPage page;
  PUMICE_TRY(page.stream, FindStream(log, iterator.stream_arn));
  const ShardDescription* shard = page.stream->Shard(iterator.shard_number);
  if (shard == nullptr) return NoShard();
  const SequenceNumber horizon = log.TrimHorizon(*page.stream, shard->number);
  if (!iterator.ReadsFromHorizon() && iterator.position < horizon) return Trimmed();
  const SequenceNumber from = std::max(iterator.position, horizon);
  PUMICE_TRY(page.records,
             log.Read(*page.stream, shard->number, from, max_count, kMaxBytesPerRead));

  const SequenceNumber next =
      page.records.empty() ? from : SequenceNumber(page.records.back().sequence.value() + 1);
  if (shard->ending_sequence) {
    // The answer that carries a closed shard's last records is the one without a next iterator.
    PUMICE_TRY(const auto rest, log.Read(*page.stream, shard->number, next, 1, 1));
    if (rest.empty()) return page;
  }
  page.next = ShardIterator{iterator.stream_arn, iterator.shard_number, next, clock.Now()};
  return page;
}

}  // namespace pumice
