// SPDX-License-Identifier: Apache-2.0
#pragma once
// For the tests of event source mappings: one table T, whose stream a mapping reads for a function
// that does as it is told.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "model/attribute_json.h"
#include "storage/database.h"
#include "storage/item_codec.h"
#include "streams/handlers/event_source_mapping.h"
#include "streams/handlers/feed_test_kit.h"

namespace pumice {

class MappingTest : public testing::Test {
 protected:
  void SetUp() override {
    config_.event_source_arn = config_.source.table_name = "T";
    config_.function_name = "f";
    config_.starting_position = StartingPosition::kTrimHorizon;
    database_ = Database::Open({}, clock_, random_, log_).value();
    database_->changes().SetListener([this](StreamId id) { woken_.push_back(id); });
  }
  void TearDown() override {
    mapping_.reset();
    database_->changes().SetListener({});
  }

  void CreateTable(bool with_stream = true) {
    clock_.Advance(std::chrono::seconds(1));
    TableDescription table;
    table.name = TableName("T");
    table.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/T";
    table.key_schema.hash.push_back({"pk", AttributeType::kS});
    table.attribute_definitions = table.key_schema.hash;
    if (with_stream) table.stream = TableStream{};
    ASSERT_TRUE(database_->catalog().Create(table).has_value());
  }

  void SetStream(bool enabled) {
    clock_.Advance(std::chrono::seconds(1));
    const auto change = [&](const TableDescription& current) -> Result<TableDescription> {
      TableDescription changed = current;
      if (enabled) {
        changed.stream = TableStream{};
      } else {
        changed.stream->enabled = false;
      }
      return changed;
    };
    ASSERT_TRUE(database_->catalog().Update("T", change).has_value());
  }

  void Put(const std::string& key, int number = 0) {
    const TablePtr table = database_->catalog().Find("T");
    const auto item =
        ReadItemJson(fmt::format(R"({{"n":{{"N":"{}"}},"pk":{{"S":"{}"}}}})", number, key));
    const std::string encoded = EncodeItem(*item);
    const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
      return ItemChange{encoded};
    };
    const auto item_key = ExtractKey(table->key_schema, *item);
    ASSERT_TRUE(database_->items()
                    .Write(ItemWrite{.table = *table, .key = *item_key, .change = change})
                    .has_value());
  }

  /// What the service does for each call of the listener.
  void Wake() {
    for (const StreamId id : std::exchange(woken_, {})) mapping_->Wake(id);
  }

  void Start() {
    mapping_ = std::make_unique<EventSourceMapping>(
        config_, FeedParts{database_->changes(), sink_, destinations_, scheduler_, clock_, log_},
        database_->state());
    mapping_->Start(clock_.Now());
  }

  /// As after a kill: what is in flight is forgotten.
  void Restart() {
    mapping_.reset();
    sink_.in_flight.clear();
    woken_.clear();
    Start();
  }

  ManualClock clock_{TimePoint(std::chrono::seconds(1'700'000'000))};
  SystemRandom random_;
  Log log_{LogLevel::kOff};
  std::unique_ptr<Database> database_;
  std::vector<StreamId> woken_;
  MappingConfig config_;
  FakeSink sink_{clock_};
  FakeDestinations destinations_;
  ManualScheduler scheduler_{clock_};
  std::unique_ptr<EventSourceMapping> mapping_;
};

}  // namespace pumice
