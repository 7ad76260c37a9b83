// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/job_thread.h"

#include <exception>
#include <system_error>

namespace pumice {

void JobThread::PostIn(std::chrono::milliseconds delay, Job job) {
  const MutexLock lock(mutex_);
  if (stopping_ || !Begin()) return;
  jobs_.emplace(std::pair(std::chrono::steady_clock::now() + delay, ++posted_), std::move(job));
  changed_.notify_one();
}

/// False: there is no thread. Jobs are dropped then, and whoever waits for one is told.
bool JobThread::Begin() {
  if (thread_.joinable()) return true;
  // The standard library has no other way to say that there is no thread.
  try {
    thread_ = std::thread([this] { Run(); });
    return true;
  } catch (const std::system_error& error) {
    log_.Error("Lambda: its thread cannot be started: {}", error.what());
    return false;
  }
}

void JobThread::Stop() {
  std::map<std::pair<Time, std::uint64_t>, Job> dropped;
  std::thread thread;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    dropped.swap(jobs_);
    thread.swap(thread_);
    changed_.notify_all();
  }
  if (thread.joinable()) thread.join();
}

void JobThread::Run() {
  for (Job job = Next(); job; job = Next()) {
    // Libraries throw (out of memory, above all): that ends this job only.
    try {
      job();
    } catch (const std::exception& error) {
      log_.Error("Lambda: an unexpected error, going on: {}", error.what());
    }
    job = nullptr;  // what it holds goes before the wait for the next one
  }
}

// The analysis does not see through the condition variable.
JobThread::Job JobThread::Next() NO_THREAD_SAFETY_ANALYSIS {
  const MutexLock lock(mutex_);
  for (;;) {
    if (stopping_) return {};
    if (jobs_.empty()) {
      changed_.wait(mutex_);
      continue;
    }
    const auto first = jobs_.begin();
    const Time due = first->first.first;
    if (due > std::chrono::steady_clock::now()) {
      changed_.wait_until(mutex_, due);
      continue;
    }
    Job job = std::move(first->second);
    jobs_.erase(first);
    return job;
  }
}

}  // namespace pumice
