// SPDX-License-Identifier: Apache-2.0
#include "server/request_path.h"

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "server/auth/authentication.h"
#include "server/http/limits.h"
#include "server/lambda/lambda_call.h"
#include "server/protocol/answer.h"
#include "server/protocol/compression.h"
#include "server/protocol/json_reader.h"
#include "server/protocol/request_id.h"
#include "server/protocol/target.h"
#include "server/rotate_shards.h"

namespace pumice {
namespace {

constexpr std::string_view kOwnPaths = "/_pumice/";
constexpr std::string_view kQueuesPath = "/_pumice/queues";
// A page of any site can make a browser send such a POST, and it needs no signature.
constexpr const char* kNotForWebPages =
    "No web page may rotate shards: send the request from a program, without an Origin header";

Result<const OperationEntry*> FindTarget(const HttpRequest& request) {
  const OperationEntry* entry = nullptr;
  if (const auto target = ParseTarget(request.Header("x-amz-target"))) {
    if (target->prefix == kDynamoDbTarget) entry = FindOperation(Api::kDynamoDb, target->operation);
    if (target->prefix == kDynamoDbStreamsTarget) {
      entry = FindOperation(Api::kDynamoDbStreams, target->operation);
    }
  }
  if (entry == nullptr) return Error(ErrorCode::kUnknownOperation);
  return entry;
}

Result<Identity> FindIdentity(const HttpRequest& request) {
  PUMICE_TRY(Caller caller, Authenticate(request));
  return Identity{std::move(caller.access_key), std::move(caller.region),
                  std::move(caller.account_id)};
}

/// "/_pumice/queues/<name>"; empty: all queues.
std::string QueueNameIn(std::string_view path) {
  path.remove_prefix(kQueuesPath.size());
  if (path.starts_with('/')) path.remove_prefix(1);
  return std::string(path);
}

Result<LambdaCaller> FindLambdaCaller(const HttpRequest& request) {
  PUMICE_TRY(Caller caller, Authenticate(request));
  return LambdaCaller{std::move(caller.access_key), std::move(caller.region),
                      std::move(caller.account_id)};
}

Result<void> PrepareBody(HttpRequest& request) {
  const std::string_view coding = request.Header("content-encoding");
  if (!coding.empty()) {
    PUMICE_TRY(Decompress(coding, request.body, HttpLimits().max_body_bytes));
  }
  if (request.body.empty()) return Error(ErrorCode::kSerialization);
  return Ok();
}

/// AWS parses the body before it looks at target and signature, so of two mistakes the JSON is
/// told. Parsing twice would slow every good request down; this parses only what is refused anyway.
Error UnlessBodyIsWorse(Error error, HttpRequest& request) {
  if (!PrepareBody(request) || IsJson(request.body)) return error;
  return Error(ErrorCode::kSerialization);
}

}  // namespace

RequestPath::RequestPath(RequestPathParts parts, RequestPathOptions options)
    : parts_(parts), options_(std::move(options)) {}

void RequestPath::Handle(HttpRequest& request, HttpResponse& response) {
  if (AnswerLambda(request, response)) return;
  const bool timed = parts_.log.Enabled(LogLevel::kDebug);
  const TimePoint start = timed ? parts_.clock.Now() : TimePoint();
  const RequestId id(parts_.random);
  RequestRecord record{.request_id = id.text(), .operation = {}, .status = 0, .notes = {}};
  // Libraries throw (out of memory, above all); one request fails by that, not the server.
  std::optional<Error> failure;
  try {
    Answer(request, response, record);
  } catch (const std::exception& exception) {
    failure.emplace(ErrorCode::kInternal, "", exception.what());
  }
  if (failure) {
    LogInternalError(parts_.log, record, *failure);
    AnswerError(*failure, id.text(), response);
  }
  if (record.put_off) return;
  AddCorsHeaders(options_.cors, request, response);
  FinishAnswer({id.text(), request.Header("accept-encoding")}, response);
  record.status = response.status;
  if (timed) LogRequest(parts_.log, record, parts_.clock.Now() - start);
}

void RequestPath::Answer(HttpRequest& request, HttpResponse& response, RequestRecord& record) {
  // First, because browsers, health checks and people at a shell send no signed requests.
  if (AnswerOtherPath(request, response)) return;
  // AWS looks at the content type before it looks at anything inside, if there is a body to have
  // one.
  const auto content_type = JsonContentType(request.Header("content-type"));
  if (!content_type && !request.body.empty()) return AnswerUnknown(response);
  // Mirrored on every answer from here on, errors too.
  response.content_type = content_type.value_or(kAmzJson);

  const Result<void> done = Run(request, response, record);
  if (done) return;
  if (done.error().code() == ErrorCode::kInternal)
    LogInternalError(parts_.log, record, done.error());
  AnswerError(done.error(), record.request_id, response);
}

Result<void> RequestPath::Run(HttpRequest& request, HttpResponse& response, RequestRecord& record) {
  // The operation is found before the signature is looked at: AWS tells an unknown one to anybody.
  Result<const OperationEntry*> entry = FindTarget(request);
  if (!entry && AnswerQueue(request, response)) {
    record.put_off = true;
    return Ok();
  }
  if (!entry) return UnlessBodyIsWorse(std::move(entry).error(), request);
  record.operation = entry.value()->name;
  // Before decompression, because a signature covers the bytes as they were sent.
  Result<Identity> identity = FindIdentity(request);
  if (!identity) return UnlessBodyIsWorse(std::move(identity).error(), request);
  // Only a caller who is known may make the server inflate something. An empty body is refused
  // here, too.
  PUMICE_TRY(PrepareBody(request));
  // Which data the caller sees, by key and region unless all share one database.
  PUMICE_TRY(Database * database,
             parts_.databases.For(identity.value().access_key, identity.value().region));
  OperationContext context{
      *database,     identity.value(), options_.service,       parts_.clock,
      parts_.random, record.notes,     request.Header("host"), parts_.throttle};
  // On this thread: storage answers in microseconds, a hand-over would cost more.
  return entry.value()->run(request.body, context, response.body);
}

/// Lambda's API frames its answers itself: they may come when this request's thread has long gone
/// on.
bool RequestPath::AnswerLambda(HttpRequest& request, HttpResponse& response) const {
  if (lambda_ == nullptr || request.path == "/") return false;
  const bool package = request.path.starts_with(kLambdaPackages);
  if (!package && !request.path.starts_with(kLambdaPaths)) return false;
  if (AnswerPreflight(options_.cors, request, response)) return true;
  AddCorsHeaders(options_.cors, request, response);
  if (package) {
    lambda_->HandlePackage(request, response);
    return true;
  }
  lambda_->Handle(request, response, FindLambdaCaller(request));
  return true;
}

/// SQS's calls go to "/", as DynamoDB's do: looked for only where no operation of DynamoDB is
/// found.
bool RequestPath::AnswerQueue(HttpRequest& request, HttpResponse& response) const {
  const std::string_view target = request.Header("x-amz-target");
  if (lambda_ == nullptr || !target.starts_with(kQueueTarget)) return false;
  AddCorsHeaders(options_.cors, request, response);
  const std::string operation(target.substr(kQueueTarget.size()));
  lambda_->HandleQueue(operation, request, response, FindLambdaCaller(request));
  return true;
}

bool RequestPath::AnswerOtherPath(const HttpRequest& request, HttpResponse& response) const {
  if (AnswerPreflight(options_.cors, request, response)) return true;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (request.path.starts_with(kOwnPaths)) {
    AnswerOwnPath(request, response);
    return true;
  }
  if (reads && request.path == "/") {
    if (options_.health_like_dynamodb_local) {
      AnswerHealthLikeDynamoDbLocal(response);
    } else {
      AnswerHealth(request.Header("host"), response);
    }
    return true;
  }
  if (request.method == "POST" && request.path == "/") return false;
  AnswerUnknown(response);
  return true;
}

void RequestPath::AnswerOwnPath(const HttpRequest& request, HttpResponse& response) const {
  response.content_type = "application/json";
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && request.path == "/_pumice/handlers" && lambda_ != nullptr) {
    response.body = lambda_->StatusJson();
    return;
  }
  if (reads && request.path.starts_with(kQueuesPath) && lambda_ != nullptr) {
    Result<std::string> queues = lambda_->QueuesJson(QueueNameIn(request.path));
    if (!queues) return AnswerError(queues.error(), "", response);
    response.body = std::move(queues).value();
    return;
  }
  if (request.method == "POST" && request.path == kRotatePath) {
    if (request.HasHeader("origin")) {
      return AnswerError(Error(ErrorCode::kAccessDenied, kNotForWebPages), "", response);
    }
    Result<std::string> rotated = RotateShards(parts_.databases, request.query);
    if (!rotated) return AnswerError(rotated.error(), "", response);
    response.body = std::move(rotated).value();
    return;
  }
  AnswerUnknown(response);
}

}  // namespace pumice
