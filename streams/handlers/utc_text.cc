// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/utc_text.h"

#include <chrono>
#include <ctime>

#include <fmt/chrono.h>

namespace pumice {
namespace {

std::tm Parts(TimePoint time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch();
  return fmt::gmtime(static_cast<std::time_t>(seconds.count()));
}

}  // namespace

std::string UtcSeconds(TimePoint time) { return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", Parts(time)); }

std::string UtcMillis(TimePoint time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(time - second);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", Parts(time), millis.count());
}

std::string UtcObjectName(TimePoint time) {
  return fmt::format("{:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}", Parts(time));
}

}  // namespace pumice
