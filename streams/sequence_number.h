// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sequence numbers as clients see them: decimal, not zero-padded, 21 to 40 digits, in numeric
// order.
//   text = <n> · <n as 20 digits>          n: the change log's number, so 1 is
//   "100000000000000000001"
// AWS's own have the same two parts, a counter and a 20-digit suffix that grows with it.
// Thread rule: free functions, any thread.

#include <optional>
#include <string>
#include <string_view>

#include "model/named_type.h"

namespace pumice {

std::string SequenceNumberText(SequenceNumber sequence);
/// None: not a text that SequenceNumberText gave.
std::optional<SequenceNumber> ParseSequenceNumber(std::string_view text);

}  // namespace pumice
