// SPDX-License-Identifier: Apache-2.0
#pragma once
// The environment variables of a function's process. It sees nothing of our own environment but
// what is listed here; above all no real AWS credentials. Thread rule: any thread (reads our
// environment, which nobody changes).

#include <string>
#include <vector>

#include "streams/functions/function_command.h"
#include "streams/functions/function_config.h"

namespace pumice {

/// "NAME=value", sorted by name. The function's own variables win over all others.
std::vector<std::string> FunctionEnvironment(const FunctionConfig& function,
                                             const FunctionPlace& place);

/// Of our own environment; empty: not set.
std::string OwnVariable(const char* name);

}  // namespace pumice
