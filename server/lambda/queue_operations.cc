// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/queue_operations.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "server/lambda/digest.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::string_view kQueuePrefix = "lambda/queue/";
constexpr std::int64_t kDefaultVisibility = 30;
constexpr std::int64_t kMaxVisibility = 43'200;
constexpr std::int64_t kMaxMessages = 10;
constexpr std::int64_t kMaxWait = 20;
constexpr std::size_t kMaxMessageBytes = 1'048'576;
constexpr std::size_t kPurgePage = 100;

// AWS: the JSON protocol's names and the older ones, which SDKs go by.
struct QueueException {
  std::string_view name;
  std::string_view query_name;
};
constexpr QueueException kNoQueue{"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"};
constexpr QueueException kInvalidAddress{"InvalidAddress", "InvalidAddress"};
constexpr QueueException kInvalidParameter{"InvalidParameterValueException",
                                           "InvalidParameterValue"};
constexpr QueueException kBadHandle{"ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"};
constexpr QueueException kMissing{"MissingRequiredParameterException", "MissingParameter"};
constexpr QueueException kUnsupported{"UnsupportedOperation",
                                      "AWS.SimpleQueueService.UnsupportedOperation"};
constexpr QueueException kInternal{"InternalError", "InternalError"};

LambdaReply QueueReply(const json& body) {
  LambdaReply reply = JsonReply(200, body);
  reply.content_type = "application/x-amz-json-1.0";
  return reply;
}

LambdaReply QueueError(const QueueException& exception, const std::string& message) {
  LambdaReply reply = QueueReply(
      {{"__type", fmt::format("com.amazonaws.sqs#{}", exception.name)}, {"message", message}});
  reply.status = &exception == &kInternal ? 500 : 400;
  reply.headers = fmt::format("x-amzn-query-error: {};Sender\r\n", exception.query_name);
  return reply;
}

LambdaReply DiskError(const Error& error) { return QueueError(kInternal, error.log_text()); }

std::string TextOf(const json& document, const char* name) {
  const auto found = document.find(name);
  return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t NumberOf(const json& document, const char* name, std::int64_t fallback) {
  const auto found = document.find(name);
  return found != document.end() && found->is_number_integer() ? found->get<std::int64_t>()
                                                               : fallback;
}

std::string UrlOf(const LambdaCall& call, const std::string& name) {
  return fmt::format("http://{}/{}/{}", call.host, call.caller.account, name);
}

/// Those that hold something, and those that were made.
std::set<std::string> AllNames(LambdaDatabase& database) {
  std::set<std::string> names;
  for (std::string& name : database.queues().Names()) names.insert(std::move(name));
  if (const auto stored = database.state().List(kQueuePrefix)) {
    for (const auto& [name, value] : stored.value()) names.insert(name.substr(kQueuePrefix.size()));
  }
  return names;
}

/// One call with its queue.
class QueueCall {
 public:
  QueueCall(const LambdaCall& call, LambdaDatabase& database)
      : call_(call), document_(call.document), database_(database) {}

  LambdaReply Create() {
    const std::string name = TextOf(document_, "QueueName");
    if (!LocalQueues::IsName(name)) {
      return QueueError(
          kInvalidParameter,
          "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 "
          "in length");
    }
    const auto stored = database_.state().Put(std::string(kQueuePrefix) + name, "{}");
    if (!stored) return DiskError(stored.error());
    return QueueReply({{"QueueUrl", UrlOf(call_, name)}});
  }

  LambdaReply Url() {
    const std::string name = TextOf(document_, "QueueName");
    if (!AllNames(database_).contains(name)) return NoSuchQueue();
    return QueueReply({{"QueueUrl", UrlOf(call_, name)}});
  }

  LambdaReply List() {
    const std::string prefix = TextOf(document_, "QueueNamePrefix");
    json urls = json::array();
    for (const std::string& name : AllNames(database_)) {
      if (name.starts_with(prefix)) urls.push_back(UrlOf(call_, name));
    }
    if (urls.empty()) return QueueReply(json::object());
    return QueueReply({{"QueueUrls", urls}});
  }

  /// All others name a queue by its URL.
  LambdaReply OfQueue(std::string_view operation) {
    const std::string url = TextOf(document_, "QueueUrl");
    if (url.empty()) {
      return QueueError(kMissing, "The request must contain the parameter QueueUrl.");
    }
    name_ = url.substr(url.rfind('/') + 1);
    if (!LocalQueues::IsName(name_)) {
      return QueueError(kInvalidAddress,
                        fmt::format("The address {} is not valid for this endpoint.", url));
    }
    if (!AllNames(database_).contains(name_)) return NoSuchQueue();
    const auto queue = database_.queues().Find(name_);
    if (!queue) return DiskError(queue.error());
    queue_ = queue.value();
    if (operation == "SendMessage") return Send();
    if (operation == "ReceiveMessage") return Receive();
    if (operation == "DeleteMessage") return Delete();
    if (operation == "GetQueueAttributes") return Attributes();
    if (operation == "PurgeQueue") return Purge();
    return QueueError(
        kUnsupported,
        fmt::format("Pumice has no operation {} of SQS: its queues only hold what event "
                    "source mappings gave up",
                    operation));
  }

 private:
  static LambdaReply NoSuchQueue() {
    return QueueError(kNoQueue, "The specified queue does not exist.");
  }

  LambdaReply Send() {
    const std::string body = TextOf(document_, "MessageBody");
    if (body.empty()) {
      return QueueError(kMissing, "The request must contain the parameter MessageBody.");
    }
    if (body.size() > kMaxMessageBytes) {
      return QueueError(kInvalidParameter,
                        fmt::format("One or more parameters are invalid. Reason: Message must be "
                                    "shorter than {} bytes.",
                                    kMaxMessageBytes));
    }
    const auto sent = database_.queues().Append(name_, body);
    if (!sent) return DiskError(sent.error());
    return QueueReply({{"MessageId", sent.value()}, {"MD5OfMessageBody", Md5Hex(body)}});
  }

  LambdaReply Receive() {
    const std::int64_t most = NumberOf(document_, "MaxNumberOfMessages", 1);
    if (most < 1 || most > kMaxMessages) {
      return QueueError(
          kInvalidParameter,
          fmt::format("Value {} for parameter MaxNumberOfMessages is invalid. Reason: "
                      "Must be between 1 and 10, if provided.",
                      most));
    }
    const std::int64_t visibility = NumberOf(document_, "VisibilityTimeout", kDefaultVisibility);
    if (visibility < 0 || visibility > kMaxVisibility) {
      return QueueError(kInvalidParameter,
                        fmt::format("Value {} for parameter VisibilityTimeout is invalid. Reason: "
                                    "Total VisibilityTimeout for the message is beyond the limit "
                                    "[43200 seconds].",
                                    visibility));
    }
    if (queue_ == nullptr) return QueueReply(json::object());
    const auto received =
        queue_->Receive(static_cast<std::size_t>(most), std::chrono::seconds(visibility));
    if (!received) return DiskError(received.error());
    json messages = json::array();
    for (const QueueMessage& message : received.value()) messages.push_back(MessageJson(message));
    if (messages.empty()) return QueueReply(json::object());
    return QueueReply({{"Messages", messages}});
  }

  json MessageJson(const QueueMessage& message) const {
    const auto milliseconds = [](TimePoint time) {
      return std::to_string(
          std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count());
    };
    const json all = {{"SenderId", call_.caller.account},
                      {"SentTimestamp", milliseconds(message.sent)},
                      {"ApproximateReceiveCount", std::to_string(message.receive_count)},
                      {"ApproximateFirstReceiveTimestamp", milliseconds(message.first_received)}};
    json attributes = json::object();
    for (const auto& [name, value] : all.items()) {
      if (Asked("AttributeNames", name) || Asked("MessageSystemAttributeNames", name)) {
        attributes[name] = value;
      }
    }
    json answer = {{"MessageId", message.id},
                   {"ReceiptHandle", message.receipt_handle},
                   {"MD5OfBody", Md5Hex(message.body)},
                   {"Body", message.body}};
    if (!attributes.empty()) answer["Attributes"] = attributes;
    return answer;
  }

  bool Asked(const char* member, const std::string& name) const {
    const auto names = document_.find(member);
    if (names == document_.end() || !names->is_array()) return false;
    return std::any_of(names->begin(), names->end(),
                       [&](const json& asked) { return asked == "All" || asked == name; });
  }

  LambdaReply Delete() {
    const std::string handle = TextOf(document_, "ReceiptHandle");
    const auto deleted =
        queue_ == nullptr ? Result<void>(Error(ErrorCode::kValidation)) : queue_->Delete(handle);
    if (deleted) return QueueReply(json::object());
    if (deleted.error().code() != ErrorCode::kValidation) return DiskError(deleted.error());
    return QueueError(
        kBadHandle,
        fmt::format("The input receipt handle \"{}\" is not a valid receipt handle.", handle));
  }

  LambdaReply Attributes() {
    const QueueCounts counts = queue_ == nullptr ? QueueCounts() : queue_->Counts();
    const json all = {{"QueueArn", fmt::format("arn:aws:sqs:{}:{}:{}", call_.caller.region,
                                               call_.caller.account, name_)},
                      {"ApproximateNumberOfMessages", std::to_string(counts.visible)},
                      {"ApproximateNumberOfMessagesNotVisible", std::to_string(counts.in_flight)},
                      {"ApproximateNumberOfMessagesDelayed", "0"},
                      {"VisibilityTimeout", std::to_string(kDefaultVisibility)}};
    json asked = json::object();
    for (const auto& [name, value] : all.items()) {
      if (Asked("AttributeNames", name)) asked[name] = value;
    }
    if (asked.empty()) return QueueReply(json::object());
    return QueueReply({{"Attributes", asked}});
  }

  LambdaReply Purge() {
    while (queue_ != nullptr) {
      // Those that others have received are deleted when their time has come.
      const auto page = queue_->Receive(kPurgePage, std::chrono::seconds(kDefaultVisibility));
      if (!page) return DiskError(page.error());
      if (page.value().empty()) break;
      for (const QueueMessage& message : page.value()) {
        const auto deleted = queue_->Delete(message.receipt_handle);
        if (!deleted) return DiskError(deleted.error());
      }
    }
    return QueueReply(json::object());
  }

  const LambdaCall& call_;
  const json& document_;
  LambdaDatabase& database_;
  std::string name_;
  LocalQueue* queue_ = nullptr;  // null: nothing was ever sent to it
};

}  // namespace

LambdaReply AnswerQueueCall(std::string_view operation, const LambdaCall& call,
                            LambdaDatabase& database) {
  QueueCall queue(call, database);
  if (operation == "CreateQueue") return queue.Create();
  if (operation == "GetQueueUrl") return queue.Url();
  if (operation == "ListQueues") return queue.List();
  return queue.OfQueue(operation);
}

std::chrono::seconds WaitTimeOf(std::string_view operation, const LambdaCall& call) {
  if (operation != "ReceiveMessage") return std::chrono::seconds(0);
  return std::chrono::seconds(
      std::clamp<std::int64_t>(NumberOf(call.document, "WaitTimeSeconds", 0), 0, kMaxWait));
}

bool IsEmptyReceive(const LambdaReply& reply) { return reply.status == 200 && reply.body == "{}"; }

}  // namespace pumice
