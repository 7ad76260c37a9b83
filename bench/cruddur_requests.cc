// SPDX-License-Identifier: Apache-2.0
#include "bench/cruddur_requests.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <string_view>

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "bench/http_client.h"

namespace pumice::bench {
namespace {

constexpr std::string_view kTable = "cruddur-messages";
constexpr std::size_t kWorkloadSize = 20'000;
constexpr std::string_view kCounterPlace = "######";
static_assert(kCounterPlace.size() == kCounterDigits);

std::size_t ConversationCount(std::size_t item_count) {
  return std::max<std::size_t>(1, item_count / kMessagesPerConversation);
}

/// The same number gives the same text; `space` keeps conversations, messages and users apart.
std::string Uuid(std::uint32_t space, std::uint64_t number) {
  std::mt19937_64 random(number * 0x9E3779B97F4A7C15u + space);
  const std::uint64_t high = random();
  const std::uint64_t low = random();
  return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xfff, low >> 52, low & 0xffff'ffff'ffff);
}

std::string ConversationUuid(std::size_t conversation) { return Uuid(1, conversation); }
std::string MessageUuid(std::size_t message) { return Uuid(2, message); }

/// Message i belongs to conversation i modulo their count and is newer than all before it. All lie
/// in 2026.
std::string SortKey(std::size_t message, std::size_t item_count) {
  using std::chrono::microseconds;
  constexpr microseconds kSpan = std::chrono::hours(24 * 300);
  const auto step = kSpan / static_cast<std::int64_t>(item_count);
  const auto since_january = step * static_cast<std::int64_t>(message);
  constexpr std::time_t kJanuary2026 = 1'767'225'600;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_january);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}+00:00",
                     fmt::gmtime(kJanuary2026 + seconds.count()),
                     (since_january - seconds).count());
}

struct Message {
  std::string conversation_uuid;
  std::string sort_key;
  std::string message_uuid;
  std::string text;
};

std::string ItemJson(const Message& message) {
  const std::size_t user = message.conversation_uuid[0] % 2;
  return fmt::format(
      R"({{"pk":{{"S":"MSG#{0}"}},"sk":{{"S":"{1}"}},"message_group_uuid":{{"S":"{0}"}},)"
      R"("message_uuid":{{"S":"{2}"}},"message":{{"S":"{3}"}},"user_uuid":{{"S":"{4}"}},)"
      R"("user_display_name":{{"S":"{5}"}},"user_handle":{{"S":"{6}"}}}})",
      message.conversation_uuid, message.sort_key, message.message_uuid, message.text,
      Uuid(3, user), user == 0 ? "Andrew Brown" : "Andrew Bayko", user == 0 ? "andrew" : "bayko");
}

std::string KeyJson(std::string_view conversation_uuid, std::string_view sort_key) {
  return fmt::format(R"({{"pk":{{"S":"MSG#{}"}},"sk":{{"S":"{}"}}}})", conversation_uuid, sort_key);
}

Message SeededMessage(std::size_t number, std::size_t item_count) {
  return {
      .conversation_uuid = ConversationUuid(number % ConversationCount(item_count)),
      .sort_key = SortKey(number, item_count),
      .message_uuid = MessageUuid(number),
      .text = fmt::format(
          "Message {:09}: have you ever watched the third season? I think it is great.", number)};
}

/// Makes a workload by calling `make` with random numbers below `limit`.
template <class Make>
Workload MakeWorkload(std::string name, std::size_t limit, Make make) {
  Workload workload{.name = std::move(name), .requests = {}};
  std::mt19937_64 random(limit);
  std::uniform_int_distribution<std::size_t> pick(0, limit - 1);
  workload.requests.reserve(kWorkloadSize);
  for (std::size_t i = 0; i < kWorkloadSize; ++i) workload.requests.push_back(make(pick(random)));
  return workload;
}

Request WithCounterOffsets(Request request) {
  for (std::size_t at = request.bytes.find(kCounterPlace); at != std::string::npos;
       at = request.bytes.find(kCounterPlace, at + kCounterDigits)) {
    request.counter_offsets.push_back(at);
  }
  return request;
}

}  // namespace

std::string DeleteTableRequest() {
  return DynamoDbRequest("DeleteTable", fmt::format(R"({{"TableName":"{}"}})", kTable));
}

std::string CreateTableRequest() {
  return DynamoDbRequest(
      "CreateTable",
      fmt::format(
          R"({{"TableName":"{}","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
          R"({{"AttributeName":"pk","AttributeType":"S"}},{{"AttributeName":"sk","AttributeType":"S"}},)"
          R"({{"AttributeName":"message_group_uuid","AttributeType":"S"}}],)"
          R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}},)"
          R"({{"AttributeName":"sk","KeyType":"RANGE"}}],)"
          R"("GlobalSecondaryIndexes":[{{"IndexName":"message-group-sk-index","KeySchema":[)"
          R"({{"AttributeName":"message_group_uuid","KeyType":"HASH"}},)"
          R"({{"AttributeName":"sk","KeyType":"RANGE"}}],"Projection":{{"ProjectionType":"ALL"}}}}]}})",
          kTable));
}

std::string SeedRequest(std::size_t batch, std::size_t item_count) {
  std::string puts;
  const std::size_t end = std::min((batch + 1) * kBatchSize, item_count);
  for (std::size_t number = batch * kBatchSize; number < end; ++number) {
    puts += fmt::format(R"({}{{"PutRequest":{{"Item":{}}}}})", puts.empty() ? "" : ",",
                        ItemJson(SeededMessage(number, item_count)));
  }
  return DynamoDbRequest("BatchWriteItem",
                         fmt::format(R"({{"RequestItems":{{"{}":[{}]}}}})", kTable, puts));
}

Workload GetWorkload(std::size_t item_count) {
  return MakeWorkload("get", item_count, [&](std::size_t number) {
    const Message message = SeededMessage(number, item_count);
    const std::string body = fmt::format(R"({{"TableName":"{}","Key":{}}})", kTable,
                                         KeyJson(message.conversation_uuid, message.sort_key));
    return Request{DynamoDbRequest("GetItem", body), {message.message_uuid}, {}};
  });
}

Workload QueryWorkload(std::size_t item_count) {
  constexpr std::size_t kLimit = 20;
  const std::size_t conversations = ConversationCount(item_count);
  return MakeWorkload("query-20", conversations, [&](std::size_t conversation) {
    const std::string body = fmt::format(
        R"-({{"TableName":"{}","KeyConditionExpression":"pk = :pk AND begins_with(sk,:year)",)-"
        R"("ScanIndexForward":false,"Limit":{},"ExpressionAttributeValues":)"
        R"({{":year":{{"S":"2026"}},":pk":{{"S":"MSG#{}"}}}}}})",
        kTable, kLimit, ConversationUuid(conversation));
    const std::size_t newest =
        (item_count - 1 - conversation) / conversations * conversations + conversation;
    const std::size_t last = newest - (kLimit - 1) * conversations;
    return Request{DynamoDbRequest("Query", body), {MessageUuid(newest), MessageUuid(last)}, {}};
  });
}

Workload PutWorkload(std::size_t item_count) {
  // In 2027: the queries for 2026 go on finding what was seeded.
  return MakeWorkload("put", item_count, [&](std::size_t number) {
    Message message = SeededMessage(number, item_count);
    message.sort_key = fmt::format("2027-01-01T00:00:00.{}+00:00", kCounterPlace);
    message.message_uuid.replace(message.message_uuid.size() - kCounterDigits, kCounterDigits,
                                 kCounterPlace);
    const std::string body =
        fmt::format(R"({{"TableName":"{}","Item":{}}})", kTable, ItemJson(message));
    return WithCounterOffsets({DynamoDbRequest("PutItem", body), {"{}"}, {}});
  });
}

Workload UpdateWorkload(std::size_t item_count) {
  return MakeWorkload("update", item_count, [&](std::size_t number) {
    const Message message = SeededMessage(number, item_count);
    const std::string body = fmt::format(
        R"({{"TableName":"{}","Key":{},"UpdateExpression":"SET message = :text",)"
        R"-("ConditionExpression":"attribute_exists(pk)","ExpressionAttributeValues":)-"
        R"({{":text":{{"S":"Edited {}: have you ever watched the third season? I think it is great."}}}}}})",
        kTable, KeyJson(message.conversation_uuid, message.sort_key), kCounterPlace);
    return WithCounterOffsets({DynamoDbRequest("UpdateItem", body), {"{}"}, {}});
  });
}

Workload ForEcho(const Workload& workload, std::size_t answer_bytes) {
  constexpr std::string_view kBefore = "Content-Length: ";
  const std::string header = fmt::format("x-answer-bytes: {}\r\n", answer_bytes);
  Workload echo = workload;
  for (Request& request : echo.requests) {
    request.bytes.insert(request.bytes.find(kBefore), header);
    request.markers.clear();
    for (std::size_t& offset : request.counter_offsets) offset += header.size();
  }
  return echo;
}

void StampCounter(Request& request, std::uint64_t counter) {
  for (const std::size_t offset : request.counter_offsets) {
    std::uint64_t rest = counter;
    for (std::size_t i = kCounterDigits; i-- > 0; rest /= 10) {
      request.bytes[offset + i] = static_cast<char>('0' + rest % 10);
    }
  }
}

}  // namespace pumice::bench
