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

/// What /_pumice/handlers shows. Implemented in main.cc over the handler service.
class HandlerStatus {
 public:
  virtual ~HandlerStatus() = default;
  virtual std::string StatusJson() const = 0;
};

class RequestPath final : public RequestHandler {
 public:
  RequestPath(RequestPathParts parts, RequestPathOptions options);

  void ShowHandlers(const HandlerStatus& handlers) { handlers_ = &handlers; }
  void Handle(HttpRequest& request, HttpResponse& response) override;

 private:
  void Answer(HttpRequest& request, HttpResponse& response, RequestRecord& record);
  /// True: it was no call of an operation, and is answered.
  bool AnswerOtherPath(const HttpRequest& request, HttpResponse& response) const;
  void AnswerOwnPath(const HttpRequest& request, HttpResponse& response) const;
  Result<void> Run(HttpRequest& request, HttpResponse& response, RequestRecord& record);

  RequestPathParts parts_;
  RequestPathOptions options_;
  const HandlerStatus* handlers_ = nullptr;
};

}  // namespace pumice
