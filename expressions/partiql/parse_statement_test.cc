// SPDX-License-Identifier: Apache-2.0
// Grammar: what is refused, in AWS's words, and what hostile texts do. What accepted statements
// mean stands in lower_test.cc.
#include <ostream>

#include <gtest/gtest.h>

#include "expressions/partiql/parse.h"

namespace pumice::partiql {
namespace {

constexpr std::string_view kMalformed = "Statement wasn't well formed, can't be processed: ";

std::string ErrorOf(std::string_view text) {
  const auto statement = ParseStatement(text);
  if (statement) return "";
  if (statement.error().code() != ErrorCode::kValidation) return "not a ValidationException";
  return statement.error().client_text();
}

struct Refused {
  std::string_view statement;
  std::string_view detail;
};
void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.statement; }

class MalformedStatements : public testing::TestWithParam<Refused> {};

TEST_P(MalformedStatements, HaveTheTextOfAws) {
  EXPECT_EQ(ErrorOf(GetParam().statement),
            std::string(kMalformed) + std::string(GetParam().detail));
}

constexpr std::string_view kLeftover = "Unexpected token after expression";

INSTANTIATE_TEST_SUITE_P(
    Grammar, MalformedStatements,
    testing::Values(Refused{"SELECT * FROM t WHERE pk = 1 foo", kLeftover},
                    Refused{"SELECT * FROM t WHERE pk = 1 e5", kLeftover},
                    Refused{"SELECT * FROM t WHERE pk = 1)", kLeftover},
                    Refused{"SELECT * FROM t WHERE pk = 1; SELECT * FROM t", kLeftover},
                    Refused{"DELETE FROM t WHERE pk = 1 ORDER BY pk", kLeftover},
                    Refused{"SELECT * FROM t ORDER BY pk WHERE pk = 1", kLeftover},
                    Refused{"INSERT INTO t AS x VALUE {'pk': 1}", kLeftover},
                    Refused{"INSERT INTO t VALUE {'pk': 1} foo", kLeftover},
                    Refused{"FROM t SET a = 1 WHERE pk = 1", kLeftover},
                    Refused{"UPSERT INTO t VALUE {'pk': 1}", kLeftover},
                    Refused{"SELECT * FROM t WHERE", "Unexpected term"},
                    Refused{"SELECT * FROM t WHERE NOT", "Unexpected term"},
                    Refused{"SELECT * FROM t WHERE (", "Unexpected term"},
                    Refused{"SELECT * FROM", "Unexpected term"},
                    Refused{"SELECT * FROM t WHERE pk = 1 AND",
                            "Missing right-hand side expression of infix operator"},
                    Refused{"SELECT * FROM t WHERE pk = 1 OR",
                            "Missing right-hand side expression of infix operator"},
                    Refused{"SELECT * FROM t WHERE ORDER BY pk", "Unexpected keyword"},
                    Refused{"SELECT * FROM t WHERE IS NULL", "Unexpected operator"},
                    Refused{"SELECT * FROM t WHERE pk = LIKE", "Unexpected operator"},
                    Refused{"SELECT * FROM t WHERE x IS FOO", "Expected type name"},
                    Refused{"DELETE FROM", "Expected identifier for simple path"},
                    Refused{"SELECT * FROM t WHERE m.inner = 1", "Invalid path dot component"},
                    Refused{"SELECT m.inner FROM t", "Invalid path dot component"},
                    Refused{"SELECT * FROM t # comment", ""},
                    Refused{"SELECT * FROM t /* comment", ""},
                    Refused{"SLECT * FROM t", "Expected data manipulation"},
                    Refused{"FROM t WHERE pk = 1", "Expected data manipulation"},
                    Refused{"UPDATE t WHERE pk = 1", "Expected data manipulation"}));

TEST(PartiqlStatement, AcceptsTheWholeGrammar) {
  for (const std::string_view statement : {
           "SELECT * FROM t",
           "select a, \"b\", m.c[0], m['d'] from \"t\".\"i\" where a = 1 order by a desc, b asc;",
           "SELECT * FROM t WHERE a BETWEEN 1 AND 2 AND NOT (b IN [1, 2] OR c NOT IN (1, 2))",
           "SELECT * FROM t WHERE a IS NOT MISSING AND b IS STRING AND c != 1 AND d <> 2",
           "INSERT INTO t VALUE {'pk': 'a', 'l': [1, {'x': NULL}], 's': <<'a', 'b'>>, 'p': ?}",
           "INSERT INTO t VALUE ?",
           "UPDATE t SET a = 1, b = c - 1 REMOVE d SET e = list_append(e, [1]) WHERE pk = 1",
           "UPDATE t SET a = (a + -1) WHERE pk = 1 RETURNING MODIFIED NEW *",
           "from t where pk = 1 and size(a) > 2 remove b set c = ? returning all old *",
           "DELETE FROM t WHERE pk = 1 AND attribute_exists(a) RETURNING ALL OLD *",
           "EXISTS(SELECT * FROM t WHERE pk = 1 AND a = 2)",
       }) {
    EXPECT_EQ(ErrorOf(statement), "") << statement;
  }
}

TEST(PartiqlStatement, CountsParametersInTheOrderOfTheText) {
  const auto statement = ParseStatement("UPDATE t SET a = ?, b = '?' WHERE pk = ? AND c IN [?]");
  EXPECT_EQ(statement.value().parameter_count, 3U);
}

// AWS's own answer to very deep texts is not known: they must only do no harm.
TEST(PartiqlStatement, RefusesNestingWithoutUsingUpTheStack) {
  for (const std::string& open :
       {std::string("("), std::string("["), std::string("<<"), std::string("NOT "),
        std::string("- "), std::string("{'a':"), std::string("size("), std::string("a = ("),
        std::string("a AND (")}) {
    std::string text = "SELECT * FROM t WHERE ";
    while (text.size() < 8192) text += open;
    EXPECT_EQ(ErrorOf(text), kMalformed) << open;
  }
}

TEST(PartiqlStatement, ReadsLongChainsOfConditions) {
  std::string text = "SELECT * FROM t WHERE a=1";
  while (text.size() < 8180) text += text.size() % 2 == 0 ? " OR a=1" : " AND a=1";
  EXPECT_EQ(ErrorOf(text), "");
  EXPECT_TRUE(LowerStatement(ParseStatement(text).value(), {}).has_value());
}

TEST(PartiqlStatement, RefusesLongChainsOfArithmetic) {
  std::string text = "UPDATE t SET a = 1";
  while (text.size() < 8180) text += "+1";
  EXPECT_EQ(ErrorOf(text), kMalformed);
}

TEST(PartiqlStatement, EveryPrefixOfAStatementIsAnswered) {
  constexpr std::string_view kStatement =
      "UPDATE \"t\".\"i\" SET a.b[0] = set_add(a.b[0], <<'x', 1.5e3>>), c = {'k': [?, NULL]} "
      "REMOVE "
      "d WHERE pk = -1 AND NOT (x BETWEEN 1 AND 2 OR y IS NOT MISSING) RETURNING ALL OLD *; --";
  for (std::size_t length = 0; length <= kStatement.size(); ++length) {
    const std::string error = ErrorOf(kStatement.substr(0, length));
    EXPECT_TRUE(error.empty() || error.starts_with(kMalformed)) << error;
  }
}

}  // namespace
}  // namespace pumice::partiql
