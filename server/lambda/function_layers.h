// SPDX-License-Identifier: Apache-2.0
#pragma once
// Layers of a function: ARNs of layer versions that were published here, or file:///folder, a
// folder that is laid out as AWS's /opt.

#include "server/lambda/lambda_database.h"
#include "server/lambda/parameters.h"

namespace pumice {

/// Sets configuration.Layers if the request has Layers. Errors: Validation; InvalidParameterValue
/// (no such layer or folder, more than five).
LambdaResult<void> ReadLayers(Parameters& parameters, LambdaDatabase& database,
                              nlohmann::json& configuration);

}  // namespace pumice
