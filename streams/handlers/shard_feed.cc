// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/shard_feed.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace pumice {
namespace {

constexpr std::size_t kMinPageRecords = 100;
constexpr std::size_t kMaxPageRecords = 10'000;

// So much is read at once before others have their turn: a filter may leave out a long history.
constexpr int kPagesPerTurn = 16;

}  // namespace

ShardFeed::ShardFeed(FeedParts parts, FeedRules rules, MappingStatus& status, FeedEvents events)
    : parts_(parts), rules_(rules), status_(status), events_(std::move(events)) {}

void ShardFeed::Start(ShardPosition position, const WindowProgress& window) {
  reported_ = {.next = position.next, .window = window};
  source_ = std::make_unique<ShardSource>(parts_.changes, rules_.filter, std::move(position));
  const MappingConfig& mapping = rules_.mapping;
  // A tumbling window has one state for all of its shard.
  const std::size_t count =
      mapping.tumbling_window.count() > 0 ? 1 : mapping.parallelization_factor;
  const LaneParts lane{parts_.sink, parts_.destinations, parts_.scheduler, parts_.clock,
                       parts_.log};
  for (std::size_t i = 0; i < count; ++i) {
    lanes_.push_back(std::make_unique<FeedLane>(lane, mapping, source_->name(), status_, window,
                                                guard_.Wrap([this] { Pump(); })));
  }
  Pump();
}

void ShardFeed::Wake(StreamPtr stream) {
  source_->Update(std::move(stream));
  Pump();
}

void ShardFeed::Finish() {
  finishing_ = true;
  for (auto& lane : lanes_) lane->Finish();
}

bool ShardFeed::in_flight() const {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [](const auto& lane) { return lane->in_flight(); });
}

// A sink may be done before Invoke returns; the loop is here so that this does not nest.
void ShardFeed::Pump() {
  if (std::exchange(pumping_, true)) return;
  for (bool more = !drained_; more;) {
    Fill();
    more = false;
    for (auto& lane : lanes_) more |= lane->Step(ahead_);
  }
  pumping_ = false;
  Report();
}

void ShardFeed::Fill() {
  int pages = 0;
  while (later_ == nullptr && WantsMore()) {
    ReadPage();
    if (ahead_.none_now) return;
    if (++pages == kPagesPerTurn && WantsMore()) Later({});
  }
}

bool ShardFeed::WantsMore() const {
  const std::size_t waiting = std::accumulate(
      lanes_.begin(), lanes_.end(), std::size_t{0},
      [](std::size_t sum, const auto& lane) { return sum + lane->waiting_bytes(); });
  return waiting < kMaxWaitingBytes &&
         std::any_of(lanes_.begin(), lanes_.end(),
                     [](const auto& lane) { return lane->WantsMore(); });
}

void ShardFeed::ReadPage() {
  const std::size_t count = rules_.mapping.batch_size * lanes_.size();
  // Asked before the read: what is complete now is all that this read can find.
  const bool complete = source_->IsComplete();
  auto page = source_->Read(std::clamp(count, kMinPageRecords, kMaxPageRecords));
  ahead_ = {};
  if (!page) {
    parts_.log.Error("Function {}: the records of {} cannot be read: {}",
                     rules_.mapping.function_name, source_->name().stream_arn,
                     page.error().log_text());
    Later(kMaxRetryPause);
    return;
  }
  std::vector<FeedRecord>& records = page.value().records;
  const std::size_t read = page.value().read_count;
  if (read == 0) ahead_ = {.none_now = true, .none_ever = complete};
  const auto filtered = static_cast<std::int64_t>(read - records.size());
  status_.Update([&](MappingReport& report) {
    report.records_read += static_cast<std::int64_t>(read);
    report.records_filtered += filtered;
  });
  for (FeedRecord& record : records) {
    FeedLane& lane = *lanes_[record.key_hash % lanes_.size()];
    lane.Add(std::move(record));
  }
}

void ShardFeed::Later(std::chrono::milliseconds delay) {
  later_ = parts_.scheduler.After(delay, guard_.Wrap([this] {
    later_.reset();
    Pump();
  }));
}

/// The lowest record that is not done with is where a restart has to begin.
void ShardFeed::Report() {
  FeedProgress progress{.next = source_->next(), .window = lanes_.front()->window()};
  for (const auto& lane : lanes_) {
    if (const auto lowest = lane->lowest()) progress.next = std::min(progress.next, *lowest);
  }
  if (progress.next != reported_.next || progress.window != reported_.window) {
    reported_ = std::move(progress);
    events_.advanced(reported_);
  }
  const bool done =
      std::all_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->IsDone(); });
  if (!drained_ && done && ahead_.none_ever) {
    drained_ = true;
    events_.drained();
  }
  if (finishing_ && !in_flight()) events_.settled();
}

}  // namespace pumice
