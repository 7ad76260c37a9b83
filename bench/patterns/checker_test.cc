// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/checker.h"

#include <gtest/gtest.h>

#include "bench/patterns/pattern_test_support.h"
#include "bench/patterns/request_maker.h"

namespace pumice::patterns {
namespace {

/// What is wrong with `answer` for a pattern of `operation` that expects `expect`.
std::string Mistake(std::string_view operation, std::string_view expect, std::string_view answer) {
  const Result<PatternFile> file = ReadPatternText(
      "name: x\ndata: {users: {rows: [{id: ann}]}}\npatterns:\n  - {name: a, operation: " +
      std::string(operation) + ", parameters: {}, expect: " + std::string(expect) + "}\n");
  if (!file) return file.error().client_text();
  const Pattern& pattern = file.value().patterns[0];
  const Draw draw = RequestMaker(file.value(), 0).DrawRows(pattern, 0);
  const auto json = nlohmann::json::parse(answer);
  return FindMistake(pattern, file.value().data, draw, json).value_or("none");
}

TEST(Checker, CountsItems) {
  constexpr std::string_view kTwo = R"({"Items":[{},{}]})";
  EXPECT_EQ(Mistake("Query", "{count: 2}", kTwo), "none");
  EXPECT_EQ(Mistake("Query", "{count: 3}", kTwo), "2 items, expected 3");
  EXPECT_EQ(Mistake("Query", "{count: {min: 3}}", kTwo), "2 items, expected at least 3");
  EXPECT_EQ(Mistake("Query", "{count: {max: 1}}", kTwo), "2 items, expected at most 1");
}

TEST(Checker, FindsTheItemsOfEachOperation) {
  EXPECT_EQ(Mistake("GetItem", "{count: 0}", "{}"), "none");
  EXPECT_EQ(Mistake("GetItem", "{count: 1}", R"({"Item":{}})"), "none");
  EXPECT_EQ(Mistake("UpdateItem", "{count: 1}", R"({"Attributes":{}})"), "none");
  EXPECT_EQ(Mistake("BatchGetItem", "{count: 2}", R"({"Responses":{"t":[{}],"u":[{}]}})"), "none");
  EXPECT_EQ(Mistake("TransactGetItems", "{count: 1}", R"({"Responses":[{"Item":{}},{}]})"), "none");
}

TEST(Checker, TellsWhatWasNotDone) {
  EXPECT_EQ(Mistake("BatchWriteItem", "{}", R"({"UnprocessedItems":{"t":[1]}})"),
            "UnprocessedItems is not empty");
  EXPECT_EQ(Mistake("BatchWriteItem", "{}", R"({"UnprocessedItems":{}})"), "none");
  EXPECT_EQ(Mistake("BatchExecuteStatement", "{}", R"({"Responses":[{"Error":{"Code":"x"}}]})"),
            R"(a response is an error: {"Code":"x"})");
}

TEST(Checker, KnowsOrder) {
  constexpr std::string_view kNumbers = R"({"Items":[{"n":{"N":"9"}},{"n":{"N":"10"}}]})";
  EXPECT_EQ(Mistake("Query", "{order: {by: n}}", kNumbers), "none");
  EXPECT_EQ(Mistake("Query", "{order: {by: n, direction: descending}}", kNumbers),
            "item 2 breaks the descending order by n: 10 stands behind 9");
  constexpr std::string_view kTexts = R"({"Items":[{"n":{"S":"9"}},{"n":{"S":"10"}}]})";
  EXPECT_EQ(Mistake("Query", "{order: {by: n}}", kTexts),
            "item 2 breaks the ascending order by n: 10 stands behind 9");
  EXPECT_EQ(Mistake("Query", "{order: {by: n}}", R"({"Items":[{"n":{"S":"a"}},{"n":{"S":"a"}}]})"),
            "none");
}

TEST(Checker, ComparesAttributes) {
  constexpr std::string_view kItem = R"({"Item":{"pk":{"S":"ann"},"n":{"N":"1"}}})";
  EXPECT_EQ(Mistake("GetItem", "{attributes: [pk]}", kItem), "none");
  EXPECT_EQ(Mistake("GetItem", "{attributes: [sk]}", kItem), "an item has no attribute sk");
  EXPECT_EQ(Mistake("GetItem", "{attributes: [pk], no_other_attributes: true}", kItem),
            "an item has the attribute n, which is not expected");
  EXPECT_EQ(Mistake("GetItem", "{values: {pk: {S: '${users.id}'}}}", kItem), "none");
  EXPECT_EQ(Mistake("GetItem", "{values: {n: {N: 2}}}", kItem),
            R"(n is {"N":"1"}, expected {"N":"2"})");
  EXPECT_EQ(Mistake("GetItem", "{values: {x: {N: 2}}}", kItem),
            R"(x is not there, expected {"N":"2"})");
}

}  // namespace
}  // namespace pumice::patterns
