// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/shard_feed.h"

#include <algorithm>
#include <utility>

#include "streams/handlers/lambda_event.h"
#include "streams/sequence_number.h"

namespace pumice {
namespace {

SequenceNumber After(SequenceNumber sequence) { return SequenceNumber(sequence.value() + 1); }

std::string Describe(const FunctionError& error) {
  std::string text = error.type.empty() ? error.message : error.type + ": " + error.message;
  if (!error.hint.empty()) text += " (" + error.hint + ")";
  if (!error.stack_trace.empty()) text += "\n" + error.stack_trace;
  return text;
}

}  // namespace

std::chrono::milliseconds RetryPause(std::int64_t failed_attempts) {
  auto pause = kFirstRetryPause;
  for (std::int64_t i = 1; i < failed_attempts && pause < kMaxRetryPause; ++i) pause *= 2;
  return std::min(pause, kMaxRetryPause);
}

ShardFeed::ShardFeed(FeedParts parts, const MappingConfig& mapping, MappingStatus& status,
                     FeedEvents events)
    : parts_(parts), mapping_(mapping), status_(status), events_(std::move(events)) {}

void ShardFeed::Start(Position position) {
  at_ = std::move(position);
  Pump();
}

void ShardFeed::Wake(StreamPtr stream) {
  at_.stream = std::move(stream);
  Pump();
}

// A sink may be done before Invoke returns; the loop is here so that this does not nest.
void ShardFeed::Pump() {
  if (pumping_) return;
  pumping_ = true;
  while (!drained_ && !in_flight_ && pause_ == nullptr && DeliverNext()) {
  }
  pumping_ = false;
}

/// False: there is nothing to do until the next wake or the end of a pause.
bool ShardFeed::DeliverNext() {
  auto read = ReadBatch();
  if (!read) {
    parts_.log.Error("Function {}: the records of {} cannot be read: {}", mapping_.function_name,
                     at_.stream->arn.value(), read.error().log_text());
    PauseFor(kMaxRetryPause);
    return false;
  }
  std::vector<ChangeRecord>& records = read.value();
  if (records.empty() && failing_) {
    GiveUp(failing_->batch.count, After(failing_->batch.last), "older than 24 hours");
    return true;
  }
  if (records.empty()) {
    CheckDrained();
    return false;
  }
  const SequenceNumber last_read = records.back().sequence;
  if (const std::size_t dropped = DropExpired(records); dropped > 0) {
    GiveUp(dropped, records.empty() ? After(last_read) : records.front().sequence,
           "older than MaximumRecordAgeInSeconds");
    return true;
  }
  LambdaEvent event = MakeLambdaEvent(*at_.stream, records);
  const Batch batch{.count = event.record_count,
                    .first = records.front().sequence,
                    .last = records[event.record_count - 1].sequence};
  in_flight_ = true;
  parts_.sink.Invoke({.event = std::move(event.text)},
                     guard_.Wrap([this, batch](InvocationOutcome outcome) {
                       Done(batch, std::move(outcome.error));
                     }));
  return true;
}

/// The next batch; while one is failing, that one again, without what has expired meanwhile.
Result<std::vector<ChangeRecord>> ShardFeed::ReadBatch() const {
  const std::size_t limit = failing_ ? failing_->batch.count : mapping_.batch_size;
  PUMICE_TRY(auto records,
             parts_.changes.Read(*at_.stream, at_.shard_number, at_.next, limit, kMaxEventBytes));
  if (failing_) {
    std::erase_if(records, [&](const ChangeRecord& record) {
      return record.sequence > failing_->batch.last;
    });
  }
  return records;
}

std::size_t ShardFeed::DropExpired(std::vector<ChangeRecord>& records) const {
  if (!mapping_.max_record_age) return 0;
  const TimePoint oldest = parts_.clock.Now() - *mapping_.max_record_age;
  const auto fresh = std::find_if(records.begin(), records.end(), [&](const ChangeRecord& record) {
    return record.created >= oldest;
  });
  const auto dropped = static_cast<std::size_t>(fresh - records.begin());
  records.erase(records.begin(), fresh);
  return dropped;
}

void ShardFeed::Done(Batch batch, std::optional<FunctionError> error) {
  in_flight_ = false;
  if (error) {
    Failed(batch, *error);
  } else {
    Accepted(batch);
  }
  Pump();
}

void ShardFeed::Accepted(const Batch& batch) {
  status_.Update([&](MappingReport& report) {
    report.last_result = "OK";
    report.records_delivered += static_cast<std::int64_t>(batch.count);
  });
  parts_.log.Debug("Function {}: accepted {} record(s) from {}", mapping_.function_name,
                   batch.count, SequenceNumberText(batch.first));
  if (failing_) {
    parts_.log.Info("Function {}: record {} accepted after {} failed attempts",
                    mapping_.function_name, SequenceNumberText(batch.first), failing_->attempts);
  }
  MoveTo(After(batch.last));
}

void ShardFeed::Failed(const Batch& batch, const FunctionError& error) {
  if (!failing_) failing_ = Failing{};
  failing_->batch = batch;
  const std::int64_t attempts = ++failing_->attempts;
  const std::string text = Describe(error);
  status_.Update([&](MappingReport& report) {
    report.last_result = "PROBLEM: Function call failed";
    report.last_error = text;
    report.last_failed_record = SequenceNumberText(batch.first);
    ++report.failed_attempts;
  });
  const bool last = mapping_.max_retries && attempts > *mapping_.max_retries;
  const auto pause = RetryPause(attempts);
  parts_.log.Error(
      "Function {}: record {} failed, attempt {} ({} in the batch, {}): {}", mapping_.function_name,
      SequenceNumberText(batch.first), attempts, batch.count,
      last ? "no further attempt" : fmt::format("next attempt in {} ms", pause.count()), text);
  if (last) {
    GiveUp(batch.count, After(batch.last), "MaximumRetryAttempts is reached");
  } else {
    PauseFor(pause);
  }
}

void ShardFeed::GiveUp(std::size_t count, SequenceNumber next, std::string_view why) {
  parts_.log.Error("Function {}: {} record(s) before {} are given up: {}", mapping_.function_name,
                   count, SequenceNumberText(next), why);
  status_.Update(
      [&](MappingReport& report) { report.records_given_up += static_cast<std::int64_t>(count); });
  MoveTo(next);
}

void ShardFeed::MoveTo(SequenceNumber next) {
  failing_.reset();
  at_.next = next;
  events_.advanced(next);
}

void ShardFeed::PauseFor(std::chrono::milliseconds pause) {
  pause_ = parts_.scheduler.After(pause, guard_.Wrap([this] {
    pause_.reset();
    Pump();
  }));
}

void ShardFeed::CheckDrained() {
  const ShardDescription* shard = Shard();
  const bool closed = shard == nullptr || shard->ending_sequence.has_value();
  if (!closed) return;
  // A record of a closed shard may still be on its way into the log.
  const bool complete =
      shard == nullptr || parts_.changes.Find(at_.stream->arn.value()) == nullptr ||
      at_.next > *shard->ending_sequence ||
      parts_.changes.ReadableEnd(*at_.stream, at_.shard_number) > *shard->ending_sequence;
  if (!complete) return;
  drained_ = true;
  events_.drained();
}

const ShardDescription* ShardFeed::Shard() const {
  const auto found =
      std::find_if(at_.stream->shards.begin(), at_.stream->shards.end(),
                   [&](const ShardDescription& shard) { return shard.number == at_.shard_number; });
  return found == at_.stream->shards.end() ? nullptr : &*found;
}

}  // namespace pumice
