// SPDX-License-Identifier: Apache-2.0
#pragma once
// One function of handlers.json. Pure, but that it looks whether the folders are there.

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "streams/functions/function_config.h"
#include "streams/handlers/config_object.h"

namespace pumice {

/// A relative folder starts at the file's folder. Errors (Validation): as ReadHandlerConfig.
Result<FunctionConfig> ReadFunction(const nlohmann::json& value, ConfigPlace place);

}  // namespace pumice
