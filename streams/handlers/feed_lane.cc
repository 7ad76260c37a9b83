// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/feed_lane.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "storage/change_log.h"
#include "streams/handlers/lambda_event.h"
#include "streams/sequence_number.h"

namespace pumice {
namespace {

using std::chrono::milliseconds;

std::int64_t Count(std::size_t size) { return static_cast<std::int64_t>(size); }

std::string_view Why(GiveUpReason reason) {
  return reason == GiveUpReason::kRetryAttemptsExhausted ? "MaximumRetryAttempts is reached"
                                                         : "too old";
}

}  // namespace

milliseconds RetryPause(std::int64_t failed_attempts) {
  auto pause = kFirstRetryPause;
  for (std::int64_t i = 1; i < failed_attempts && pause < kMaxRetryPause; ++i) pause *= 2;
  return std::min(pause, kMaxRetryPause);
}

FeedLane::FeedLane(LaneParts parts, const MappingConfig& mapping, ShardName shard,
                   MappingStatus& status, WindowProgress window, std::function<void()> changed)
    : parts_(parts),
      mapping_(mapping),
      shard_(std::move(shard)),
      status_(status),
      changed_(std::move(changed)),
      window_(mapping.tumbling_window, std::move(window)) {}

void FeedLane::Add(FeedRecord record) {
  queue_bytes_ += EventBytes(record);
  queue_.push_back(std::move(record));
}

bool FeedLane::WantsMore() const {
  return !busy() && !finishing_ && batches_.empty() && queue_.size() < mapping_.batch_size &&
         queue_bytes_ < kMaxEventBytes;
}

std::optional<SequenceNumber> FeedLane::lowest() const {
  for (const Batch& batch : batches_) {
    if (!batch.records.empty()) return batch.records.front().sequence;
  }
  if (queue_.empty()) return std::nullopt;
  return queue_.front().sequence;
}

bool FeedLane::Step(Ahead ahead) {
  if (busy()) return false;
  if (finishing_ && (batches_.empty() || !batches_.front().give_up)) return false;
  if (batches_.empty() && !FormBatch(ahead)) return false;
  if (tumbling()) FitWindow();
  SetAsideTooOld();
  stepping_ = true;
  if (batches_.front().give_up) {
    Discard();
  } else {
    Invoke();
  }
  stepping_ = false;
  return true;
}

// --- Forming batches
// -------------------------------------------------------------------------------

bool FeedLane::FormBatch(Ahead ahead) {
  if (window_is_open() && MustCloseWindow(ahead)) {
    window_end_.reset();
    batches_.emplace_back();
    return true;
  }
  if (queue_.empty()) {
    if (window_is_open()) ArmWindowEnd();
    return false;
  }
  if (tumbling() && !window_.is_open()) window_.Open(window_.StartFor(queue_.front().created));
  const Fit fit = FittingRecords();
  if (!fit.full && !ahead.none_ever && !BatchingIsOver()) return false;
  batches_.push_back(TakeBatch(fit.count));
  return true;
}

FeedLane::Fit FeedLane::FittingRecords() const {
  std::size_t bytes = EventBytesBesideRecords(tumbling() ? window_.state_bytes() : 0);
  Fit fit;
  for (const FeedRecord& record : queue_) {
    bytes += EventBytes(record);
    fit.full = fit.count == mapping_.batch_size || (fit.count > 0 && bytes > kMaxEventBytes) ||
               (tumbling() && !window_.Holds(record.created));
    if (fit.full) return fit;
    ++fit.count;
  }
  fit.full = fit.count == mapping_.batch_size;
  return fit;
}

/// MaximumBatchingWindowInSeconds: begins with the end of the invocation before, or with the first
/// record that comes after it.
bool FeedLane::BatchingIsOver() {
  if (mapping_.batching_window.count() == 0 || batching_over_) return true;
  if (batching_ != nullptr) return false;
  batching_ = parts_.scheduler.After(mapping_.batching_window, guard_.Wrap([this] {
    batching_over_ = true;
    changed_();
  }));
  return false;
}

FeedLane::Batch FeedLane::TakeBatch(std::size_t count) {
  Batch batch;
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(count);
  batch.records.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  for (const FeedRecord& record : batch.records) queue_bytes_ -= EventBytes(record);
  batching_.reset();
  batching_over_ = false;
  return batch;
}

// --- The tumbling window
// ---------------------------------------------------------------------------

bool FeedLane::MustCloseWindow(Ahead ahead) const {
  if (window_.terminated_early()) return true;
  if (!queue_.empty()) return !window_.Holds(queue_.front().created);
  return ahead.none_ever || (ahead.none_now && parts_.clock.Now() >= window_.end());
}

void FeedLane::ArmWindowEnd() {
  if (window_end_ != nullptr) return;
  const auto left = std::chrono::ceil<milliseconds>(window_.end() - parts_.clock.Now());
  window_end_ = parts_.scheduler.After(std::max(left, milliseconds(1)), guard_.Wrap([this] {
    window_end_.reset();
    changed_();
  }));
}

/// A batch that is tried again may meet a state that became too large, or a window that was closed
/// for that reason.
void FeedLane::FitWindow() {
  const Batch& front = batches_.front();
  if (front.records.empty()) return;
  if (!window_.is_open()) window_.Open(window_.StartFor(front.records.front().created));
  if (window_.terminated_early()) batches_.emplace_front();
}

// --- Invoking
// --------------------------------------------------------------------------------------

/// Records that nobody may get any more: a batch of their own, to be given up.
void FeedLane::SetAsideTooOld() {
  Batch& front = batches_.front();
  if (front.give_up) return;
  const GiveUp too_old{.reason = GiveUpReason::kRecordAgeExceeded};
  const TimePoint oldest = OldestWanted();
  if (front.records.empty()) {
    if (window_.end() < oldest) front.give_up = too_old;
    return;
  }
  const auto fresh =
      std::find_if(front.records.begin(), front.records.end(),
                   [&](const FeedRecord& record) { return record.created >= oldest; });
  if (fresh == front.records.begin()) return;
  if (fresh == front.records.end()) {
    front.give_up = too_old;
    return;
  }
  Batch old{
      .records = {std::make_move_iterator(front.records.begin()), std::make_move_iterator(fresh)},
      .invocations = front.invocations,
      .give_up = too_old,
      .request_id = front.request_id};
  front.records.erase(front.records.begin(), fresh);
  batches_.push_front(std::move(old));
}

TimePoint FeedLane::OldestWanted() const {
  std::chrono::seconds age = kChangeRetention;
  if (mapping_.max_record_age) age = std::min(age, *mapping_.max_record_age);
  return parts_.clock.Now() - age;
}

std::string FeedLane::MakeEvent(const Batch& batch) const {
  if (!tumbling()) return MakeLambdaEvent(batch.records);
  return MakeLambdaWindowEvent(batch.records, shard_, window_.Call(batch.records.empty()));
}

void FeedLane::Invoke() {
  Batch& batch = batches_.front();
  const bool again = batch.invocations++ > 0;
  in_flight_ = true;
  status_.Update([&](MappingReport& report) {
    ++report.in_flight;
    if (again) report.records_retried += Count(batch.records.size());
  });
  parts_.sink.Invoke({.event = MakeEvent(batch)},
                     guard_.Wrap([this](InvocationOutcome outcome) { Done(std::move(outcome)); }));
}

void FeedLane::Done(InvocationOutcome outcome) {
  in_flight_ = false;
  Batch& batch = batches_.front();
  const bool items = mapping_.reports_item_failures && !batch.records.empty();
  BatchVerdict verdict = JudgeBatch(outcome, batch.records,
                                    {.reports_item_failures = items, .needs_state = tumbling()});
  batch.request_id = std::move(outcome.request_id);
  batch.function_error = verdict.function_error;
  status_.Update([&](MappingReport& report) {
    --report.in_flight;
    report.last_result = verdict.result;
    if (batch.records.empty()) return;
    const auto age = parts_.clock.Now() - batch.records.back().created;
    report.iterator_age_ms = std::chrono::floor<milliseconds>(age).count();
  });
  if (verdict.kind == BatchVerdict::Kind::kAccepted) {
    Accept(batch.records.size(), std::move(verdict.state));
  } else if (verdict.accepted_count > 0) {
    Accept(verdict.accepted_count, std::move(verdict.state));
    TryAgain(verdict);
  } else {
    Failed(verdict);
  }
  if (!stepping_) changed_();
}

/// The first `count` records of the front batch; what is left of it is a batch of its own.
void FeedLane::Accept(std::size_t count, std::string state) {
  Batch& batch = batches_.front();
  status_.Update([&](MappingReport& report) { report.records_delivered += Count(count); });
  if (failures_in_row_ > 0 && count > 0) {
    parts_.log.Info("Function {}: record {} accepted after {} failed attempts",
                    mapping_.function_name, SequenceNumberText(batch.records.front().sequence),
                    failures_in_row_);
  }
  failures_in_row_ = 0;
  if (batch.records.empty()) {
    window_.Close();
  } else if (tumbling()) {
    window_.SetState(std::move(state));
  }
  const auto left = batch.records.begin() + static_cast<std::ptrdiff_t>(count);
  Batch rest{
      .records = {std::make_move_iterator(left), std::make_move_iterator(batch.records.end())},
      .function_error = batch.function_error,
      .request_id = batch.request_id};
  batches_.pop_front();
  if (!rest.records.empty()) batches_.push_front(std::move(rest));
}

// --- Failures
// --------------------------------------------------------------------------------------

void FeedLane::Failed(const BatchVerdict& verdict) {
  Batch& batch = batches_.front();
  if (verdict.kind == BatchVerdict::Kind::kNotInvoked) {
    --batch.invocations;
    TryAgain(verdict);
    return;
  }
  const bool whole = verdict.kind == BatchVerdict::Kind::kFailed;
  if (whole && mapping_.bisect_on_error && batch.records.size() > 1) {
    TryAgain(verdict);
    Split();
    return;
  }
  if (!mapping_.max_retries || ++batch.failures <= *mapping_.max_retries) {
    TryAgain(verdict);
    return;
  }
  NoteFailure(verdict, "no further attempt");
  batch.give_up = GiveUp{.reason = GiveUpReason::kRetryAttemptsExhausted};
}

void FeedLane::TryAgain(const BatchVerdict& verdict) {
  const auto pause = RetryPause(++failures_in_row_);
  NoteFailure(verdict, fmt::format("next attempt in {} ms", pause.count()));
  PauseFor(pause);
}

/// Into two batches with attempts of their own; the later one waits for the earlier.
void FeedLane::Split() {
  Batch& first = batches_.front();
  const auto middle =
      first.records.begin() + static_cast<std::ptrdiff_t>((first.records.size() + 1) / 2);
  Batch second{
      .records = {std::make_move_iterator(middle), std::make_move_iterator(first.records.end())}};
  first.records.erase(middle, first.records.end());
  first.invocations = 0;
  first.failures = 0;
  batches_.insert(batches_.begin() + 1, std::move(second));
}

void FeedLane::NoteFailure(const BatchVerdict& verdict, std::string_view what_next) {
  const Batch& batch = batches_.front();
  const std::string record = batch.records.empty()
                                 ? "(end of a window)"
                                 : SequenceNumberText(batch.records.front().sequence);
  status_.Update([&](MappingReport& report) {
    report.last_result = verdict.result;
    report.last_error = verdict.problem;
    report.last_failed_record = batch.records.empty() ? "" : record;
    ++report.failed_attempts;
  });
  parts_.log.Error("Function {}: record {} failed, attempt {} ({} in the batch, {}): {}",
                   mapping_.function_name, record, std::max(failures_in_row_, batch.failures),
                   batch.records.size(), what_next, verdict.problem);
}

void FeedLane::PauseFor(milliseconds pause) {
  pause_ = parts_.scheduler.After(pause, guard_.Wrap([this] {
    pause_.reset();
    changed_();
  }));
}

// --- Giving up
// -------------------------------------------------------------------------------------

/// Where the destination cannot be written for a while, the lane waits for it; then the log has to
/// do. The records themselves stay in the stream for their 24 hours.
void FeedLane::Discard() {
  Batch& batch = batches_.front();
  if (mapping_.on_failure.empty() || batch.records.empty()) {
    Discarded();
    return;
  }
  const auto count = Count(batch.records.size());
  const FailureRecord record = MakeFailureRecord(batch);
  const auto sent = parts_.destinations.Send(mapping_, record, MakeEvent(batch));
  if (sent) {
    status_.Update([&](MappingReport& report) { report.records_dead_lettered += count; });
    Discarded();
    return;
  }
  const bool hopeless = sent.error().code() == ErrorCode::kValidation;
  const std::int64_t attempts = ++batch.give_up->destination_attempts;
  parts_.log.Error("Function {}: {} cannot be told of a failed batch: {}", mapping_.function_name,
                   mapping_.on_failure, sent.error().log_text());
  if (!hopeless && attempts < kDestinationAttempts) {
    PauseFor(RetryPause(attempts));
    return;
  }
  parts_.log.Error("Function {}: the failed batch that {} was not told of: {}",
                   mapping_.function_name, mapping_.on_failure, FailureRecordJson(record, {}));
  status_.Update([&](MappingReport& report) { report.records_unreported += count; });
  Discarded();
}

void FeedLane::Discarded() {
  const Batch& batch = batches_.front();
  parts_.log.Error(
      "Function {}: {} record(s){} are given up: {}", mapping_.function_name, batch.records.size(),
      batch.records.empty() ? " and the state of a window"
                            : " from " + SequenceNumberText(batch.records.front().sequence),
      Why(batch.give_up->reason));
  status_.Update(
      [&](MappingReport& report) { report.records_given_up += Count(batch.records.size()); });
  if (batch.records.empty()) window_.Close();
  failures_in_row_ = 0;
  batches_.pop_front();
}

FailureRecord FeedLane::MakeFailureRecord(const Batch& batch) const {
  return {.request_id = batch.request_id,
          .function_arn = {},
          .reason = batch.give_up->reason,
          // AWS-recorded: 1 for records that were too old from the beginning.
          .invoke_count = std::max<std::int64_t>(batch.invocations, 1),
          .function_error = batch.function_error,
          .time = parts_.clock.Now(),
          .shard = shard_,
          .first = batch.records.front().sequence,
          .last = batch.records.back().sequence,
          .first_arrival = batch.records.front().created,
          .last_arrival = batch.records.back().created,
          .batch_size = batch.records.size()};
}

}  // namespace pumice
