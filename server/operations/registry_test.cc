// SPDX-License-Identifier: Apache-2.0
#include "server/operations/registry.h"

#include <string>

#include <gtest/gtest.h>

namespace pumice {
namespace {

TEST(Registry, FindsEveryOperationOfItsList) {
  for (const OperationEntry& entry : Operations()) {
    EXPECT_EQ(FindOperation(entry.api, entry.name), &entry);
    EXPECT_NE(entry.run, nullptr);
  }
}

TEST(Registry, KeepsTheTwoApisApart) {
  EXPECT_NE(FindOperation(Api::kDynamoDb, "GetItem"), nullptr);
  EXPECT_EQ(FindOperation(Api::kDynamoDbStreams, "GetItem"), nullptr);
  EXPECT_NE(FindOperation(Api::kDynamoDbStreams, "GetRecords"), nullptr);
  EXPECT_EQ(FindOperation(Api::kDynamoDb, "GetRecords"), nullptr);
}

TEST(Registry, KnowsNoOtherOperation) {
  EXPECT_EQ(FindOperation(Api::kDynamoDb, "getitem"), nullptr);
  EXPECT_EQ(FindOperation(Api::kDynamoDb, ""), nullptr);
  EXPECT_EQ(FindOperation(Api::kDynamoDb, "NoSuchOperation"), nullptr);
}

// Measured on AWS us-east-1, October 2026.
TEST(Registry, TellsTheLayerOfEachItemOperation) {
  const auto layer = [](std::string_view name) {
    return FindOperation(Api::kDynamoDb, name)->layer;
  };
  for (const auto* name : {"PutItem", "UpdateItem", "DeleteItem"}) {
    EXPECT_EQ(layer(name), ValidationLayer::kEnveloped) << name;
  }
  for (const auto* name : {"GetItem", "BatchGetItem", "Query"}) {
    EXPECT_EQ(layer(name), ValidationLayer::kBare) << name;
  }
  for (const auto* name : {"BatchWriteItem", "Scan", "TransactGetItems", "TransactWriteItems"}) {
    EXPECT_EQ(layer(name), ValidationLayer::kOlder) << name;
  }
}

}  // namespace
}  // namespace pumice
