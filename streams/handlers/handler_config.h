// SPDX-License-Identifier: Apache-2.0
#pragma once
// handlers.json: which functions there are and which streams call them, with AWS Lambda's own
// member names.
//   {"Functions":[{"FunctionName","Runtime","Handler","CodePath","CodeUri","Layers","Timeout",
//                  "MemorySize","EnforceMemorySize","MaximumConcurrency","Environment",
//                  "WebhookSecret"}],
//    "EventSourceMappings":[{"EventSourceArn","FunctionName","BatchSize","StartingPosition",…}]}
// Plain values. AWS: API_CreateFunction, API_CreateEventSourceMapping, "Lambda parameters for
// Amazon DynamoDB event source mappings".

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "streams/functions/function_config.h"
#include "streams/handlers/mapping_config.h"

namespace pumice {

struct HandlerConfig {
  std::vector<FunctionConfig> functions;
  std::vector<MappingConfig> mappings;

  const FunctionConfig* FindFunction(std::string_view name) const;
};

/// Reads the file; a relative CodePath starts at the file's folder.
/// Errors (Validation; client_text is one line for the command line, with file and member): the
/// file cannot be read, is no JSON, lacks a member, has an unknown one, one of a wrong type or out
/// of range.
Result<HandlerConfig> ReadHandlerConfig(const std::filesystem::path& file);

/// The same for a text; `file` names it in errors and its folder is where relative paths start.
Result<HandlerConfig> ParseHandlerConfig(std::string_view text, const std::filesystem::path& file);

}  // namespace pumice
