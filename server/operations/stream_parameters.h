// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parameters that the stream operations share, and AWS's constraints on them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/protocol/constraint_errors.h"
#include "server/protocol/json_reader.h"

namespace pumice {

/// 37..1024 characters; required.
void CheckStreamArn(const std::optional<std::string>& sent, std::string_view path,
                    ConstraintErrors& errors);
/// 28..65 characters; absent is not judged here.
void CheckShardId(const std::optional<std::string>& sent, std::string_view path,
                  ConstraintErrors& errors);
/// 1..most
void CheckLimit(const std::optional<std::int64_t>& sent, std::int64_t most,
                ConstraintErrors& errors);

/// arn:<partition>:dynamodb:<region>:<account>:table/<name>/stream/<label>. Errors: Validation.
Result<void> CheckStreamArnForm(std::string_view arn);

}  // namespace pumice
