// SPDX-License-Identifier: Apache-2.0
#pragma once
// Calls at an endpoint over HTTP or HTTPS, signed.

#include <string>

#include "base/clock.h"
#include "bench/patterns/dynamodb_client.h"
#include "server/init/call_sink.h"

namespace pumice {

/// For --endpoint-url; `region` may be empty. Errors: Validation, one line: it is no URL; AWS
/// without credentials.
Result<patterns::Endpoint> ReadEndpointUrl(const std::string& url, const std::string& region);

/// Lifetime: all it is given outlives it.
class EndpointSink final : public CallSink {
 public:
  /// Calls DynamoDB; Ctrl-C ends the command as it stands.
  EndpointSink(const patterns::Endpoint& endpoint, const Clock& clock)
      : EndpointSink(endpoint, clock, patterns::kDynamoDb, kNever) {}
  /// Errors of calls and waits, once `stop` is set: Internal.
  EndpointSink(const patterns::Endpoint& endpoint, const Clock& clock, const patterns::Api& api,
               const patterns::StopFlag& stop)
      : endpoint_(endpoint), stop_(stop), client_(endpoint, clock, stop, api) {}

  Result<CallAnswer> Call(std::string_view operation, std::string_view body) override;
  Result<void> Wait(std::chrono::milliseconds time) override;

 private:
  static const patterns::StopFlag kNever;

  const patterns::Endpoint& endpoint_;
  const patterns::StopFlag& stop_;
  patterns::DynamoDbClient client_;
};

}  // namespace pumice
