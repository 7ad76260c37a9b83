// SPDX-License-Identifier: Apache-2.0
// What statements mean, seen through what they do to items, and what is refused before any table is
// looked at.
#include <ostream>

#include <gtest/gtest.h>

#include "expressions/evaluate.h"
#include "expressions/partiql/parse.h"
#include "expressions/test_support.h"

namespace pumice::partiql {
namespace {

using test::ItemOf;
using test::Value;

Result<Statement> Lower(std::string_view text, const std::vector<AttributeValue>& parameters = {}) {
  PUMICE_TRY(const auto syntax, ParseStatement(text));
  return LowerStatement(syntax, parameters);
}

const Item& AnItem() {
  static const Item item =
      ItemOf(R"({"b":{"B":"YWI="},"bool":{"BOOL":true},"l":{"L":[{"N":"1"},{"S":"x"}]},)"
             R"("m":{"M":{"k":{"L":[{"N":"1"},{"N":"2"}]},"z":{"S":"last"}}},"n":{"N":"7310000"},)"
             R"("nul":{"NULL":true},"pk":{"S":"p"},"s":{"S":"abc"},"ss":{"SS":["a","b"]}})");
  return item;
}

bool Holds(std::string_view where, const std::vector<AttributeValue>& parameters = {}) {
  const auto statement = Lower("SELECT * FROM t WHERE " + std::string(where), parameters);
  if (!statement) {
    ADD_FAILURE() << where << ": " << statement.error().client_text();
    return false;
  }
  return Evaluate(*std::get<Select>(statement.value().node).where, AnItem());
}

class TrueConditions : public testing::TestWithParam<std::string_view> {};

TEST_P(TrueConditions, HoldAndTheirNegationDoesNot) {
  const std::string where(GetParam());
  EXPECT_TRUE(Holds(where));
  EXPECT_FALSE(Holds("NOT (" + where + ")"));
}

INSTANTIATE_TEST_SUITE_P(
    Where, TrueConditions,
    testing::Values("n = 7.31e6", "n = 7.31E+6", "n = 73100000e-1", "n <> -.73e1", "n != 1",
                    "'abc' = s", "ss = <<'b', 'a'>>", "l = [1, 'x']", "l <> ['x', 1]", "nul = NULL",
                    "bool = TRUE", "m = {'z': 'last', 'k': [1, 2]}", "missing_one <> 1",
                    "s < 'abd'", "n >= 7310000", "n BETWEEN 1 AND 1e7", "n NOT BETWEEN 1 AND 2",
                    "s IN ['x', 'abc']", "s IN ('x', 'abc')", "s IN ('abc')", "s NOT IN ['x']",
                    "NOT s IN ['x']", "m.k[1] = 2", "\"m\".\"z\" = 'last'", "m['z'] = 'last'",
                    "nul IS NULL", "s IS NOT NULL", "bool IS BOOL", "s IS STRING", "n IS INT",
                    "l IS LIST", "m IS STRUCT", "b IS BLOB", "ss IS BAG", "nothing IS MISSING",
                    "s IS NOT MISSING", "attribute_exists(m.k)", "ATTRIBUTE_NOT_EXISTS(nothing)",
                    "attribute_exists(s) = true", "attribute_exists(nothing) = false",
                    "attribute_exists(s) <> false", "attribute_exists(s) <> 1", "size(s) = 3",
                    "Size(ss) BETWEEN 2 AND 3", "attribute_type(ss, 'SS')", "begins_with(s, 'ab')",
                    "Contains(ss, 'a')", "contains(s, 'bc')", "s = 'abc' AND n > 1 AND bool = true",
                    "s = 'x' OR n = 1 OR bool = true", "s = 'x' AND n = 1 OR bool = true",
                    "(s = 'x' OR n > 1) AND bool = true", "NOT s = 'x' AND bool = true",
                    "nothing IS NOT NULL"));

TEST(PartiqlWhere, PutsParametersInInOrder) {
  EXPECT_TRUE(
      Holds("s = ? AND n = ? AND ss = ? AND l = [?, 'x'] AND s IN ?",
            {Value(R"({"S":"abc"})"), Value(R"({"N":"7310000"})"), Value(R"({"SS":["a","b"]})"),
             Value(R"({"N":"1"})"), Value(R"({"L":[{"S":"abc"}]})")}));
}

struct Refused {
  std::string_view statement;
  std::string_view text;
};
void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.statement; }

class RefusedStatements : public testing::TestWithParam<Refused> {};

TEST_P(RefusedStatements, HaveTheTextOfAws) {
  const auto statement = Lower(GetParam().statement);
  ASSERT_FALSE(statement.has_value());
  EXPECT_EQ(statement.error().code(), ErrorCode::kValidation);
  EXPECT_EQ(statement.error().client_text(), GetParam().text);
}

constexpr std::string_view kMalformed = "Statement wasn't well formed, can't be processed: ";
constexpr std::string_view kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range "
    "under ";

INSTANTIATE_TEST_SUITE_P(
    Sources, RefusedStatements,
    testing::Values(
        Refused{"SELECT * FROM t x", "Aliasing is not supported"},
        Refused{"SELECT * FROM t AS x", "Aliasing is not supported"},
        Refused{"UPDATE t AS x SET a = 1 WHERE pk = 1", "Aliasing is not supported"},
        Refused{"DELETE FROM t x WHERE pk = 1", "Aliasing is not supported"},
        Refused{"SELECT a AS x FROM t", "Aliasing is not supported"},
        Refused{"SELECT * FROM a.b.c",
                "A path may contain at most 2 components in the FROM clause"},
        Refused{"SELECT * FROM t.\"\"", "Path component cannot be an empty string"},
        Refused{"INSERT INTO t.i VALUE {'pk': 1}",
                "FROM clause may only contain a single table name in data manipulation statements"},
        Refused{"SELECT * FROM a, b", "Only select from a single table or index is supported."},
        Refused{"SELECT id FROM dbimp_page LIMIT 5", "Unsupported clause: LIMIT at 1:33:1"},
        Refused{"SELECT a, b, a FROM t", "Duplicate identifiers in select clause: a"},
        Refused{"SELECT m.z, z FROM t", "Duplicate identifiers in select clause: z"},
        Refused{"DELETE FROM t WHERE pk = 1 RETURNING MODIFIED OLD *",
                "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is "
                "allowed in DELETE statements."},
        Refused{"x IS INT4", "Unsupported operation: IsType"},
        Refused{"SELECT * FROM t WHERE a = ?",
                "Number of parameters in request and statement don't match."}));

INSTANTIATE_TEST_SUITE_P(
    Values, RefusedStatements,
    testing::Values(
        Refused{"SELECT * FROM t WHERE a = 1e126",
                "Number overflow. Attempting to store a number with magnitude larger than "
                "supported range under root"},
        Refused{"INSERT INTO t VALUE {'pk': 1, 'a': {'x': 1e-131}}",
                "Number underflow. Attempting to store a number with magnitude smaller than "
                "supported range under root.x"},
        Refused{"INSERT INTO t VALUE {'pk': 1, 'a': [1, 1e126]}",
                "Number overflow. Attempting to store a number with magnitude larger than "
                "supported range under root[1]"},
        Refused{"SELECT * FROM t WHERE a = 1234567890123456789012345678901234567891",
                "Attempting to store more than 38 significant digits in a Number under root"},
        Refused{"SELECT * FROM t WHERE a = 1e2147483648", kMalformed},
        Refused{"SELECT * FROM t WHERE a = 1.5e-2147483647", kMalformed},
        Refused{"SELECT * FROM t WHERE a = <<>>", "Empty bags are not supported"},
        Refused{"SELECT * FROM t WHERE a = <<1, 'x'>>",
                "DynamoDB only supports either numbers or strings in bags"},
        Refused{"INSERT INTO t VALUE {'pk': 1, 'a': set_add(a, <<1>>)}",
                "Unsupported data type: set_add under key root at 1:36:7"},
        Refused{"INSERT INTO t VALUE {'pk': 1, 'a': 1 + 1}",
                "Unsupported data type: + under key root at 1:38:1"},
        Refused{"INSERT INTO t VALUE {'pk': 1, 'a': b}",
                "Unsupported data type: b under key root at 1:36:1"},
        Refused{"INSERT INTO t VALUE {'pk': 1, 'a': b AND c}",
                "Unsupported data type: and under key root at 1:38:3"}));

INSTANTIATE_TEST_SUITE_P(
    Conditions, RefusedStatements,
    testing::Values(
        Refused{"SELECT * FROM t WHERE a < TRUE",
                "Incorrect operand type for operator or function; operator or function: <, operand "
                "type: BOOL"},
        Refused{"SELECT * FROM t WHERE a BETWEEN [1] AND [2]",
                "Incorrect operand type for operator or function; operator or function: BETWEEN, "
                "operand type: L"},
        Refused{"SELECT * FROM t WHERE a <= NULL",
                "Incorrect operand type for operator or function; operator or function: <=, "
                "operand type: NULL"},
        Refused{"SELECT * FROM t WHERE attribute_exists('a')",
                "Operator or function requires a document path; operator or function: "
                "attribute_exists"},
        Refused{"SELECT * FROM t WHERE attribute_exists()",
                "Incorrect number of operands for operator or function; operator or function: "
                "attribute_exists, number of operands: 0"},
        Refused{"SELECT * FROM t WHERE EXISTS(ss)", "Unrecognized function: exists at 1:23:6"},
        Refused{"SELECT * FROM t WHERE set_add(a, <<1>>)",
                "Unrecognized function: set_add at 1:23:7"},
        Refused{"SELECT * FROM t WHERE a LIKE 's%'",
                "Unsupported operator in Condition Expression. Operator: like"},
        Refused{"SELECT * FROM t WHERE a BETWEEN b + 1 AND 3",
                "Unsupported operator in Condition Expression. Operator: +"},
        Refused{"SELECT * FROM t WHERE a || 'b' = 'c'",
                "Unsupported operator in Condition Expression. Operator: ||"},
        Refused{"SELECT * FROM t WHERE -a = 1",
                "Unsupported operator in Condition Expression. Operator: -"},
        Refused{"SELECT * FROM t WHERE size(a)",
                "WHERE clause must contain an expression that resolves to a boolean"},
        Refused{"SELECT * FROM t WHERE NOT a", "The argument to NOT must be a Type or Expression"},
        Refused{"SELECT * FROM t WHERE a AND b = 1", "The arguments to AND/OR must be Expressions"},
        Refused{"SELECT * FROM t WHERE a = MISSING", "MISSING must be compared using IS operator"},
        Refused{"SELECT * FROM t WHERE 1 IS NOT MISSING",
                "Operator or function requires a document path; operator or function: "
                "attribute_exists"},
        Refused{"SELECT * FROM t WHERE a IS TIMESTAMP",
                "Unsupported data type for IS operator: TIMESTAMP. Supported data types are "
                "[MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST] at 1:25:2"},
        Refused{"SELECT * FROM t WHERE a IN []",
                "IN operator must have a left hand argument of type Variable Reference and right "
                "hand argument of type Seq with at least one member"},
        Refused{"SELECT * FROM t WHERE contains(a, a)",
                "The first operand must be distinct from the remaining operands for this operator "
                "or function; operator: contains, first operand: [a]"}));

INSTANTIATE_TEST_SUITE_P(
    Updates, RefusedStatements,
    testing::Values(
        Refused{"UPDATE t SET a = set_add(b, <<1>>) WHERE pk = 1",
                "The first argument to SET_ADD must equal the assignment value at 1:18:7"},
        Refused{"UPDATE t SET a = SET_DELETE('a', <<1>>) WHERE pk = 1",
                "The first argument to SET_DELETE must equal the assignment value at 1:18:10"},
        Refused{"UPDATE t SET a = set_add(a, 1) WHERE pk = 1",
                "The second argument to SET_ADD must be a value with type SET at 1:26:1"},
        Refused{"UPDATE t SET a = set_add(a) WHERE pk = 1",
                "SET_ADD must have exactly two arguments at 1:18:7"},
        Refused{"UPDATE t SET a = set_add(a, <<'x', 'x'>>) WHERE pk = 1",
                "One or more parameter values were invalid: Input collection [x, x] contains "
                "duplicates."},
        Refused{"UPDATE t SET a = set_add(a, <<>>) WHERE pk = 1", "Empty bags are not supported"},
        Refused{"UPDATE t SET a = b * 2 WHERE pk = 1",
                "Unsupported operator in Update Expression. Operator: *"},
        Refused{"UPDATE t SET a = NOT b WHERE pk = 1",
                "Unsupported operator in Update Expression. Operator: not"},
        Refused{"UPDATE t SET a = 1 REMOVE a.b WHERE pk = 1",
                "Two document paths overlap with each other; must remove or rewrite one of these "
                "paths; path one: [a], path two: [a, b]"}));

TEST(PartiqlSelect, NamesColumnsAfterTheLastNameOfTheirPath) {
  const auto statement = Lower("SELECT m.z, m.k[1], \"a.b\", l[0][1] FROM t").value();
  std::string names;
  for (const Column& column : std::get<Select>(statement.node).columns) names += column.name + ' ';
  EXPECT_EQ(names, "z k[1] a.b l[0][1] ");
}

TEST(PartiqlSelect, KeepsTheProblemOfItsColumnsForLater) {
  const auto statement = Lower("SELECT a, attribute_exists(b) FROM t").value();
  EXPECT_EQ(std::get<Select>(statement.node).column_problem,
            "Unexpected path component at 1:11:16");
}

TEST(PartiqlInsert, MakesAnItemOfEveryType) {
  const auto statement = Lower(
      "INSERT INTO t VALUE {'pk': 'p', 'n': -.5e1, 't': true, 'nul': NULL, 'l': [1, ?], "
      "'m': {'x': {}}, 'ss': <<'b', 'a'>>, 'ns': <<2, 1.0>>}",
      {Value(R"({"B":"YQ=="})")});
  EXPECT_EQ(ItemJson(std::get<Insert>(statement.value().node).item),
            R"({"l":{"L":[{"N":"1"},{"B":"YQ=="}]},"m":{"M":{"x":{"M":{}}}},"n":{"N":"-5"},)"
            R"("ns":{"NS":["1","2"]},"nul":{"NULL":true},"pk":{"S":"p"},"ss":{"SS":["a","b"]},)"
            R"("t":{"BOOL":true}})");
}

std::string Updated(std::string_view assignments, std::string_view item) {
  const auto statement = Lower("UPDATE t " + std::string(assignments) + " WHERE pk = 1");
  if (!statement) return statement.error().client_text();
  const auto updated =
      ApplyUpdate(std::get<Update>(statement.value().node).update, ItemOf(item), true);
  return updated ? ItemJson(updated.value()) : updated.error().client_text();
}

TEST(PartiqlUpdate, DoesWhatTheAssignmentsSay) {
  constexpr std::string_view kItem =
      R"({"a":{"N":"1"},"l":{"L":[{"N":"1"}]},"s":{"SS":["x","y"]}})";
  EXPECT_EQ(Updated("SET a = (a - -1), b = 2 REMOVE s SET l = list_append(l, [2])", kItem),
            R"({"a":{"N":"2"},"b":{"N":"2"},"l":{"L":[{"N":"1"},{"N":"2"}]}})");
  EXPECT_EQ(Updated("SET s = set_add(s, <<'z', 'x'>>), a = if_not_exists(q, a)", kItem),
            R"({"a":{"N":"1"},"l":{"L":[{"N":"1"}]},"s":{"SS":["x","y","z"]}})");
  EXPECT_EQ(Updated("SET s = Set_Delete(s, <<'x', 'y'>>)", kItem),
            R"({"a":{"N":"1"},"l":{"L":[{"N":"1"}]}})");
  EXPECT_EQ(Updated("SET n = set_add(n, <<1>>) SET q = set_delete(q, <<1>>)", kItem),
            R"({"a":{"N":"1"},"l":{"L":[{"N":"1"}]},"n":{"NS":["1"]},"s":{"SS":["x","y"]}})");
  EXPECT_EQ(Updated("SET s = set_add(s, <<1>>)", kItem),
            "An operand in the update expression has an incorrect data type");
}

TEST(PartiqlUpdate, MayBeginWithFrom) {
  const auto statement = Lower("FROM t WHERE pk = 'p' AND a = 1 SET b = 2 RETURNING ALL OLD *");
  const auto& update = std::get<Update>(statement.value().node);
  EXPECT_EQ(update.source.table, "t");
  EXPECT_TRUE(update.where.has_value());
  EXPECT_EQ(update.returning, Returning::kAllOld);
}

TEST(PartiqlValues, AreRefusedBeyond32Levels) {
  const auto nested = [](int levels) {
    std::string value;
    for (int i = 0; i < levels; ++i) value += "{'a':";
    return value + '1' + std::string(static_cast<std::size_t>(levels), '}');
  };
  EXPECT_TRUE(Lower("SELECT * FROM t WHERE a = " + nested(31)).has_value());
  EXPECT_EQ(Lower("INSERT INTO t VALUE {'pk': 1, 'a': " + nested(32) + "}").error().client_text(),
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
            "levels beyond supported limit");
}

}  // namespace
}  // namespace pumice::partiql
