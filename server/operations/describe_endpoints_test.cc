// SPDX-License-Identifier: Apache-2.0
#include "server/operations/describe_endpoints.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

TEST(DescribeEndpoints, TellsTheHostThatWasAsked) {
  TestService service;
  EXPECT_EQ(service.Call("DescribeEndpoints", "{}"),
            R"({"Endpoints":[{"Address":"localhost:8000","CachePeriodInMinutes":1440}]})");
}

TEST(DescribeLimits, TellsTheDefaultsOfAnAccount) {
  TestService service;
  EXPECT_EQ(service.Call("DescribeLimits", "{}"),
            R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,)"
            R"("TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})");
}

}  // namespace
}  // namespace pumice
