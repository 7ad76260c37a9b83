// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/measure.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>
#include <utility>

#include <fmt/core.h>
#include <sys/prctl.h>

#include "bench/patterns/request_maker.h"

namespace pumice::patterns {
namespace {

using SteadyClock = std::chrono::steady_clock;
using TimePointOfLoop = SteadyClock::time_point;

constexpr int kOk = 200;
constexpr std::chrono::milliseconds kLongestSleep{100};  // then the stop flag is looked at
constexpr std::chrono::milliseconds kPauseAfterFailure{100};
constexpr std::chrono::seconds kLatest{2};  // behind the end of a loop
constexpr std::size_t kSlices = 40;
constexpr std::chrono::milliseconds kLeastSlice{100};

struct Times {
  TimePointOfLoop start;
  TimePointOfLoop measured_from;
  TimePointOfLoop end;
};

/// What the workers of one loop share.
struct Loop {
  const MeasureTarget& target;
  const LoadOptions& options;
  Times times;
  std::chrono::milliseconds slice;
  std::atomic<std::uint64_t> next_start{0};  // of the open loop
  std::atomic<std::uint64_t> given_back{0};
  std::atomic<std::uint64_t> answers{0};
};

/// One thread, one connection.
class Worker {
 public:
  Worker(Loop& loop, std::uint64_t seed)
      : loop_(loop),
        maker_(loop.target.file, seed),
        client_(loop.target.endpoint, loop.target.clock, loop.target.stop),
        patterns_(loop.target.file.patterns.size()) {}

  void Run() {
    prctl(PR_SET_TIMERSLACK, 1UL);  // the system would wake a sleeper up to 50 us late
    while (!loop_.target.stop.is_set()) {
      const std::size_t index = PrepareCall();
      const TimePointOfLoop start = loop_.options.rate ? NextStart() : SteadyClock::now();
      if (start >= loop_.times.end || !SleepUntil(start)) return;
      if (SteadyClock::now() > loop_.times.end + kLatest) return GiveBack();
      const Result<Answer> answer = client_.Send();
      if (!answer && loop_.target.stop.is_set()) return;
      Count(patterns_[index], start, answer);
    }
  }

  void AddTo(Measurement& sum) const {
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      sum.patterns[i].latency.Add(patterns_[i].latency);
      for (const auto& [name, count] : patterns_[i].errors) sum.patterns[i].errors[name] += count;
    }
    for (std::size_t i = 0; i < calls_by_slice_.size(); ++i) {
      if (i < sum.calls_by_slice.size()) sum.calls_by_slice[i] += calls_by_slice_[i];
    }
  }

 private:
  std::size_t PrepareCall() {
    const std::size_t index = maker_.NextPattern();
    const Pattern& pattern = loop_.target.file.patterns[index];
    const Draw draw = maker_.DrawRows(pattern, loop_.target.next_call.fetch_add(1));
    client_.Prepare(pattern.operation->name, maker_.Body(pattern, draw));
    return index;
  }

  TimePointOfLoop NextStart() {
    const double seconds = static_cast<double>(loop_.next_start.fetch_add(1)) / *loop_.options.rate;
    return loop_.times.start + std::chrono::nanoseconds(std::llround(seconds * 1e9));
  }

  /// False: stopped meanwhile.
  bool SleepUntil(TimePointOfLoop time) const {
    for (TimePointOfLoop now = SteadyClock::now(); now < time; now = SteadyClock::now()) {
      std::this_thread::sleep_until(std::min(time, now + kLongestSleep));
      if (loop_.target.stop.is_set()) return false;
    }
    return true;
  }

  /// The call that was taken is not sent.
  void GiveBack() { loop_.given_back.fetch_add(1); }

  void Count(PatternLatency& pattern, TimePointOfLoop start, const Result<Answer>& answer) {
    const TimePointOfLoop now = SteadyClock::now();
    ++loop_.answers;
    const bool good = answer && answer.value().status == kOk;
    if (start >= loop_.times.measured_from) {
      if (good) {
        pattern.latency.Record(now - start);
        CountSlice(now);
      } else {
        ++pattern.errors[answer ? ErrorNameOf(answer.value()) : answer.error().client_text()];
      }
    }
    // Where nobody answers, the loop must not spin.
    if (!answer) std::this_thread::sleep_for(kPauseAfterFailure);
  }

  void CountSlice(TimePointOfLoop now) {
    const auto slice = static_cast<std::size_t>((now - loop_.times.measured_from) / loop_.slice);
    if (slice >= calls_by_slice_.size()) calls_by_slice_.resize(slice + 1);
    ++calls_by_slice_[slice];
  }

  Loop& loop_;
  RequestMaker maker_;
  DynamoDbClient client_;
  std::vector<PatternLatency> patterns_;
  std::vector<std::uint64_t> calls_by_slice_;
};

std::chrono::milliseconds SliceOf(std::chrono::milliseconds duration) {
  return std::max<std::chrono::milliseconds>(kLeastSlice, duration / kSlices);
}

/// Calls of an open loop that were due and were not sent.
std::uint64_t Unsent(const Loop& loop) {
  if (!loop.options.rate || loop.target.stop.is_set()) return 0;
  const std::chrono::duration<double> seconds = loop.options.duration;
  const auto due = static_cast<std::uint64_t>(std::ceil(seconds.count() * *loop.options.rate));
  const std::uint64_t taken = std::min<std::uint64_t>(loop.next_start, due);
  return due - taken + loop.given_back;
}

void Show(const Loop& loop, Progress& progress) {
  const std::chrono::duration<double> passed = SteadyClock::now() - loop.times.start;
  const std::chrono::duration<double> all = loop.times.end - loop.times.start;
  progress.Update(passed / all,
                  fmt::format("{:.0f} calls a second",
                              static_cast<double>(loop.answers.load()) / passed.count()));
}

void RunWorkers(std::vector<Worker>& workers, const Loop& loop, Progress& progress) {
  std::atomic<std::size_t> running{workers.size()};
  std::vector<std::thread> threads;
  for (Worker& worker : workers) {
    threads.emplace_back([&] {
      worker.Run();
      --running;
    });
  }
  while (running > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    Show(loop, progress);
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

std::uint64_t PatternLatency::failures() const {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : errors) sum += count;
  return sum;
}

std::uint64_t Measurement::calls() const {
  std::uint64_t sum = 0;
  for (const PatternLatency& pattern : patterns) sum += pattern.latency.count();
  return sum;
}

double Measurement::calls_per_second() const {
  return seconds > 0 ? static_cast<double>(calls()) / seconds : 0;
}

Measurement Measure(const MeasureTarget& target, const LoadOptions& options,
                    const std::string& title, Progress& progress) {
  const TimePointOfLoop start = SteadyClock::now();
  const TimePointOfLoop measured_from = start + options.warm_up;
  Loop loop{target,
            options,
            {start, measured_from, measured_from + options.duration},
            SliceOf(options.duration)};
  std::vector<Worker> workers;
  workers.reserve(options.connections);
  for (std::size_t i = 0; i < options.connections; ++i) workers.emplace_back(loop, i);
  progress.Start(title);
  RunWorkers(workers, loop, progress);
  Measurement sum;
  sum.options = options;
  sum.slice = loop.slice;
  sum.unsent = Unsent(loop);
  sum.patterns.resize(target.file.patterns.size());
  const std::chrono::duration<double> passed = SteadyClock::now() - measured_from;
  sum.seconds = std::max(0.0, passed.count());
  // Whole slices only: the last one of a stopped run would show a drop that is none.
  sum.calls_by_slice.resize(
      static_cast<std::size_t>(sum.seconds * 1000 / static_cast<double>(loop.slice.count())));
  for (const Worker& worker : workers) worker.AddTo(sum);
  progress.Done(fmt::format("{} calls in {:.1f} s, {:.0f} a second", sum.calls(), sum.seconds,
                            sum.calls_per_second()));
  return sum;
}

}  // namespace pumice::patterns
