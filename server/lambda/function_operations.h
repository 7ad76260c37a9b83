// SPDX-License-Identifier: Apache-2.0
#pragma once
// CreateFunction, GetFunction, GetFunctionConfiguration, ListFunctions, UpdateFunctionCode,
// UpdateFunctionConfiguration, DeleteFunction. Errors and texts as AWS's; differences from AWS: a
// function is ready at once, so what the answer calls Pending or InProgress is over when it
// arrives.

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaResult<LambdaReply> CreateFunction(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> GetFunction(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> GetFunctionConfiguration(const LambdaCall& call,
                                                   LambdaDatabase& database);
LambdaResult<LambdaReply> ListFunctions(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> UpdateFunctionCode(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> UpdateFunctionConfiguration(const LambdaCall& call,
                                                      LambdaDatabase& database);
LambdaResult<LambdaReply> DeleteFunction(const LambdaCall& call, LambdaDatabase& database);

}  // namespace pumice
