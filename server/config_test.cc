// SPDX-License-Identifier: Apache-2.0
#include "server/config.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace pumice {
namespace {

using Arguments = std::vector<std::string>;

std::string Refusal(const Arguments& arguments) {
  const auto config = ParseConfig(arguments);
  return config ? "" : config.error().client_text();
}

class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

TEST(Config, DefaultsAreThoseOfDynamoDbLocal) {
  const Config config = ParseConfig({}).value();
  EXPECT_EQ(config.action, Config::Action::kServe);
  EXPECT_EQ(config.port, 8000);
  EXPECT_EQ(config.host, "");
  EXPECT_EQ(config.db_path, ".");
  EXPECT_EQ(config.durability, Durability::kProcess);
  EXPECT_FALSE(config.shared_db);
  EXPECT_FALSE(config.dynamodb_local_health);
  EXPECT_EQ(config.ttl_interval, std::chrono::seconds(1));
  EXPECT_EQ(config.stream_shards, 1U);
  EXPECT_EQ(config.shard_lifetime, std::chrono::milliseconds(0));
  EXPECT_FALSE(config.throttle);
  EXPECT_GE(config.thread_count, 1);
  EXPECT_EQ(config.log_level, LogLevel::kInfo);
}

TEST(Config, TakesTheFlagsOfDynamoDbLocalWithOneDashOrTwo) {
  for (const Arguments& arguments :
       {Arguments{"-port", "1234", "-sharedDb", "-dbPath", "./data", "-cors", "a,b",
                  "-delayTransientStatuses", "-optimizeDbBeforeStartup", "-disableTelemetry"},
        Arguments{"--port=1234", "--sharedDb", "--dbPath", "./data", "--cors", "a,b",
                  "--delayTransientStatuses", "--optimizeDbBeforeStartup", "--disableTelemetry"}}) {
    const auto config = ParseConfig(arguments);
    ASSERT_TRUE(config) << config.error().client_text();
    EXPECT_EQ(config.value().port, 1234);
    EXPECT_TRUE(config.value().shared_db);
    EXPECT_EQ(config.value().db_path, "./data");
    EXPECT_EQ(config.value().cors, "a,b");
    EXPECT_TRUE(config.value().delay_transient_statuses);
  }
}

TEST(Config, KeepsDataInMemoryByEitherFlag) {
  EXPECT_TRUE(ParseConfig({"-inMemory"}).value().in_memory());
  EXPECT_TRUE(ParseConfig({"--durability", "memory"}).value().in_memory());
  EXPECT_EQ(ParseConfig({"--durability", "power"}).value().durability, Durability::kPower);
}

TEST(Config, RefusesMemoryAndAPathTogether) {
  EXPECT_EQ(
      Refusal({"-inMemory", "-dbPath", "x"}),
      "-inMemory and -dbPath exclude each other: leave one out (pumice -help lists all flags)");
  EXPECT_NE(Refusal({"-dbPath", "x", "--durability", "memory"}), "");
  EXPECT_NE(Refusal({"-inMemory", "--durability", "power"}), "");
}

TEST(Config, SharesOneDatabaseWhenThereAreHandlers) {
  const Config config = ParseConfig({"--handlers", "handlers.json"}).value();
  EXPECT_TRUE(config.shared_db);
  EXPECT_EQ(config.handlers, "handlers.json");
}

TEST(Config, NamesAnUnknownFlagAsItWasWritten) {
  EXPECT_EQ(Refusal({"-shareDb"}), "Unknown flag -shareDb (pumice -help lists all flags)");
  EXPECT_EQ(Refusal({"--shareDb"}), "Unknown flag --shareDb (pumice -help lists all flags)");
  EXPECT_EQ(Refusal({"start"}), "'start' belongs to no flag (pumice -help lists all flags)");
}

TEST(Config, RefusesValuesThatAreNone) {
  for (const Arguments& arguments : {Arguments{"-port", "abc"},
                                     {"-port", "65536"},
                                     {"-port", "-1"},
                                     {"-port"},
                                     {"-dbPath"},
                                     {"--threads", "0"},
                                     {"--ttl-interval", "-1"},
                                     {"--ttl-interval", "86401"},
                                     {"--stream-shards", "0"},
                                     {"--stream-shards", "65"},
                                     {"--shard-lifetime", "10"},
                                     {"--shard-lifetime", "4 days"},
                                     {"--shard-lifetime", "-1s"},
                                     {"--log-level", "loud"},
                                     {"--durability", "disk"}}) {
    EXPECT_NE(Refusal(arguments), "") << arguments.front();
    EXPECT_EQ(Refusal(arguments).find('\n'), std::string::npos);
  }
}

TEST(Config, ReadsItsOwnFlagsFromTheEnvironment) {
  const Variable level("PUMICE_LOG_LEVEL", "debug");
  const Variable format("PUMICE_LOG_FORMAT", "json");
  const Variable threads("PUMICE_THREADS", "3");
  const Variable init("PUMICE_INIT", "/docker-entrypoint-init.d");
  const Variable throttle("PUMICE_THROTTLE", "true");
  const Variable ttl_interval("PUMICE_TTL_INTERVAL", "0");
  const Variable shards("PUMICE_STREAM_SHARDS", "4");
  const Variable lifetime("PUMICE_SHARD_LIFETIME", "30m");
  const Variable health("PUMICE_DYNAMODB_LOCAL_HEALTH", "true");
  const Config config = ParseConfig({"--threads", "4"}).value();
  EXPECT_EQ(config.log_level, LogLevel::kDebug);
  EXPECT_EQ(config.log_format, LogFormat::kJson);
  EXPECT_EQ(config.thread_count, 4);
  EXPECT_EQ(config.ttl_interval, std::chrono::seconds(0));
  EXPECT_EQ(config.init, "/docker-entrypoint-init.d");
  EXPECT_TRUE(config.throttle);
  EXPECT_EQ(config.stream_shards, 4U);
  EXPECT_EQ(config.shard_lifetime, std::chrono::minutes(30));
  EXPECT_TRUE(config.dynamodb_local_health);
}

TEST(Config, ReadsTheLifetimeOfShards) {
  const auto lifetime = [](const char* text) {
    return ParseConfig({"--shard-lifetime", text}).value().shard_lifetime;
  };
  EXPECT_EQ(lifetime("4h"), std::chrono::hours(4));
  EXPECT_EQ(lifetime("90s"), std::chrono::seconds(90));
  EXPECT_EQ(lifetime("100ms"), std::chrono::milliseconds(100));
  EXPECT_EQ(lifetime("0s"), std::chrono::milliseconds(0));
  EXPECT_EQ(Refusal({"--shard-lifetime", "99ms"}),
            "--shard-lifetime 99ms: 0s, or at least 100ms (pumice -help lists all flags)");
}

TEST(Config, StopsWithStdinOnlyWhenAsked) {
  EXPECT_FALSE(ParseConfig({}).value().stop_with_stdin);
  EXPECT_TRUE(ParseConfig({"--stop-with-stdin"}).value().stop_with_stdin);
}

TEST(Config, HelpAndVersionWinOverOtherFlags) {
  EXPECT_EQ(ParseConfig({"-inMemory", "-help"}).value().action, Config::Action::kHelp);
  EXPECT_EQ(ParseConfig({"-h"}).value().action, Config::Action::kHelp);
  EXPECT_EQ(ParseConfig({"--version"}).value().action, Config::Action::kVersion);
}

TEST(ReadyBanner, HasTheLinesThatLaunchersWaitFor) {
  Config config;
  config.durability = Durability::kMemory;
  config.shared_db = true;
  const std::string banner = ReadyBanner(config, 4711);
  EXPECT_TRUE(
      banner.starts_with("Initializing DynamoDB Local with the following configuration:\n"
                         "Port:\t4711\nInMemory:\ttrue\nVersion:\t"));
  EXPECT_TRUE(
      banner.ends_with("\nDbPath:\tnull\nSharedDb:\ttrue\n"
                       "shouldDelayTransientStatuses:\tfalse\nCorsParams:\tnull\n\n"));
}

}  // namespace
}  // namespace pumice
