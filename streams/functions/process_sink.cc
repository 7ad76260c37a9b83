// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/process_sink.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/functions/runtime_error.h"

namespace pumice {
namespace {

std::vector<std::filesystem::path> CodeFolders(const FunctionConfig& function) {
  std::vector<std::filesystem::path> folders{function.code_path};
  folders.insert(folders.end(), function.layers.begin(), function.layers.end());
  return folders;
}

}  // namespace

ProcessSink::ProcessSink(const FunctionConfig& function, FunctionPlace place, SinkParts parts,
                         FunctionStatus& status)
    : function_(function),
      place_(std::move(place)),
      parts_(parts),
      status_(status),
      watch_(CodeFolders(function)) {}

void ProcessSink::WarmUp() {
  if (entries_.empty()) StartOne();
}

void ProcessSink::Invoke(Invocation invocation, InvocationDone done) {
  if (function_.hot_reload && watch_.Changed()) RetireAll();
  if (waiting_.Push(std::move(invocation), std::move(done))) Pump();
}

void ProcessSink::Stop() {
  waiting_.Clear();
  idle_check_.reset();
  entries_.clear();
  Tell();
}

void ProcessSink::Pump() {
  while (!waiting_.empty()) {
    Entry* const entry = LatestIdle();
    if (entry == nullptr) break;
    entry->environment->Run(waiting_.Pop());
  }
  StartMore();
}

/// The one that worked last: those that are not needed shall be idle for long.
ProcessSink::Entry* ProcessSink::LatestIdle() {
  Entry* latest = nullptr;
  for (auto& [id, entry] : entries_) {
    if (entry.environment->state() != State::kIdle) continue;
    if (latest == nullptr || entry.idle_since > latest->idle_since) latest = &entry;
  }
  return latest;
}

// --- The processes
// ---------------------------------------------------------------------------------

/// One for each invocation that no process will take which is about to be ready.
void ProcessSink::StartMore() {
  const std::size_t most = std::max<std::size_t>(function_.max_concurrency, 1);
  while (entries_.size() < most && MayStart() &&
         waiting_.size() > Count({State::kStarting, State::kAnswered})) {
    if (!StartOne()) return;
  }
}

bool ProcessSink::MayStart() const {
  const bool none = Count({State::kFailed}) == entries_.size();
  return none || parts_.clock.Now() >= no_start_before_;
}

bool ProcessSink::StartOne() {
  if (function_.hot_reload && watch_.Changed()) RetireAll();
  const std::uint64_t id = ++newest_id_;
  auto environment =
      std::make_unique<ExecutionEnvironment>(function_, place_, parts_, MakeEvents(id));
  if (const auto started = environment->Start(); !started) {
    environment.reset();
    CannotStart(started.error());
    return false;
  }
  entries_.emplace(id, Entry{.environment = std::move(environment)});
  status_.Update([](FunctionReport& report) { ++report.starts; });
  Tell();
  WatchIdle();
  return true;
}

EnvironmentEvents ProcessSink::MakeEvents(std::uint64_t id) {
  EnvironmentEvents events;
  events.idle = [this, id] { Idle(id); };
  events.changed = [this] { Tell(); };
  events.init_failed = [this](const InvocationOutcome& why) { InitFailed(why); };
  events.ended = [this, id](const std::optional<InvocationOutcome>& init_failure) {
    Ended(id, init_failure);
  };
  return events;
}

/// Not a process of the system's is left, or the program is not there.
void ProcessSink::CannotStart(const Error& error) {
  const bool no_resources = error.code() == ErrorCode::kLimitExceeded;
  const std::string& reason = error.log_text();
  no_start_before_ = parts_.clock.Now() + kStartPause;
  if (waiting_.empty() || !entries_.empty()) {
    parts_.log.Error("Function {} cannot be started: {}", function_.name, reason);
  }
  if (!entries_.empty()) return;
  waiting_.FailAll(no_resources ? FailedOutcome(NoResourcesError(reason), /*invoked=*/false)
                                : FailedOutcome(InvalidEntrypointError(reason)));
}

void ProcessSink::Idle(std::uint64_t id) {
  const auto found = entries_.find(id);
  if (found->second.stale) {
    entries_.erase(found);
    Tell();
  } else {
    no_start_before_ = {};
    found->second.idle_since = parts_.clock.Now();
  }
  Pump();
}

void ProcessSink::Ended(std::uint64_t id, const std::optional<InvocationOutcome>& init_failure) {
  entries_.erase(id);
  Tell();
  if (init_failure) InitFailed(*init_failure);
  Pump();
}

/// Whoever waits logs the error with the record that it stops; without one, it is said here. Those
/// that are ready will take what waits.
void ProcessSink::InitFailed(const InvocationOutcome& why) {
  no_start_before_ = parts_.clock.Now() + kStartPause;
  const FunctionError& error = *why.error;
  const bool ready = Count({State::kIdle, State::kRunning, State::kAnswered}) > 0;
  if (ready || waiting_.empty()) {
    parts_.log.Error("Function {} cannot begin: {}{}", function_.name, ErrorText(error),
                     error.hint.empty() ? "" : " (" + error.hint + ")");
    status_.Update([&](FunctionReport& report) { report.last_error = ErrorText(error); });
  }
  if (!ready) waiting_.FailAll(why);
}

void ProcessSink::RetireAll() {
  parts_.log.Info("Function {}: its code has changed; its processes are replaced", function_.name);
  no_start_before_ = {};
  for (auto at = entries_.begin(); at != entries_.end();) {
    const State state = at->second.environment->state();
    at->second.stale = true;
    const bool busy = state == State::kRunning || state == State::kAnswered;
    at = busy ? std::next(at) : entries_.erase(at);
  }
  Tell();
}

void ProcessSink::WatchIdle() {
  if (idle_check_ != nullptr || entries_.size() < 2) return;
  idle_check_ = parts_.scheduler.After(kIdleCheckInterval, guard_.Wrap([this] { EndIdle(); }));
}

void ProcessSink::EndIdle() {
  const TimePoint oldest = parts_.clock.Now() - kIdleTime;
  for (auto at = entries_.begin(); at != entries_.end() && entries_.size() > 1;) {
    const Entry& entry = at->second;
    const bool idle = entry.environment->state() == State::kIdle && entry.idle_since <= oldest;
    at = idle ? entries_.erase(at) : std::next(at);
  }
  Tell();
  idle_check_.reset();
  WatchIdle();
}

std::size_t ProcessSink::Count(std::initializer_list<State> states) const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
        return std::find(states.begin(), states.end(), entry.second.environment->state()) !=
               states.end();
      }));
}

void ProcessSink::Tell() {
  std::string_view state = "Stopped";
  if (Count({State::kFailed}) > 0) state = "Failed";
  if (Count({State::kStarting}) > 0) state = "Starting";
  if (Count({State::kIdle, State::kAnswered}) > 0) state = "Idle";
  if (Count({State::kRunning}) > 0) state = "Running";
  status_.Update([&](FunctionReport& report) {
    report.state = state;
    report.pids.clear();
    for (const auto& [id, entry] : entries_) report.pids.push_back(entry.environment->pid());
  });
}

}  // namespace pumice
