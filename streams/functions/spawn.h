// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starting a process, in the terms of the system. Thread rule: as ChildProcess.

#include <sys/types.h>

#include "base/result.h"
#include "streams/functions/child_process.h"

namespace pumice {

/// A descriptor of ours, closed with its owner.
class OwnedDescriptor {
 public:
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int descriptor) : descriptor_(descriptor) {}
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : descriptor_(other.Release()) {}
  OwnedDescriptor& operator=(OwnedDescriptor&& other) noexcept;
  ~OwnedDescriptor() { Close(); }

  int get() const { return descriptor_; }
  int Release();
  void Close();

 private:
  int descriptor_ = -1;
};

struct SpawnedProcess {
  pid_t pid = 0;
  OwnedDescriptor output;        // reads what it writes to stdout
  OwnedDescriptor error_output;  // … and to stderr
};

/// Errors (log_text): LimitExceeded: no descriptor, process or memory is left; Internal: the
/// program itself cannot be executed.
Result<SpawnedProcess> Spawn(const ChildOptions& options);

}  // namespace pumice
