// SPDX-License-Identifier: Apache-2.0
#include "server/operations/execute_transaction.h"

#include <gtest/gtest.h>

#include "model/attribute_json.h"
#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class ExecuteTransactionTest : public testing::Test {
 protected:
  ExecuteTransactionTest() {
    service_.MakeTable("tab");
    Run({"INSERT INTO tab VALUE {'pk': 'a', 'sk': '1', 'y': 1}",
         "INSERT INTO tab VALUE {'pk': 'a', 'sk': '2', 'y': 2}"});
  }

  std::string Run(std::initializer_list<std::string_view> statements,
                  std::string_view members = {}) {
    std::string json = "{\"TransactStatements\":[";
    for (const std::string_view statement : statements) {
      if (json.back() != '[') json += ',';
      json += "{\"Statement\":";
      AppendJsonString(json, statement);
      json += '}';
    }
    return service_.Call("ExecuteTransaction", json + "]" + std::string(members) + "}");
  }

  TestService service_;
};

TEST_F(ExecuteTransactionTest, ReadsAllAtOnce) {
  EXPECT_EQ(Run({"SELECT y FROM tab WHERE pk = 'a' AND sk = '1'",
                 "SELECT * FROM tab WHERE pk = 'a' AND sk = 'none'"},
                R"(,"ReturnConsumedCapacity":"TOTAL")"),
            R"({"Responses":[{"Item":{"y":{"N":"1"}}},{}],"ConsumedCapacity":[{"TableName":"tab",)"
            R"("CapacityUnits":4.0,"ReadCapacityUnits":4.0}]})");
}

TEST_F(ExecuteTransactionTest, WritesAllOrNone) {
  EXPECT_EQ(Run({"EXISTS(SELECT * FROM tab WHERE pk = 'a' AND sk = '1' AND y = 1)",
                 "UPDATE tab SET y = 5 WHERE pk = 'a' AND sk = '2'",
                 "DELETE FROM tab WHERE pk = 'a' AND sk = 'none' AND y = 9"}),
            R"({"Responses":[]})");
  EXPECT_EQ(
      Run({"UPDATE tab SET y = 6 WHERE pk = 'a' AND sk = '2'",
           "INSERT INTO tab VALUE {'pk': 'a', 'sk': '1'}",
           "UPDATE tab SET y = 1 WHERE pk = 'b' AND sk = '1'"}),
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons "
      "for specific reasons [None, DuplicateItem, ConditionalCheckFailed] "
      R"("CancellationReasons":[{"Code":"None"},{"Code":"DuplicateItem","Message":"Duplicate )"
      R"(primary key exists in table"},{"Code":"ConditionalCheckFailed","Message":"The )"
      R"(conditional request failed"}])");
  EXPECT_EQ(Run({"SELECT y FROM tab WHERE pk = 'a' AND sk = '2'"}),
            R"({"Responses":[{"Item":{"y":{"N":"5"}}}]})");
}

TEST_F(ExecuteTransactionTest, IsDoneOnceForAToken) {
  const auto add_one = [this] {
    return Run({"UPDATE tab SET y = y + 1 WHERE pk = 'a' AND sk = '1'"},
               R"(,"ClientRequestToken":"token","ReturnConsumedCapacity":"TOTAL")");
  };
  EXPECT_EQ(add_one(),
            R"({"Responses":[],"ConsumedCapacity":[{"TableName":"tab","CapacityUnits":2.0,)"
            R"("WriteCapacityUnits":2.0}]})");
  EXPECT_EQ(add_one(),
            R"({"Responses":[],"ConsumedCapacity":[{"TableName":"tab","CapacityUnits":2.0,)"
            R"("ReadCapacityUnits":2.0}]})");
  EXPECT_EQ(Run({"SELECT y FROM tab WHERE pk = 'a' AND sk = '1'"}),
            R"({"Responses":[{"Item":{"y":{"N":"2"}}}]})");
}

struct RefusedTransaction {
  std::initializer_list<std::string_view> statements;
  std::string_view answer;
};

TEST_F(ExecuteTransactionTest, RefusesInTheWordsOfAws) {
  const RefusedTransaction refused[] = {
      {{},
       "ValidationException: 1 validation error detected: Value '[]' at 'transactStatements' "
       "failed to satisfy constraint: Member must have length greater than or equal to 1"},
      {{"DELETE FROM tab WHERE pk = 'a' AND sk = '1'", "SELECT * FROM tab WHERE"},
       "ValidationException: Validation failed in TransactStatements[1]: Statement wasn't well "
       "formed, can't be processed: Unexpected term"},
      {{"DELETE FROM tab WHERE pk = 'a' AND sk = '1' RETURNING ALL OLD *"},
       "ValidationException: Validation failed in TransactStatements[0]: RETURNING clause is not "
       "supported in ExecuteTransaction."},
      {{"SELECT * FROM tab WHERE pk = 'a' AND sk = '1'",
        "DELETE FROM tab WHERE pk = 'a' AND sk = '2'"},
       "ValidationException: ExecuteTransaction API does not support both read and write "
       "operations in the same request."},
      {{"SELECT * FROM tab.gsi WHERE gpk = 'a'"},
       "ValidationException: Validation failed in TransactStatements[0]: Reads on indices are not "
       "supported within transactions."},
      {{"SELECT * FROM tab WHERE pk = 'a'"},
       "ValidationException: Validation failed in TransactStatements[0]: Select statements within "
       "ExecuteTransaction must specify the primary key in the where clause."},
      {{"EXISTS(SELECT * FROM tab WHERE pk = 'a' AND sk = '1')"},
       "ValidationException: Validation failed in TransactStatements[0]: EXISTS() must contain a "
       "single item read with additional condition"},
      {{"DELETE FROM tab WHERE pk = 'a' AND sk = '1'",
        "UPDATE tab SET y = 1 WHERE pk = 'a' AND sk = '1'"},
       "ValidationException: Transaction request cannot include multiple operations on one item"},
      {{"DELETE FROM none WHERE pk = 'a'"},
       "ResourceNotFoundException: Requested resource not found"}};
  for (const RefusedTransaction& each : refused) EXPECT_EQ(Run(each.statements), each.answer);
}

TEST_F(ExecuteTransactionTest, NamesNoStatementForABadParameter) {
  EXPECT_EQ(service_.Call("ExecuteTransaction",
                          R"({"TransactStatements":[{"Statement":"SELECT * FROM tab WHERE pk = ?",
                              "Parameters":[{"N":"abc"}]}]})"),
            "ValidationException: The parameter cannot be converted to a numeric value: abc");
}

}  // namespace
}  // namespace pumice
