// SPDX-License-Identifier: Apache-2.0
#pragma once
// Calls DynamoDB's API, or one of its neighbours, over one connection, which is opened when it is
// needed and again when the other side has closed it. Thread rule: one thread.

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "bench/patterns/byte_stream.h"
#include "bench/patterns/endpoint.h"

namespace pumice::patterns {

struct Answer {
  int status = 0;
  std::string body;
  std::string function_error{};  // X-Amz-Function-Error, of a Lambda function
};

/// One of the APIs that an endpoint may answer.
struct Api {
  std::string_view signing_name;
  std::string_view target;  // of x-amz-target, before the operation; empty: no such header
  std::string_view content_type = "application/x-amz-json-1.0";
};
constexpr Api kDynamoDb{"dynamodb", "DynamoDB_20120810"};
constexpr Api kDynamoDbStreams{"dynamodb", "DynamoDBStreams_20120810"};
/// Its path names the operation.
constexpr Api kLambda{"lambda", "", "application/json"};

class DynamoDbClient {
 public:
  DynamoDbClient(const Endpoint& endpoint, const Clock& clock, const StopFlag& stop,
                 const Api& api = kDynamoDb);

  /// Makes the next call ready: signs it. So the time of Send is that of the call alone.
  void Prepare(std::string_view operation, std::string_view body);
  /// Sends what was prepared, and waits. Errors: Internal, with what went wrong on the way.
  Result<Answer> Send();

  Result<Answer> Call(std::string_view operation, std::string_view body) {
    Prepare(operation, body);
    return Send();
  }

 private:
  Result<Answer> SendOnce();
  Result<Answer> ReadAnswer();

  const Endpoint& endpoint_;
  const Clock& clock_;
  const StopFlag& stop_;
  const Api api_;
  Signer signer_;
  std::string request_;
  std::unique_ptr<ByteStream> stream_;
  bool answer_began_ = false;  // some of it has come, so the call has been made
  std::string received_;
};

/// "ValidationException: ..." of an answer that is an error.
std::string ErrorTextOf(const Answer& answer);
/// "ValidationException"; "HTTP 503" where the body says nothing.
std::string ErrorNameOf(const Answer& answer);

}  // namespace pumice::patterns
