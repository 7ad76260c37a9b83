// SPDX-License-Identifier: Apache-2.0
#pragma once
// AddPermission, RemovePermission, GetPolicy. Policies are stored and answered, and not enforced.

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaResult<LambdaReply> AddPermission(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> RemovePermission(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> GetPolicy(const LambdaCall& call, LambdaDatabase& database);

}  // namespace pumice
