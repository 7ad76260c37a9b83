// SPDX-License-Identifier: Apache-2.0
#include "expressions/partiql/key_ranges.h"

#include <gtest/gtest.h>

#include "expressions/partiql/parse.h"
#include "model/attribute_json.h"

namespace pumice::partiql {
namespace {

const KeySchema& Schema() {
  static const KeySchema schema{{{"pk", AttributeType::kS}}, {{"sk", AttributeType::kN}}};
  return schema;
}

std::optional<Condition> Where(std::string_view where) {
  const auto syntax = ParseStatement("SELECT * FROM t WHERE " + std::string(where));
  auto statement = LowerStatement(syntax.value(), {});
  return std::move(std::get<Select>(statement.value().node).where);
}

std::string Text(const AttributeValue& value) {
  if (const auto* const text = value.As<std::string>()) return *text;
  return value.As<Number>()->ToString();
}

/// "a[=1] b" : partitions with the operator and the operands on the sort key; "scan".
std::string Ranges(std::string_view where, const KeySchema& schema = Schema()) {
  const auto condition = Where(where);
  const auto ranges = FindKeyRanges(*condition, schema);
  if (!ranges) return ranges.error().client_text();
  if (!ranges.value()) return "scan";
  constexpr std::array<std::string_view, 7> kOperators{"=", "<", "<=", ">", ">=", "..", "^"};
  std::string out;
  for (const KeyRange& range : *ranges.value()) {
    if (!out.empty()) out += ' ';
    out += Text(range.partition);
    if (!range.sort) continue;
    out += '[';
    out += kOperators[static_cast<std::size_t>(range.sort->op)];
    out += Text(range.sort->low);
    if (range.sort->op == SortCondition::Operator::kBetween) out += ',' + Text(range.sort->high);
    out += ']';
  }
  return out;
}

TEST(PartiqlKeyRanges, AreOnePartitionOrAPartOfIt) {
  EXPECT_EQ(Ranges("pk = 'a'"), "a");
  EXPECT_EQ(Ranges("'a' = pk AND sk = 1"), "a[=1]");
  EXPECT_EQ(Ranges("pk = 'a' AND 1 < sk"), "a[>1]");
  EXPECT_EQ(Ranges("pk = 'a' AND sk BETWEEN 1 AND 2 AND x = 3"), "a[..1,2]");
  EXPECT_EQ(Ranges("pk = 'a' AND sk >= 1 AND sk <= 5"), "a[..1,5]");
  EXPECT_EQ(Ranges("pk = 'a' AND NOT sk = 1"), "a");
}

TEST(PartiqlKeyRanges, AreSeveralForInAndOr) {
  EXPECT_EQ(Ranges("pk IN ['b', 'a', 'b']"), "b a");
  EXPECT_EQ(Ranges("pk = 'a' AND sk IN [2, 1]"), "a[=2] a[=1]");
  EXPECT_EQ(Ranges("pk = 'a' AND sk = 1 OR pk = 'b' AND sk = 1"), "a[=1] b[=1]");
  EXPECT_EQ(Ranges("pk = 'a' AND (sk < 1 OR sk > 5)"), "a[<1] a[>5]");
  EXPECT_EQ(Ranges("pk = 'a' AND x = 1 OR pk = 'a' AND y = 2"), "a");
}

std::string InList(int count) {
  std::string values;
  for (int i = 0; i < count; ++i) values += (i > 0 ? ", " : "") + std::to_string(i);
  return values;
}

TEST(PartiqlKeyRanges, AreOfAtMost50PartitionsInOneIn) {
  const KeySchema schema{{{"pk", AttributeType::kN}}, {{"sk", AttributeType::kN}}};
  EXPECT_EQ(Ranges("pk IN [" + InList(50) + "]", schema).substr(0, 6), "0 1 2 ");
  EXPECT_EQ(Ranges("pk IN [" + InList(51) + "]", schema),
            "The IN operator is provided with too many operands; number of operands: 51");
  EXPECT_EQ(Ranges("pk IN [" + InList(51) + "] OR x = 1", schema), "scan");
  EXPECT_EQ(Ranges("x IN [" + InList(100) + "]", schema), "scan");
}

TEST(PartiqlKeyRanges, AreNoneWhereABranchLeavesThePartitionOpen) {
  EXPECT_EQ(Ranges("sk = 1"), "scan");
  EXPECT_EQ(Ranges("pk = 'a' OR x = 1"), "scan");
  EXPECT_EQ(Ranges("NOT pk = 'a'"), "scan");
  EXPECT_EQ(Ranges("pk > 'a'"), "scan");
  EXPECT_EQ(Ranges("pk = other"), "scan");
}

TEST(PartiqlKeyRanges, RefuseOverlappingBranches) {
  constexpr std::string_view kOverlap =
      "Overlapping conditions with range keys are not supported in where clause";
  EXPECT_EQ(Ranges("pk = 'a' AND sk > 1 OR pk = 'a' AND sk > 5"), kOverlap);
  EXPECT_EQ(Ranges("pk = 'a' AND sk = 1 OR pk = 'a' AND sk = 1"), kOverlap);
  EXPECT_EQ(Ranges("pk = 'a' AND sk <= 5 OR pk = 'a' AND sk >= 5"), kOverlap);
  EXPECT_EQ(Ranges("pk = 'a' OR pk = 'a' AND sk = 1"), kOverlap);
  EXPECT_EQ(Ranges("pk = 'a' AND sk < 5 OR pk = 'a' AND sk >= 5"), "a[<5] a[>=5]");
}

TEST(PartiqlKeyRanges, AllowOverlapBesideANegatedSortKey) {
  for (const std::string_view negated :
       {"NOT sk = 1", "sk <> 1", "NOT sk IN [1]", "sk NOT BETWEEN 1 AND 2", "NOT (sk > 1)"}) {
    EXPECT_EQ(Ranges("pk = 'a' AND sk = 1 OR pk = 'a' AND " + std::string(negated)), "a");
    EXPECT_EQ(Ranges("pk = 'a' OR pk = 'a' AND " + std::string(negated)), "a");
  }
}

// The filter of most SELECTs with a sort key: its OR is about other attributes.
TEST(PartiqlKeyRanges, AreOneForAFilterWithOr) {
  EXPECT_EQ(Ranges("pk = 'a' AND sk = 1 AND (x = 1 OR y = 2)"), "a[=1]");
  EXPECT_EQ(Ranges("(x = 1 OR y = 2 OR NOT z = 3) AND pk = 'a' AND sk < 5"), "a[<5]");
  EXPECT_EQ(Ranges("pk IN ['a', 'b'] AND sk IN [1, 2] AND (x = 1 OR x = 2)"),
            "a[=1] a[=2] b[=1] b[=2]");
}

TEST(PartiqlKeyRanges, OverlapByPrefix) {
  const KeySchema schema{{{"pk", AttributeType::kS}}, {{"sk", AttributeType::kS}}};
  constexpr std::string_view kBeginsWith = "pk = 'a' AND begins_with(sk, 'x') OR pk = 'a' AND ";
  EXPECT_EQ(Ranges(std::string(kBeginsWith) + "sk = 'y'", schema), "a[^x] a[=y]");
  EXPECT_EQ(Ranges(std::string(kBeginsWith) + "sk = 'xy'", schema),
            "Overlapping conditions with range keys are not supported in where clause");
}

TEST(PartiqlKeyRanges, CheckTheTypesOfKeys) {
  EXPECT_EQ(Ranges("pk = 1"),
            "Key attribute's data type should match its data type in table's schema: Key pk");
  EXPECT_EQ(Ranges("pk = 'a' AND sk = 'x'"),
            "Key attribute's data type should match its data type in table's schema: Key sk");
  EXPECT_EQ(Ranges("sk = 'x'"), "scan");
}

TEST(PartiqlKeyEquality, AsksForEveryKeyAttribute) {
  const auto find = [](std::string_view where) {
    const auto condition = Where(where);
    const auto found = FindKeyEquality(*condition, Schema()).value();
    if (!found) return std::string("none");
    return Text(found->key.partition) + '/' + Text(*found->key.sort) +
           (found->alone ? "" : " and more");
  };
  EXPECT_EQ(find("pk = 'a' AND sk = 1"), "a/1");
  EXPECT_EQ(find("x > 2 AND (sk = 1 AND pk = 'a')"), "a/1 and more");
  EXPECT_EQ(find("pk = 'a'"), "none");
  EXPECT_EQ(find("pk = 'a' AND sk > 1"), "none");
  EXPECT_EQ(find("pk = 'a' AND sk = 1 OR x = 1"), "none");
}

// Many branches must not take many times their number of steps or ranges.
TEST(PartiqlKeyRanges, StayBoundedForProductsOfBranches) {
  std::string where = "pk = 'a'";
  for (int i = 0; i < 60; ++i) where += " AND (sk = 1 OR y = 2)";
  EXPECT_EQ(Ranges(where), "scan");
}

}  // namespace
}  // namespace pumice::partiql
