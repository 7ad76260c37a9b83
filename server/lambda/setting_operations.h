// SPDX-License-Identifier: Apache-2.0
#pragma once
// What Terraform and other tools read of a function beside its configuration, and what Pumice only
// remembers: runtime management, recursion, code signing, provisioned concurrency, URLs.

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaResult<LambdaReply> GetFunctionCodeSigningConfig(const LambdaCall& call,
                                                       LambdaDatabase& database);
LambdaResult<LambdaReply> GetFunctionRecursionConfig(const LambdaCall& call,
                                                     LambdaDatabase& database);
LambdaResult<LambdaReply> PutFunctionRecursionConfig(const LambdaCall& call,
                                                     LambdaDatabase& database);
LambdaResult<LambdaReply> GetRuntimeManagementConfig(const LambdaCall& call,
                                                     LambdaDatabase& database);
LambdaResult<LambdaReply> PutRuntimeManagementConfig(const LambdaCall& call,
                                                     LambdaDatabase& database);
LambdaResult<LambdaReply> GetProvisionedConcurrencyConfig(const LambdaCall& call,
                                                          LambdaDatabase& database);
LambdaResult<LambdaReply> GetFunctionUrlConfig(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> ListFunctionUrlConfigs(const LambdaCall& call, LambdaDatabase& database);

}  // namespace pumice
