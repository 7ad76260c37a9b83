// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/data_set.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/patterns/loader.h"
#include "bench/patterns/pattern_test_support.h"
#include "bench/patterns/request_maker.h"

namespace pumice::patterns {
namespace {

constexpr std::string_view kFile = R"(
name: test
seed: 1
tables: [{TableName: t}]
data:
  people:
    rows:
      - {id: a1, name: 'Ann "A"'}
      - {id: b2, name: Ben}
  groups:
    count: 3
    values:
      id: {sequence: {from: 10, step: 10, digits: 4}}
      owner: {row_of: people}
      at: {time: {from: 2026-02-28T23:59:59Z, step: 1.5}}
  messages:
    per: groups
    count: 2
    values: {text: {words: [2, 3]}}
    items:
      - pk: {S: 'G#${groups.id}'}
        sk: {S: '${groups.at}'}
        n: {N: '${row}'}
        owner: {S: '${groups.owner.name}'}
        cost: {S: '$${5}'}
patterns:
  - name: get
    operation: GetItem
    values: {id: uuid, number: {sequence: {}}}
    parameters: {A: '${messages.row}', B: '${groups.row}', C: '${id}${id}', D: '${number}',
                 E: '${messages.groups.id}'}
  - name: siblings
    operation: GetItem
    parameters: {A: '${groups.id}', B: '${messages.groups.id}'}
)";

PatternFile Read() {
  Result<PatternFile> file = ReadPatternText(kFile);
  EXPECT_TRUE(file) << file.error().client_text();
  return std::move(file).value();
}

TEST(DataSet, MakesItemsOfRows) {
  const PatternFile file = Read();
  const DataSet& messages = file.data.sets[2];
  ASSERT_EQ(ItemCount(messages), 6U);
  const auto items = nlohmann::json::parse("[" + PutRequests(file.data, messages, 4, 25) + "]");
  ASSERT_EQ(items.size(), 2U);
  const auto& item = items[1]["PutRequest"]["Item"];
  EXPECT_EQ(item["pk"]["S"], "G#0030");
  EXPECT_EQ(item["sk"]["S"], "2026-03-01T00:00:02.000000+00:00");
  EXPECT_EQ(item["n"]["N"], "5");
  EXPECT_EQ(item["cost"]["S"], "${5}");
  EXPECT_THAT(item["owner"]["S"].get<std::string>(), testing::AnyOf("Ann \"A\"", "Ben"));
  EXPECT_EQ(items[0]["PutRequest"]["Item"]["owner"], item["owner"]);  // the group's, not drawn anew
}

TEST(DataSet, IsTheSameFromTheSameSeed) {
  const PatternFile file = Read();
  PatternFile other = Read();
  EXPECT_EQ(PutRequests(file.data, file.data.sets[2], 0, 6),
            PutRequests(other.data, other.data.sets[2], 0, 6));
  other.data.seed = 2;
  RequestMaker maker(file, 0);
  RequestMaker other_maker(other, 0);
  const auto body = [](const PatternFile& of, RequestMaker& by) {
    return by.Body(of.patterns[0], by.DrawRows(of.patterns[0], 0));
  };
  EXPECT_NE(body(file, maker), body(other, other_maker));
}

TEST(RequestMaker, DrawsRowsThatBelongTogether) {
  const PatternFile file = Read();
  RequestMaker maker(file, 0);
  std::set<std::string> seen;
  for (std::uint64_t call = 0; call < 100; ++call) {
    const Draw draw = maker.DrawRows(file.patterns[0], call);
    const auto json = nlohmann::json::parse(maker.Body(file.patterns[0], draw));
    const int message = std::stoi(json["A"].get<std::string>());
    EXPECT_EQ(json["B"], std::to_string(message / 2));
    EXPECT_EQ(json["E"].get<std::string>(), std::to_string(10 + message / 2 * 10).insert(0, "00"));
    EXPECT_EQ(json["D"], std::to_string(call));
    const std::string twice = json["C"];
    EXPECT_EQ(twice.substr(0, 36), twice.substr(36));
    EXPECT_TRUE(seen.insert(twice).second) << "each call has its own";
  }
}

TEST(RequestMaker, DrawsAParentForTwoOfItsKind) {
  const PatternFile file = Read();
  RequestMaker maker(file, 3);
  for (std::uint64_t call = 0; call < 20; ++call) {
    const Draw draw = maker.DrawRows(file.patterns[1], call);
    const auto json = nlohmann::json::parse(maker.Body(file.patterns[1], draw));
    EXPECT_EQ(json["A"], json["B"]);
  }
}

TEST(RequestMaker, KeepsTheShares) {
  const Result<PatternFile> file = ReadPatternText(R"(
name: shares
patterns:
  - {name: a, share: 1, operation: Scan, parameters: {}}
  - {name: never, share: 0, operation: Scan, parameters: {}}
  - {name: b, share: 3, operation: Scan, parameters: {}}
)");
  ASSERT_TRUE(file) << file.error().client_text();
  RequestMaker maker(file.value(), 1);
  std::uint64_t counts[3] = {};
  for (int i = 0; i < 40'000; ++i) ++counts[maker.NextPattern()];
  EXPECT_NEAR(static_cast<double>(counts[0]), 10'000, 500);
  EXPECT_EQ(counts[1], 0U);
}

TEST(DataSet, ReadsFilesOfItems) {
  for (const std::string_view text :
       {R"([{"pk":{"S":"a"},"n":{"N":"1"}},{"pk":{"S":"b"}}])",
        R"({"Items":[{"pk":{"S":"a"},"n":{"N":"1"}},{"pk":{"S":"b"}}],"Count":2})",
        "{\"Item\":{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}}\n\n{\"Item\":{\"pk\":{\"S\":\"b\"}}}"
        "\n",
        "{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}\n{\"pk\":{\"S\":\"b\"}}"}) {
    const TestFolder folder;
    folder.Write("items.json", text);
    const std::string path = folder.Write("p.yaml", R"(
name: files
tables: [{TableName: t}]
data: {found: {file: items.json}}
patterns: [{name: a, operation: GetItem, parameters: {Key: '${found.pk}'}}]
)");
    const Result<PatternFile> file = ReadPatternFile(path);
    ASSERT_TRUE(file) << file.error().client_text();
    const DataSet& set = file.value().data.sets[0];
    EXPECT_EQ(PutRequests(file.value().data, set, 0, 25),
              R"({"PutRequest":{"Item":{"pk":{"S":"a"},"n":{"N":"1"}}}},)"
              R"({"PutRequest":{"Item":{"pk":{"S":"b"}}}})");
    EXPECT_EQ(set.listed[0].at("n"), "1");
  }
}

TEST(DataSet, TellsTheLineOfAFileThatIsNoItem) {
  const TestFolder folder;
  folder.Write("items.json", "{\"pk\":{\"S\":\"a\"}}\n{\"pk\"\n");
  const std::string path = folder.Write(
      "p.yaml",
      "name: x\ntables: [{TableName: t}]\ndata:\n  found: {file: items.json}\npatterns: []\n");
  const Result<PatternFile> file = ReadPatternFile(path);
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().client_text(),
              testing::AllOf(testing::HasSubstr("p.yaml:4: "),
                             testing::HasSubstr("items.json:2: no item in DynamoDB JSON.")));
}

}  // namespace
}  // namespace pumice::patterns
