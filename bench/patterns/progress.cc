// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/core.h>

namespace pumice::patterns {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBarEvery{100};
constexpr std::chrono::seconds kLineEvery{10};
constexpr std::size_t kBarWidth = 24;

std::string Bar(double fraction) {
  const double filled = std::clamp(fraction, 0.0, 1.0) * kBarWidth;
  std::string bar(static_cast<std::size_t>(filled), '#');
  bar.resize(kBarWidth, '.');
  return bar;
}

void Write(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace

void Progress::Start(std::string title) {
  title_ = std::move(title);
  shown_ = SteadyClock::now();
  if (is_terminal_) Draw(fmt::format("{}  [{}]", title_, Bar(0)));
}

void Progress::Update(double fraction, std::string_view text) {
  const SteadyClock::time_point now = SteadyClock::now();
  const SteadyClock::duration wait = is_terminal_ ? SteadyClock::duration(kBarEvery) : kLineEvery;
  if (now - shown_ < wait) return;
  shown_ = now;
  if (is_terminal_) return Draw(fmt::format("{}  [{}] {}", title_, Bar(fraction), text));
  Write(fmt::format("{}: {:.0f} %, {}\n", title_, fraction * 100, text));
}

void Progress::Done(std::string_view text) {
  if (is_terminal_) Write("\r\033[K");
  Write(fmt::format("{}: {}\n", title_, text));
}

void Progress::Say(std::string_view text) { Write(fmt::format("{}\n", text)); }

void Progress::Draw(std::string_view line) { Write(fmt::format("\r\033[K{}", line)); }

bool StderrIsTerminal() { return isatty(STDERR_FILENO) != 0; }

}  // namespace pumice::patterns
