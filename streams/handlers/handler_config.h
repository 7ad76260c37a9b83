// SPDX-License-Identifier: Apache-2.0
#pragma once
// handlers.json: which functions there are and which streams call them, with AWS Lambda's own
// member names.
//   {"Functions":[{"FunctionName","Runtime","Handler","CodePath","Timeout","MemorySize","Environment"}],
//    "EventSourceMappings":[{"EventSourceArn","FunctionName","BatchSize","StartingPosition",…}]}
// Plain values. AWS: API_CreateFunction, API_CreateEventSourceMapping, "Lambda parameters for
// Amazon DynamoDB event source mappings".

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pumice {

/// The credentials and the region that functions are given: without -sharedDb they decide which
/// database a function sees, and which one Start should be given.
inline constexpr const char* kHandlerAccessKey = "pumice";
inline constexpr const char* kHandlerRegion = "us-east-1";

enum class FunctionRuntime : std::uint8_t {
  kPython,    // "python3" and "python3.*": the interpreter on PATH with Pumice's own bootstrap
  kProvided,  // "provided*": the executable file `bootstrap` in CodePath
};

struct FunctionConfig {
  std::string name;                                    // FunctionName
  FunctionRuntime runtime = FunctionRuntime::kPython;  // Runtime
  std::string handler;                                 // Handler
  std::filesystem::path code_path;                     // CodePath, made absolute
  std::chrono::seconds timeout{3};                     // Timeout
  std::int64_t memory_size_mb = 128;  // MemorySize: told to the function, not enforced
  std::map<std::string, std::string, std::less<>> variables;  // Environment.Variables
};

/// A stream is named by its own ARN, or by its table: then the table's newest stream is meant,
/// whenever it comes into being.
struct EventSource {
  std::string stream_arn;  // empty: table_name tells
  std::string table_name;
  std::string region;  // of the ARN; empty for a bare table name
};

enum class StartingPosition : std::uint8_t { kTrimHorizon, kLatest };

struct MappingConfig {
  std::string event_source_arn;  // EventSourceArn as it was written
  EventSource source;
  std::string function_name;     // FunctionName, without ARN and alias
  std::size_t batch_size = 100;  // BatchSize
  StartingPosition starting_position = StartingPosition::kLatest;  // StartingPosition
  bool enabled = true;                                             // Enabled
  std::optional<std::int64_t> max_retries;  // MaximumRetryAttempts; none: until they expire
  std::optional<std::chrono::seconds> max_record_age;  // MaximumRecordAgeInSeconds
};

struct HandlerConfig {
  std::vector<FunctionConfig> functions;
  std::vector<MappingConfig> mappings;

  const FunctionConfig* FindFunction(std::string_view name) const;
};

/// Reads the file; a relative CodePath starts at the file's folder.
/// Errors (Validation; client_text is one line for the command line, with file and member): the
/// file cannot be read, is no JSON, lacks a member, has an unknown one, one of a wrong type or out
/// of range, or one that Pumice does not support yet with another value than its default.
Result<HandlerConfig> ReadHandlerConfig(const std::filesystem::path& file);

/// The same for a text; `file` names it in errors and its folder is where relative paths start.
Result<HandlerConfig> ParseHandlerConfig(std::string_view text, const std::filesystem::path& file);

}  // namespace pumice
