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
    service_ = HandlerService::Start(
                   {*database_, {.server_port = 8000}, clock_, random_, log_, &destinations_})
                   .value();
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
  DestinationFolder destinations_{{}, clock_, random_};
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

// --- The control API's side
// -------------------------------------------------------------------------

class MappingChange : public Service {
 protected:
  void SetUp() override {
    Service::SetUp();
    Start();
    service_->RemoveMapping("T|f");
    CreateTable();
    mapping_.uuid = "11111111-2222-4333-8444-555555555555";
    mapping_.event_source_arn = mapping_.source.table_name = "T";
    mapping_.function_name = "f";
    mapping_.batch_size = 1;
  }

  MappingReport report() const { return service_->ReportMapping(mapping_.uuid).value(); }
  void WaitForState(const std::string& state) {
    WaitUntil([&] { return report().state == state; });
  }

  MappingConfig mapping_;
};

// LATEST is the moment of the call, however old the server and the table are.
TEST_F(MappingChange, MadeLaterBeginsAtItsOwnTime) {
  Put("before");
  service_->PutMapping(mapping_);
  Put("after");
  WaitUntil([&] { return report().records_delivered == 1; });
  EXPECT_EQ(Saw(), "after\n");
  EXPECT_EQ(report().state, "Enabled");
  EXPECT_EQ(Status()["EventSourceMappings"][0]["UUID"], mapping_.uuid);
}

TEST_F(MappingChange, GoesOnWithItsCheckpointAndItsCounts) {
  service_->PutMapping(mapping_);
  Put("a");
  WaitUntil([&] { return report().records_delivered == 1; });
  mapping_.enabled = false;
  service_->PutMapping(mapping_);
  WaitForState("Disabled");
  Put("b");
  mapping_.enabled = true;
  mapping_.starting_position = StartingPosition::kLatest;
  service_->PutMapping(mapping_);
  WaitUntil([&] { return report().records_delivered == 2; });
  EXPECT_EQ(report().state, "Enabled");
  EXPECT_EQ(Saw(), "a\nb\n");
}

TEST_F(MappingChange, HoldsWhenWhatIsInFlightHasEnded) {
  mapping_.function_name = "slow";
  std::ofstream(folder_ / "slow.py") << R"(
import os, time
def handle(event, context):
  keys = [record['dynamodb']['Keys']['pk']['S'] for record in event['Records']]
  print(' '.join(keys), file=open('saw', 'a'))
  while not os.path.exists('go'): time.sleep(0.01)
)";
  FunctionConfig slow;
  slow.name = "slow";
  slow.handler = "slow.handle";
  slow.code_path = folder_;
  slow.timeout = std::chrono::seconds(60);
  service_->PutFunction(slow);
  service_->PutMapping(mapping_);
  for (const char* key : {"a", "b", "c"}) Put(key);
  WaitUntil([&] { return Saw() == "a\n"; });
  mapping_.batch_size = 10;
  service_->PutMapping(mapping_);
  EXPECT_EQ(report().state, "Updating");
  EXPECT_EQ(report().in_flight, 1);
  std::ofstream(folder_ / "go") << "";
  WaitUntil([&] { return report().records_delivered == 3; });
  EXPECT_EQ(Saw(), "a\nb c\n");
  EXPECT_EQ(report().state, "Enabled");
}

TEST_F(MappingChange, ForgetsWhatIsRemoved) {
  mapping_.starting_position = StartingPosition::kTrimHorizon;
  Put("a");
  service_->PutMapping(mapping_);
  WaitUntil([&] { return report().records_delivered == 1; });
  service_->RemoveMapping(mapping_.uuid);
  EXPECT_FALSE(service_->ReportMapping(mapping_.uuid).has_value());
  service_->PutMapping(mapping_);
  WaitUntil([&] { return report().records_delivered == 1; });
  EXPECT_EQ(Saw(), "a\na\n");
}

TEST_F(MappingChange, WaitsForItsFunction) {
  mapping_.function_name = "later";
  service_->PutMapping(mapping_);
  Put("a");
  WaitUntil([&] { return report().failed_attempts >= 2; });
  EXPECT_EQ(report().state, "Enabled");
  EXPECT_EQ(report().last_result,
            "PROBLEM: Function not found: arn:aws:lambda:us-east-1:000000000000:function:later "
            "(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException)");
  FunctionConfig later;
  later.name = "later";
  later.handler = "a-b.handle";
  later.code_path = folder_;
  service_->PutFunction(later);
  WaitUntil([&] { return report().records_delivered == 1; });
  EXPECT_EQ(Saw(), "a\n");
}

TEST_F(MappingChange, SendsWhatIsGivenUpToItsQueue) {
  mapping_.max_retries = 0;
  mapping_.on_failure = "arn:aws:sqs:us-east-1:000000000000:dead";
  service_->PutMapping(mapping_);
  Put("bad");
  WaitUntil([&] { return report().records_dead_lettered == 1; });
  const auto messages = destinations_.queues().Find("dead").value()->List(9).value();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(json::parse(messages[0].body)["DDBStreamBatchInfo"]["batchSize"], 1);
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
