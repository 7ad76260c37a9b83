// SPDX-License-Identifier: Apache-2.0
#pragma once
// For the tests of what feeds functions: a scheduler that turns the hands of the clock itself, a
// function and a destination that do as they are told.

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "streams/functions/function_sink.h"
#include "streams/functions/scheduler.h"
#include "streams/handlers/failure_destinations.h"

namespace pumice {

using Keys = std::vector<std::string>;

/// Time passes only by RunNext and Pass.
class ManualScheduler final : public Scheduler {
 public:
  explicit ManualScheduler(ManualClock& clock) : clock_(clock) {}

  std::unique_ptr<Timer> After(std::chrono::milliseconds delay,
                               std::function<void()> work) override {
    const int number = ++last_number_;
    waiting_[number] = {clock_.Now() + delay, delay, std::move(work)};
    return std::make_unique<Handle>(*this, number);
  }

  bool empty() const { return waiting_.empty(); }

  /// Runs the call that is due first and tells how long it was to wait; -1: there is none.
  std::chrono::milliseconds RunNext() {
    const auto next = First();
    EXPECT_NE(next, waiting_.end()) << "nobody waits";
    if (next == waiting_.end()) return std::chrono::milliseconds(-1);
    const Call call = std::move(waiting_.extract(next).mapped());
    clock_.Advance(std::max(call.due - clock_.Now(), std::chrono::microseconds(0)));
    call.work();
    return call.delay;
  }

  /// Runs all that is due until then.
  void Pass(std::chrono::milliseconds time) {
    const TimePoint end = clock_.Now() + time;
    for (auto next = First(); next != waiting_.end() && next->second.due <= end; next = First()) {
      RunNext();
    }
    clock_.Advance(end - clock_.Now());
  }

 private:
  struct Call {
    TimePoint due;
    std::chrono::milliseconds delay;
    std::function<void()> work;
  };
  struct Handle final : Timer {
    Handle(ManualScheduler& owner, int number) : owner(owner), number(number) {}
    ~Handle() override { owner.waiting_.erase(number); }
    ManualScheduler& owner;
    int number;
  };

  std::map<int, Call>::iterator First() {
    return std::min_element(waiting_.begin(), waiting_.end(), [](const auto& a, const auto& b) {
      return a.second.due < b.second.due;
    });
  }

  ManualClock& clock_;
  int last_number_ = 0;
  std::map<int, Call> waiting_;
};

/// Keeps each invocation until the test says what becomes of it, which takes 20 ms.
class FakeSink final : public FunctionSink {
 public:
  explicit FakeSink(ManualClock& clock) : clock_(clock) {}

  void Invoke(Invocation invocation, InvocationDone done) override {
    Call call{.event = nlohmann::json::parse(invocation.event), .done = std::move(done)};
    for (const auto& record : call.event.at("Records")) {
      call.keys.push_back(record.at("dynamodb").at("Keys").at("pk").at("S"));
    }
    calls.push_back(call.keys);
    if (accept_all) {
      accepted.push_back(std::move(call.keys));
      call.done({});
      return;
    }
    in_flight.push_back(std::move(call));
  }

  Keys front() const { return in_flight.empty() ? Keys{} : in_flight.front().keys; }
  nlohmann::json event() const { return in_flight.empty() ? nullptr : in_flight.front().event; }

  void Accept() { Answer("null"); }
  void Answer(std::string payload) { Finish({.payload = std::move(payload)}); }
  void Fail() { Finish({.error = FunctionError{.type = "Exception", .message = "no"}}); }
  void Refuse(FunctionError error = {.type = "TooManyRequestsException", .message = "busy"}) {
    Finish({.error = std::move(error), .invoked = false});
  }

  struct Call {
    Keys keys = {};
    nlohmann::json event;
    InvocationDone done;
  };
  std::deque<Call> in_flight;
  bool accept_all = false;
  std::vector<Keys> calls;
  std::vector<Keys> accepted;  // of calls that ended without an error

 private:
  void Finish(InvocationOutcome outcome) {
    ASSERT_FALSE(in_flight.empty()) << "nothing is in flight";
    Call call = std::move(in_flight.front());
    in_flight.pop_front();
    if (!outcome.error) accepted.push_back(call.keys);
    clock_.Advance(std::chrono::milliseconds(20));
    outcome.request_id = "request-" + std::to_string(calls.size());
    call.done(std::move(outcome));
  }

  ManualClock& clock_;
};

/// Keeps what it is sent, or cannot be written.
class FakeDestinations final : public FailureDestinations {
 public:
  Result<void> Send(const MappingConfig&, FailureRecord record, const std::string& event) override {
    ++attempts;
    if (broken) return Error(broken_with, {}, "the disk is full");
    records.push_back(std::move(record));
    events.push_back(event);
    return Ok();
  }

  bool broken = false;
  ErrorCode broken_with = ErrorCode::kInternal;
  int attempts = 0;
  std::vector<FailureRecord> records;
  std::vector<std::string> events;
};

}  // namespace pumice
