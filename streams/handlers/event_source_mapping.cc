// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/event_source_mapping.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace pumice {
namespace {

constexpr std::chrono::milliseconds kStoreRetryPause{1000};

bool FullyClosed(const StreamDescription& stream) {
  return std::all_of(stream.shards.begin(), stream.shards.end(), [](const ShardDescription& shard) {
    return shard.ending_sequence.has_value();
  });
}

}  // namespace

EventSourceMapping::EventSourceMapping(MappingConfig config, FeedParts parts, StateStore& state,
                                       MappingReport before)
    : config_(std::move(config)), parts_(parts), state_(state) {
  before.in_flight = 0;
  before.stream_arn.clear();
  status_.Update([&](MappingReport& report) { report = std::move(before); });
}

EventSourceMapping::~EventSourceMapping() = default;

void EventSourceMapping::Start(TimePoint since) {
  since_ = since;
  if (!config_.enabled) {
    status_.Update([](MappingReport& report) { report.state = "Disabled"; });
    return;
  }
  auto filter = EventFilter::Parse(config_.filter_patterns);
  if (!filter) {
    parts_.log.Error("Mapping {} -> {}: {} ({}); it stays disabled", config_.event_source_arn,
                     config_.function_name, filter.error().client_text(),
                     filter.error().log_text());
    status_.Update([&](MappingReport& report) {
      report.state = "Disabled";
      report.last_error = filter.error().client_text();
    });
    return;
  }
  filter_ = std::move(filter.value());
  Load();
}

void EventSourceMapping::Stop() {
  stopped_ = true;
  later_.reset();
  feeds_.clear();
  if (progress_changed_) SaveProgress();
  status_.Update([](MappingReport& report) {
    report.state = "Stopped";
    report.in_flight = 0;
  });
}

void EventSourceMapping::Finish(std::string state, std::function<void()> done) {
  status_.Update([&](MappingReport& report) { report.state = std::move(state); });
  finished_ = std::move(done);
  later_.reset();
  for (auto& [number, feed] : feeds_) feed->Finish();
  Settle();
}

void EventSourceMapping::Settle() {
  const bool in_flight = std::any_of(feeds_.begin(), feeds_.end(),
                                     [](const auto& feed) { return feed.second->in_flight(); });
  if (in_flight) return;
  stopped_ = true;
  if (progress_changed_) SaveProgress();
  // It may drop this mapping.
  const auto finished = std::exchange(finished_, {});
  if (finished) finished();
}

void EventSourceMapping::Load() {
  auto loaded = MappingProgress::Load(state_, config_, since_);
  if (!loaded) {
    parts_.log.Error("Mapping {} -> {}: its progress cannot be loaded: {}",
                     config_.event_source_arn, config_.function_name, loaded.error().log_text());
    Later(kStoreRetryPause, &EventSourceMapping::Load);
    return;
  }
  progress_.emplace(std::move(loaded.value()));
  ChooseStream();
}

void EventSourceMapping::Wake(StreamId id) {
  if (!progress_ || stopped_ || finished_) return;
  if (stream_ != nullptr && stream_->id == id) {
    // Null: closed for 24 hours and gone; what was not delivered by then is lost, as on AWS.
    if (StreamPtr newest = parts_.changes.Find(stream_->arn.value()); newest != nullptr) {
      stream_ = std::move(newest);
    }
    for (auto& [number, feed] : feeds_) feed->Wake(stream_);
    OpenShards();
    return;
  }
  if (seen_.insert(id).second && stream_ == nullptr) ChooseStream();
}

// --- Which stream
// ----------------------------------------------------------------------------------

/// Older streams of the table are read to their ends first: what was written to them must not be
/// lost.
void EventSourceMapping::ChooseStream() {
  stream_ = nullptr;
  feeds_.clear();
  ForgetLostStreams();
  const std::vector<StreamPtr> candidates = Candidates();
  const auto next = std::find_if(candidates.begin(), candidates.end(), [&](const auto& stream) {
    return !done_with_.contains(stream->arn);
  });
  if (next != candidates.end()) {
    Open(*next);
  } else {
    Wait(/*gone=*/candidates.empty());
  }
}

/// From the oldest to the newest.
std::vector<StreamPtr> EventSourceMapping::Candidates() const {
  if (!config_.source.stream_arn.empty()) {
    StreamPtr stream = parts_.changes.Find(config_.source.stream_arn);
    if (stream == nullptr) return {};
    return {std::move(stream)};
  }
  std::vector<StreamPtr> streams = parts_.changes.List(config_.source.table_name);
  std::sort(streams.begin(), streams.end(), [](const StreamPtr& a, const StreamPtr& b) {
    return std::tie(a->created, a->id) < std::tie(b->created, b->id);
  });
  const StreamPtr newest = streams.empty() ? nullptr : streams.back();
  std::erase_if(streams,
                [&](const StreamPtr& stream) { return !Concerns(*stream, stream == newest); });
  return streams;
}

bool EventSourceMapping::Concerns(const StreamDescription& stream, bool newest) const {
  return newest || progress_->Find(stream.arn) != nullptr || stream.created >= progress_->since();
}

void EventSourceMapping::ForgetLostStreams() {
  std::vector<StreamArn> lost;
  for (const auto& [arn, positions] : progress_->streams()) {
    if (parts_.changes.Find(arn.value()) == nullptr) lost.push_back(arn);
  }
  for (const StreamArn& arn : lost) {
    done_with_.erase(arn);
    if (const auto forgotten = progress_->Forget(arn); !forgotten) {
      parts_.log.Warn("Mapping {} -> {}: {}", config_.event_source_arn, config_.function_name,
                      forgotten.error().log_text());
    }
  }
}

/// `gone`: there is no stream at all, not even one that is closed.
void EventSourceMapping::Wait(bool gone) {
  status_.Update([&](MappingReport& report) {
    report.state = "Enabled";
    // Ours: what AWS says here is not known.
    if (gone && !report.stream_arn.empty()) report.last_result = "PROBLEM: Stream not found";
    report.stream_arn.clear();
  });
  if (std::exchange(said_waiting_, true)) return;
  parts_.log.Info("Mapping {} -> {}: there is no such stream yet; it begins when there is one",
                  config_.event_source_arn, config_.function_name);
}

void EventSourceMapping::Open(StreamPtr stream) {
  if (progress_->Find(stream->arn) == nullptr) {
    if (const auto begun = Begin(*stream); !begun) {
      parts_.log.Error("Mapping {} -> {}: its progress cannot be stored: {}",
                       config_.event_source_arn, config_.function_name, begun.error().log_text());
      Later(kStoreRetryPause, &EventSourceMapping::ChooseStream);
      return;
    }
  }
  stream_ = std::move(stream);
  said_waiting_ = false;
  seen_.insert(stream_->id);
  status_.Update([&](MappingReport& report) {
    report.state = "Enabled";
    report.stream_arn = stream_->arn.value();
  });
  parts_.log.Info("Mapping {} -> {}: reads {}", config_.event_source_arn, config_.function_name,
                  stream_->arn.value());
  progress_->ForgetOtherShards(*stream_);
  OpenShards();
}

/// Stored before the first record is read, so that LATEST means the same moment after a restart. A
/// stream that is younger than the mapping has nothing that LATEST would leave out.
Result<void> EventSourceMapping::Begin(const StreamDescription& stream) {
  const bool from_end =
      config_.starting_position == StartingPosition::kLatest && stream.created < progress_->since();
  ShardPositions positions;
  for (const ShardDescription& shard : stream.shards) {
    positions.emplace(shard.id, from_end ? parts_.changes.ReadableEnd(stream, shard.number)
                                         : parts_.changes.TrimHorizon(stream, shard.number));
  }
  return progress_->Begin(stream.arn, std::move(positions));
}

// --- Its shards
// ------------------------------------------------------------------------------------

void EventSourceMapping::OpenShards() {
  const StreamPtr stream = stream_;
  DropOldFeeds();
  for (const ShardDescription& shard : stream->shards) {
    if (MayOpen(shard)) OpenShard(shard);
  }
}

/// Of shards that the stream has no more: after 24 hours nobody asks for them.
void EventSourceMapping::DropOldFeeds() {
  const std::size_t dropped = std::erase_if(feeds_, [&](const auto& feed) {
    return feed.second->drained() && stream_->Shard(feed.first) == nullptr;
  });
  if (dropped == 0) return;
  progress_->ForgetOtherShards(*stream_);
  progress_changed_ = true;
  SaveSoon();
}

/// A shard waits for its parent, as order is promised across them.
bool EventSourceMapping::MayOpen(const ShardDescription& shard) const {
  if (feeds_.contains(shard.number)) return false;
  if (!shard.parent) return true;
  const auto parent =
      std::find_if(stream_->shards.begin(), stream_->shards.end(),
                   [&](const ShardDescription& other) { return other.id == *shard.parent; });
  if (parent == stream_->shards.end()) return true;
  const auto feed = feeds_.find(parent->number);
  return feed != feeds_.end() && feed->second->drained();
}

void EventSourceMapping::OpenShard(const ShardDescription& shard) {
  const ShardPositions& positions = *progress_->Find(stream_->arn);
  const auto stored = positions.find(shard.id);
  const SequenceNumber next = stored != positions.end()
                                  ? stored->second
                                  : parts_.changes.TrimHorizon(*stream_, shard.number);
  const WindowProgress* window = progress_->FindWindow(shard.id);
  FeedEvents events;
  events.advanced = [this, arn = stream_->arn, id = shard.id](const FeedProgress& progress) {
    Checkpoint(arn, id, progress);
  };
  // Not at once: the feed that calls may be dropped by what follows.
  events.drained = [this] { Later({}, &EventSourceMapping::ShardDrained); };
  events.settled = [this] { Later({}, &EventSourceMapping::Settle); };
  auto& feed = feeds_[shard.number];
  feed =
      std::make_unique<ShardFeed>(parts_, FeedRules{config_, filter_}, status_, std::move(events));
  feed->Start({.stream = stream_, .shard_number = shard.number, .next = next},
              window == nullptr ? WindowProgress() : *window);
}

void EventSourceMapping::ShardDrained() {
  if (finished_) return Settle();
  if (stream_ == nullptr) return;
  OpenShards();
  const bool all_drained = std::all_of(feeds_.begin(), feeds_.end(),
                                       [](const auto& feed) { return feed.second->drained(); });
  const bool gone = parts_.changes.Find(stream_->arn.value()) == nullptr;
  if (!all_drained || (!FullyClosed(*stream_) && !gone)) return;
  done_with_.insert(stream_->arn);
  ChooseStream();
}

// --- The checkpoint
// --------------------------------------------------------------------------------

void EventSourceMapping::Checkpoint(const StreamArn& stream, const ShardId& shard,
                                    const FeedProgress& progress) {
  progress_->Advance(stream, shard, progress.next);
  const bool has_window = config_.tumbling_window.count() > 0;
  if (has_window) progress_->SetWindow(shard, progress.window);
  progress_changed_ = true;
  SaveSoon();
}

/// At once, unless that was just done: many small batches do not wait for the disk one by one.
void EventSourceMapping::SaveSoon() {
  if (save_ != nullptr) return;
  const TimePoint now = parts_.clock.Now();
  // A clock that was set back is no reason to wait.
  if (now < last_save_ || now - last_save_ >= kSavePause) {
    SaveProgress();
    return;
  }
  save_ = parts_.scheduler.After(kSavePause, guard_.Wrap([this] {
    save_.reset();
    SaveProgress();
  }));
}

void EventSourceMapping::SaveProgress() {
  last_save_ = parts_.clock.Now();
  const auto stored = progress_->Save();
  progress_changed_ = !stored.has_value();
  if (!stored && !checkpoint_failed_) {
    parts_.log.Error(
        "Mapping {} -> {}: its progress cannot be stored, records may be delivered again after a "
        "restart: {}",
        config_.event_source_arn, config_.function_name, stored.error().log_text());
  }
  checkpoint_failed_ = !stored.has_value();
}

void EventSourceMapping::Later(std::chrono::milliseconds delay,
                               void (EventSourceMapping::*step)()) {
  later_ = parts_.scheduler.After(delay, guard_.Wrap([this, step] { (this->*step)(); }));
}

}  // namespace pumice
