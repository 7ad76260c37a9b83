// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tags of functions and mappings, as members of requests. AWS: "Tag restrictions".

#include <map>
#include <string>

#include "server/lambda/lambda_call.h"

namespace pumice {

using LambdaTags = std::map<std::string, std::string>;

/// `before` with the document's Tags. Errors: Serialization, InvalidParameterValue (more than 50, a
/// key or a value that is too long).
LambdaResult<LambdaTags> ReadTags(const nlohmann::json& document, LambdaTags before);

}  // namespace pumice
