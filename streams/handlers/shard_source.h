// SPDX-License-Identifier: Apache-2.0
#pragma once
// ShardSource: the records of one shard in their order, rendered as functions get them, without
// those that the mapping's filters leave out. Thread rule: the handlers' thread only. Lifetime: the
// log and the filter outlive it.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "storage/change_log.h"
#include "streams/handlers/event_pattern.h"
#include "streams/handlers/feed_record.h"

namespace pumice {

struct ShardPosition {
  StreamPtr stream;
  std::uint32_t shard_number = 0;
  SequenceNumber next;  // the first that is not read yet
};

class ShardSource {
 public:
  ShardSource(const ChangeLog& changes, const EventFilter& filter, ShardPosition at);

  struct Page {
    std::vector<FeedRecord> records;  // those that pass
    std::size_t read_count = 0;       // of all; 0: there is no more for now
  };
  /// The next ones; next() is behind them. Errors: Internal; then nothing was read.
  Result<Page> Read(std::size_t max_count);

  SequenceNumber next() const { return at_.next; }
  const StreamDescription& stream() const { return *at_.stream; }
  const ShardName& name() const { return name_; }

  /// `stream` is its newest description.
  void Update(StreamPtr stream);

  /// The shard is closed, and all of its records can be read now.
  bool IsComplete() const;

 private:
  const ChangeLog& changes_;
  const EventFilter& filter_;
  ShardPosition at_;
  ShardName name_;
};

}  // namespace pumice
