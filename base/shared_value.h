// SPDX-License-Identifier: Apache-2.0
#pragma once
// SharedValue: a small value that one thread changes and others look at, as a whole.
// Thread rule: any thread.

#include "base/mutex.h"

namespace pumice {

template <class T>
class SharedValue {
 public:
  T Read() const {
    const MutexLock lock(mutex_);
    return value_;
  }

  template <class Change>
  void Update(Change change) {
    const MutexLock lock(mutex_);
    change(value_);
  }

 private:
  mutable Mutex mutex_;
  T value_ GUARDED_BY(mutex_);
};

}  // namespace pumice
