// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/lambda_service.h"

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
#include "server/lambda/routes.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::string_view kStoredPrefix = "lambda/";

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

LambdaError NoOperation(const LambdaCall& call) {
  return {kUnknownPath, fmt::format("Pumice has no operation {} {}. docs/lambda.md lists those of "
                                    "Lambda that it has.",
                                    call.method, call.path)};
}

}  // namespace

class LambdaService::Impl {
 public:
  Impl(LambdaServiceParts parts, LambdaServiceOptions options)
      : parts_(parts),
        options_(std::move(options)),
        code_(options_.code_folder, parts.random),
        destinations_(options_.code_folder, parts.clock, parts.random),
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
    auto call =
        std::make_shared<LambdaCall>(ReadCall(request, std::move(caller).value()));
    thread_.Post([this, call, pending] { Answer(*call, pending); });
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
    LambdaResult<LambdaReply> reply = Run(std::get<LambdaOperation>(route->run), call,
                                          *database.value());
    pending->Give(reply ? std::move(reply).value() : ErrorReply(reply.error()));
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
    FunctionPlace place{.server_port = port(), .region = owner.region,
                        .access_key = owner.access_key};
    PUMICE_TRY(auto opened,
               LambdaDatabase::Open({database, code_, destinations_, parts_.clock, parts_.random,
                                     parts_.log},
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
    parts_.log.Error("The functions of a database cannot be started: {}",
                     opened.error().message());
  }

  static Result<void> ToResult(const LambdaResult<LambdaDatabase*>& opened) {
    if (opened) return Ok();
    return Error(ErrorCode::kInternal,
                 fmt::format("The functions cannot be started: {}", opened.error().message()));
  }

  template <class Work>
  Result<void> OnThread(Work work) {
    std::promise<Result<void>> done;
    thread_.Post([&] { done.set_value(work()); });
    return done.get_future().get();
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
void LambdaService::DatabaseOpened(Database& database, std::string_view access_key,
                                   std::string_view region) {
  impl_->DatabaseOpened(database, {std::string(access_key), std::string(region), {}});
}
std::string LambdaService::StatusJson() const { return impl_->StatusJson(); }

}  // namespace pumice
