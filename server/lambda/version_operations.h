// SPDX-License-Identifier: Apache-2.0
#pragma once
// PublishVersion and ListVersionsByFunction; publishing is also a part of CreateFunction and
// UpdateFunctionCode.

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaResult<LambdaReply> PublishVersion(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> ListVersionsByFunction(const LambdaCall& call, LambdaDatabase& database);

/// $LATEST as a new version of the record, or the last one where nothing has changed since: its
/// configuration.
const nlohmann::json& Publish(FunctionRecord& record, RandomSource& random,
                              const std::optional<std::string>& description = std::nullopt);

}  // namespace pumice
