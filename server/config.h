// SPDX-License-Identifier: Apache-2.0
#pragma once
// The command line: DynamoDB Local's flags, with one dash or two, and Pumice's own, which can also
// stand in the environment as PUMICE_<FLAG>.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "server/lambda/lambda_service.h"
#include "storage/database.h"

namespace pumice {

struct Config {
  enum class Action : std::uint8_t { kServe, kHelp, kVersion };
  Action action = Action::kServe;

  std::uint16_t port = 8000;  // 0: any free port
  std::string host;           // empty: all interfaces, as DynamoDB Local
  std::string db_path = ".";  // unused when durability is kMemory
  Durability durability = Durability::kProcess;
  bool shared_db = false;
  std::string cors;  // empty: any origin
  bool delay_transient_statuses = false;
  bool dynamodb_local_health = false;
  LambdaAccess lambda = LambdaAccess::kLocal;
  std::string handlers;                  // a file; empty: no functions
  std::string init;                      // a folder; empty: none
  std::chrono::seconds ttl_interval{1};  // between two looks for expired items; 0: none is deleted
  std::uint32_t stream_shards = 1;       // with which a stream begins
  std::chrono::milliseconds shard_lifetime{0};  // after which a shard is replaced; 0: never
  bool throttle = false;                        // enforce the throughput of tables and indexes
  bool stop_with_stdin = false;
  int thread_count = 1;
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;

  bool in_memory() const { return durability == Durability::kMemory; }
};

/// `arguments` without the program's name. Errors: Validation; client_text is one line that says
/// what is wrong and what to do.
Result<Config> ParseConfig(std::vector<std::string> arguments);

/// What -help and -version print.
std::string_view HelpText();
std::string VersionText();

/// The lines by which test suites and launchers recognise that the server is ready, with their
/// blank line.
std::string ReadyBanner(const Config& config, std::uint16_t port);

}  // namespace pumice
