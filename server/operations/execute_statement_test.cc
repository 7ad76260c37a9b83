// SPDX-License-Identifier: Apache-2.0
#include "server/operations/execute_statement.h"

#include <gtest/gtest.h>

#include "model/attribute_json.h"
#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class ExecuteStatementTest : public testing::Test {
 protected:
  ExecuteStatementTest() {
    service_.MakeTable("tab");
    for (int i = 1; i <= 5; ++i) {
      const std::string n = std::to_string(i);
      Run("INSERT INTO tab VALUE {'pk': 'a', 'sk': '" + n + "', 'gpk': 'g', 'gsk': " + n +
          ", 'lsk': 'l" + n + "', 'x': 'x" + n + "', 'y': " + n + "}");
    }
  }

  /// members: what follows the statement, beginning with a comma.
  std::string Run(std::string_view statement, std::string_view members = {}) {
    std::string json = "{\"Statement\":";
    AppendJsonString(json, statement);
    return service_.Call("ExecuteStatement", json + std::string(members) + "}");
  }

  /// The text of the member NextToken with its quotes.
  static std::string TokenIn(const std::string& answer) {
    const std::size_t start = answer.find("\"NextToken\":") + 12;
    return answer.substr(start, answer.find('"', start + 1) + 1 - start);
  }

  TestService service_;
};

TEST_F(ExecuteStatementTest, ReadsOneItemByItsKey) {
  EXPECT_EQ(Run("SELECT y, x FROM tab WHERE pk = 'a' AND sk = '2'",
                R"(,"ReturnConsumedCapacity":"TOTAL")"),
            R"({"Items":[{"y":{"N":"2"},"x":{"S":"x2"}}],)"
            R"("ConsumedCapacity":{"TableName":"tab","CapacityUnits":0.5}})");
  EXPECT_EQ(Run("SELECT * FROM tab WHERE pk = 'a' AND sk = 'none'"), R"({"Items":[]})");
  EXPECT_EQ(Run("SELECT * FROM tab WHERE pk = 'a' AND sk = '2' AND y = 3"), R"({"Items":[]})");
}

TEST_F(ExecuteStatementTest, ReadsAPartitionInTheOrderThatIsAskedFor) {
  EXPECT_EQ(Run("SELECT sk FROM tab WHERE pk = 'a' AND sk BETWEEN '2' AND '3'"),
            R"({"Items":[{"sk":{"S":"2"}},{"sk":{"S":"3"}}]})");
  EXPECT_EQ(Run("SELECT sk FROM tab WHERE pk = 'a' AND y > 3 ORDER BY sk DESC"),
            R"({"Items":[{"sk":{"S":"5"}},{"sk":{"S":"4"}}]})");
}

TEST_F(ExecuteStatementTest, OrdersSeveralPartitionsByTheirKeysFirst) {
  Run("INSERT INTO tab VALUE {'pk': 'b', 'sk': '0'}");
  EXPECT_EQ(Run("SELECT pk, sk FROM tab WHERE pk IN ['a', 'b'] AND sk < '3' "
                "ORDER BY pk DESC, sk DESC"),
            R"({"Items":[{"pk":{"S":"b"},"sk":{"S":"0"}},{"pk":{"S":"a"},"sk":{"S":"2"}},)"
            R"({"pk":{"S":"a"},"sk":{"S":"1"}}]})");
  EXPECT_EQ(Run("SELECT sk FROM tab WHERE pk IN ['a', 'a'] AND sk < '3' ORDER BY sk DESC"),
            R"({"Items":[{"sk":{"S":"2"}},{"sk":{"S":"1"}}]})");
}

TEST_F(ExecuteStatementTest, PagesWithATokenOfTheStatement) {
  const std::string first = Run("SELECT sk FROM tab WHERE pk = 'a' AND y > 1", R"(,"Limit":2)");
  EXPECT_TRUE(first.starts_with(R"({"Items":[{"sk":{"S":"2"}}],"NextToken":")")) << first;
  EXPECT_TRUE(first.ends_with(R"(,"LastEvaluatedKey":{"pk":{"S":"a"},"sk":{"S":"2"}}})")) << first;
  const std::string token = TokenIn(first);
  EXPECT_EQ(Run("SELECT sk FROM tab WHERE pk = 'a' AND y > 1", R"(,"NextToken":)" + token),
            R"({"Items":[{"sk":{"S":"3"}},{"sk":{"S":"4"}},{"sk":{"S":"5"}}]})");
  EXPECT_EQ(Run("SELECT sk FROM tab WHERE pk = 'a'", R"(,"NextToken":)" + token),
            "ValidationException: NextToken does not match request");
  EXPECT_EQ(Run("SELECT sk FROM tab", R"(,"NextToken":"garbage")"),
            "ValidationException: Invalid NextToken");
}

TEST_F(ExecuteStatementTest, PagesOverSeveralRangesWithoutLossOrDoubles) {
  std::string seen;
  std::string members = R"(,"Limit":1)";
  for (int page = 0; page < 8; ++page) {
    const std::string answer =
        Run("SELECT sk FROM tab WHERE pk = 'a' AND sk IN ['5', '1', '9', '3']", members);
    if (const auto sort_key = answer.find(R"({"S":")"); sort_key < answer.find("NextToken")) {
      seen += answer[sort_key + 6];
    }
    if (answer.find("NextToken") == std::string::npos) break;
    members = R"(,"Limit":1,"NextToken":)" + TokenIn(answer);
  }
  EXPECT_EQ(seen, "513");
}

TEST_F(ExecuteStatementTest, ReadsAGlobalIndex) {
  EXPECT_EQ(Run("SELECT sk FROM tab.gsi WHERE gpk = 'g' AND gsk > 3",
                R"(,"ReturnConsumedCapacity":"INDEXES")"),
            R"({"Items":[{"sk":{"S":"4"}},{"sk":{"S":"5"}}],"ConsumedCapacity":{"TableName":"tab",)"
            R"("CapacityUnits":0.5,"Table":{"CapacityUnits":0.0},)"
            R"("GlobalSecondaryIndexes":{"gsi":{"CapacityUnits":0.5}}}})");
}

TEST_F(ExecuteStatementTest, FetchesWhatALocalIndexLacksForEveryRowWalked) {
  EXPECT_EQ(Run("SELECT sk, y FROM tab.lsi WHERE pk = 'a' AND lsk < 'l4' AND x = 'x2'",
                R"(,"ReturnConsumedCapacity":"INDEXES")"),
            R"({"Items":[{"sk":{"S":"2"},"y":{"N":"2"}}],"ConsumedCapacity":{"TableName":"tab",)"
            R"("CapacityUnits":2.0,"Table":{"CapacityUnits":1.5},)"
            R"("LocalSecondaryIndexes":{"lsi":{"CapacityUnits":0.5}}}})");
  // * is what the index holds.
  EXPECT_EQ(Run("SELECT * FROM tab.lsi WHERE pk = 'a' AND lsk = 'l1'"),
            R"({"Items":[{"lsk":{"S":"l1"},"pk":{"S":"a"},"sk":{"S":"1"},"x":{"S":"x1"}}]})");
}

TEST_F(ExecuteStatementTest, UpdatesOnlyWhatIsThere) {
  EXPECT_EQ(Run("UPDATE tab SET y = y + 10, m = {'k': [1, 2]} REMOVE x WHERE pk = 'a' AND sk = '1' "
                "RETURNING MODIFIED NEW *"),
            R"({"Items":[{"m":{"M":{"k":{"L":[{"N":"1"},{"N":"2"}]}}},"y":{"N":"11"}}]})");
  EXPECT_EQ(Run("UPDATE tab SET m.k[0] = 5 WHERE pk = 'a' AND sk = '1' RETURNING MODIFIED OLD *"),
            R"({"Items":[{"m":{"M":{"k":{"L":[{"N":"1"}]}}}}]})");
  EXPECT_EQ(Run("UPDATE tab SET m.k[9] = 5 WHERE pk = 'a' AND sk = '1' RETURNING MODIFIED NEW *"),
            R"({"Items":[]})");
  EXPECT_EQ(Run("UPDATE tab SET y = 1 WHERE pk = 'a' AND sk = 'none' AND attribute_not_exists(pk)"),
            "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_EQ(Run("UPDATE tab SET y = 1 WHERE pk = 'a' AND sk = '2' AND y = 9",
                R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD")"),
            R"(ConditionalCheckFailedException: The conditional request failed "Item":{"gpk":)"
            R"({"S":"g"},"gsk":{"N":"2"},"lsk":{"S":"l2"},"pk":{"S":"a"},"sk":{"S":"2"},"x":)"
            R"({"S":"x2"},"y":{"N":"2"}})");
}

TEST_F(ExecuteStatementTest, DeletesWhatIsThereIfItMayAndIsContentWithNothing) {
  EXPECT_EQ(Run("DELETE FROM tab WHERE pk = 'a' AND sk = 'none' AND y = 1 RETURNING ALL OLD *"),
            R"({"Items":[]})");
  EXPECT_EQ(Run("DELETE FROM tab WHERE pk = 'a' AND sk = '1' AND y = 9"),
            "ConditionalCheckFailedException: The conditional request failed");
  EXPECT_EQ(
      Run("DELETE FROM tab WHERE pk = 'a' AND sk = '1'", R"(,"ReturnConsumedCapacity":"TOTAL")"),
      R"({"Items":[],"ConsumedCapacity":{"TableName":"tab","CapacityUnits":3.0}})");
  EXPECT_EQ(Run("SELECT * FROM tab WHERE pk = 'a' AND sk = '1'"), R"({"Items":[]})");
}

struct RefusedStatement {
  std::string_view statement;
  std::string_view members;
  std::string_view answer;
};
void PrintTo(const RefusedStatement& refused, std::ostream* out) { *out << refused.statement; }

class ExecuteStatementRefusals : public ExecuteStatementTest,
                                 public testing::WithParamInterface<RefusedStatement> {};

TEST_P(ExecuteStatementRefusals, HaveTheTextOfAws) {
  EXPECT_EQ(Run(GetParam().statement, GetParam().members), GetParam().answer);
}

constexpr std::string_view kNoEquality =
    "ValidationException: Where clause does not contain a mandatory equality on all key attributes";

INSTANTIATE_TEST_SUITE_P(
    Texts, ExecuteStatementRefusals,
    testing::Values(
        RefusedStatement{"", "",
                         "ValidationException: 1 validation error detected: Value '' at "
                         "'statement' failed to satisfy constraint: Member must have length "
                         "greater than or equal to 1"},
        RefusedStatement{"SELECT * FROM tab", R"(,"Parameters":[],"Limit":0)",
                         "ValidationException: 2 validation errors detected: Value '[]' at "
                         "'parameters' failed to satisfy constraint: Member must have length "
                         "greater than or equal to 1; Value '0' at 'limit' failed to satisfy "
                         "constraint: Member must have value greater than or equal to 1"},
        RefusedStatement{"SELECT * FROM none", "",
                         "ResourceNotFoundException: Requested resource not found"},
        // The grammar, parameters and operands come before the table.
        RefusedStatement{"SELECT * FROM none WHERE", "",
                         "ValidationException: Statement wasn't well formed, can't be processed: "
                         "Unexpected term"},
        RefusedStatement{"SELECT * FROM none WHERE a = ?",
                         R"(,"Parameters":[{"N":"1e2147483648"}])",
                         "ValidationException: The parameter cannot be converted to a numeric "
                         "value: 1e2147483648"},
        RefusedStatement{"SELECT * FROM none WHERE a = ?", R"(,"Parameters":[{"N":""}])",
                         "ValidationException: The parameter cannot be converted to a numeric "
                         "value"},
        RefusedStatement{"SELECT * FROM none WHERE a < TRUE", "",
                         "ValidationException: Incorrect operand type for operator or function; "
                         "operator or function: <, operand type: BOOL"},
        RefusedStatement{"INSERT INTO tab VALUE {'pk': 'a', 'sk': '1'}", "",
                         "DuplicateItemException: Duplicate primary key exists in table"},
        RefusedStatement{"INSERT INTO tab VALUE {'pk': 1, 'sk': '1'}", "",
                         "ValidationException: Key attribute's data type should match its data "
                         "type in table's schema: Key pk"},
        RefusedStatement{"INSERT INTO tab VALUE {'pk': '', 'sk': '1'}", "",
                         "ValidationException: One or more parameter values are not valid. The "
                         "AttributeValue for a key attribute cannot contain an empty string "
                         "value. Key: pk"},
        RefusedStatement{"UPDATE tab SET y = 1 WHERE pk = 'a'", "", kNoEquality},
        RefusedStatement{"FROM tab SET y = 1", "", kNoEquality},
        RefusedStatement{"DELETE FROM tab WHERE pk = 'a' AND sk > '1'", "", kNoEquality},
        RefusedStatement{"DELETE FROM tab", "", kNoEquality},
        RefusedStatement{"UPDATE tab SET sk = '1' WHERE pk = 'a' AND sk = '1'", "",
                         "ValidationException: One or more parameter values were invalid: Cannot "
                         "update attribute sk. This attribute is part of the key"},
        RefusedStatement{"UPDATE tab.gsi SET y = 1 WHERE gpk = 'g'", "",
                         "ValidationException: This operation is not supported on an index"},
        RefusedStatement{"SELECT * FROM tab.none", R"(,"ConsistentRead":true)",
                         "ValidationException: The table does not have the specified index"},
        RefusedStatement{"SELECT * FROM tab.gsi", R"(,"ConsistentRead":true)",
                         "ValidationException: Strongly consistent read is not supported on "
                         "Global Secondary Indexes"},
        RefusedStatement{"SELECT * FROM tab.lsi WHERE pk = 'a' AND y = 1", "",
                         "ValidationException: One or more parameter values were invalid: "
                         "Secondary index lsi does not project one or more filter attributes: "
                         "[y]"},
        RefusedStatement{"SELECT * FROM tab WHERE pk = 1", "",
                         "ValidationException: Key attribute's data type should match its data "
                         "type in table's schema: Key pk"},
        RefusedStatement{"SELECT COUNT(*) FROM tab WHERE pk = 1", "",
                         "ValidationException: Key attribute's data type should match its data "
                         "type in table's schema: Key pk"},
        RefusedStatement{"SELECT attribute_exists(x) FROM tab", "",
                         "ValidationException: Unexpected path component at 1:8:16"},
        RefusedStatement{"SELECT * FROM tab ORDER BY sk", "",
                         "ValidationException: Must have WHERE clause in the statement when using "
                         "ORDER BY clause."},
        RefusedStatement{"SELECT * FROM tab WHERE y = 1 ORDER BY sk", "",
                         "ValidationException: Must have at least one non-optional hash key "
                         "condition in WHERE clause when using ORDER BY clause."},
        RefusedStatement{"SELECT * FROM tab WHERE pk = 'a' ORDER BY y", "",
                         "ValidationException: Variable reference y in ORDER BY clause must be "
                         "part of the primary key"},
        RefusedStatement{"SELECT * FROM tab WHERE pk IN ['a', 'b'] ORDER BY sk", "",
                         "ValidationException: Must have hash key in ORDER BY clause when more "
                         "than one hash key condition specified in WHERE clause."},
        RefusedStatement{"SELECT * FROM tab WHERE pk = 'a' OR pk = 'b' ORDER BY sk", "",
                         "ValidationException: Must have hash key in ORDER BY clause when more "
                         "than one hash key condition specified in WHERE clause."}));

}  // namespace
}  // namespace pumice
