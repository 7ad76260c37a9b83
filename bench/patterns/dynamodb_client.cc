// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/dynamodb_client.h"

#include <array>
#include <ctime>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace pumice::patterns {
namespace {

namespace http = boost::beast::http;

constexpr std::uint64_t kMaxAnswerBytes = 64 * 1024 * 1024;
constexpr std::chrono::seconds kIdleFailsWithin{1};

/// 20150830T123600Z
std::string AmzDate(TimePoint now) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 17> text{};
  std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return text.data();
}

Error NoAnswer() { return Error(ErrorCode::kInternal, "the connection was closed"); }

}  // namespace

DynamoDbClient::DynamoDbClient(const Endpoint& endpoint, const Clock& clock, const StopFlag& stop,
                               const Api& api)
    : endpoint_(endpoint),
      clock_(clock),
      stop_(stop),
      api_(api),
      signer_(endpoint.credentials, endpoint.region, std::string(api.signing_name)) {}

void DynamoDbClient::Prepare(std::string_view operation, std::string_view body) {
  const std::string time = AmzDate(clock_.Now());
  const std::string target = fmt::format("{}.{}", api_.target, operation);
  SignedHeaders headers = {
      {"content-type", api_.content_type}, {"host", endpoint_.host_header}, {"x-amz-date", time}};
  const std::string& token = endpoint_.credentials.session_token;
  if (!token.empty()) headers.emplace_back("x-amz-security-token", token);
  if (!api_.target.empty()) headers.emplace_back("x-amz-target", target);
  const std::string authorization =
      signer_.Authorization({"POST", endpoint_.path, headers, body, time});
  request_ = fmt::format("POST {} HTTP/1.1\r\n", endpoint_.path);
  for (const auto& [name, value] : headers) request_ += fmt::format("{}: {}\r\n", name, value);
  request_ += fmt::format(
      "authorization: {}\r\nuser-agent: pumice\r\n"
      "content-length: {}\r\n\r\n",
      authorization, body.size());
  request_ += body;
}

Result<Answer> DynamoDbClient::Send() {
  const bool was_open = stream_ != nullptr;
  const auto start = std::chrono::steady_clock::now();
  Result<Answer> answer = SendOnce();
  if (answer || !was_open || answer_began_ || stop_.is_set()) return answer;
  // A server may close a connection that was idle, which fails at once: only a new one tells
  // whether it still answers.
  if (std::chrono::steady_clock::now() - start > kIdleFailsWithin) return answer;
  return SendOnce();
}

Result<Answer> DynamoDbClient::SendOnce() {
  answer_began_ = false;
  if (!stream_) {
    PUMICE_TRY(stream_, OpenStream(endpoint_, stop_));
  }
  if (const Result<void> sent = stream_->Write(request_); !sent) {
    stream_.reset();
    return Error(ErrorCode::kInternal, sent.error().client_text());
  }
  Result<Answer> answer = ReadAnswer();
  if (!answer) stream_.reset();
  return answer;
}

Result<Answer> DynamoDbClient::ReadAnswer() {
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.body_limit(kMaxAnswerBytes);
  std::array<char, 64 * 1024> chunk;
  received_.clear();
  while (!parser.is_done()) {
    PUMICE_TRY(const std::size_t got, stream_->Read(chunk));
    boost::system::error_code error;
    if (got == 0) {
      // The parser would take nothing at all for a complete answer.
      if (!answer_began_) return NoAnswer();
      parser.put_eof(error);
      if (error || !parser.is_done()) return NoAnswer();
      break;
    }
    answer_began_ = true;
    received_.append(chunk.data(), got);
    const std::size_t used = parser.put(boost::asio::buffer(received_), error);
    if (error && error != http::error::need_more) {
      return Error(ErrorCode::kInternal, "no HTTP answer: " + error.message());
    }
    received_.erase(0, used);
  }
  auto message = parser.release();
  if (!message.keep_alive()) stream_.reset();
  return Answer{static_cast<int>(message.result_int()), std::move(message.body()),
                std::string(message["x-amz-function-error"])};
}

std::string ErrorNameOf(const Answer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (!json.is_object() || !json.contains("__type") || !json["__type"].is_string()) {
    return fmt::format("HTTP {}", answer.status);
  }
  const std::string type = json["__type"];
  return type.substr(type.find('#') + 1);
}

std::string ErrorTextOf(const Answer& answer) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  std::string message;
  for (const char* name : {"message", "Message"}) {
    if (json.is_object() && json.contains(name) && json[name].is_string()) message = json[name];
  }
  return message.empty() ? ErrorNameOf(answer) : ErrorNameOf(answer) + ": " + message;
}

}  // namespace pumice::patterns
