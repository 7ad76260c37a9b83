// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/tumbling_window.h"

#include <algorithm>
#include <utility>

namespace pumice {

TimePoint TumblingWindow::StartFor(TimePoint created) const {
  const auto since_epoch = created.time_since_epoch();
  const TimePoint start(since_epoch - since_epoch % length_);
  return std::max(start, progress_.open ? progress_.open->start : progress_.floor);
}

void TumblingWindow::Open(TimePoint start) {
  progress_.open = WindowProgress::Open{.start = start, .state = "{}"};
}

WindowCall TumblingWindow::Call(bool is_final) const {
  return {.start = progress_.open->start,
          .end = end(),
          .state = progress_.open->state,
          .is_final = is_final,
          .terminated_early = is_final && terminated_early()};
}

void TumblingWindow::SetState(std::string state) {
  progress_.open->terminated_early = state.size() > kMaxWindowStateBytes;
  progress_.open->state = std::move(state);
}

void TumblingWindow::Close() {
  progress_.floor = terminated_early() ? progress_.open->start : end();
  progress_.open.reset();
}

}  // namespace pumice
