// SPDX-License-Identifier: Apache-2.0
#include "server/operations/batch_execute_statement.h"

#include <gtest/gtest.h>

#include "model/attribute_json.h"
#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class BatchExecuteStatementTest : public testing::Test {
 protected:
  BatchExecuteStatementTest() {
    service_.MakeTable("tab");
    Run({"INSERT INTO tab VALUE {'pk': 'a', 'sk': '1', 'y': 1}",
         "INSERT INTO tab VALUE {'pk': 'a', 'sk': '2', 'y': 2}"});
  }

  std::string Run(std::initializer_list<std::string_view> statements,
                  std::string_view members = {}) {
    std::string json = "{\"Statements\":[";
    for (const std::string_view statement : statements) {
      if (json.back() != '[') json += ',';
      json += "{\"Statement\":";
      AppendJsonString(json, statement);
      json += '}';
    }
    return service_.Call("BatchExecuteStatement", json + "]" + std::string(members) + "}");
  }

  TestService service_;
};

TEST_F(BatchExecuteStatementTest, AnswersEachMemberForItself) {
  EXPECT_EQ(Run({"SELECT y FROM tab WHERE pk = 'a' AND sk = '2'", "SLECT * FROM tab",
                 "SELECT * FROM tab WHERE pk = 'a' AND sk = 'none'",
                 "SELECT * FROM none WHERE pk = 'a' AND sk = '1'"}),
            R"({"Responses":[{"TableName":"tab","Item":{"y":{"N":"2"}}},)"
            R"({"Error":{"Code":"ValidationError","Message":"Statement wasn't well formed, can't )"
            R"(be processed: Expected data manipulation"}},{"TableName":"tab"},)"
            R"({"Error":{"Code":"ResourceNotFound","Message":"Requested resource not found"}}]})");
}

TEST_F(BatchExecuteStatementTest, AnswersNoCapacityWhereNoMemberUsedAny) {
  EXPECT_EQ(Run({"SLECT * FROM tab"}, R"(,"ReturnConsumedCapacity":"TOTAL")"),
            R"({"Responses":[{"Error":{"Code":"ValidationError","Message":"Statement wasn't well )"
            R"(formed, can't be processed: Expected data manipulation"}}]})");
}

TEST_F(BatchExecuteStatementTest, WritesWhatItCan) {
  EXPECT_EQ(
      Run({"INSERT INTO tab VALUE {'pk': 'a', 'sk': '1'}",
           "UPDATE tab SET y = 1 WHERE pk = 'b' AND sk = '1'",
           "UPDATE tab SET y = y + 1 WHERE pk = 'a' AND sk = '2' RETURNING MODIFIED NEW *",
           "DELETE FROM tab WHERE pk = 'c' AND sk = '1'"}),
      R"({"Responses":[{"Error":{"Code":"DuplicateItem","Message":"Duplicate primary key exists in )"
      R"(table"},"TableName":"tab"},{"Error":{"Code":"ConditionalCheckFailed","Message":)"
      R"("The conditional request failed"},"TableName":"tab"},{"TableName":"tab","Item":)"
      R"({"y":{"N":"3"}}},{"TableName":"tab"}]})");
}

TEST_F(BatchExecuteStatementTest, AsksForTheWholeKeyAndNothingElse) {
  constexpr std::string_view kRefused =
      R"({"Responses":[{"Error":{"Code":"ValidationError","Message":"Select statements within )"
      R"(BatchExecuteStatement must specify the primary key in the where clause."}}]})";
  for (const std::string_view statement :
       {"SELECT * FROM tab", "SELECT * FROM tab WHERE pk = 'a'",
        "SELECT * FROM tab WHERE pk = 'a' AND sk = '1' AND attribute_exists(y)",
        "SELECT * FROM tab.gsi WHERE gpk = 'a' AND gsk = 1"}) {
    EXPECT_EQ(Run({statement}), kRefused) << statement;
  }
}

TEST_F(BatchExecuteStatementTest, SumsTheUnitsOfATable) {
  const std::string answer = service_.Call("BatchExecuteStatement",
                                           R"({"ReturnConsumedCapacity":"TOTAL","Statements":[
                        {"Statement":"SELECT * FROM tab WHERE pk = 'a' AND sk = '1'"},
                        {"Statement":"SELECT * FROM tab WHERE pk = 'a' AND sk = '9'",
                         "ConsistentRead":true}]})");
  EXPECT_TRUE(answer.ends_with(R"("ConsumedCapacity":[{"TableName":"tab","CapacityUnits":1.5}]})"))
      << answer;
}

TEST_F(BatchExecuteStatementTest, RefusesWhatNoBatchMayHold) {
  EXPECT_EQ(Run({}),
            "ValidationException: 1 validation error detected: Value '[]' at 'statements' failed "
            "to satisfy constraint: Member must have length greater than or equal to 1");
  EXPECT_EQ(Run({"SELECT * FROM tab WHERE pk = 'a' AND sk = '1'",
                 "DELETE FROM tab WHERE pk = 'a' AND sk = '2'"}),
            "ValidationException: Read and write requests together in the same batch is not "
            "supported.");
  EXPECT_EQ(Run({"DELETE FROM tab WHERE pk = 'a' AND sk = '1'",
                 "UPDATE tab SET y = 1 WHERE pk = 'a' AND sk = '1'"}),
            "ValidationException: Provided list of item keys contains duplicates");
  EXPECT_EQ(Run({""}),
            "ValidationException: 1 validation error detected: Value '' at "
            "'statements.1.member.statement' failed to satisfy constraint: Member must have length "
            "greater than or equal to 1");
}

}  // namespace
}  // namespace pumice
