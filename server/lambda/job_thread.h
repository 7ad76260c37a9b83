// SPDX-License-Identifier: Apache-2.0
#pragma once
// JobThread: one thread that does jobs in the order in which they come, or later. It begins with
// the first job. Thread rule: any thread. Lifetime: Stop() before anything that a job uses goes.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/mutex.h"

namespace pumice {

class JobThread {
 public:
  explicit JobThread(Log& log) : log_(log) {}
  ~JobThread() { Stop(); }
  JobThread(const JobThread&) = delete;
  JobThread& operator=(const JobThread&) = delete;

  using Job = std::function<void()>;
  void Post(Job job) { PostIn({}, std::move(job)); }
  void PostIn(std::chrono::milliseconds delay, Job job);

  /// Waits for the job that is being done; the others are dropped, as are those that come later.
  void Stop();

 private:
  using Time = std::chrono::steady_clock::time_point;
  bool Begin() REQUIRES(mutex_);
  void Run();
  /// Empty: it stops.
  Job Next();

  Log& log_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::pair<Time, std::uint64_t>, Job> jobs_ GUARDED_BY(mutex_);  // by time and order
  std::uint64_t posted_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::thread thread_ GUARDED_BY(mutex_);
};

}  // namespace pumice
