// SPDX-License-Identifier: Apache-2.0
#pragma once
// Scheduler on an io_context. Thread rule: the thread that runs the context.

#include <boost/asio/io_context.hpp>

#include "streams/functions/scheduler.h"

namespace pumice {

class AsioScheduler final : public Scheduler {
 public:
  explicit AsioScheduler(boost::asio::io_context& context) : context_(context) {}
  std::unique_ptr<Timer> After(std::chrono::milliseconds delay,
                               std::function<void()> work) override;

 private:
  boost::asio::io_context& context_;
};

}  // namespace pumice
