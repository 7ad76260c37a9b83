// SPDX-License-Identifier: Apache-2.0
#pragma once
// Mutexes that Clang's -Wthread-safety understands: a member marked GUARDED_BY(mutex_) can only be
// touched under its lock, or the build breaks. std::mutex itself carries no such marks in
// libstdc++.

#include <condition_variable>
#include <mutex>
#include <shared_mutex>

#if defined(__clang__)
#define PUMICE_THREAD_MARK(x) __attribute__((x))
#else
#define PUMICE_THREAD_MARK(x)
#endif
#define GUARDED_BY(mutex) PUMICE_THREAD_MARK(guarded_by(mutex))
#define REQUIRES(...) PUMICE_THREAD_MARK(requires_capability(__VA_ARGS__))
#define EXCLUDES(...) PUMICE_THREAD_MARK(locks_excluded(__VA_ARGS__))
#define NO_THREAD_SAFETY_ANALYSIS PUMICE_THREAD_MARK(no_thread_safety_analysis)

namespace pumice {

class PUMICE_THREAD_MARK(capability("mutex")) Mutex {
 public:
  void lock() PUMICE_THREAD_MARK(acquire_capability()) { mutex_.lock(); }
  void unlock() PUMICE_THREAD_MARK(release_capability()) { mutex_.unlock(); }
  bool try_lock() PUMICE_THREAD_MARK(try_acquire_capability(true)) { return mutex_.try_lock(); }

 private:
  std::mutex mutex_;
};

class PUMICE_THREAD_MARK(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) PUMICE_THREAD_MARK(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() PUMICE_THREAD_MARK(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

/// Many readers or one writer.
class PUMICE_THREAD_MARK(capability("shared_mutex")) SharedMutex {
 public:
  void lock() PUMICE_THREAD_MARK(acquire_capability()) { mutex_.lock(); }
  void unlock() PUMICE_THREAD_MARK(release_capability()) { mutex_.unlock(); }
  void lock_shared() PUMICE_THREAD_MARK(acquire_shared_capability()) { mutex_.lock_shared(); }
  void unlock_shared() PUMICE_THREAD_MARK(release_shared_capability()) { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

class PUMICE_THREAD_MARK(scoped_lockable) ReaderLock {
 public:
  explicit ReaderLock(SharedMutex& mutex) PUMICE_THREAD_MARK(acquire_shared_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock_shared();
  }
  ~ReaderLock() PUMICE_THREAD_MARK(release_capability()) { mutex_.unlock_shared(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  SharedMutex& mutex_;
};

class PUMICE_THREAD_MARK(scoped_lockable) WriterLock {
 public:
  explicit WriterLock(SharedMutex& mutex) PUMICE_THREAD_MARK(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }
  ~WriterLock() PUMICE_THREAD_MARK(release_capability()) { mutex_.unlock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  SharedMutex& mutex_;
};

}  // namespace pumice
