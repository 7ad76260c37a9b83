// SPDX-License-Identifier: Apache-2.0
#pragma once
// StreamFollower: reads a table's stream at any endpoint by public operations. A shard is read when
// its parent is read to its end, so that each item's records come in the order of its writes.
// Thread rule: one thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/function_ref.h"
#include "base/result.h"
#include "server/init/call_sink.h"

namespace pumice {

/// The ARN of the table's newest stream, which may be disabled. `streams` and `tables` call the two
/// APIs. Errors: Internal: there is no such table; it has no stream, and how it gets one; those of
/// the sinks.
Result<std::string> FindNewestStream(CallSink& streams, CallSink& tables, const std::string& table);

/// Records keep the order of their members.
using StreamRecord = nlohmann::ordered_json;
/// "" where there is none.
std::string SequenceNumberOf(const StreamRecord& record);

struct StreamPage {
  const std::string& shard_id;
  std::vector<StreamRecord> records;  // none is possible
  bool last = false;                  // the shard is closed, and this is its end
};

class StreamFollower {
 public:
  enum class Start : std::uint8_t { kLatest, kHorizon };

  /// Lifetime: the sink outlives it.
  StreamFollower(CallSink& streams, std::string stream_arn, Start start)
      : streams_(streams), stream_arn_(std::move(stream_arn)), start_(start) {}

  /// Whether the rest of the shard and its children are wanted.
  using Visit = FunctionRef<Result<bool>(const StreamPage&)>;
  /// Reads a page of each shard whose turn it is. Answers how many records came. Errors: Internal:
  /// those of the sink and of visit; what the endpoint says.
  Result<std::size_t> ReadPages(Visit visit);

  /// The stream is disabled, and was read to its end.
  bool ended() const { return described_ && !enabled_ && AllDone(); }
  /// Nothing was there any more that had not been read. (A page of AWS may be empty before the end
  /// of what is there, so it takes several.)
  bool caught_up() const;

 private:
  enum class State : std::uint8_t {
    kWaiting,   // for its parent, or for an iterator
    kReading,   // has an iterator
    kDone,      // read to its end
    kUnwanted,  // so are its children
  };
  struct Shard {
    std::string id;
    std::string parent;
    State state = State::kWaiting;
    Start start = Start::kHorizon;
    std::string iterator;
    std::string last_sequence;
    int empty_pages = 0;
  };

  Result<void> Describe();
  void AddShard(const StreamRecord& described);
  Result<void> OpenWhatIsReady();
  Result<void> Open(Shard& shard);
  Result<std::size_t> ReadPage(Shard& shard, Visit visit);
  Result<void> Reopen(Shard& shard, const CallAnswer& answer);
  const Shard* Find(const std::string& id) const;
  bool AllDone() const;

  CallSink& streams_;
  std::string stream_arn_;
  Start start_;
  std::vector<Shard> shards_;  // parents before children
  bool described_ = false;
  bool describe_again_ = true;  // a shard ended: there may be children
  bool enabled_ = true;
};

}  // namespace pumice
