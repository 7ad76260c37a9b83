// SPDX-License-Identifier: Apache-2.0
#pragma once
// Shows on stderr how far a long step is: a bar that is drawn anew on a terminal; elsewhere a line
// when the step has ended, and one every ten seconds. Thread rule: one thread.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace pumice::patterns {

class Progress {
 public:
  explicit Progress(bool is_terminal) : is_terminal_(is_terminal) {}

  void Start(std::string title);
  /// `fraction`: 0 to 1.
  void Update(double fraction, std::string_view text);
  /// Ends the step.
  void Done(std::string_view text);
  /// A line of its own.
  void Say(std::string_view text);

 private:
  void Draw(std::string_view line);

  bool is_terminal_;
  std::string title_;
  std::chrono::steady_clock::time_point shown_;
};

/// Is stderr a terminal?
bool StderrIsTerminal();

}  // namespace pumice::patterns
