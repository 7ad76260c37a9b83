// SPDX-License-Identifier: Apache-2.0
#pragma once
// CreateEventSourceMapping, Get…, List…, Update… and Delete…. Errors and texts as AWS's, where they
// are known. Differences from AWS: a mapping is in force when the answer that calls it Creating,
// Updating or Deleting arrives.

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaResult<LambdaReply> CreateEventSourceMapping(const LambdaCall& call,
                                                   LambdaDatabase& database);
LambdaResult<LambdaReply> GetEventSourceMapping(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> ListEventSourceMappings(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> UpdateEventSourceMapping(const LambdaCall& call,
                                                   LambdaDatabase& database);
LambdaResult<LambdaReply> DeleteEventSourceMapping(const LambdaCall& call,
                                                   LambdaDatabase& database);

}  // namespace pumice
