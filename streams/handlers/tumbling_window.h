// SPDX-License-Identifier: Apache-2.0
#pragma once
// TumblingWindow: the window of one shard that is open, with what its function has aggregated. A
// record belongs to the window of its creation time; one that comes later than its window belongs
// to the window that is open then. AWS: "Implementing stateful DynamoDB stream processing".
// Thread rule: the handlers' thread only.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "base/clock.h"

namespace pumice {

/// A state that is larger ends its window early.
inline constexpr std::size_t kMaxWindowStateBytes = 1024 * 1024;

/// What is kept of a shard's window over a restart, together with the checkpoint.
struct WindowProgress {
  /// No window begins before; the end of the one that was closed last.
  TimePoint floor;
  struct Open {
    TimePoint start;
    std::string state;  // JSON
    bool terminated_early = false;
    friend bool operator==(const Open&, const Open&) = default;
  };
  std::optional<Open> open = {};

  friend bool operator==(const WindowProgress&, const WindowProgress&) = default;
};

/// What one invocation is told of its window.
struct WindowCall {
  TimePoint start;
  TimePoint end;
  std::string state;  // JSON
  bool is_final = false;
  bool terminated_early = false;
};

class TumblingWindow {
 public:
  TumblingWindow(std::chrono::seconds length, WindowProgress progress)
      : length_(length), progress_(std::move(progress)) {}

  bool is_open() const { return progress_.open.has_value(); }
  const WindowProgress& progress() const { return progress_; }

  /// Where the window begins to which a record of that time belongs, if it came now.
  TimePoint StartFor(TimePoint created) const;
  /// Whether that record belongs to the open window. Precondition: one is open.
  bool Holds(TimePoint created) const { return StartFor(created) == progress_.open->start; }
  /// Precondition: none is open.
  void Open(TimePoint start);

  /// Of the open window, as of the others here: its end, whether it must be closed before that.
  TimePoint end() const { return progress_.open->start + length_; }
  bool terminated_early() const { return progress_.open->terminated_early; }
  std::size_t state_bytes() const { return progress_.open->state.size(); }
  WindowCall Call(bool is_final) const;
  /// What the function has returned.
  void SetState(std::string state);
  /// The next window begins behind it; after an early end the same window goes on with no state.
  void Close();

 private:
  const std::chrono::seconds length_;
  WindowProgress progress_;
};

}  // namespace pumice
