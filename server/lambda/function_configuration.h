// SPDX-License-Identifier: Apache-2.0
#pragma once
// FunctionConfiguration: from the members of CreateFunction and UpdateFunctionConfiguration to the
// document that is answered, and from that to what runs. Pure. AWS: API_CreateFunction,
// API_FunctionConfiguration, "Lambda quotas".

#include <functional>

#include "server/lambda/function_record.h"
#include "server/lambda/parameters.h"

namespace pumice {

/// The document of a new function: all defaults, without what depends on its code.
nlohmann::json NewFunctionConfiguration(const std::string& name, const LambdaCaller& owner);

/// Takes over the members that both operations have, Layers apart. A member that AWS knows and
/// Pumice has no use for (VpcConfig, KMSKeyArn, …) is kept and answered.
/// Errors: Validation, InvalidParameterValue; `configuration` may be half changed then.
LambdaResult<void> ReadFunctionMembers(const nlohmann::json& document,
                                       nlohmann::json& configuration);

/// Looks at what only goes together: a runtime that Pumice can run, a handler for it.
/// Errors: InvalidParameterValue.
LambdaResult<void> CheckRunnable(const nlohmann::json& configuration, const FunctionCode& code);

/// While it is not settled: what Create and Update answer.
nlohmann::json AsPending(nlohmann::json configuration);
nlohmann::json AsUpdating(nlohmann::json configuration);

/// What HandlerService is given. `folder_of`: of a package's id; `folder_of_layer`: of its ARN.
using FolderOf = std::function<std::filesystem::path(const std::string&)>;
FunctionConfig ToFunctionConfig(const FunctionRecord& record, const FunctionVersion& version,
                                const FolderOf& folder_of, const FolderOf& folder_of_layer);

}  // namespace pumice
