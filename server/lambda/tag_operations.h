// SPDX-License-Identifier: Apache-2.0
#pragma once
// ListTags, TagResource, UntagResource, of functions and mappings.

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaResult<LambdaReply> ListTags(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> TagResource(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> UntagResource(const LambdaCall& call, LambdaDatabase& database);

}  // namespace pumice
