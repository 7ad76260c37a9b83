// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/handler_service.h"

#include <signal.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "model/attribute_json.h"
#include "storage/item_codec.h"

namespace pumice {
namespace {

using nlohmann::json;

/// The whole chain: an item is written, a Python function is called.
class Service : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "pumice-service-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    std::ofstream(folder_ / "a-b.py") << R"(
def handle(event, context):
  keys = [record['dynamodb']['Keys']['pk']['S'] for record in event['Records']]
  print(' '.join(keys), file=open('saw', 'a'))
  if keys == ['bad']: raise ValueError('bad key')
)";
    OpenDatabase();
  }
  void TearDown() override {
    service_.reset();
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void OpenDatabase() {
    database_ = Database::Open({.path = folder_ / "data", .durability = Durability::kProcess},
                               clock_, random_, log_)
                    .value();
  }

  void Start() {
    const auto config = ParseHandlerConfig(R"({
      "Functions": [{"FunctionName": "f", "Runtime": "python3.12", "Handler": "a-b.handle", "CodePath": ".",
                     "Timeout": 60}],
      "EventSourceMappings": [{"EventSourceArn": "T", "FunctionName": "f", "BatchSize": 1,
                               "StartingPosition": "LATEST"}]})",
                                           folder_ / "handlers.json");
    service_ =
        HandlerService::Start({*database_, {.server_port = 8000}, clock_, random_, log_}).value();
    service_->Put(config.value());
  }

  void CreateTable() {
    TableDescription table;
    table.name = TableName("T");
    table.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/T";
    table.created = clock_.Now();
    table.key_schema.hash.push_back({"pk", AttributeType::kS});
    table.attribute_definitions = table.key_schema.hash;
    table.stream = TableStream{};
    ASSERT_TRUE(database_->catalog().Create(table).has_value());
  }

  void Put(const std::string& key) {
    const TablePtr table = database_->catalog().Find("T");
    const auto item = ReadItemJson(R"({"pk":{"S":")" + key + R"("}})");
    const std::string encoded = EncodeItem(*item);
    const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
      return ItemChange{encoded};
    };
    const auto item_key = ExtractKey(table->key_schema, *item);
    ASSERT_TRUE(database_->items()
                    .Write(ItemWrite{.table = *table, .key = *item_key, .change = change})
                    .has_value());
  }

  json Status() const { return json::parse(service_->StatusJson()); }

  template <class Condition>
  void WaitUntil(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    ASSERT_TRUE(condition()) << service_->StatusJson();
  }

  void WaitForDelivered(int count) {
    WaitUntil([&] { return Status()["EventSourceMappings"][0]["RecordsDelivered"] == count; });
  }

  std::string Saw() {
    std::ostringstream text;
    text << std::ifstream(folder_ / "saw").rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
  SystemClock clock_;
  SystemRandom random_;
  Log log_{LogLevel::kOff};
  std::unique_ptr<Database> database_;
  std::unique_ptr<HandlerService> service_;
};

TEST_F(Service, CallsAFunctionForEachRecord) {
  Start();
  CreateTable();
  for (const char* key : {"a", "b", "c"}) Put(key);
  WaitForDelivered(3);
  EXPECT_EQ(Saw(), "a\nb\nc\n");
  const json status = Status();
  EXPECT_EQ(status["EventSourceMappings"][0]["State"], "Enabled");
  EXPECT_EQ(status["EventSourceMappings"][0]["LastProcessingResult"], "OK");
  EXPECT_EQ(status["Functions"][0]["Starts"], 1);
}

TEST_F(Service, GoesOnAfterARestartWhereItWas) {
  Start();
  CreateTable();
  Put("a");
  WaitForDelivered(1);
  service_.reset();
  Put("b");
  database_.reset();
  OpenDatabase();
  Put("c");
  Start();
  WaitForDelivered(2);
  EXPECT_EQ(Saw(), "a\nb\nc\n");
}

TEST_F(Service, TellsWhyARecordFails) {
  Start();
  CreateTable();
  Put("bad");
  WaitUntil([&] { return Status()["EventSourceMappings"][0]["FailedAttempts"] >= 2; });
  const json mapping = Status()["EventSourceMappings"][0];
  EXPECT_EQ(mapping["LastProcessingResult"], "PROBLEM: Function call failed");
  EXPECT_EQ(mapping["LastError"].get<std::string>().substr(0, 19), "ValueError: bad key");
  EXPECT_EQ(mapping["LastFailedRecord"], "100000000000000000001");
}

TEST_F(Service, StoppedLeavesNoProcessAndStillTellsItsStatus) {
  Start();
  CreateTable();
  Put("a");
  WaitForDelivered(1);
  const pid_t pid = Status()["Functions"][0]["Pids"][0];
  service_->Stop();
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
  EXPECT_EQ(Status()["EventSourceMappings"][0]["State"], "Stopped");
  service_->Stop();
}

}  // namespace
}  // namespace pumice
