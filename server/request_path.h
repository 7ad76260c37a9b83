// SPDX-License-Identifier: Apache-2.0
#pragma once
// RequestPath: the whole way of one request, from HTTP to operation and back. Start reading here.
// Thread rule: Handle() from any thread at once; the setter before the first request.
// Lifetime: everything it was given outlives it.

#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "server/cors.h"
#include "server/http/message.h"
#include "server/lambda/lambda_service.h"
#include "server/operations/registry.h"
#include "server/request_log.h"
#include "storage/databases.h"

namespace pumice {

struct RequestPathOptions {
  CorsPolicy cors;
  bool health_like_dynamodb_local = false;
  ServiceOptions service;
};

struct RequestPathParts {
  Databases& databases;
  const Clock& clock;
  RandomSource& random;
  Log& log;
  Throttle* throttle = nullptr;  // null: throughput is not enforced
};

class RequestPath final : public RequestHandler {
 public:
  RequestPath(RequestPathParts parts, RequestPathOptions options);

  /// From then on Lambda's paths are answered, and those that show what its functions do.
  void ServeLambda(LambdaService& lambda) { lambda_ = &lambda; }
  void Handle(HttpRequest& request, HttpResponse& response) override;

 private:
  void Answer(HttpRequest& request, HttpResponse& response, RequestRecord& record);
  /// True: it was no call of an operation, and is answered.
  bool AnswerOtherPath(const HttpRequest& request, HttpResponse& response) const;
  void AnswerOwnPath(const HttpRequest& request, HttpResponse& response) const;
  bool AnswerQueue(HttpRequest& request, HttpResponse& response) const;
  bool AnswerLambda(HttpRequest& request, HttpResponse& response) const;
  Result<void> Run(HttpRequest& request, HttpResponse& response, RequestRecord& record);

  RequestPathParts parts_;
  RequestPathOptions options_;
  LambdaService* lambda_ = nullptr;
};

}  // namespace pumice
