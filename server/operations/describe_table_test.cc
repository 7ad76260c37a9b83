// SPDX-License-Identifier: Apache-2.0
#include "server/operations/describe_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/operations/existing_table.h"
#include "server/operations/operation_test_support.h"
#include "server/operations/table_status.h"

namespace pumice {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(DescribeTable, ShowsAnActiveTable) {
  TestService service;
  service.MakeTable();
  const std::string answer = service.Call("DescribeTable", R"({"TableName":"table"})");
  EXPECT_THAT(answer, StartsWith(R"({"Table":{"TableName":"table","TableStatus":"ACTIVE",)"));
  EXPECT_THAT(answer, HasSubstr(R"("IndexStatus":"ACTIVE")"));
  EXPECT_THAT(answer, HasSubstr(R"("WriteUnitsPerSecond":4000,"Status":"ACTIVE"}}})"));
}

TEST(DescribeTable, CountsItems) {
  TestService service;
  service.MakeTable();
  service.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"b"}}})");
  EXPECT_THAT(service.Call("DescribeTable", R"({"TableName":"table"})"),
              HasSubstr(R"("TableSizeBytes":6,"ItemCount":1)"));
}

TEST(DescribeTable, AcceptsTheArn) {
  TestService service;
  service.MakeTable();
  EXPECT_THAT(
      service.Call("DescribeTable",
                   R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/table"})"),
      HasSubstr(R"("TableName":"table")"));
}

TEST(DescribeTable, NamesTheTableThatIsNotThere) {
  TestService service;
  service.MakeTable("table");
  EXPECT_EQ(service.Call("DescribeTable", R"({"TableName":"TABLE"})"),
            "ResourceNotFoundException: Requested resource not found: Table: TABLE not found");
}

TEST(DescribeTable, RequiresAName) {
  TestService service;
  EXPECT_EQ(service.Call("DescribeTable", "{}"),
            "ValidationException: The parameter 'TableName' is required but was not present in the "
            "request");
  EXPECT_EQ(service.Call("DescribeTable", R"({"TableName":"ab"})"),
            "ValidationException: TableName must be at least 3 characters long and at most 255 "
            "characters long");
}

TEST(TableStatus, ShowsCreatingForAWhileIfToldTo) {
  TestService service;
  service.MakeTable();
  const TablePtr table = service.database().catalog().Find("table");
  const Identity identity{"key", "us-east-1", "000000000000"};
  const ServiceOptions options{.delay_transient_statuses = true};
  SystemRandom random;
  RequestNotes notes;
  const OperationContext context{service.database(), identity, options,
                                 service.clock(),    random,   notes};
  EXPECT_EQ(StatusNow(*table, context), TableStatus::kCreating);
  EXPECT_EQ(CheckNotBeingCreated(*table, context).error().client_text(),
            "Attempt to change a resource which is still in use: Table is being created: table");
  service.clock().Advance(kTransientDelay);
  EXPECT_EQ(StatusNow(*table, context), TableStatus::kActive);
}

}  // namespace
}  // namespace pumice
