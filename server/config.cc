// SPDX-License-Identifier: Apache-2.0
#include "server/config.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "server/command_line.h"

namespace pumice {
namespace {

constexpr int kMaxThreads = 256;
constexpr int kMaxPort = 65'535;
constexpr int kMaxTtlInterval = 86'400;
constexpr std::chrono::milliseconds kMinShardLifetime{100};

constexpr std::string_view kHelp = R"(Usage: pumice [flags]
       pumice <command> [flags]

Pumice answers the DynamoDB and DynamoDB Streams APIs on one port and runs stream handlers.

Commands (pumice <command> -help tells the rest):
  bench                      Checks access patterns that stand in a file, and measures them, against
                             any endpoints side by side
  dump                       Writes tables of any endpoint to a file that can be loaded again
  healthcheck                Asks a running server whether it answers: for containers
  load                       Makes tables and writes items at any endpoint as files say
  replay                     Sends a range of a table's stream to a Lambda function again
  tail                       Prints the changes of a table as they come

Flags of DynamoDB Local (one dash or two):
  -port <n>                  Port to listen on; 0 takes any free one. Default: 8000
  -dbPath <folder>           Keeps the data in this folder. Default: the working directory
  -inMemory                  Keeps the data in memory only. Not with -dbPath
  -sharedDb                  One database for all. Without it each pair of access key and region
                             has its own
  -cors <list>               Web origins that may call the server, separated by commas. Default: any
  -delayTransientStatuses    Tables and indexes are CREATING, UPDATING, DELETING for two seconds
  -optimizeDbBeforeStartup   Accepted; there is nothing to optimise
  -disableTelemetry          Accepted; there is no telemetry
  -help                      Prints this text
  -version                   Prints the version

Flags of Pumice (also as environment variable, see the last column):
  --host <address>           Listens on this address only. Default: all interfaces         PUMICE_HOST
  --durability <level>       What an acknowledged write survives:                    PUMICE_DURABILITY
                               memory   nothing (as -inMemory)
                               process  the end of the server, also by kill -9 (default)
                               power    a power failure as well: each write is synced to disk
  --handlers <file>          Runs the functions of this handlers.json on the streams.  PUMICE_HANDLERS
                             Implies -sharedDb
  --lambda <callers>         Who may make and call functions by Lambda's API, which is   PUMICE_LAMBDA
                             the right to run programs here:
                               local  programs on this machine (default)
                               all    whoever reaches the port
                               off    nobody
  --init <folder>            Applies the files of this folder once, in the order of their  PUMICE_INIT
                             names, before it listens: tables (CreateTable, CloudFormation),
                             items (DynamoDB JSON, BatchWriteItem, CSV), handlers.json.
                             Implies -sharedDb if there is one
  --ttl-interval <seconds>   Looks that often for items whose time to live has    PUMICE_TTL_INTERVAL
                             passed, and deletes them. Default: 1; 0 deletes none
  --stream-shards <n>        Open shards that a stream begins with, and is split       PUMICE_STREAM_SHARDS
                             to when its shards are replaced. Default: 1; at most 64
  --shard-lifetime <time>    Replaces open shards by new ones when they are that     PUMICE_SHARD_LIFETIME
                             old: 4h as AWS does, 30m, 10s, at least 100ms. Default: 0s, never
  --throttle                 Enforces the throughput that tables and indexes are       PUMICE_THROTTLE
                             given, with AWS's exceptions
  --threads <n>              Threads that answer requests. Default: one per core        PUMICE_THREADS
  --log-level <level>        trace, debug (one line a request), info, warn, error     PUMICE_LOG_LEVEL
                             or off. Default: info
  --log-format <format>      text or json. Default: text                             PUMICE_LOG_FORMAT
  --stop-with-stdin          Stops when stdin ends: for a launcher that holds the other end of the
                             pipe, so that the server ends with it, however that ends
  --dynamodb-local-health    Answers GET / with DynamoDB Local's 400    PUMICE_DYNAMODB_LOCAL_HEALTH
                             instead of AWS's 200

The log goes to stderr. When the server is ready, its configuration is printed to stdout.

  pumice -inMemory -sharedDb
  aws dynamodb list-tables --endpoint-url http://localhost:8000
)";

/// What the flags say, before it is checked that they go together.
struct Flags {
  int port = 8000;
  std::string db_path;
  bool in_memory = false;
  bool shared_db = false;
  std::string cors;
  bool delay_transient_statuses = false;
  bool ignored = false;
  bool help = false;
  bool version = false;
  std::string host;
  std::string durability;
  std::string handlers;
  std::string lambda = "local";
  std::string init;
  int ttl_interval = 1;
  std::uint32_t stream_shards = 1;
  std::int64_t shard_lifetime_ms = 0;
  bool throttle = false;
  int threads = 0;
  std::string log_level = "info";
  std::string log_format = "text";
  bool dynamodb_local_health = false;
  bool stop_with_stdin = false;
};

void AddFlags(CLI::App& app, Flags& flags) {
  app.set_help_flag();
  app.add_option("--port", flags.port)->check(CLI::Range(0, kMaxPort));
  app.add_option("--dbPath", flags.db_path);
  app.add_flag("--inMemory", flags.in_memory);
  app.add_flag("--sharedDb", flags.shared_db);
  app.add_option("--cors", flags.cors);
  app.add_flag("--delayTransientStatuses", flags.delay_transient_statuses);
  app.add_flag("--optimizeDbBeforeStartup", flags.ignored);
  app.add_flag("--disableTelemetry", flags.ignored);
  app.add_flag("-h,--help", flags.help);
  app.add_flag("--version", flags.version);
  app.add_option("--host", flags.host)->envname("PUMICE_HOST");
  app.add_option("--durability", flags.durability)
      ->envname("PUMICE_DURABILITY")
      ->check(CLI::IsMember({"memory", "process", "power"}));
  app.add_option("--handlers", flags.handlers)->envname("PUMICE_HANDLERS");
  app.add_option("--lambda", flags.lambda)
      ->envname("PUMICE_LAMBDA")
      ->check(CLI::IsMember({"local", "all", "off"}));
  app.add_option("--init", flags.init)->envname("PUMICE_INIT");
  app.add_option("--ttl-interval", flags.ttl_interval)
      ->envname("PUMICE_TTL_INTERVAL")
      ->check(CLI::Range(0, kMaxTtlInterval));
  app.add_option("--stream-shards", flags.stream_shards)
      ->envname("PUMICE_STREAM_SHARDS")
      ->check(CLI::Range(1U, kMaxOpenShards));
  app.add_option("--shard-lifetime", flags.shard_lifetime_ms)
      ->envname("PUMICE_SHARD_LIFETIME")
      ->transform(CLI::AsNumberWithUnit(
          std::map<std::string, std::int64_t>{
              {"ms", 1}, {"s", 1000}, {"m", 60 * 1000}, {"h", 60 * 60 * 1000}},
          CLI::AsNumberWithUnit::UNIT_REQUIRED));
  app.add_flag("--throttle", flags.throttle)->envname("PUMICE_THROTTLE");
  app.add_option("--threads", flags.threads)
      ->envname("PUMICE_THREADS")
      ->check(CLI::Range(1, kMaxThreads));
  app.add_option("--log-level", flags.log_level)
      ->envname("PUMICE_LOG_LEVEL")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}));
  app.add_option("--log-format", flags.log_format)
      ->envname("PUMICE_LOG_FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_flag("--stop-with-stdin", flags.stop_with_stdin);
  app.add_flag("--dynamodb-local-health", flags.dynamodb_local_health)
      ->envname("PUMICE_DYNAMODB_LOCAL_HEALTH");
}

Result<Flags> ReadFlags(const std::vector<std::string>& arguments) {
  Flags flags;
  CLI::App app;
  AddFlags(app, flags);
  PUMICE_TRY(ReadCommandLine(app, arguments));
  return flags;
}

Result<Durability> ReadDurability(const Flags& flags) {
  if (flags.in_memory && !flags.db_path.empty()) {
    return WrongCommandLine("-inMemory and -dbPath exclude each other: leave one out");
  }
  if (flags.in_memory && !flags.durability.empty() && flags.durability != "memory") {
    return WrongCommandLine(fmt::format(
        "-inMemory and --durability {} exclude each other: leave one out", flags.durability));
  }
  if (flags.durability == "memory" && !flags.db_path.empty()) {
    return WrongCommandLine("--durability memory and -dbPath exclude each other: leave one out");
  }
  if (flags.in_memory || flags.durability == "memory") return Durability::kMemory;
  return flags.durability == "power" ? Durability::kPower : Durability::kProcess;
}

/// Each rotation leaves a closed shard for a day.
Result<std::chrono::milliseconds> ReadShardLifetime(const Flags& flags) {
  const std::chrono::milliseconds lifetime(flags.shard_lifetime_ms);
  if (lifetime.count() == 0 || lifetime >= kMinShardLifetime) return lifetime;
  return WrongCommandLine(fmt::format("--shard-lifetime {}ms: 0s, or at least {}ms",
                                      lifetime.count(), kMinShardLifetime.count()));
}

LambdaAccess ReadLambdaAccess(std::string_view name) {
  if (name == "all") return LambdaAccess::kAll;
  return name == "off" ? LambdaAccess::kOff : LambdaAccess::kLocal;
}

LogLevel ReadLogLevel(std::string_view name) {
  if (name == "trace") return LogLevel::kTrace;
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warn") return LogLevel::kWarn;
  if (name == "error") return LogLevel::kError;
  if (name == "off") return LogLevel::kOff;
  return LogLevel::kInfo;
}

int ThreadCount(int given) {
  if (given > 0) return given;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMaxThreads);
}

}  // namespace

Result<Config> ParseConfig(std::vector<std::string> arguments) {
  PUMICE_TRY(Flags flags, ReadFlags(arguments));
  Config config;
  if (flags.help) config.action = Config::Action::kHelp;
  if (flags.version) config.action = Config::Action::kVersion;
  if (config.action != Config::Action::kServe) return config;
  PUMICE_TRY(config.durability, ReadDurability(flags));
  config.port = static_cast<std::uint16_t>(flags.port);
  config.host = flags.host == "*" ? "" : flags.host;
  if (!flags.db_path.empty()) config.db_path = flags.db_path;
  config.shared_db = flags.shared_db || !flags.handlers.empty();
  config.cors = flags.cors;
  config.delay_transient_statuses = flags.delay_transient_statuses;
  config.dynamodb_local_health = flags.dynamodb_local_health;
  config.lambda = ReadLambdaAccess(flags.lambda);
  config.handlers = flags.handlers;
  config.init = flags.init;
  config.stop_with_stdin = flags.stop_with_stdin;
  config.ttl_interval = std::chrono::seconds(flags.ttl_interval);
  config.stream_shards = flags.stream_shards;
  PUMICE_TRY(config.shard_lifetime, ReadShardLifetime(flags));
  config.throttle = flags.throttle;
  config.thread_count = ThreadCount(flags.threads);
  config.log_level = ReadLogLevel(flags.log_level);
  config.log_format = flags.log_format == "json" ? LogFormat::kJson : LogFormat::kText;
  return config;
}

std::string_view HelpText() { return kHelp; }

std::string VersionText() { return fmt::format("Pumice {}\n", PUMICE_VERSION); }

std::string ReadyBanner(const Config& config, std::uint16_t port) {
  return fmt::format(
      "Initializing DynamoDB Local with the following configuration:\n"
      "Port:\t{}\n"
      "InMemory:\t{}\n"
      "Version:\t{}\n"
      "DbPath:\t{}\n"
      "SharedDb:\t{}\n"
      "shouldDelayTransientStatuses:\t{}\n"
      "CorsParams:\t{}\n"
      "\n",
      port, config.in_memory(), PUMICE_VERSION, config.in_memory() ? "null" : config.db_path,
      config.shared_db, config.delay_transient_statuses,
      config.cors.empty() ? "null" : config.cors);
}

}  // namespace pumice
