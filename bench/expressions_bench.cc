// SPDX-License-Identifier: Apache-2.0
// What an expression costs: from text to meaning, and on an item of the Cruddur messages' shape.

#include <stdlib.h>

#include <string>
#include <utility>

#include <benchmark/benchmark.h>

#include "expressions/evaluate.h"
#include "expressions/parse.h"

namespace pumice {
namespace {

constexpr std::string_view kKeyCondition = "pk = :pk AND begins_with(sk,:year)";
constexpr std::string_view kCondition = "attribute_exists(pk)";
constexpr std::string_view kFilter =
    "(#h = :handle OR contains(message, :word)) AND size(user_display_name) > :size";
constexpr std::string_view kUpdate =
    "SET message = :text, edits = if_not_exists(edits, :size) + :size";
constexpr std::string_view kProjection = "pk, sk, message, #h";

AttributeValue Text(std::string text) { return AttributeValue(std::move(text)); }

Placeholders AllPlaceholders() {
  return {{{"#h", "user_handle"}},
          {{":pk", Text("MSG#5ae290ed-55d1-47a0-bc6d-000000000001")},
           {":year", Text("2026")},
           {":handle", Text("bayko")},
           {":word", Text("people")},
           {":size", AttributeValue(Number(3))},
           {":text", Text("Edited: a message of the length that people write to one another.")}}};
}

Item Message() {
  Item item;
  item.Set("pk", std::string("MSG#5ae290ed-55d1-47a0-bc6d-000000000001"));
  item.Set("sk", std::string("2026-11-21T02:30:50.000001"));
  item.Set("message", std::string("A message of the length that people write to one another."));
  item.Set("message_uuid", std::string("c2b5b5b2-0a3c-4a0d-9d3e-000000000001"));
  item.Set("message_group_uuid", std::string("5ae290ed-55d1-47a0-bc6d-000000000001"));
  item.Set("user_display_name", std::string("Andrew Brown"));
  item.Set("user_handle", std::string("andrewbrown"));
  return item;
}

Condition Parsed(ConditionKind kind, std::string_view text) {
  Placeholders placeholders = AllPlaceholders();
  return ParseCondition(kind, text, placeholders).value();
}

void BM_ParseKeyCondition(benchmark::State& state) {
  const KeySchema schema{{{"pk", AttributeType::kS}}, {{"sk", AttributeType::kS}}};
  Placeholders placeholders = AllPlaceholders();
  for (auto _ : state) {
    auto parsed = ParseKeyCondition(kKeyCondition, placeholders);
    if (!parsed) abort();
    benchmark::DoNotOptimize(BindKeyCondition(parsed.value(), schema));
  }
}
BENCHMARK(BM_ParseKeyCondition);

void RunParseCondition(benchmark::State& state, ConditionKind kind, std::string_view text) {
  Placeholders placeholders = AllPlaceholders();
  for (auto _ : state) {
    auto parsed = ParseCondition(kind, text, placeholders);
    if (!parsed) abort();
    benchmark::DoNotOptimize(parsed);
  }
}
void BM_ParseCondition(benchmark::State& state) {
  RunParseCondition(state, ConditionKind::kCondition, kCondition);
}
BENCHMARK(BM_ParseCondition);
void BM_ParseFilter(benchmark::State& state) {
  RunParseCondition(state, ConditionKind::kFilter, kFilter);
}
BENCHMARK(BM_ParseFilter);

void BM_ParseUpdate(benchmark::State& state) {
  Placeholders placeholders = AllPlaceholders();
  for (auto _ : state) {
    auto parsed = ParseUpdate(kUpdate, placeholders);
    if (!parsed) abort();
    benchmark::DoNotOptimize(parsed);
  }
}
BENCHMARK(BM_ParseUpdate);

void BM_ParseProjection(benchmark::State& state) {
  Placeholders placeholders = AllPlaceholders();
  for (auto _ : state) {
    auto parsed = ParseProjection(kProjection, placeholders);
    if (!parsed) abort();
    benchmark::DoNotOptimize(parsed);
  }
}
BENCHMARK(BM_ParseProjection);

void BM_EvaluateFilter(benchmark::State& state) {
  const Condition filter = Parsed(ConditionKind::kFilter, kFilter);
  const Item item = Message();
  for (auto _ : state) benchmark::DoNotOptimize(Evaluate(filter, item));
}
BENCHMARK(BM_EvaluateFilter);

void BM_ApplyUpdate(benchmark::State& state) {
  Placeholders placeholders = AllPlaceholders();
  const UpdateExpression update = ParseUpdate(kUpdate, placeholders).value();
  const Item item = Message();
  for (auto _ : state) {
    auto updated = ApplyUpdate(update, item, true);
    if (!updated) abort();
    benchmark::DoNotOptimize(updated);
  }
}
BENCHMARK(BM_ApplyUpdate);

void BM_Project(benchmark::State& state) {
  Placeholders placeholders = AllPlaceholders();
  const ProjectionExpression projection = ParseProjection(kProjection, placeholders).value();
  const Item item = Message();
  for (auto _ : state) benchmark::DoNotOptimize(Project(projection, item));
}
BENCHMARK(BM_Project);

}  // namespace
}  // namespace pumice

BENCHMARK_MAIN();
