// SPDX-License-Identifier: Apache-2.0
#include "server/operations/delete_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

constexpr std::string_view kTable = R"({"TableName":"table"})";

TEST(DeleteTable, AnswersWithoutKeysAndIndexes) {
  TestService service;
  service.MakeTable();
  EXPECT_THAT(
      service.Call("DeleteTable", kTable),
      MatchesRegex(R"re(\{"TableDescription":\{"TableName":"table","TableStatus":"DELETING",)re"
                   R"re("TableArn":"[^"]+","TableId":"[^"]+",)re"
                   R"re("ProvisionedThroughput":\{[^}]+\},"TableSizeBytes":0,"ItemCount":0,)re"
                   R"re("BillingModeSummary":\{[^}]+\},"TableThroughputModeSummary":\{[^}]+\},)re"
                   R"re("DeletionProtectionEnabled":false\}\})re"));
}

TEST(DeleteTable, RemovesTheTableAtOnce) {
  TestService service;
  service.MakeTable();
  service.Call("DeleteTable", kTable);
  for (const char* operation : {"DescribeTable", "DeleteTable"}) {
    EXPECT_EQ(service.Call(operation, kTable),
              "ResourceNotFoundException: Requested resource not found: Table: table not found");
  }
  EXPECT_EQ(service.Call("ListTables", "{}"), R"({"TableNames":[]})");
}

TEST(DeleteTable, LeavesNoItemsToATableOfTheSameName) {
  TestService service;
  service.MakeTable();
  const std::string item = R"({"pk":{"S":"a"},"sk":{"S":"b"}})";
  service.Call("PutItem", R"({"TableName":"table","Item":)" + item + "}");
  service.Call("DeleteTable", kTable);
  service.MakeTable();
  EXPECT_EQ(service.Call("GetItem", R"({"TableName":"table","Key":)" + item + "}"), "{}");
}

TEST(DeleteTable, RefusesAProtectedTable) {
  TestService service;
  service.MakeTable();
  service.Call("UpdateTable", R"({"TableName":"table","DeletionProtectionEnabled":true})");
  EXPECT_EQ(service.Call("DeleteTable", kTable),
            "ValidationException: Resource cannot be deleted as it is currently protected against "
            "deletion. Disable deletion protection first.");
  service.Call("UpdateTable", R"({"TableName":"table","DeletionProtectionEnabled":false})");
  EXPECT_THAT(service.Call("DeleteTable", kTable), HasSubstr("DELETING"));
}

TEST(DeleteTable, RequiresAName) {
  TestService service;
  EXPECT_EQ(service.Call("DeleteTable", "{}"),
            "ValidationException: The parameter 'TableName' is required but was not present in the "
            "request");
}

}  // namespace
}  // namespace pumice
