// SPDX-License-Identifier: Apache-2.0
// What one storage operation costs without a server around it: items of the Cruddur messages'
// shape, in memory and (argument 1 of each case) with the write-ahead log. Prints CPU and wall time
// per operation.

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include "storage/database.h"
#include "storage/item_codec.h"
#include "storage/key_format.h"

namespace pumice {
namespace {

constexpr int kItems = 20'000;
constexpr int kPartitions = 500;
constexpr int kPageItems = 20;

struct Fixture {
  std::filesystem::path folder;
  SystemClock clock;
  SystemRandom random;
  Log log{LogLevel::kWarn};
  std::unique_ptr<Database> database;
  TablePtr table;
  std::vector<ItemKey> keys;
  std::vector<std::string> items;

  ~Fixture() {
    database.reset();
    std::error_code ignored;
    if (!folder.empty()) std::filesystem::remove_all(folder, ignored);
  }
};

Item Message(int i) {
  Item item;
  item.Set("pk", fmt::format("MSG#{:08}", i % kPartitions));
  item.Set("sk", fmt::format("2026-11-21T02:{:02}:{:02}.{:06}", i / 60 % 60, i % 60, i));
  item.Set("message", std::string("A message of the length that people write to one another."));
  item.Set("message_uuid", fmt::format("c2b5b5b2-0a3c-4a0d-9d3e-{:012}", i));
  item.Set("message_group_uuid", fmt::format("5ae290ed-55d1-47a0-bc6d-{:012}", i % kPartitions));
  item.Set("user_display_name", std::string("Andrew Brown"));
  item.Set("user_handle", std::string("andrewbrown"));
  return item;
}

TableDescription MessageTable(bool indexed, bool streamed) {
  TableDescription table;
  table.name = TableName("cruddur-messages");
  table.key_schema = {{{"pk", AttributeType::kS}}, {{"sk", AttributeType::kS}}};
  if (indexed) {
    IndexDescription& index = table.indexes.emplace_back();
    index.name = IndexName("message-group-sk-index");
    index.key_schema = {{{"message_group_uuid", AttributeType::kS}}, {{"sk", AttributeType::kS}}};
  }
  if (streamed) table.stream.emplace().view_type = StreamViewType::kNewImage;
  return table;
}

std::unique_ptr<Fixture> Open(bool on_disk, bool indexed, bool streamed) {
  auto fixture = std::make_unique<Fixture>();
  DatabaseOptions options;
  if (on_disk) {
    std::string pattern = (std::filesystem::temp_directory_path() / "pumice-XXXXXX").string();
    fixture->folder = ::mkdtemp(pattern.data());
    options = {fixture->folder / "db", Durability::kProcess};
  }
  fixture->database =
      std::move(Database::Open(options, fixture->clock, fixture->random, fixture->log).value());
  fixture->table = fixture->database->catalog().Create(MessageTable(indexed, streamed)).value();
  for (int i = 0; i < kItems; ++i) {
    const Item item = Message(i);
    fixture->keys.push_back(*ExtractKey(fixture->table->key_schema, item));
    fixture->items.push_back(EncodeItem(item));
  }
  return fixture;
}

void Put(Fixture& fixture, int i, const std::string& encoded) {
  const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    return std::optional(ItemChange{encoded});
  };
  if (!fixture.database->items().Write(ItemWrite{*fixture.table, fixture.keys[i], change})) abort();
}

void Fill(Fixture& fixture) {
  for (int i = 0; i < kItems; ++i) Put(fixture, i, fixture.items[i]);
}

void BM_Encode(benchmark::State& state) {
  const Item item = Message(1);
  for (auto _ : state) benchmark::DoNotOptimize(EncodeItem(item));
}
BENCHMARK(BM_Encode);

void BM_Decode(benchmark::State& state) {
  const std::string encoded = EncodeItem(Message(1));
  for (auto _ : state) benchmark::DoNotOptimize(EncodedItemView(encoded).Decode());
}
BENCHMARK(BM_Decode);

/// One attribute of an item, as a filter reads it.
void BM_FindAttribute(benchmark::State& state) {
  const std::string encoded = EncodeItem(Message(1));
  for (auto _ : state) benchmark::DoNotOptimize(EncodedItemView(encoded).Find("user_handle"));
}
BENCHMARK(BM_FindAttribute);

void BM_ItemKeyBytes(benchmark::State& state) {
  const Item message = Message(1);
  const ItemKey key{*message.Find("pk"), *message.Find("sk")};
  for (auto _ : state) benchmark::DoNotOptimize(ItemKeyBytes(TableId(1), key));
}
BENCHMARK(BM_ItemKeyBytes);

void BM_NumberKeyComponent(benchmark::State& state) {
  const AttributeValue number(std::get<Number>(Number::Parse("-12345.678901")));
  std::string out;
  for (auto _ : state) {
    out.clear();
    AppendKeyComponent(out, number);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(BM_NumberKeyComponent);

/// The range of "pk = … and begins_with(sk, …)".
void BM_ConditionRange(benchmark::State& state) {
  const KeyCondition condition{
      {*Message(1).Find("pk")},
      {},
      SortCondition{SortCondition::Operator::kBeginsWith, AttributeValue(std::string("2026")), {}}};
  for (auto _ : state) benchmark::DoNotOptimize(ConditionRange(1, condition));
}
BENCHMARK(BM_ConditionRange);

void RunPuts(benchmark::State& state, bool indexed, bool streamed) {
  const auto fixture = Open(state.range(0) != 0, indexed, streamed);
  // Every other round the items come back with one attribute less, so that each put changes
  // something.
  std::vector<std::string> shorter;
  for (int i = 0; i < kItems; ++i) {
    Item item = Message(i);
    item.Erase("user_handle");
    shorter.push_back(EncodeItem(item));
  }
  int n = 0;
  for (auto _ : state) {
    const int i = n % kItems;
    Put(*fixture, i, n / kItems % 2 == 0 ? fixture->items[i] : shorter[i]);
    ++n;
  }
}
void BM_Put(benchmark::State& state) { RunPuts(state, false, false); }
BENCHMARK(BM_Put)->Arg(0)->Arg(1);
void BM_PutWithIndex(benchmark::State& state) { RunPuts(state, true, false); }
BENCHMARK(BM_PutWithIndex)->Arg(0)->Arg(1);
void BM_PutWithIndexAndStream(benchmark::State& state) { RunPuts(state, true, true); }
BENCHMARK(BM_PutWithIndexAndStream)->Arg(0)->Arg(1);

void BM_Get(benchmark::State& state) {
  const auto fixture = Open(state.range(0) != 0, false, false);
  Fill(*fixture);
  std::size_t n = 0;
  for (auto _ : state) {
    n = (n + 7919) % kItems;
    benchmark::DoNotOptimize(fixture->database->items().Get(*fixture->table, fixture->keys[n]));
  }
}
BENCHMARK(BM_Get)->Arg(0)->Arg(1);

/// A page of the newest items of a partition, of the table or of its index.
void RunPages(benchmark::State& state, bool of_index) {
  const auto fixture = Open(state.range(0) != 0, true, false);
  Fill(*fixture);
  const IndexDescription* index = of_index ? &fixture->table->indexes[0] : nullptr;
  int n = 0;
  for (auto _ : state) {
    n = (n + 7) % kPartitions;
    const Item message = Message(n);
    const KeyCondition condition{
        {*message.Find(of_index ? "message_group_uuid" : "pk")}, {}, std::nullopt};
    const auto reader =
        fixture->database->items()
            .Read({*fixture->table, index, &condition, {}, Direction::kBackward, nullptr})
            .value();
    int count = 0;
    std::size_t bytes = 0;
    while (count < kPageItems && reader->Next().value()) {
      bytes += reader->item().json().size();
      ++count;
    }
    benchmark::DoNotOptimize(bytes);
    if (count != kPageItems) abort();
  }
}
void BM_NewestTwenty(benchmark::State& state) { RunPages(state, false); }
BENCHMARK(BM_NewestTwenty)->Arg(0)->Arg(1);
void BM_NewestTwentyOfIndex(benchmark::State& state) { RunPages(state, true); }
BENCHMARK(BM_NewestTwentyOfIndex)->Arg(0)->Arg(1);

void BM_CreateAndDropATable(benchmark::State& state) {
  const auto fixture = Open(state.range(0) != 0, false, false);
  TableDescription table = MessageTable(true, false);
  table.name = TableName("short-lived");
  TableCatalog& catalog = fixture->database->catalog();
  for (auto _ : state) {
    if (!catalog.Create(table)) abort();
    if (!catalog.Delete("short-lived", [](const auto&) -> Result<void> { return Ok(); })) abort();
  }
}
BENCHMARK(BM_CreateAndDropATable)->Arg(0)->Arg(1);

}  // namespace
}  // namespace pumice

BENCHMARK_MAIN();
