// SPDX-License-Identifier: Apache-2.0
#include "server/operations/list_tables.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class ListTablesTest : public testing::Test {
 protected:
  ListTablesTest() {
    for (const char* name : {"zoo", "Zoo", "abc", "Abc"}) service_.MakeTable(name);
  }
  TestService service_;
};

TEST_F(ListTablesTest, OrdersByBytes) {
  EXPECT_EQ(service_.Call("ListTables", "{}"), R"({"TableNames":["Abc","Zoo","abc","zoo"]})");
}

TEST_F(ListTablesTest, NamesTheLastTableOfAPage) {
  EXPECT_EQ(service_.Call("ListTables", R"({"Limit":2})"),
            R"({"TableNames":["Abc","Zoo"],"LastEvaluatedTableName":"Zoo"})");
}

TEST_F(ListTablesTest, EndsWithThePageThatHoldsTheLastName) {
  EXPECT_EQ(service_.Call("ListTables", R"({"Limit":2,"ExclusiveStartTableName":"Zoo"})"),
            R"({"TableNames":["abc","zoo"]})");
}

TEST_F(ListTablesTest, StartsAfterANameThatIsNoTable) {
  EXPECT_EQ(service_.Call("ListTables", R"({"ExclusiveStartTableName":"abd"})"),
            R"({"TableNames":["zoo"]})");
  EXPECT_EQ(service_.Call("ListTables", R"({"ExclusiveStartTableName":"zzz"})"),
            R"({"TableNames":[]})");
}

TEST_F(ListTablesTest, BoundsTheLimit) {
  const std::string at = "' at 'limit' failed to satisfy constraint: Member must have value ";
  for (const auto& [limit, constraint] :
       {std::pair("0", "greater than or equal to 1"), std::pair("-5", "greater than or equal to 1"),
        std::pair("101", "less than or equal to 100")}) {
    EXPECT_EQ(service_.Call("ListTables", std::string(R"({"Limit":)") + limit + "}"),
              std::string(kEnvelopeError) + "Value '" + limit + at + constraint);
  }
}

TEST_F(ListTablesTest, TakesNoArnAsTheStart) {
  EXPECT_EQ(service_.Call("ListTables", R"({"ExclusiveStartTableName":"arn:aws"})"),
            std::string(kEnvelopeError) +
                "Value 'arn:aws' at 'exclusiveStartTableName' failed to satisfy constraint: Member "
                "must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
}

}  // namespace
}  // namespace pumice
