// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/routes.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace pumice {
namespace {

std::string_view OperationOf(std::string_view method, std::string_view path, LambdaCall& call) {
  call.method = method;
  call.path = path;
  const LambdaRoute* const route = FindRoute(call);
  return route == nullptr ? "" : route->operation;
}

TEST(Routes, AreSortedAndEachPathIsOneOfLambdas) {
  const auto& routes = LambdaRoutes();
  EXPECT_TRUE(std::is_sorted(routes.begin(), routes.end(), [](const auto& a, const auto& b) {
    return a.operation < b.operation;
  }));
  for (const LambdaRoute& route : routes) EXPECT_TRUE(route.path.starts_with("/20")) << route.path;
}

TEST(Routes, DecodeEachPartOfAPath) {
  LambdaCall call;
  EXPECT_EQ(
      OperationOf("GET", "/2017-03-31/tags/arn%3Aaws%3Alambda%3Ar%3A1%3Afunction%3Aa%2Fb", call),
      "ListTags");
  EXPECT_EQ(call.PathParameter("Resource"), "arn:aws:lambda:r:1:function:a/b");
  EXPECT_EQ(OperationOf("GET", "/2015-03-31/functions/f/aliases/prod", call), "GetAlias");
  EXPECT_EQ(call.PathParameter("FunctionName"), "f");
  EXPECT_EQ(call.PathParameter("Name"), "prod");
}

TEST(Routes, TakeASlashAtTheEnd) {
  LambdaCall call;
  EXPECT_EQ(OperationOf("POST", "/2015-03-31/functions/", call), "CreateFunction");
  EXPECT_EQ(OperationOf("POST", "/2014-11-13/functions/f/invoke-async/", call), "InvokeAsync");
}

TEST(Routes, AreNotFoundByOtherMethodsAndPaths) {
  LambdaCall call;
  EXPECT_EQ(OperationOf("PUT", "/2015-03-31/functions", call), "");
  EXPECT_EQ(OperationOf("GET", "/2015-03-31/functions/f/nothing", call), "");
  EXPECT_EQ(OperationOf("GET", "/2015-03-31", call), "");
  EXPECT_EQ(OperationOf("GET", "/2015-03-31/functions//configuration", call), "");
}

}  // namespace
}  // namespace pumice
