// SPDX-License-Identifier: Apache-2.0
#include "bench/cruddur_requests.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace pumice::bench {
namespace {

using nlohmann::json;

json BodyOf(const std::string& request) {
  return json::parse(request.substr(request.find("\r\n\r\n") + 4));
}

TEST(CruddurRequests, SeedEveryMessageOnceInBatchesOfTwentyFive) {
  EXPECT_EQ(BodyOf(SeedRequest(0, 4010).bytes)["RequestItems"]["cruddur-messages"].size(), 25u);
  EXPECT_EQ(BodyOf(SeedRequest(160, 4010).bytes)["RequestItems"]["cruddur-messages"].size(), 10u);
}

TEST(CruddurRequests, SeedMessagesOfAboutThreeHundredAndFiftyBytes) {
  const json item = BodyOf(
      SeedRequest(0, 4000).bytes)["RequestItems"]["cruddur-messages"][0]["PutRequest"]["Item"];
  std::size_t size_bytes = 0;
  for (const auto& [name, value] : item.items()) {
    size_bytes += name.size() + value["S"].get<std::string>().size();
  }
  EXPECT_GT(size_bytes, 330u);
  EXPECT_LT(size_bytes, 370u);
}

TEST(CruddurRequests, StampEachWriteWithItsCounter) {
  Workload puts = MakeWorkload("put", 4000, 1);
  Request& put = puts.requests.front();
  ASSERT_EQ(put.counter_offsets.size(), 2u);  // sort key and message's uuid
  StampCounter(put, 12'345'678);
  const json item = BodyOf(put.bytes)["Item"];
  EXPECT_EQ(item["sk"]["S"], "2027-01-01T00:00:00.345678+00:00");
  EXPECT_THAT(item["message_uuid"]["S"].get<std::string>(), testing::EndsWith("345678"));
}

TEST(CruddurRequests, BatchWriteNamesTwentyFiveConversations) {
  Request write = MakeWorkload("batch-write-25", 4000, 1).requests.front();
  StampCounter(write, 5);
  std::set<std::string> conversations;
  const json body = BodyOf(write.bytes);
  for (const json& put : body["RequestItems"]["cruddur-messages"]) {
    const json& item = put["PutRequest"]["Item"];
    EXPECT_EQ(item["sk"]["S"], "2027-01-01T00:00:00.000005+00:00");
    conversations.insert(item["pk"]["S"]);
  }
  EXPECT_EQ(conversations.size(), kBatchSize);
}

TEST(CruddurRequests, BatchGetNamesAHundredMessages) {
  const Request get = MakeWorkload("batch-get-100", 4000, 1).requests.front();
  std::set<std::string> keys;
  const json body = BodyOf(get.bytes);
  for (const json& key : body["RequestItems"]["cruddur-messages"]["Keys"]) {
    keys.insert(key["pk"]["S"].get<std::string>() + key["sk"]["S"].get<std::string>());
  }
  EXPECT_EQ(keys.size(), 100u);
}

TEST(CruddurRequests, TransactionPutsTwoMessages) {
  const Request transaction = MakeWorkload("transact-2", 4000, 1).requests.front();
  const json puts = BodyOf(transaction.bytes)["TransactItems"];
  ASSERT_EQ(puts.size(), 2u);
  EXPECT_NE(puts[0]["Put"]["Item"]["pk"], puts[1]["Put"]["Item"]["pk"]);
}

TEST(CruddurRequests, RightAnswersHoldTheirMarkersInOrder) {
  const Request request{"", {"new", "old"}, {}};
  EXPECT_TRUE(IsRightAnswer(request, "new and old"));
  EXPECT_FALSE(IsRightAnswer(request, "old and new"));
}

TEST(CruddurRequests, QueryExpectsTheNewestAndTheTwentiethMessage) {
  constexpr std::size_t kItems = 4000;
  const Request query = MakeWorkload("query-20", kItems, 1).requests.front();
  const std::string conversation = BodyOf(query.bytes)["ExpressionAttributeValues"][":pk"]["S"];
  std::vector<std::string> newest_last;
  for (std::size_t batch = 0; batch < kItems / kBatchSize; ++batch) {
    const json body = BodyOf(SeedRequest(batch, kItems).bytes);
    for (const json& put : body["RequestItems"]["cruddur-messages"]) {
      const json& item = put["PutRequest"]["Item"];
      if (item["pk"]["S"] == conversation) newest_last.push_back(item["message_uuid"]["S"]);
    }
  }
  ASSERT_EQ(newest_last.size(), kMessagesPerConversation);
  EXPECT_EQ(query.markers,
            (std::vector<std::string>{newest_last.back(), newest_last.rbegin()[19]}));
}

TEST(CruddurRequests, EchoAsksForTheSizeAndKeepsTheCounterInPlace) {
  Workload echo = ForEcho(MakeWorkload("update", 4000, 1), 461);
  Request& update = echo.requests.front();
  StampCounter(update, 7);
  EXPECT_THAT(update.bytes, testing::HasSubstr("\r\nx-answer-bytes: 461\r\n"));
  EXPECT_THAT(BodyOf(update.bytes)["ExpressionAttributeValues"][":text"]["S"].get<std::string>(),
              testing::StartsWith("Edited 000007:"));
  EXPECT_TRUE(update.markers.empty());
}

}  // namespace
}  // namespace pumice::bench
