// SPDX-License-Identifier: Apache-2.0
#pragma once
// PutFunctionEventInvokeConfig and its like: how often an Event is tried again. Errors and texts as
// measured on AWS. Destinations are stored only.

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaResult<LambdaReply> PutFunctionEventInvokeConfig(const LambdaCall& call,
                                                       LambdaDatabase& database);
LambdaResult<LambdaReply> UpdateFunctionEventInvokeConfig(const LambdaCall& call,
                                                          LambdaDatabase& database);
LambdaResult<LambdaReply> GetFunctionEventInvokeConfig(const LambdaCall& call,
                                                       LambdaDatabase& database);
LambdaResult<LambdaReply> ListFunctionEventInvokeConfigs(const LambdaCall& call,
                                                         LambdaDatabase& database);
LambdaResult<LambdaReply> DeleteFunctionEventInvokeConfig(const LambdaCall& call,
                                                          LambdaDatabase& database);

}  // namespace pumice
