// SPDX-License-Identifier: Apache-2.0
#pragma once
// How the process of a function is started: which program, in which folder, with which arguments.
// Thread rule: any thread.

#include <cstdint>
#include <string>

#include "base/result.h"
#include "streams/functions/child_process.h"
#include "streams/functions/function_config.h"

namespace pumice {

struct FunctionPlace {
  std::uint16_t server_port = 0;   // of Pumice, on 127.0.0.1
  std::uint16_t runtime_port = 0;  // of this process's RuntimeApi, on 127.0.0.1
  std::string region = kHandlerRegion;
  std::string access_key = kHandlerAccessKey;  // decides, with the region, which database it sees
};

/// Errors (Internal, log_text): python3 or node is not on PATH (and PUMICE_PYTHON or PUMICE_NODE
/// names no program); the function's runtime needs no process.
Result<ChildOptions> FunctionCommand(const FunctionConfig& function, const FunctionPlace& place);

/// "arn:aws:lambda:us-east-1:000000000000:function:name", with the version if it is a published one
std::string FunctionArn(const FunctionConfig& function, const std::string& region);

}  // namespace pumice
