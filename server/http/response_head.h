// SPDX-License-Identifier: Apache-2.0
#pragma once
// The status line and header lines in front of an answer's body.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "server/http/message.h"

namespace pumice {

/// The Date header's text, made anew only when the second changes. Thread rule: one thread.
class DateText {
 public:
  /// "Sat, 21 Nov 2026 02:52:38 GMT"; lives until the next call.
  std::string_view At(TimePoint now);

 private:
  std::int64_t second_ = -1;
  char text_[30] = {};
};

/// "OK", "Bad Request", …; "Unknown" for a status that no one here gives.
std::string_view ReasonPhrase(int status);

/// Appends everything up to and with the empty line.
void AppendResponseHead(std::string& out, const HttpResponse& response, std::string_view date,
                        bool keep_alive);

}  // namespace pumice
