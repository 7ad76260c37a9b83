// SPDX-License-Identifier: Apache-2.0
#pragma once
// From an outcome to the bytes of the answer. The only place that knows HTTP codes and AWS's error
// bodies.

#include <string>
#include <string_view>

#include "base/error.h"
#include "server/http/message.h"

namespace pumice {

/// Status and body of an error. `request_id` stands in the text of an internal error that has none.
void AnswerError(const Error& error, std::string_view request_id, HttpResponse& response);

/// What AWS says to another method, path or content type: 404.
void AnswerUnknown(HttpResponse& response);
/// GET /: what AWS answers to a load balancer's health check. `host`: the Host header, which may
/// name a region.
void AnswerHealth(std::string_view host, HttpResponse& response);
/// GET / as DynamoDB Local answers it: 400. Health checks in compose files wait for that.
void AnswerHealthLikeDynamoDbLocal(HttpResponse& response);

/// What the answer as a whole takes from its request.
struct AnswerFraming {
  std::string_view request_id;
  std::string_view accept_encoding;
};
/// The last step for every answer: compresses a body above 4 KB if the client likes that, and adds
/// x-amzn-RequestId and the checksum over the bytes as they are sent.
void FinishAnswer(const AnswerFraming& framing, HttpResponse& response);

}  // namespace pumice
