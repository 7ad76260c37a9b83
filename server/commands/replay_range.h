// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which records of a stream are sent again, and in which form. Thread rule: plain values.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "server/commands/stream_follower.h"

namespace pumice {

/// One end of a range: a time in whole seconds since 1970, as records have it, or a sequence
/// number.
struct SequenceText {
  std::string digits;
};
using RangeEnd = std::variant<std::chrono::seconds, SequenceText>;

/// "2026-11-21", "2026-11-21T10:00", "2026-11-21T10:00:00Z", "…+01:00"; UTC where no zone is said;
/// or 21 to 40 digits. Errors: Validation: neither; `flag` is named.
Result<RangeEnd> ReadRangeEnd(std::string_view flag, const std::string& text);

struct ReplayRange {
  std::optional<RangeEnd> from;  // none: all that the stream holds
  std::optional<RangeEnd> to;

  /// Both ends belong to it.
  bool IsBefore(const StreamRecord& record) const;
  bool IsBehind(const StreamRecord& record) const;
};

/// Seconds since 1970; 0 where a record does not say.
std::chrono::seconds CreatedAt(const StreamRecord& record);

/// A record of GetRecords as a Lambda function gets it: with eventSourceARN, userIdentity in lower
/// case, and a creation time that is read as a float.
std::string LambdaRecordText(StreamRecord record, std::string_view stream_arn);

}  // namespace pumice
