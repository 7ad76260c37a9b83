// SPDX-License-Identifier: Apache-2.0
#pragma once
// Stream and encryption as CreateTable and UpdateTable set them: static checks and meanings.
// The constraints hold already. Thread rule: free functions, any thread.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/table.h"
#include "server/operations/operation.h"
#include "server/operations/table_parameters.h"

namespace pumice {

/// Errors: Validation, a view without a stream or a stream without a view, in the operation's
/// words.
Result<void> CheckStreamOfNewTable(const std::optional<SentStream>& stream);
Result<void> CheckStreamOfTable(const std::optional<SentStream>& stream);

/// A stream to be opened; none if it is not enabled. The catalog gives id, ARN and label.
std::optional<TableStream> ToStream(const std::optional<SentStream>& stream);

/// Errors: Validation.
Result<void> CheckEncryption(const std::optional<SentEncryption>& encryption);
/// None: the key that AWS owns, which DescribeTable does not show.
std::optional<SseDescription> ToEncryption(const std::optional<SentEncryption>& encryption,
                                           const Identity& identity, RandomSource& random);

TableClass ToTableClass(const std::string& word);

}  // namespace pumice
