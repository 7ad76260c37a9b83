// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/pattern_file.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/patterns/pattern_test_support.h"
#include "bench/patterns/request_maker.h"

namespace pumice::patterns {
namespace {

constexpr std::string_view kHead = R"(name: test
tables:
  - TableName: t
    AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
    KeySchema: [{AttributeName: pk, KeyType: HASH}]
data:
  users: {count: 3, values: {name: uuid, age: {number: [1, 9]}}, items: [{pk: {S: '${name}'}}]}
patterns:
)";  // 8 lines

std::string Wrong(std::string_view text) {
  const Result<PatternFile> file = ReadPatternText(text);
  return file ? "it was read" : file.error().client_text();
}

std::string WithPattern(std::string_view lines) { return std::string(kHead) + std::string(lines); }

TEST(PatternFile, ReadsAllMembers) {
  const Result<PatternFile> read = ReadPatternText(R"(
name: all
seed: 5
prices: prices.yaml
measure: {connections: 2, seconds: 1.5, rate: 100}
patterns:
  - name: one
    share: 3
    operation: Query
    parameters: {TableName: t, Limit: 5, ScanIndexForward: false}
    expect:
      count: {min: 1, max: 5}
      order: {by: sk, direction: descending}
      attributes: [pk, sk]
      no_other_attributes: true
      values: {pk: {S: a}}
    budget:
      read_units: 0.5
      write_units: 0
      dollars_per_million: 0.1
      latency_ms: {p50: 2, p99.9: 10}
)");
  ASSERT_TRUE(read) << read.error().client_text();
  const PatternFile& file = read.value();
  EXPECT_EQ(file.name, "all");
  EXPECT_EQ(file.data.seed, 5U);
  EXPECT_THAT(file.prices_path, testing::EndsWith("/prices.yaml"));
  EXPECT_EQ(file.measure.connections, 2U);
  EXPECT_EQ(file.measure.duration, std::chrono::milliseconds(1500));
  EXPECT_EQ(file.measure.rate, 100);
  const Pattern& pattern = file.patterns.at(0);
  EXPECT_EQ(pattern.share, 3U);
  EXPECT_EQ(pattern.operation, FindOperation("Query"));
  EXPECT_EQ(pattern.units, UnitKind::kRead);
  EXPECT_EQ(pattern.expect.least_count, 1U);
  EXPECT_EQ(pattern.expect.most_count, 5U);
  EXPECT_EQ(pattern.expect.order_by, "sk");
  EXPECT_TRUE(pattern.expect.descending);
  EXPECT_THAT(pattern.expect.attributes, testing::ElementsAre("pk", "sk"));
  EXPECT_TRUE(pattern.expect.no_other_attributes);
  EXPECT_EQ(pattern.budget.read_units, 0.5);
  EXPECT_EQ(pattern.budget.write_units, 0);
  EXPECT_EQ(pattern.budget.dollars_per_million, 0.1);
  ASSERT_EQ(pattern.budget.latency.size(), 2U);
  EXPECT_EQ(pattern.budget.latency[1].percentile, 99.9);
  EXPECT_EQ(pattern.budget.latency[1].milliseconds, 10);
  RequestMaker maker(file, 0);
  EXPECT_EQ(maker.Body(pattern, maker.DrawRows(pattern, 0)),
            R"({"TableName":"t","Limit":5,"ScanIndexForward":false,)"
            R"("ReturnConsumedCapacity":"TOTAL"})");
}

TEST(PatternFile, TakesScalarsAsDynamoDbWantsThem) {
  const Result<PatternFile> read = ReadPatternText(R"(
name: scalars
patterns:
  - name: put
    operation: PutItem
    parameters:
      ReturnConsumedCapacity: INDEXES
      Item: {n: {N: 5}, s: {S: 007}, ns: {NS: [1, 2.50]}, flag: {BOOL: true}, none: {NULL: true},
             text: {S: "true"}, l: {L: [{N: 1}]}}
)");
  ASSERT_TRUE(read) << read.error().client_text();
  RequestMaker maker(read.value(), 0);
  const Pattern& pattern = read.value().patterns[0];
  EXPECT_EQ(pattern.units, UnitKind::kWrite);
  EXPECT_EQ(maker.Body(pattern, maker.DrawRows(pattern, 0)),
            R"({"ReturnConsumedCapacity":"INDEXES","Item":{"n":{"N":"5"},"s":{"S":"007"},)"
            R"("ns":{"NS":["1","2.50"]},"flag":{"BOOL":true},"none":{"NULL":true},)"
            R"("text":{"S":"true"},"l":{"L":[{"N":"1"}]}}})");
}

TEST(PatternFile, TellsFileLineAndWhatMayStandThere) {
  EXPECT_EQ(Wrong("nam: x\npatterns: []\n"),
            "p.yaml:1: unknown member 'nam'; what may stand here: name, seed, prices, measure, "
            "tables, data, patterns");
  EXPECT_EQ(Wrong("name: x\n"), "p.yaml:1: 'patterns' is missing here");
  EXPECT_EQ(Wrong("name: x\nname: y\npatterns: []\n"), "p.yaml:2: 'name' stands here twice");
  EXPECT_EQ(Wrong("- 1\n"), "p.yaml: a map of members is needed; docs/patterns.md has one");
  EXPECT_EQ(Wrong("name: [\n"), "p.yaml:2: end of sequence flow not found");
  EXPECT_EQ(Wrong("name: x\npatterns: &a [*a]\n"),
            "p.yaml: more than 80 levels, or an alias inside of what it names");
  EXPECT_EQ(Wrong("name: x\n? &a [*a]\n: y\n"),
            "p.yaml: more than 80 levels, or an alias inside of what it names");
  EXPECT_EQ(Wrong("name: x\npatterns: []\n"),
            "p.yaml:2: no pattern has a share, so there is nothing to measure");
}

TEST(PatternFile, RefusesAliasesThatGrowWithoutEnd) {
  std::string text = "name: x\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    text += fmt::format("a{}: &a{} [", i, i);
    for (int j = 0; j < 10; ++j) text += fmt::format("*a{}, ", i - 1);
    text += "]\n";
  }
  EXPECT_EQ(Wrong(text), "p.yaml:2: more than a million values");
}

TEST(PatternFile, TellsMistakesInPatterns) {
  struct Case {
    std::string_view lines;
    std::string_view told;
  };
  const Case cases[] = {
      {"  - {name: a, operation: Qery, parameters: {}}\n",
       "p.yaml:9: 'Qery' is no operation that a pattern can have; these are: "
       "BatchExecuteStatement, BatchGetItem, BatchWriteItem, DeleteItem, ExecuteStatement, "
       "ExecuteTransaction, GetItem, PutItem, Query, Scan, TransactGetItems, TransactWriteItems, "
       "UpdateItem"},
      {"  - {name: a, operation: Query}\n", "p.yaml:9: 'parameters' is missing here"},
      {"  - name: a\n    operation: Query\n    parameters:\n      Key: '${user.name}'\n",
       "p.yaml:12: ${user.name}: there is no 'user'; what there is: row, users.(...)"},
      {"  - {name: a, operation: Query, parameters: {K: '${users}'}}\n",
       "p.yaml:9: ${users} is a row; name one of its values: name, age, row"},
      {"  - {name: a, operation: Query, parameters: {K: '${users.nam}'}}\n",
       "p.yaml:9: ${users.nam}: there is no 'nam'; what there is: name, age, row"},
      {"  - {name: a, operation: Query, parameters: {K: '${users.name.x}'}}\n",
       "p.yaml:9: ${users.name.x}: 'name' is no row, so nothing can stand behind it"},
      {"  - {name: a, operation: Query, parameters: {K: '${users'}}\n",
       "p.yaml:9: a ${ is not closed; for the characters as such: $${"},
      {"  - {name: a, operation: Query, parameters: {}, budget: {read_units: -1}}\n",
       "p.yaml:9: a number that is not negative is needed here"},
      {"  - {name: a, operation: Query, parameters: {}, budget: {latency_ms: {99: 1}}}\n",
       "p.yaml:9: '99' is no percentile; p50, p99 and p99.9 are some"},
      {"  - {name: a, operation: Query, parameters: {}, budget: {dollars_per_million: 1}}\n",
       "p.yaml:9: dollars_per_million needs prices: name their file at the top with 'prices: "
       "prices.yaml'"},
      {"  - {name: a, operation: Query, parameters: {}, expect: {order: {by: sk, direction: "
       "up}}}\n",
       "p.yaml:9: ascending or descending is needed here"},
      {"  - {name: a, operation: Scan, parameters: {}}\n"
       "  - {name: a, operation: Scan, parameters: {}}\n",
       "p.yaml:10: there are two patterns 'a'"},
  };
  for (const Case& example : cases) EXPECT_EQ(Wrong(WithPattern(example.lines)), example.told);
}

TEST(PatternFile, TellsMistakesInData) {
  struct Case {
    std::string_view data;
    std::string_view told;
  };
  const Case cases[] = {
      {"users: {}", "p.yaml:3: a set of data needs 'count', 'rows', 'items' or 'file'"},
      {"users: {count: 0}", "p.yaml:3: a whole number from 1 to 1000000000 is needed here"},
      {"users: {count: 1, per: groups}", "p.yaml:3: there is no set of that name above this one"},
      {"users: {count: 1, table: t}", "p.yaml:3: there is no such table among 'tables'"},
      {"users: {count: 1, items: [{pk: {S: a}}]}",
       "p.yaml:3: name the 'table' that these items go into: there is more than one, or none"},
      {"users: {count: 1, values: {a: {row_of: x}}}", "p.yaml:3: there is no set 'x' above"},
      {"users: {count: 1, values: {a: guid}}",
       "p.yaml:3: a value is one of uuid, {number: ...}, {one_of: ...}, {row_of: ...}, "
       "{sequence: ...}, {text: ...}, {time: ...}, {words: ...}"},
      {"users: {count: 1, values: {a: {number: [2, 1]}}}",
       "p.yaml:3: the last number is less than the first"},
      {"users: {count: 1, values: {a: {time: {from: today, step: 1}}}}",
       "p.yaml:3: a time like 2026-01-01T00:00:00Z is needed here"},
      {"users: {file: nothing.json}", "p.yaml:3: nothing.json: the file cannot be read"},
      {"users: {file: .}", "p.yaml:3: .: the file cannot be read"},
  };
  for (const Case& example : cases) {
    const std::string text = "name: x\ndata:\n  " + std::string(example.data) + "\npatterns: []\n";
    EXPECT_EQ(Wrong(text), example.told);
  }
}

TEST(PatternFile, KnowsStatementsThatRead) {
  for (const auto& [statement, kind] :
       {std::pair("select * from t", UnitKind::kRead), std::pair("  UPDATE t", UnitKind::kWrite)}) {
    EXPECT_EQ(UnitsOf(*FindOperation("ExecuteStatement"), Json{{"Statement", statement}}), kind);
    EXPECT_EQ(UnitsOf(*FindOperation("ExecuteTransaction"),
                      Json{{"TransactStatements", Json::array({{{"Statement", statement}}})}}),
              kind);
  }
}

}  // namespace
}  // namespace pumice::patterns
