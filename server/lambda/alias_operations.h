// SPDX-License-Identifier: Apache-2.0
#pragma once
// CreateAlias, GetAlias, ListAliases, UpdateAlias, DeleteAlias: names for versions. Mappings and
// invocations that name an alias follow it.

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaResult<LambdaReply> CreateAlias(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> GetAlias(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> ListAliases(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> UpdateAlias(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> DeleteAlias(const LambdaCall& call, LambdaDatabase& database);

}  // namespace pumice
