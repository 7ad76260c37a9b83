// SPDX-License-Identifier: Apache-2.0
#pragma once
// Plays the steps of files as calls: tables that are not there are made and waited for, items are
// written 25 in a call, in their order. Playing the same steps again changes nothing that is there.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/init/call_sink.h"
#include "server/init/init_step.h"

namespace pumice {

struct PlayCounts {
  std::uint64_t tables_made = 0;
  std::uint64_t tables_found = 0;
  std::uint64_t items = 0;  // put or deleted
};

/// Thread rule: one thread. Lifetime: the sink outlives it. One player a file.
class StepPlayer {
 public:
  StepPlayer(CallSink& sink, std::string path) : sink_(sink), path_(std::move(path)) {}

  /// Items may wait for those that follow. Errors: Validation, with file and line, of the very item
  /// that is refused or of the table that is there with other keys; Internal, with file and line:
  /// those of the sink.
  Result<void> Play(InitStep step);
  /// Writes what still waits; once, after the last step. Errors: as Play.
  Result<void> Finish() { return WriteBatch(); }

  const PlayCounts& counts() const { return counts_; }

 private:
  struct Waiting {
    std::string request;
    std::size_t line;
  };

  Result<void> MakeTable(const TableStep& step, std::size_t line);
  Result<void> WaitUntilActive(const std::string& table, std::size_t line);
  Result<void> StartTimeToLive(const TimeToLiveStep& step, std::size_t line);
  Result<void> AddWrite(WriteStep step, std::size_t line);
  Result<void> WriteBatch();
  Result<void> WriteRest(std::string unprocessed);
  /// When a call with several is refused, to find out which is.
  Result<void> WriteOneByOne();
  Result<void> WriteOne(const Waiting& write);

  Result<std::string> Call(std::string_view operation, std::string_view body, std::size_t line);
  /// `error` with the place in front.
  Error At(std::size_t line, const Error& error) const;

  CallSink& sink_;
  std::string path_;
  std::string table_;             // of all that wait
  std::vector<Waiting> waiting_;  // at most 25
  std::size_t waiting_bytes_ = 0;
  PlayCounts counts_;
};

}  // namespace pumice
