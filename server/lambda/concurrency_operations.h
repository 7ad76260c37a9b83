// SPDX-License-Identifier: Apache-2.0
#pragma once
// PutFunctionConcurrency, GetFunctionConcurrency, DeleteFunctionConcurrency: how many processes a
// function has at most; 0 refuses its invocations. GetAccountSettings.

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaResult<LambdaReply> PutFunctionConcurrency(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> GetFunctionConcurrency(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> DeleteFunctionConcurrency(const LambdaCall& call,
                                                    LambdaDatabase& database);
LambdaResult<LambdaReply> GetAccountSettings(const LambdaCall& call, LambdaDatabase& database);

}  // namespace pumice
