// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reading a shard through iterators: where one begins, what it gives, when it ends. Pure but for
// the log it reads. Errors: ResourceNotFound (no such stream or shard), TrimmedDataAccess,
// ExpiredIterator, Validation.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "storage/change_log.h"
#include "streams/shard_iterator.h"

namespace pumice {

enum class ShardIteratorType : std::uint8_t {
  kTrimHorizon,
  kLatest,
  kAtSequenceNumber,
  kAfterSequenceNumber
};

/// GetRecords answers at most this much.
inline constexpr std::size_t kMaxRecordsPerRead = 1000;
inline constexpr std::size_t kMaxBytesPerRead = 1024 * 1024;

/// "Requested resource not found: Stream: <arn> not found"
Result<StreamPtr> FindStream(const ChangeLog& log, std::string_view arn);
/// "Requested resource not found: Shard does not exist"
Result<ShardDescription> FindShard(const StreamDescription& stream, std::string_view shard_id);

/// sequence: for kAt and kAfter only.
Result<ShardIterator> OpenShardIterator(const ChangeLog& log, const StreamDescription& stream,
                                        const ShardDescription& shard, ShardIteratorType type,
                                        std::optional<SequenceNumber> sequence, const Clock& clock);

struct ShardPage {
  StreamPtr stream;
  std::vector<ChangeRecord> records;
  std::optional<ShardIterator> next;  // none: the shard is closed and was read to its end
};
Result<ShardPage> ReadShard(const ChangeLog& log, const ShardIterator& iterator,
                            std::size_t max_count, const Clock& clock);

}  // namespace pumice
