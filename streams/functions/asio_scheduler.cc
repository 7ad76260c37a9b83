// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/asio_scheduler.h"

#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "streams/functions/callback_guard.h"

namespace pumice {
namespace {

class AsioTimer final : public Timer {
 public:
  AsioTimer(boost::asio::io_context& context, std::chrono::milliseconds delay,
            std::function<void()> work)
      : timer_(context, delay), work_(std::move(work)) {
    timer_.async_wait(guard_.Wrap([this](boost::system::error_code) {
      // Out of the timer first: the work may drop it.
      const auto due = std::move(work_);
      due();
    }));
  }

 private:
  boost::asio::steady_timer timer_;
  std::function<void()> work_;
  CallbackGuard guard_;
};

}  // namespace

std::unique_ptr<Timer> AsioScheduler::After(std::chrono::milliseconds delay,
                                            std::function<void()> work) {
  return std::make_unique<AsioTimer>(context_, delay, std::move(work));
}

}  // namespace pumice
