// SPDX-License-Identifier: Apache-2.0
#include "storage/database.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() : log_(LogLevel::kOff) {
    auto opened = Database::Open({}, clock_, random_, log_);
    if (opened) database_ = std::move(opened.value());
  }

  TablePtr CreateMessages() {
    TableDescription table;
    table.name = TableName("messages");
    table.key_schema.hash = {{"pk", AttributeType::kS}};
    table.key_schema.range = {{"sk", AttributeType::kS}};
    IndexDescription index;
    index.name = IndexName("by-group");
    index.key_schema.hash = {{"group", AttributeType::kS}};
    index.key_schema.range = {{"sk", AttributeType::kS}};
    table.indexes.push_back(index);
    return database_->catalog().Create(std::move(table)).value();
  }

  WriteOutcome Put(const TableDescription& table, const Item& item) {
    const ItemKey key = *ExtractKey(table.key_schema, item);
    const std::string encoded = EncodeItem(item);
    const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
      return std::optional(ItemChange{encoded});
    };
    return database_->items().Write(ItemWrite{table, key, change}).value();
  }

  SystemClock clock_;
  SystemRandom random_;
  Log log_;
  std::unique_ptr<Database> database_;
};

Item Message(std::string pk, std::string sk, std::string group) {
  return {{"group", std::move(group)}, {"pk", std::move(pk)}, {"sk", std::move(sk)}};
}

std::vector<std::string> ReadAll(const Database& database, RangeReader& reader) {
  std::vector<std::string> texts;
  while (reader.Next().value()) texts.emplace_back(reader.item().json());
  return texts;
}

TEST_F(DatabaseTest, GetsWhatWasPut) {
  const TablePtr table = CreateMessages();
  const Item item = Message("a", "1", "g");
  Put(*table, item);
  const auto stored = database_->items().Get(*table, *ExtractKey(table->key_schema, item)).value();
  ASSERT_TRUE(stored);
  EXPECT_EQ(EncodedItemView(*stored).json(),
            R"({"group":{"S":"g"},"pk":{"S":"a"},"sk":{"S":"1"}})");
}

TEST_F(DatabaseTest, QueriesAnIndexBackwards) {
  const TablePtr table = CreateMessages();
  Put(*table, Message("a", "1", "g"));
  Put(*table, Message("b", "2", "g"));
  Put(*table, Message("c", "3", "h"));
  KeyCondition condition;
  condition.hash = {AttributeValue(std::string("g"))};
  RangeRequest request{*table, &table->indexes[0], &condition};
  request.direction = Direction::kBackward;
  const auto reader = database_->items().Read(request).value();
  EXPECT_EQ(ReadAll(*database_, *reader),
            (std::vector<std::string>{R"({"group":{"S":"g"},"pk":{"S":"b"},"sk":{"S":"2"}})",
                                      R"({"group":{"S":"g"},"pk":{"S":"a"},"sk":{"S":"1"}})"}));
}

}  // namespace
}  // namespace pumice
