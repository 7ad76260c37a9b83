// SPDX-License-Identifier: Apache-2.0
#include "storage/catalog_store.h"

#include <thread>

#include "storage/description_json.h"
#include "storage/rocks/rocks_engine.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

class CatalogTest : public MemoryDatabaseTest {
 protected:
  TableCatalog& catalog() { return database_->catalog(); }
  Result<TablePtr> Drop(std::string_view name) {
    auto dropped = catalog().Delete(name, [](const auto&) -> Result<void> { return Ok(); });
    database_->SettleTables();
    return dropped;
  }
  Result<TablePtr> SetIndexes(std::string_view name, std::vector<IndexDescription> indexes) {
    return catalog().Update(name, [&](const TableDescription& current) -> Result<TableDescription> {
      TableDescription table = current;
      table.indexes = indexes;
      return table;
    });
  }
  Item Number(int i) { return {{"g", S("g")}, {"pk", S(std::to_string(i))}, {"sk", S("s")}}; }
};

TEST_F(CatalogTest, FindsWhatWasCreated) {
  const TablePtr table = Create(Table("t", {Index("i", {Key("g")}, {})}));
  EXPECT_EQ(catalog().Find("t"), table);
  EXPECT_EQ(catalog().Find("T"), nullptr);
  EXPECT_NE(table->id.value(), 0U);
  EXPECT_NE(table->indexes[0].id.value(), table->id.value());
}

TEST_F(CatalogTest, RefusesASecondTableOfTheName) {
  Create(Table("t"));
  const auto second = catalog().Create(Table("t"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::kResourceInUse);
  EXPECT_EQ(second.error().client_text(), "Table already exists: t");
}

TEST_F(CatalogTest, ListsNamesInByteOrder) {
  for (const char* name : {"b", "a", "C", "aa"}) Create(Table(name));
  using Names = std::vector<std::string>;
  EXPECT_EQ(catalog().List("", 10), (Names{"C", "a", "aa", "b"}));
  EXPECT_EQ(catalog().List("", 2), (Names{"C", "a"}));
  EXPECT_EQ(catalog().List("a", 10), (Names{"aa", "b"}));
  EXPECT_EQ(catalog().List("ab", 10), (Names{"b"}));
}

TEST_F(CatalogTest, NamesTheTableThatIsNotThere) {
  for (const auto& result : {Drop("no"), SetIndexes("no", {})}) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::kResourceNotFound);
    EXPECT_EQ(result.error().client_text(), "Requested resource not found: Table: no not found");
  }
}

TEST_F(CatalogTest, ARefusedChangeChangesNothing) {
  const TablePtr table = Create(Table("t"));
  const auto refuse = [](const TableDescription&) -> Result<TableDescription> {
    return Error(ErrorCode::kValidation, "no");
  };
  EXPECT_EQ(catalog().Update("t", refuse).error().client_text(), "no");
  const auto keep = [](const TableDescription&) -> Result<void> {
    return Error(ErrorCode::kValidation, "kept");
  };
  EXPECT_EQ(catalog().Delete("t", keep).error().client_text(), "kept");
  EXPECT_EQ(catalog().Find("t"), table);
}

TEST_F(CatalogTest, DeletingATableTakesItsItemsAndNobodyElses) {
  const TablePtr table = Create(Table("t", {Index("i", {Key("g")}, {})}));
  const TablePtr other = Create(Table("u", {Index("i", {Key("g")}, {})}));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(PutItem(*database_, *table, Number(i)));
    ASSERT_TRUE(PutItem(*database_, *other, Number(i)));
  }
  ASSERT_TRUE(Drop("t"));
  EXPECT_EQ(catalog().Find("t"), nullptr);
  EXPECT_TRUE(ReadJson(*database_, ScanOf(*table)).empty());
  EXPECT_TRUE(ReadJson(*database_, ScanOf(*table, &table->indexes[0])).empty());
  EXPECT_EQ(catalog().Totals(*table, nullptr).item_count, 0);
  EXPECT_EQ(ReadJson(*database_, ScanOf(*other)).size(), 20U);
  EXPECT_EQ(catalog().Totals(*other, &other->indexes[0]).item_count, 20);
  const TablePtr again = Create(Table("t"));
  EXPECT_GT(again->id, other->id);
  EXPECT_TRUE(ReadJson(*database_, ScanOf(*again)).empty());
}

TEST_F(CatalogTest, DeletesLargeTablesToo) {
  const TablePtr table = Create(Table("t"));
  for (int i = 0; i < 5000; ++i) ASSERT_TRUE(PutItem(*database_, *table, Number(i)));
  ASSERT_TRUE(Drop("t"));
  EXPECT_TRUE(ReadJson(*database_, ScanOf(*table)).empty());
}

TEST_F(CatalogTest, NoWriteSlipsIntoADeletedTable) {
  for (int round = 0; round < 10; ++round) {
    const TablePtr table = Create(Table("t"));
    std::thread writer([&] {
      for (int i = 0;; ++i) {
        const auto written = PutItem(*database_, *table, Number(i));
        if (written) continue;
        EXPECT_EQ(written.error().code(), ErrorCode::kResourceNotFound);
        EXPECT_EQ(written.error().client_text(), "Requested resource not found");
        return;
      }
    });
    ASSERT_TRUE(Drop("t"));
    writer.join();
    EXPECT_TRUE(ReadJson(*database_, ScanOf(*table)).empty());
    EXPECT_EQ(catalog().Totals(*table, nullptr).item_count, 0);
  }
}

TEST_F(CatalogTest, ARemovedIndexLeavesNothing) {
  const TablePtr table = Create(Table("t", {Index("i", {Key("g")}, {})}));
  ASSERT_TRUE(PutItem(*database_, *table, Number(1)));
  ASSERT_TRUE(SetIndexes("t", {}));
  database_->SettleTables();
  EXPECT_TRUE(ReadJson(*database_, ScanOf(*table, &table->indexes[0])).empty());
  EXPECT_EQ(catalog().Totals(*table, &table->indexes[0]).item_count, 0);
  EXPECT_EQ(catalog().Totals(*table, nullptr).item_count, 1);
  // Its type constraint is gone with it.
  ASSERT_TRUE(PutItem(*database_, *table, {{"g", N(1)}, {"pk", S("1")}, {"sk", S("s")}}));
}

TEST_F(CatalogTest, AWriteWithAnOldDescriptionKeepsNewIndexes) {
  const TablePtr old = Create(Table("t"));
  const TablePtr indexed = SetIndexes("t", {Index("i", {Key("g")}, {})}).value();
  ASSERT_TRUE(PutItem(*database_, *old, Number(1)));
  EXPECT_EQ(ReadJson(*database_, ScanOf(*indexed, &indexed->indexes[0])).size(), 1U);
}

TEST(DescriptionJson, GivesBackEveryMember) {
  TableDescription table = Table(
      "t", {Index("i", {Key("a"), Key("b", AttributeType::kN)}, {Key("c", AttributeType::kB)})});
  table.id = TableId(3);
  table.table_uuid = "uuid";
  table.created = kTestStart;
  table.status = TableStatus::kUpdating;
  table.attribute_definitions = {Key("pk"), Key("b", AttributeType::kN)};
  table.indexes[0].id = IndexId(4);
  table.indexes[0].projection = {ProjectionType::kInclude, {"x", "y"}};
  table.indexes[0].status = IndexStatus::kCreating;
  table.indexes[0].backfilling = true;
  table.indexes[0].throughput = {5, 6, 1, kTestStart, std::nullopt};
  table.indexes[0].on_demand = OnDemandThroughput{7, std::nullopt};
  table.indexes[0].warm_throughput = WarmThroughput{12000, 4000};
  table.billing_mode = BillingMode::kPayPerRequest;
  table.last_update_to_pay_per_request = kTestStart;
  table.throughput = {1, 2, 3, std::nullopt, kTestStart};
  table.on_demand = OnDemandThroughput{std::nullopt, 9};
  table.warm_throughput = WarmThroughput{1, 2};
  table.stream =
      TableStream{StreamId(5), StreamArn("arn"), "label", StreamViewType::kKeysOnly, false};
  table.table_class = TableClass::kStandardInfrequentAccess;
  table.sse = SseDescription{true, "key"};
  table.deletion_protection = true;
  table.tags = {{"k", "v"}};
  table.resource_policy = "{}";
  const std::string text = TableJson(table);
  EXPECT_EQ(TableJson(ReadTableJson(text).value()), text);
  EXPECT_EQ(
      text,
      R"({"arn":"arn:aws:dynamodb:ddblocal:000000000000:table/t","attribute_definitions":[{"name":"pk","type":"S"},{"name":"b","type":"N"}],)"
      R"("billing_mode":1,"created":1795228250000000,"deletion_protection":true,"id":3,"indexes":[{"backfilling":true,"id":4,)"
      R"("key_schema":{"hash":[{"name":"a","type":"S"},{"name":"b","type":"N"}],"range":[{"name":"c","type":"B"}]},"kind":0,"name":"i",)"
      R"("non_key_attributes":["x","y"],"on_demand":{"max_read":7},"projection":2,"status":0,)"
      R"("throughput":{"decreases_today":1,"last_increase":1795228250000000,"read":5,"write":6},"warm_throughput":{"read":12000,"write":4000}}],)"
      R"("key_schema":{"hash":[{"name":"pk","type":"S"}],"range":[{"name":"sk","type":"S"}]},"last_update_to_pay_per_request":1795228250000000,)"
      R"("name":"t","on_demand":{"max_write":9},"resource_policy":"{}","sse":{"enabled":true,"kms_master_key_arn":"key"},"status":1,)"
      R"("stream":{"arn":"arn","enabled":false,"id":5,"label":"label","view_type":3},"table_class":1,"tags":[{"key":"k","value":"v"}],)"
      R"("throughput":{"decreases_today":3,"last_decrease":1795228250000000,"read":1,"write":2},"uuid":"uuid","version":2,"warm_throughput":{"read":1,"write":2}})");
}

// A reader that knows version 1 only must not write into a table whose items expire.
TEST(DescriptionJson, RaisesTheVersionWhileTimeToLiveIsEnabled) {
  TableDescription table = Table("t");
  table.time_to_live = TimeToLive{ExpiryId(6), "ttl", true, false, kTestStart};
  const std::string text = TableJson(table);
  EXPECT_EQ(TableJson(ReadTableJson(text).value()), text);
  EXPECT_NE(text.find(R"("time_to_live":{"attribute_name":"ttl","changed":1795228250000000,)"
                      R"("enabled":true,"filled":false,"id":6})"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(R"("version":2)"), std::string::npos) << text;
  table.time_to_live->enabled = false;
  EXPECT_NE(TableJson(table).find(R"("version":1)"), std::string::npos) << TableJson(table);
}

TEST(DescriptionJson, RefusesOtherVersionsAndDamage) {
  for (const char* text :
       {"", "{}", R"({"version":3})", R"({"version":1})", "[1]", R"({"version":"1"})"}) {
    const auto read = ReadTableJson(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code(), ErrorCode::kInternal);
  }
}

}  // namespace
}  // namespace pumice
