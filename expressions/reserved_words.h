// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words that no expression may use as an attribute name (AWS: "Reserved words in DynamoDB").

#include <string_view>

namespace pumice {

/// In any case: "Status", "STATUS" and "status" are the same reserved word.
bool IsReservedWord(std::string_view word);

}  // namespace pumice
