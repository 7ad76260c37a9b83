// SPDX-License-Identifier: Apache-2.0
#pragma once
// How the process of a function is started: which program, with which environment. A function sees
// nothing of our environment but what is listed here; above all no real AWS credentials. Thread
// rule: any thread (reads our environment, which nobody changes).

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

/// Errors (Internal, log_text): python3 is not on PATH (and PUMICE_PYTHON names no program).
Result<ChildOptions> FunctionCommand(const FunctionConfig& function, const FunctionPlace& place);

/// "arn:aws:lambda:us-east-1:000000000000:function:name"
std::string FunctionArn(const FunctionConfig& function, const std::string& region);

}  // namespace pumice
