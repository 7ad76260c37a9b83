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

/// Lifetime: the endpoint and the clock outlive it.
class EndpointSink final : public CallSink {
 public:
  EndpointSink(const patterns::Endpoint& endpoint, const Clock& clock)
      : endpoint_(endpoint), client_(endpoint, clock, never_) {}

  Result<CallAnswer> Call(std::string_view operation, std::string_view body) override;
  Result<void> Wait(std::chrono::milliseconds time) override;

 private:
  const patterns::Endpoint& endpoint_;
  patterns::StopFlag never_;  // Ctrl-C ends the command as it stands
  patterns::DynamoDbClient client_;
};

}  // namespace pumice
