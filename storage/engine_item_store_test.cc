// SPDX-License-Identifier: Apache-2.0
#include "storage/engine_item_store.h"

#include <algorithm>
#include <map>
#include <random>
#include <thread>

#include "model/attribute_json.h"
#include "storage/index_maintainer.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

IndexDescription Project(IndexDescription index, ProjectionType type,
                         std::vector<std::string> names = {}) {
  index.projection = {type, std::move(names)};
  return index;
}

IndexDescription Local(IndexDescription index) {
  index.kind = IndexKind::kLocal;
  return index;
}

class ItemStoreTest : public MemoryDatabaseTest {
 protected:
  std::string Refusal(const TableDescription& table, const Item& item) {
    const auto written = PutItem(*database_, table, item);
    if (written) return "";
    EXPECT_EQ(written.error().code(), ErrorCode::kValidation);
    return written.error().client_text();
  }
  ItemTotals Totals(const TableDescription& table, const IndexDescription* index = nullptr) {
    return database_->catalog().Totals(table, index);
  }
};

TEST_F(ItemStoreTest, TellsTheOldItemAndTheLargerSize) {
  const TablePtr table = Create(Table("t"));
  const WriteOutcome first =
      PutItem(*database_, *table, {{"pk", S("a")}, {"sk", S("b")}, {"v", S("long")}}).value();
  EXPECT_EQ(first.old_item, std::nullopt);
  EXPECT_EQ(first.larger_size_bytes, 11);
  const WriteOutcome second = PutItem(*database_, *table, {{"pk", S("a")}, {"sk", S("b")}}).value();
  ASSERT_TRUE(second.old_item);
  EXPECT_EQ(EncodedItemView(*second.old_item).json(),
            R"({"pk":{"S":"a"},"sk":{"S":"b"},"v":{"S":"long"}})");
  EXPECT_EQ(second.larger_size_bytes, 11);
  EXPECT_EQ(DeleteItem(*database_, *table, {S("a"), S("b")}).value().larger_size_bytes, 6);
  EXPECT_EQ(DeleteItem(*database_, *table, {S("a"), S("b")}).value().larger_size_bytes, 0);
}

TEST_F(ItemStoreTest, AWriteThatChangesNothingStoresNothing) {
  const TablePtr table =
      Create(WithStream(Table("t", {Index("i", {Key("sk")}, {})}), StreamViewType::kKeysOnly));
  const Item item = {{"pk", S("a")}, {"sk", S("b")}};
  ASSERT_EQ(PutItem(*database_, *table, item).value().index_units.size(), 1U);
  const WriteOutcome again = PutItem(*database_, *table, item).value();
  EXPECT_TRUE(again.index_units.empty());
  EXPECT_EQ(again.larger_size_bytes, 6);
  ASSERT_TRUE(DeleteItem(*database_, *table, {S("no"), S("item")}));
  const StreamPtr stream = database_->changes().Find(table->stream->arn.value());
  EXPECT_EQ(database_->changes().Read(*stream, 0, SequenceNumber(0), 10, 1000).value().size(), 1U);
}

TEST_F(ItemStoreTest, ARefusedWriteLeavesEverythingAsItWas) {
  const TablePtr table =
      Create(WithStream(Table("t", {Index("i", {Key("g")}, {})}), StreamViewType::kKeysOnly));
  const std::string good = EncodeItem({{"g", S("g")}, {"pk", S("a")}, {"sk", S("1")}});
  const ItemKey first{S("a"), S("1")};
  const ItemKey second{S("a"), S("2")};
  const auto accept = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    return std::optional(ItemChange{good});
  };
  const auto refuse = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    return Error(ErrorCode::kConditionalCheckFailed, "The conditional request failed");
  };
  const ItemWrite writes[] = {{*table, first, accept}, {*table, second, refuse}};
  const auto written = database_->items().Write(writes);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), ErrorCode::kConditionalCheckFailed);
  EXPECT_EQ(GetJson(*database_, *table, first), std::nullopt);
  EXPECT_TRUE(ReadJson(*database_, ScanOf(*table, &table->indexes[0])).empty());
  EXPECT_EQ(Totals(*table).item_count, 0);
  EXPECT_EQ(Totals(*table, &table->indexes[0]).item_count, 0);
  const StreamPtr stream = database_->changes().Find(table->stream->arn.value());
  EXPECT_TRUE(database_->changes().Read(*stream, 0, SequenceNumber(0), 10, 1000).value().empty());
}

TEST_F(ItemStoreTest, WritesSeveralItemsOfSeveralTablesAtOnce) {
  const TablePtr one = Create(Table("one"));
  const TablePtr two = Create(Table("two"));
  std::vector<ItemKey> keys;
  std::vector<std::string> encoded;
  for (int i = 0; i < 100; ++i) {
    keys.push_back({S("p"), S(std::to_string(i))});
    encoded.push_back(EncodeItem({{"pk", S("p")}, {"sk", *keys.back().sort}}));
  }
  std::size_t next = 0;
  const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    return std::optional(ItemChange{encoded[next++]});
  };
  std::vector<ItemWrite> writes;
  for (int i = 0; i < 100; ++i) writes.push_back({i % 2 == 0 ? *one : *two, keys[i], change});
  EXPECT_EQ(database_->items().Write(writes).value().size(), 100U);
  EXPECT_EQ(Totals(*one).item_count, 50);
  EXPECT_EQ(Totals(*two).item_count, 50);
  EXPECT_EQ(ReadJson(*database_, ScanOf(*two)).size(), 50U);
}

TEST_F(ItemStoreTest, AnswersManyKeysInTheirOrder) {
  const TablePtr table = Create(Table("t"));
  ASSERT_TRUE(PutItem(*database_, *table, {{"pk", S("a")}, {"sk", S("1")}}));
  ASSERT_TRUE(PutItem(*database_, *table, {{"pk", S("b")}, {"sk", S("1")}}));
  const ItemKey keys[] = {{S("b"), S("1")}, {S("c"), S("1")}, {S("a"), S("1")}};
  const auto found = database_->items().MultiGet(*table, keys).value();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(EncodedItemView(*found[0]).Find("pk"), S("b"));
  EXPECT_EQ(found[1], std::nullopt);
  EXPECT_EQ(EncodedItemView(*found[2]).Find("pk"), S("a"));
}

TEST_F(ItemStoreTest, RefusesIndexKeysThatNoIndexCanHold) {
  const TablePtr table =
      Create(Table("t", {Local(Index("lsi1", {Key("pk")}, {Key("lsi1sk")})),
                         Index("gsi1", {Key("lsi1sk")}, {Key("bin", AttributeType::kB)})}));
  const auto with = [](std::string name, AttributeValue value) {
    Item item = {{"pk", S("a")}, {"sk", S("b")}};
    item.Set(std::move(name), std::move(value));
    return item;
  };
  EXPECT_EQ(
      Refusal(*table, with("lsi1sk", N(1))),
      "One or more parameter values were invalid: Type mismatch for Index Key lsi1sk Expected: S "
      "Actual: N IndexName: gsi1");
  EXPECT_EQ(
      Refusal(*table, with("lsi1sk", AttributeValue(Null{}))),
      "One or more parameter values were invalid: Type mismatch for Index Key lsi1sk Expected: S "
      "Actual: NULL IndexName: gsi1");
  EXPECT_EQ(
      Refusal(*table, with("lsi1sk", S(""))),
      "One or more parameter values are not valid. A value specified for a secondary index key is "
      "not supported. The AttributeValue for a key attribute cannot contain an empty string value. "
      "IndexName: gsi1, IndexKey: lsi1sk");
  EXPECT_EQ(
      Refusal(*table, with("bin", B(""))),
      "One or more parameter values are not valid. A value specified for a secondary index key is "
      "not supported. The AttributeValue for a key attribute cannot contain an empty binary value. "
      "IndexName: gsi1, IndexKey: bin");
  EXPECT_EQ(
      Refusal(*table, with("bin", B(std::string(1025, 'x')))),
      "One or more parameter values were invalid: Size limit exceeded for Index Key bin Actual "
      "Size: 1025 bytes Max Size: 1024 bytes IndexName: gsi1");
  EXPECT_EQ(
      Refusal(*table, with("lsi1sk", S(std::string(2049, 'x')))),
      "One or more parameter values were invalid: Size limit exceeded for Index Key lsi1sk Actual "
      "Size: 2049 bytes Max Size: 2048 bytes IndexName: gsi1");
  EXPECT_EQ(Refusal(*table, with("bin", B(std::string(1024, 'x')))), "");
}

TEST_F(ItemStoreTest, StoresWhatTheIndexProjects) {
  const TablePtr table = Create(
      Table("t", {Project(Index("keys", {Key("g")}, {}), ProjectionType::kKeysOnly),
                  Project(Index("some", {Key("g")}, {}), ProjectionType::kInclude, {"a", "x"}),
                  Index("all", {Key("g")}, {})}));
  ASSERT_TRUE(PutItem(*database_, *table,
                      {{"a", N(1)}, {"b", N(2)}, {"g", S("g")}, {"pk", S("p")}, {"sk", S("s")}}));
  const auto read = [&](int index) {
    return ReadJson(*database_, ScanOf(*table, &table->indexes[index])).at(0);
  };
  EXPECT_EQ(read(0), R"({"g":{"S":"g"},"pk":{"S":"p"},"sk":{"S":"s"}})");
  EXPECT_EQ(read(1), R"({"a":{"N":"1"},"g":{"S":"g"},"pk":{"S":"p"},"sk":{"S":"s"}})");
  EXPECT_EQ(read(2),
            R"({"a":{"N":"1"},"b":{"N":"2"},"g":{"S":"g"},"pk":{"S":"p"},"sk":{"S":"s"}})");
}

TEST_F(ItemStoreTest, ChargesIndexesByWhatChangesInThem) {
  const TablePtr table =
      Create(Table("t", {Project(Index("keys", {Key("g")}, {}), ProjectionType::kKeysOnly),
                         Index("all", {Key("g")}, {})}));
  const IndexId keys = table->indexes[0].id;
  const IndexId all = table->indexes[1].id;
  const auto units = [&](std::optional<std::string> group, std::string text) {
    Item item = {{"pk", S("p")}, {"sk", S("s")}, {"text", S(std::move(text))}};
    if (group) item.Set("g", S(*group));
    std::map<IndexId, std::int64_t> charged;
    const WriteOutcome outcome = PutItem(*database_, *table, item).value();
    for (const IndexUnits& index : outcome.index_units) {
      charged[index.index] = index.write_units;
    }
    return charged;
  };
  using Charged = std::map<IndexId, std::int64_t>;
  EXPECT_EQ(units(std::nullopt, "x"), Charged());
  EXPECT_EQ(units("a", "x"), (Charged{{keys, 1}, {all, 1}}));
  EXPECT_EQ(units("a", std::string(1500, 'x')), (Charged{{all, 2}}));
  EXPECT_EQ(units("b", std::string(1500, 'x')), (Charged{{keys, 2}, {all, 4}}));
  EXPECT_EQ(units("b", "x"), (Charged{{all, 2}}));
  EXPECT_EQ(units(std::nullopt, "x"), (Charged{{keys, 1}, {all, 1}}));
}

/// An item of a random shape: with or without index keys, projected and other attributes.
Item RandomItem(std::mt19937& random) {
  Item item = {{"pk", S(std::string(1, static_cast<char>('a' + random() % 4)))},
               {"sk", S(std::to_string(random() % 8))}};
  if (random() % 3 != 0) item.Set("g", S(std::to_string(random() % 3)));
  if (random() % 3 != 0) item.Set("l", N(static_cast<int>(random() % 3)));
  if (random() % 2 == 0) item.Set("a", S(std::string(random() % 20, 'a')));
  if (random() % 2 == 0) item.Set("b", N(static_cast<int>(random() % 1000)));
  return item;
}

/// The totals that follow from what is stored.
ItemTotals Recount(Database& database, const RangeRequest& request) {
  ItemTotals totals;
  const auto reader = database.items().Read(request).value();
  while (reader->Next().value()) {
    ++totals.item_count;
    totals.size_bytes += static_cast<std::int64_t>(ItemSizeBytes(reader->item().Decode()));
  }
  return totals;
}

void ExpectIndexesFollow(Database& database, const TableDescription& table) {
  const ItemTotals items = Recount(database, ScanOf(table));
  const ItemTotals kept = database.catalog().Totals(table, nullptr);
  EXPECT_EQ(kept.item_count, items.item_count);
  EXPECT_EQ(kept.size_bytes, items.size_bytes);
  for (const IndexDescription& index : table.indexes) {
    std::vector<std::string> expected;
    const auto reader = database.items().Read(ScanOf(table)).value();
    while (reader->Next().value()) {
      const Item whole = reader->item().Decode();
      bool there = true;
      for (const auto* part : {&index.key_schema.hash, &index.key_schema.range}) {
        for (const KeyAttribute& key : *part) there = there && whole.Find(key.name) != nullptr;
      }
      if (!there) continue;
      Item projected;
      for (const Attribute& attribute : whole) {
        if (index.Projects(attribute.name, table.key_schema))
          projected.Set(attribute.name, attribute.value);
      }
      expected.push_back(ItemJson(projected));
    }
    std::vector<std::string> stored = ReadJson(database, ScanOf(table, &index));
    std::sort(expected.begin(), expected.end());
    std::sort(stored.begin(), stored.end());
    EXPECT_EQ(stored, expected) << index.name.value();
    const ItemTotals recounted = Recount(database, ScanOf(table, &index));
    EXPECT_EQ(database.catalog().Totals(table, &index).item_count, recounted.item_count);
    EXPECT_EQ(database.catalog().Totals(table, &index).size_bytes, recounted.size_bytes);
  }
}

TEST_F(ItemStoreTest, IndexesAndTotalsFollowARandomHistory) {
  const TablePtr table =
      Create(Table("t", {Project(Index("keys", {Key("g")}, {Key("sk")}), ProjectionType::kKeysOnly),
                         Project(Index("some", {Key("g")}, {Key("l", AttributeType::kN)}),
                                 ProjectionType::kInclude, {"a"}),
                         Local(Index("local", {Key("pk")}, {Key("l", AttributeType::kN)}))}));
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    const Item item = RandomItem(random);
    if (random() % 4 == 0) {
      ASSERT_TRUE(DeleteItem(*database_, *table, *ExtractKey(table->key_schema, item)));
    } else {
      ASSERT_TRUE(PutItem(*database_, *table, item));
    }
    if (i % 400 == 399) ExpectIndexesFollow(*database_, *table);
  }
}

TEST_F(ItemStoreTest, IndexesAndTotalsFollowWritersAtOnce) {
  const TablePtr table = Create(Table("t", {Index("i", {Key("g")}, {})}));
  std::vector<std::thread> writers;
  for (unsigned seed = 0; seed < 4; ++seed) {
    writers.emplace_back([&, seed] {
      std::mt19937 random(seed);
      for (int i = 0; i < 500; ++i) {
        const Item item = RandomItem(random);
        const bool written =
            random() % 4 == 0
                ? DeleteItem(*database_, *table, *ExtractKey(table->key_schema, item)).has_value()
                : PutItem(*database_, *table, item).has_value();
        if (!written) ADD_FAILURE();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  ExpectIndexesFollow(*database_, *table);
}

TEST_F(ItemStoreTest, CountsUnderTheKeysLock) {
  const TablePtr table = Create(Table("t"));
  const ItemKey key{S("a"), S("b")};
  const auto add_one = [](const EncodedItemView* old) -> Result<std::optional<ItemChange>> {
    const std::size_t length =
        old != nullptr ? std::get<std::string>(old->Find("v")->value).size() : 0;
    return std::optional(ItemChange{
        EncodeItem({{"pk", S("a")}, {"sk", S("b")}, {"v", S(std::string(length + 1, 'x'))}})});
  };
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([&] {
      for (int n = 0; n < 250; ++n) {
        if (!database_->items().Write(ItemWrite{*table, key, add_one})) ADD_FAILURE();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  const auto stored = database_->items().Get(*table, key).value();
  EXPECT_EQ(std::get<std::string>(EncodedItemView(*stored).Find("v")->value).size(), 1000U);
}

}  // namespace
}  // namespace pumice
