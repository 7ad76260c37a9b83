// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/lambda_service.h"

#include <exception>
#include <future>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/mutex.h"
#include "base/uuid.h"
#include "server/lambda/job_thread.h"
#include "server/lambda/pending_reply.h"
#include "server/lambda/queue_operations.h"
#include "server/lambda/routes.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::string_view kStoredPrefix = "lambda/";
constexpr std::size_t kMostListed = 1'000;
constexpr std::chrono::milliseconds kQueuePause{100};

LambdaError Unsigned(const Error& error) {
  if (error.code() == ErrorCode::kMissingAuthenticationToken) {
    return {kMissingAuthentication, "Missing Authentication Token"};
  }
  return {kBadSignature, error.client_text()};
}

std::optional<LambdaError> Refusal(LambdaAccess access, const HttpRequest& request) {
  switch (access) {
    case LambdaAccess::kAll: return std::nullopt;
    case LambdaAccess::kOff:
      return LambdaError(kAccessDenied,
                         "Lambda's API is switched off: start Pumice without --lambda off");
    case LambdaAccess::kLocal: break;
  }
  if (request.from_loopback && !request.HasHeader("origin")) return std::nullopt;
  return LambdaError(
      kAccessDenied,
      "Functions are programs that run on this server, so Lambda's API is open to programs on the "
      "same machine only, and to no web page. To open it to everybody who reaches the port, start "
      "Pumice with --lambda all");
}

Result<void> AddQueues(LocalQueues& queues, json& all) {
  for (const std::string& name : queues.Names()) {
    PUMICE_TRY(LocalQueue * queue, queues.Find(name));
    if (queue == nullptr) continue;
    const QueueCounts counts = queue->Counts();
    all.push_back({{"Name", name},
                   {"ApproximateNumberOfMessages", counts.visible},
                   {"ApproximateNumberOfMessagesNotVisible", counts.in_flight}});
  }
  return Ok();
}

Result<void> AddMessages(LocalQueues& queues, const std::string& name, json& all) {
  if (!LocalQueues::IsName(name)) return Ok();
  PUMICE_TRY(LocalQueue * queue, queues.Find(name));
  if (queue == nullptr) return Ok();
  PUMICE_TRY(const auto messages, queue->List(kMostListed));
  for (const QueueMessage& message : messages) {
    const auto sent =
        std::chrono::floor<std::chrono::milliseconds>(message.sent.time_since_epoch());
    all.push_back({{"MessageId", message.id},
                   {"SentTimestamp", std::to_string(sent.count())},
                   {"Body", message.body}});
  }
  return Ok();
}

LambdaError NoOperation(const LambdaCall& call) {
  return {kUnknownPath, fmt::format("Pumice has no operation {} {}. docs/lambda.md lists those of "
                                    "Lambda that it has.",
                                    call.method, call.path)};
}

/// Beside the destinations of failed batches.
std::filesystem::path CodeFolder(const std::filesystem::path& folder) {
  return folder.empty() ? folder : folder / "code";
}

}  // namespace

class LambdaService::Impl {
 public:
  Impl(LambdaServiceParts parts, LambdaServiceOptions options)
      : parts_(parts),
        options_(std::move(options)),
        code_(CodeFolder(options_.folder), parts.random),
        destinations_(options_.folder, parts.clock, parts.random),
        thread_(parts.log),
        events_(thread_, parts.log) {}
  ~Impl() { Stop(); }

  Result<void> Start(std::uint16_t port, const HandlerConfig& handlers, const std::string& region) {
    {
      const MutexLock lock(mutex_);
      port_ = port;
    }
    if (!handlers.functions.empty() || !handlers.mappings.empty()) {
      PUMICE_TRY(OnThread([&] { return AddHandlers(handlers, region); }));
    }
    std::vector<Noted> noted;
    {
      const MutexLock lock(mutex_);
      noted.swap(noted_);
    }
    for (const Noted& one : noted) {
      PUMICE_TRY(OnThread([&] { return ToResult(Open(*one.database, one.owner)); }));
    }
    return Ok();
  }

  void Stop() {
    thread_.Stop();
    const MutexLock lock(mutex_);
    for (auto& [database, lambda] : open_) lambda->Stop();
    open_.clear();  // with every call that was not answered
  }

  void Handle(HttpRequest& request, HttpResponse& response, Result<LambdaCaller> caller) {
    const std::string request_id = NewUuid(parts_.random);
    std::optional<LambdaError> refusal = Refusal(options_.access, request);
    if (!refusal && !caller) refusal = Unsigned(caller.error());
    if (refusal || request.deferral == nullptr) {
      const LambdaError error =
          refusal ? *refusal : LambdaError(kService, "Lambda is not served here");
      return FillResponse(ErrorReply(error), request_id, response);
    }
    auto pending = std::make_shared<PendingReply>(request.deferral->Defer(), request_id);
    auto call = std::make_shared<LambdaCall>(ReadCall(request, std::move(caller).value()));
    thread_.Post([this, call, pending] { Answer(*call, pending); });
  }

  void HandleQueue(std::string_view operation, HttpRequest& request, HttpResponse& response,
                   Result<LambdaCaller> caller) {
    const std::string request_id = NewUuid(parts_.random);
    std::optional<LambdaError> refusal = Refusal(options_.access, request);
    if (!refusal && !caller) refusal = Unsigned(caller.error());
    if (refusal || request.deferral == nullptr) {
      return FillResponse(ErrorReply(refusal.value_or(ResourceDoesNotExist())), request_id,
                          response);
    }
    auto pending = std::make_shared<PendingReply>(request.deferral->Defer(), request_id);
    auto call = std::make_shared<LambdaCall>(ReadCall(request, std::move(caller).value()));
    thread_.Post([this, operation = std::string(operation), call, pending] {
      if (const auto read = ReadDocument(*call); !read) {
        return pending->Give(ErrorReply(read.error()));
      }
      AnswerQueue(operation, call, pending, WaitTimeOf(operation, *call));
    });
  }

  Result<std::string> QueuesJson(const std::string& name) {
    json all = name.empty() ? json{{"Queues", json::array()}, {"Topics", json::array()}}
                            : json{{"Messages", json::array()}};
    if (name.empty()) {
      PUMICE_TRY(AddQueues(destinations_.queues(), all["Queues"]));
      PUMICE_TRY(AddQueues(destinations_.topics(), all["Topics"]));
    } else {
      PUMICE_TRY(AddMessages(destinations_.queues(), name, all["Messages"]));
      PUMICE_TRY(AddMessages(destinations_.topics(), name, all["Messages"]));
    }
    return all.dump(-1, ' ', false, json::error_handler_t::replace);
  }

  /// GET /_pumice/lambda/code/<id>.zip
  void HandlePackage(HttpRequest& request, HttpResponse& response) {
    const std::string request_id = NewUuid(parts_.random);
    if (const auto refusal = Refusal(options_.access, request);
        refusal || request.deferral == nullptr) {
      return FillResponse(ErrorReply(refusal.value_or(ResourceDoesNotExist())), request_id,
                          response);
    }
    auto pending = std::make_shared<PendingReply>(request.deferral->Defer(), request_id);
    thread_.Post([this, path = std::string(request.path), pending] {
      const auto package = code_.Read(path.substr(kLambdaPackages.size()));
      if (!package) return pending->Give(ErrorReply(ResourceDoesNotExist()));
      pending->Give({.body = *package, .content_type = "application/zip"});
    });
  }

  void DatabaseOpened(Database& database, const LambdaCaller& owner) {
    const auto stored = database.state().List(kStoredPrefix);
    if (stored && stored.value().empty()) return;
    const MutexLock lock(mutex_);
    if (port_ == 0) return noted_.push_back({&database, owner});
    thread_.Post([this, &database, owner] { LogFailure(Open(database, owner)); });
  }

  std::string StatusJson() const {
    json all = {{"EventSourceMappings", json::array()}, {"Functions", json::array()}};
    const MutexLock lock(mutex_);
    for (const auto& [database, lambda] : open_) {
      const json status = json::parse(lambda->handlers().StatusJson(), nullptr, false);
      for (auto& [member, list] : all.items()) {
        for (const json& one : status.value(member, json::array())) list.push_back(one);
      }
    }
    return all.dump(-1, ' ', false, json::error_handler_t::replace);
  }

 private:
  struct Noted {
    Database* database;
    LambdaCaller owner;
  };

  // --- On the service's thread

  void Answer(LambdaCall& call, const std::shared_ptr<PendingReply>& pending) {
    const LambdaRoute* const route = FindRoute(call);
    if (route == nullptr) return pending->Give(ErrorReply(NoOperation(call)));
    const auto database = DatabaseOf(call.caller);
    if (!database) return pending->Give(ErrorReply(database.error()));
    if (const auto* invoke = std::get_if<LambdaInvocation>(&route->run)) {
      return (*invoke)(call, {*database.value(), events_},
                       [pending](LambdaReply reply) { pending->Give(std::move(reply)); });
    }
    LambdaResult<LambdaReply> reply =
        Run(std::get<LambdaOperation>(route->run), call, *database.value());
    pending->Give(reply ? std::move(reply).value() : ErrorReply(reply.error()));
  }

  /// A ReceiveMessage that finds nothing looks again until its time has passed.
  void AnswerQueue(const std::string& operation, const std::shared_ptr<LambdaCall>& call,
                   const std::shared_ptr<PendingReply>& pending, std::chrono::milliseconds wait) {
    const auto database = DatabaseOf(call->caller);
    if (!database) return pending->Give(ErrorReply(database.error()));
    LambdaReply reply = AnswerQueueCall(operation, *call, *database.value());
    if (wait.count() <= 0 || !IsEmptyReceive(reply)) return pending->Give(std::move(reply));
    thread_.PostIn(kQueuePause, [this, operation, call, pending, wait] {
      AnswerQueue(operation, call, pending, wait - kQueuePause);
    });
  }

  static LambdaResult<LambdaReply> Run(LambdaOperation operation, LambdaCall& call,
                                       LambdaDatabase& database) {
    PUMICE_TRY(ReadDocument(call));
    // A member of another type than the operation reads is told by the library so only.
    try {
      return operation(call, database);
    } catch (const json::exception& error) {
      return LambdaError(kSerialization, error.what());
    }
  }

  LambdaResult<LambdaDatabase*> DatabaseOf(const LambdaCaller& caller) {
    PUMICE_TRY(Database * database,
               ToLambda(parts_.databases.For(caller.access_key, caller.region)));
    return Open(*database, caller);
  }

  /// The one that is open, or a new one.
  LambdaResult<LambdaDatabase*> Open(Database& database, const LambdaCaller& owner) {
    {
      const MutexLock lock(mutex_);
      if (const auto found = open_.find(&database); found != open_.end()) {
        return found->second.get();
      }
    }
    FunctionPlace place{
        .server_port = port(), .region = owner.region, .access_key = owner.access_key};
    PUMICE_TRY(auto opened, LambdaDatabase::Open({database, code_, destinations_, parts_.clock,
                                                  parts_.random, parts_.log},
                                                 std::move(place)));
    const MutexLock lock(mutex_);
    return open_.emplace(&database, std::move(opened)).first->second.get();
  }

  Result<void> AddHandlers(const HandlerConfig& handlers, const std::string& region) {
    LambdaCaller owner{kHandlerAccessKey, region, {}};
    PUMICE_TRY(Database * database, parts_.databases.For(kHandlerAccessKey, kHandlerRegion));
    const LambdaResult<LambdaDatabase*> opened = Open(*database, owner);
    if (!opened) return ToResult(opened);
    opened.value()->Add(handlers);
    return Ok();
  }

  // --- Help

  std::uint16_t port() const {
    const MutexLock lock(mutex_);
    return port_;
  }

  void LogFailure(const LambdaResult<LambdaDatabase*>& opened) {
    if (opened) return;
    parts_.log.Error("The functions of a database cannot be started: {}", opened.error().message());
  }

  static Result<void> ToResult(const LambdaResult<LambdaDatabase*>& opened) {
    if (opened) return Ok();
    return Error(ErrorCode::kInternal,
                 fmt::format("The functions cannot be started: {}", opened.error().message()));
  }

  template <class Work>
  Result<void> OnThread(Work work) {
    std::packaged_task<Result<void>()> task(std::move(work));
    std::future<Result<void>> done = task.get_future();
    thread_.Post([&task] { task(); });
    try {
      return done.get();
    } catch (const std::exception& error) {
      return Error(ErrorCode::kInternal,
                   fmt::format("The functions cannot be started: {}", error.what()));
    }
  }

  LambdaServiceParts parts_;
  const LambdaServiceOptions options_;
  CodeStore code_;
  DestinationFolder destinations_;
  mutable Mutex mutex_;
  std::uint16_t port_ GUARDED_BY(mutex_) = 0;
  std::vector<Noted> noted_ GUARDED_BY(mutex_);  // opened before the port was known
  std::map<Database*, std::unique_ptr<LambdaDatabase>> open_ GUARDED_BY(mutex_);
  JobThread thread_;  // stopped before what its jobs use goes
  EventInvoker events_;
};

LambdaService::LambdaService(LambdaServiceParts parts, LambdaServiceOptions options)
    : impl_(std::make_unique<Impl>(parts, std::move(options))) {}
LambdaService::~LambdaService() = default;
Result<void> LambdaService::Start(std::uint16_t port, const HandlerConfig& handlers,
                                  std::string region) {
  return impl_->Start(port, handlers, region);
}
void LambdaService::Stop() { impl_->Stop(); }
void LambdaService::Handle(HttpRequest& request, HttpResponse& response,
                           Result<LambdaCaller> caller) {
  impl_->Handle(request, response, std::move(caller));
}
void LambdaService::HandleQueue(std::string_view operation, HttpRequest& request,
                                HttpResponse& response, Result<LambdaCaller> caller) {
  impl_->HandleQueue(operation, request, response, std::move(caller));
}
Result<std::string> LambdaService::QueuesJson(const std::string& name) const {
  return impl_->QueuesJson(name);
}
void LambdaService::HandlePackage(HttpRequest& request, HttpResponse& response) {
  impl_->HandlePackage(request, response);
}
void LambdaService::DatabaseOpened(Database& database, std::string_view access_key,
                                   std::string_view region) {
  impl_->DatabaseOpened(database, {std::string(access_key), std::string(region), {}});
}
std::string LambdaService::StatusJson() const { return impl_->StatusJson(); }

}  // namespace pumice
