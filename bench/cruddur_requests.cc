// SPDX-License-Identifier: Apache-2.0
#include "bench/cruddur_requests.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/core.h>

#include "bench/http_client.h"

namespace pumice::bench {
namespace {

constexpr std::string_view kTable = "cruddur-messages";
// So many different requests that a server cannot live on those it saw last, and that building them
// takes no longer than measuring them.
constexpr std::size_t kMinRequests = 20'000;
constexpr std::size_t kMaxRequests = 400'000;
constexpr std::size_t kLargeRequests = 1'000;  // of those with many items each
constexpr std::size_t kItemsPerRequest = 25;

constexpr std::string_view kCounterPlace = "######";
static_assert(kCounterPlace.size() == kCounterDigits);

std::size_t ConversationCount(std::size_t item_count) {
  return std::max<std::size_t>(1, item_count / kMessagesPerConversation);
}

/// SplitMix64's output function: as good as random, and the same everywhere.
std::uint64_t Mix(std::uint64_t number) {
  number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9u;
  number = (number ^ (number >> 27)) * 0x94D049BB133111EBu;
  return number ^ (number >> 31);
}

/// The same number gives the same text; `space` keeps conversations, messages and users apart.
std::string Uuid(std::uint32_t space, std::uint64_t number) {
  const std::uint64_t high = Mix(number * 0x9E3779B97F4A7C15u + space);
  const std::uint64_t low = Mix(high + number);
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

/// Calls `make` so often with random numbers below `limit`.
template <class Make>
std::vector<Request> MakeRequests(std::size_t count, std::size_t limit, Make make) {
  std::vector<Request> requests;
  std::mt19937_64 random(limit);
  std::uniform_int_distribution<std::size_t> pick(0, limit - 1);
  requests.reserve(count);
  for (std::size_t i = 0; i < count; ++i) requests.push_back(make(pick(random)));
  return requests;
}

std::size_t RequestCount(std::size_t item_count) {
  return std::clamp(item_count / kItemsPerRequest, kMinRequests, kMaxRequests);
}

Request WithCounterOffsets(Request request) {
  for (std::size_t at = request.bytes.find(kCounterPlace); at != std::string::npos;
       at = request.bytes.find(kCounterPlace, at + kCounterDigits)) {
    request.counter_offsets.push_back(at);
  }
  return request;
}

/// Message `number` as a new one: each sending has a sort key of its own, in 2027, so that queries
/// for 2026 go on finding what was seeded.
std::string NewItemJson(std::size_t number, std::size_t item_count) {
  Message message = SeededMessage(number, item_count);
  message.sort_key = fmt::format("2027-01-01T00:00:00.{}+00:00", kCounterPlace);
  message.message_uuid.replace(message.message_uuid.size() - kCounterDigits, kCounterDigits,
                               kCounterPlace);
  return ItemJson(message);
}

/// [{"PutRequest":…},…] in a BatchWriteItem.
template <class ItemAt>
Request BatchWrite(std::size_t begin, std::size_t end, ItemAt item_at) {
  std::string puts;
  for (std::size_t number = begin; number < end; ++number) {
    puts += fmt::format(R"({}{{"PutRequest":{{"Item":{}}}}})", puts.empty() ? "" : ",",
                        item_at(number));
  }
  return {DynamoDbRequest("BatchWriteItem",
                          fmt::format(R"({{"RequestItems":{{"{}":[{}]}}}})", kTable, puts)),
          {"\"UnprocessedItems\":", "{}"},
          {}};
}

// --- One request of each pattern; `number`: of a message

Request Get(std::size_t number, std::size_t item_count) {
  const Message message = SeededMessage(number, item_count);
  const std::string body = fmt::format(R"({{"TableName":"{}","Key":{}}})", kTable,
                                       KeyJson(message.conversation_uuid, message.sort_key));
  return {DynamoDbRequest("GetItem", body), {message.message_uuid}, {}};
}

Request BatchGet(std::size_t number, std::size_t item_count) {
  constexpr std::size_t kKeys = 100;  // BatchGetItem's limit
  // Not one after the other: neighbours would stand in neighbouring conversations.
  const std::size_t step = item_count / kKeys + 1;
  std::string keys;
  for (std::size_t i = 0; i < kKeys; ++i) {
    const Message message = SeededMessage((number + i * step) % item_count, item_count);
    if (i > 0) keys += ',';
    keys += KeyJson(message.conversation_uuid, message.sort_key);
  }
  // In any order, so that one of them is looked for.
  return {
      DynamoDbRequest("BatchGetItem",
                      fmt::format(R"({{"RequestItems":{{"{}":{{"Keys":[{}]}}}}}})", kTable, keys)),
      {MessageUuid(number)},
      {}};
}

Request Query(std::size_t conversation, std::size_t item_count) {
  constexpr std::size_t kLimit = 20;
  const std::size_t conversations = ConversationCount(item_count);
  const std::string body = fmt::format(
      R"-({{"TableName":"{}","KeyConditionExpression":"pk = :pk AND begins_with(sk,:year)",)-"
      R"("ScanIndexForward":false,"Limit":{},"ExpressionAttributeValues":)"
      R"({{":year":{{"S":"2026"}},":pk":{{"S":"MSG#{}"}}}}}})",
      kTable, kLimit, ConversationUuid(conversation));
  const std::size_t newest =
      (item_count - 1 - conversation) / conversations * conversations + conversation;
  const std::size_t last = newest - (kLimit - 1) * conversations;
  return {DynamoDbRequest("Query", body), {MessageUuid(newest), MessageUuid(last)}, {}};
}

Request Scan() {
  // Where there is more than 1 MB, the page ends with a key to go on from.
  return {DynamoDbRequest("Scan", fmt::format(R"({{"TableName":"{}"}})", kTable)),
          {"\"LastEvaluatedKey\":"},
          {}};
}

Request Put(std::size_t number, std::size_t item_count) {
  const std::string body =
      fmt::format(R"({{"TableName":"{}","Item":{}}})", kTable, NewItemJson(number, item_count));
  return WithCounterOffsets({DynamoDbRequest("PutItem", body), {"{}"}, {}});
}

Request Update(std::size_t number, std::size_t item_count) {
  const Message message = SeededMessage(number, item_count);
  const std::string body = fmt::format(
      R"({{"TableName":"{}","Key":{},"UpdateExpression":"SET message = :text",)"
      R"-("ConditionExpression":"attribute_exists(pk)","ExpressionAttributeValues":)-"
      R"({{":text":{{"S":"Edited {}: have you ever watched the third season? I think it is great."}}}}}})",
      kTable, KeyJson(message.conversation_uuid, message.sort_key), kCounterPlace);
  return WithCounterOffsets({DynamoDbRequest("UpdateItem", body), {}, {}});
}

Request TransactTwo(std::size_t number, std::size_t item_count) {
  const auto put = [&](std::size_t message) {
    return fmt::format(R"({{"Put":{{"TableName":"{}","Item":{}}}}})", kTable,
                       NewItemJson(message % item_count, item_count));
  };
  const std::string body =
      fmt::format(R"({{"TransactItems":[{},{}]}})", put(number), put(number + 1));
  return WithCounterOffsets({DynamoDbRequest("TransactWriteItems", body), {"{}"}, {}});
}

/// Into conversations that follow each other, so that no two of its messages are one.
Request BatchWriteNew(std::size_t number, std::size_t item_count) {
  return WithCounterOffsets(BatchWrite(number, number + kBatchSize, [&](std::size_t message) {
    return NewItemJson(message % item_count, item_count);
  }));
}

using MakeRequest = Request (*)(std::size_t number, std::size_t item_count);

std::vector<Request> RequestsFor(std::string_view pattern, std::size_t item_count,
                                 std::size_t request_count) {
  const auto make = [&](std::size_t count, std::size_t limit, MakeRequest one) {
    return MakeRequests(count, limit, [&](std::size_t number) { return one(number, item_count); });
  };
  const std::size_t count = request_count > 0 ? request_count : RequestCount(item_count);
  const std::size_t large_count = request_count > 0 ? request_count : kLargeRequests;
  if (pattern == "get") return make(count, item_count, Get);
  if (pattern == "batch-get-100") return make(large_count, item_count, BatchGet);
  if (pattern == "query-20") return make(count, ConversationCount(item_count), Query);
  if (pattern == "scan") return {Scan()};
  if (pattern == "put") return make(count, item_count, Put);
  if (pattern == "update") return make(count, item_count, Update);
  if (pattern == "transact-2") return make(count, item_count, TransactTwo);
  if (pattern == "batch-write-25") return make(large_count, item_count, BatchWriteNew);
  return make(count, item_count, [](std::size_t number, std::size_t items) {
    return number % 2 == 0 ? Get(number, items) : Put(number, items);
  });
}

}  // namespace

std::string DeleteTableRequest() {
  return DynamoDbRequest("DeleteTable", fmt::format(R"({{"TableName":"{}"}})", kTable));
}

std::string DescribeTableRequest() {
  return DynamoDbRequest("DescribeTable", fmt::format(R"({{"TableName":"{}"}})", kTable));
}

std::string CreateTableRequest(bool indexed) {
  constexpr std::string_view kIndex =
      R"(,"GlobalSecondaryIndexes":[{"IndexName":"message-group-sk-index","KeySchema":[)"
      R"({"AttributeName":"message_group_uuid","KeyType":"HASH"},)"
      R"({"AttributeName":"sk","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}])";
  return DynamoDbRequest(
      "CreateTable",
      fmt::format(
          R"({{"TableName":"{}","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[)"
          R"({{"AttributeName":"pk","AttributeType":"S"}},{{"AttributeName":"sk","AttributeType":"S"}}{}],)"
          R"("KeySchema":[{{"AttributeName":"pk","KeyType":"HASH"}},)"
          R"({{"AttributeName":"sk","KeyType":"RANGE"}}]{}}})",
          kTable, indexed ? R"(,{"AttributeName":"message_group_uuid","AttributeType":"S"})" : "",
          indexed ? kIndex : ""));
}

Request SeedRequest(std::size_t batch, std::size_t item_count) {
  return BatchWrite(
      batch * kBatchSize, std::min((batch + 1) * kBatchSize, item_count),
      [&](std::size_t number) { return ItemJson(SeededMessage(number, item_count)); });
}

const std::vector<std::string>& PatternNames() {
  static const std::vector<std::string> names = {
      "get",    "batch-get-100", "query-20",       "scan",   "put",
      "update", "transact-2",    "batch-write-25", "get-put"};
  return names;
}

Workload MakeWorkload(std::string_view pattern, std::size_t item_count, std::size_t request_count) {
  return {.name = std::string(pattern),
          .requests = RequestsFor(pattern, item_count, request_count)};
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

bool IsRightAnswer(const Request& request, std::string_view body) {
  std::size_t from = 0;
  for (const std::string& marker : request.markers) {
    const std::size_t at = body.find(marker, from);
    if (at == body.npos) return false;
    from = at + marker.size();
  }
  return true;
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
