// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/handler_service.h"

#include <exception>
#include <future>
#include <map>
#include <set>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/mutex.h"
#include "streams/functions/asio_scheduler.h"
#include "streams/functions/function.h"
#include "streams/handlers/event_source_mapping.h"

namespace pumice {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

json ReportJson(const EventSourceMapping& mapping) {
  const MappingReport report = mapping.Report();
  const MappingConfig& config = mapping.config();
  json value = {{"EventSourceArn", config.event_source_arn},
                {"FunctionName", config.function_name},
                {"BatchSize", config.batch_size},
                {"State", report.state},
                {"StateTransitionReason", "User action"},
                {"StreamArn", report.stream_arn},
                {"LastProcessingResult", report.last_result},
                {"LastError", report.last_error},
                {"LastFailedRecord", report.last_failed_record},
                {"IteratorAgeMillis", report.iterator_age_ms},
                {"RecordsRead", report.records_read},
                {"RecordsFiltered", report.records_filtered},
                {"RecordsDelivered", report.records_delivered},
                {"RecordsRetried", report.records_retried},
                {"RecordsGivenUp", report.records_given_up},
                {"RecordsDeadLettered", report.records_dead_lettered},
                {"RecordsUnreported", report.records_unreported},
                {"FailedAttempts", report.failed_attempts},
                {"InFlight", report.in_flight}};
  if (!config.uuid.empty()) value["UUID"] = config.uuid;
  return value;
}

json ReportJson(const LambdaFunction& function) {
  const FunctionReport report = function.Report();
  return {{"FunctionName", function.config().Key()},
          {"State", report.state},
          {"Pids", report.pids},
          {"Starts", report.starts},
          {"Invocations", report.invocations},
          {"Errors", report.errors},
          {"Throttles", report.throttles},
          {"InFlight", report.in_flight},
          {"LastError", report.last_error}};
}

LocalFailureDestinations::Parts DestinationParts(const HandlerServiceParts& parts,
                                                 DestinationFolder& own) {
  DestinationFolder& folder = parts.destinations == nullptr ? own : *parts.destinations;
  return {folder.queues(), folder.topics(), folder.s3(), parts.place.region, parts.random};
}

FunctionError NoFunctionError(const std::string& key, const std::string& region) {
  return {.type = "ResourceNotFoundException",
          .message = fmt::format("Function not found: arn:aws:lambda:{}:000000000000:function:{}",
                                 region, key)};
}

}  // namespace

class HandlerService::Impl {
 public:
  explicit Impl(HandlerServiceParts parts)
      : parts_(std::move(parts)),
        scheduler_(context_),
        work_(context_.get_executor()),
        own_folder_({}, parts_.clock, parts_.random),
        destinations_(DestinationParts(parts_, own_folder_)) {}
  ~Impl() { Stop(); }

  Result<void> Run() {
    parts_.database.changes().SetListener([this](StreamId stream) { Notify(stream); });
    // The standard library has no other way to say that there is no thread.
    try {
      thread_ = std::thread([this] { Loop(); });
    } catch (const std::system_error& error) {
      return Error(ErrorCode::kInternal, "The handlers' thread cannot be started", error.what());
    }
    return Ok();
  }

  void Stop() {
    if (std::exchange(stopped_, true)) return;
    parts_.database.changes().SetListener({});
    if (!thread_.joinable()) return;
    // On their own thread: it is the one that all of them live on.
    asio::post(context_, [this] {
      for (auto& [key, entry] : mappings_) entry->mapping.Stop();
      for (auto& [key, function] : functions_) function->Stop();
      for (const auto& retired : retired_) {
        if (const auto function = retired.lock()) function->Stop();
      }
      context_.stop();
    });
    thread_.join();
  }

  void PutFunction(FunctionConfig config) {
    asio::post(context_, [this, config = std::move(config)]() mutable {
      std::string key = config.Key();
      Retire(key, std::make_shared<LambdaFunction>(
                      std::move(config), parts_.place,
                      SinkParts{context_, scheduler_, parts_.clock, parts_.random, parts_.log}));
    });
  }

  void WarmUp(std::string key) {
    asio::post(context_, [this, key = std::move(key)] {
      if (const auto function = FindFunction(key)) function->WarmUp();
    });
  }

  void RemoveFunction(std::string key) {
    asio::post(context_, [this, key = std::move(key)] { Retire(key, nullptr); });
  }

  std::optional<FunctionReport> Report(const std::string& key) const {
    const MutexLock lock(mutex_);
    const auto found = functions_.find(key);
    if (found == functions_.end()) return std::nullopt;
    return found->second->Report();
  }

  void Invoke(std::string key, Invocation invocation, InvocationDone done) {
    asio::post(context_, [this, key = std::move(key), invocation = std::move(invocation),
                          done = std::move(done)]() mutable {
      InvokeHere(key, std::move(invocation), std::move(done));
    });
  }

  void PutMapping(MappingConfig config) {
    RunAndWait([this, &config] { Replace(std::move(config)); });
  }

  void RemoveMapping(const std::string& key) {
    RunAndWait([this, &key] { Remove(key); });
  }

  std::optional<MappingReport> ReportMapping(const std::string& key) const {
    const MutexLock lock(mutex_);
    const auto found = mappings_.find(key);
    if (found == mappings_.end()) return std::nullopt;
    return found->second->mapping.Report();
  }

  std::string StatusJson() const {
    json mappings = json::array();
    json functions = json::array();
    const MutexLock lock(mutex_);
    for (const auto& [key, entry] : mappings_) mappings.push_back(ReportJson(entry->mapping));
    for (const auto& [key, function] : functions_) functions.push_back(ReportJson(*function));
    return json{{"EventSourceMappings", mappings}, {"Functions", functions}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
  }

 private:
  /// The function that a mapping names, whichever it is when it is called.
  class NamedFunction final : public FunctionSink {
   public:
    NamedFunction(Impl& owner, std::string key) : owner_(owner), key_(std::move(key)) {}
    void Invoke(Invocation invocation, InvocationDone done) override {
      owner_.InvokeHere(key_, std::move(invocation), std::move(done));
    }

   private:
    Impl& owner_;
    std::string key_;
  };

  struct MappingEntry {
    MappingEntry(Impl& owner, MappingConfig config, MappingReport before)
        : sink(owner, config.function_name),
          mapping(std::move(config),
                  {owner.parts_.database.changes(), sink, owner.destinations_, owner.scheduler_,
                   owner.parts_.clock, owner.parts_.log},
                  owner.parts_.database.state(), std::move(before)) {}
    NamedFunction sink;
    EventSourceMapping mapping;
    std::optional<MappingConfig> next;  // takes its place once it has finished
  };

  std::shared_ptr<LambdaFunction> FindFunction(const std::string& key) {
    const MutexLock lock(mutex_);
    const auto found = functions_.find(key);
    return found == functions_.end() ? nullptr : found->second;
  }

  /// The function of that name is another one from now on, or there is none. What the old one is
  /// busy with is brought to its end, as on AWS.
  void Retire(const std::string& key, std::shared_ptr<LambdaFunction> next) {
    std::shared_ptr<LambdaFunction> old;
    {
      const MutexLock lock(mutex_);
      const auto found = functions_.find(key);
      if (found != functions_.end()) old = std::move(found->second);
      if (next != nullptr) {
        functions_[key] = std::move(next);
      } else {
        functions_.erase(key);
      }
    }
    std::erase_if(retired_, [](const auto& retired) { return retired.expired(); });
    if (old != nullptr) retired_.push_back(old);
  }

  void InvokeHere(const std::string& key, Invocation invocation, InvocationDone done) {
    const std::shared_ptr<LambdaFunction> function = FindFunction(key);
    if (function != nullptr) {
      return function->Invoke(std::move(invocation),
                              [this, function, done = std::move(done)](InvocationOutcome outcome) {
                                // Not at once: it is the function that calls.
                                asio::post(context_, [function] {});
                                done(std::move(outcome));
                              });
    }
    done({.error = NoFunctionError(key, parts_.place.region), .invoked = false});
  }

  void Replace(MappingConfig config) {
    const std::string key = config.Key();
    const auto found = mappings_.find(key);
    if (found == mappings_.end()) return Begin(std::move(config), {});
    MappingEntry& entry = *found->second;
    const bool finishing = entry.next.has_value();
    const bool was_enabled = entry.mapping.config().enabled;
    std::string state = !config.enabled ? "Disabling" : was_enabled ? "Updating" : "Enabling";
    entry.next = std::move(config);
    if (finishing) return;
    entry.mapping.Finish(std::move(state), [this, key] {
      MappingEntry& old = *mappings_.at(key);
      Begin(std::move(*old.next), old.mapping.Report());
    });
  }

  /// A mapping that fails to start must not keep the others from starting.
  void Begin(MappingConfig config, MappingReport before) {
    std::string key = config.Key();
    // One of handlers.json is as old as the service: a table that was made meanwhile is read whole.
    const TimePoint since = config.uuid.empty() ? started_ : parts_.clock.Now();
    auto entry = std::make_unique<MappingEntry>(*this, std::move(config), std::move(before));
    EventSourceMapping& mapping = entry->mapping;
    {
      const MutexLock lock(mutex_);
      mappings_[std::move(key)] = std::move(entry);
    }
    try {
      mapping.Start(since);
    } catch (const std::exception& error) {
      parts_.log.Error("Mapping {} -> {}: cannot be started: {}", mapping.config().event_source_arn,
                       mapping.config().function_name, error.what());
    }
  }

  void Remove(const std::string& key) {
    const auto found = mappings_.find(key);
    if (found == mappings_.end()) return;
    const MappingConfig config = found->second->mapping.config();
    {
      const MutexLock lock(mutex_);
      mappings_.erase(found);
    }
    if (const auto removed = MappingProgress::Remove(parts_.database.state(), config); !removed) {
      parts_.log.Error("Mapping {} -> {}: its progress cannot be removed: {}",
                       config.event_source_arn, config.function_name, removed.error().log_text());
    }
  }

  /// What a library throws in `work` is thrown here: nobody waits for what was cut off.
  template <class Work>
  void RunAndWait(Work work) {
    std::packaged_task<void()> task(std::move(work));
    std::future<void> done = task.get_future();
    asio::post(context_, [&task] { task(); });
    done.get();
  }

  /// On the writer's thread: notes the stream and, if nobody has done it, wakes the handlers'
  /// thread.
  void Notify(StreamId stream) {
    const MutexLock lock(woken_mutex_);
    const bool wake = woken_.empty();
    woken_.insert(stream);
    if (wake) asio::post(context_, [this] { WakeAll(); });
  }

  void WakeAll() {
    std::set<StreamId> woken;
    {
      const MutexLock lock(woken_mutex_);
      woken.swap(woken_);
    }
    for (const StreamId stream : woken) {
      for (auto& [key, entry] : mappings_) entry->mapping.Wake(stream);
    }
  }

  /// One of the two doors at which exceptions of libraries are caught.
  void Loop() {
    while (!context_.stopped()) {
      try {
        context_.run();
      } catch (const std::exception& error) {
        parts_.log.Error("Handlers: an unexpected error, going on: {}", error.what());
      }
    }
  }

  HandlerServiceParts parts_;
  const TimePoint started_ = parts_.clock.Now();
  asio::io_context context_{1};
  AsioScheduler scheduler_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  DestinationFolder own_folder_;
  LocalFailureDestinations destinations_;
  // Changed by the service's thread only, which may read them without the lock.
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<LambdaFunction>> functions_;
  std::vector<std::weak_ptr<LambdaFunction>> retired_;  // replaced or removed, and still busy
  std::map<std::string, std::unique_ptr<MappingEntry>> mappings_;
  Mutex woken_mutex_;
  std::set<StreamId> woken_ GUARDED_BY(woken_mutex_);
  std::thread thread_;
  bool stopped_ = false;
};

Result<std::unique_ptr<HandlerService>> HandlerService::Start(HandlerServiceParts parts) {
  auto impl = std::make_unique<Impl>(std::move(parts));
  PUMICE_TRY(impl->Run());
  return std::unique_ptr<HandlerService>(new HandlerService(std::move(impl)));
}

void HandlerService::Put(const HandlerConfig& config) {
  for (const FunctionConfig& function : config.functions) impl_->PutFunction(function);
  for (const MappingConfig& mapping : config.mappings) impl_->PutMapping(mapping);
  for (const FunctionConfig& function : config.functions) impl_->WarmUp(function.Key());
}

HandlerService::HandlerService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HandlerService::~HandlerService() = default;
void HandlerService::PutFunction(FunctionConfig config) { impl_->PutFunction(std::move(config)); }
void HandlerService::RemoveFunction(const std::string& key) { impl_->RemoveFunction(key); }
std::optional<FunctionReport> HandlerService::Report(const std::string& function_key) const {
  return impl_->Report(function_key);
}
void HandlerService::Invoke(const std::string& function_key, Invocation invocation,
                            InvocationDone done) {
  impl_->Invoke(function_key, std::move(invocation), std::move(done));
}
void HandlerService::PutMapping(MappingConfig config) { impl_->PutMapping(std::move(config)); }
void HandlerService::RemoveMapping(const std::string& key) { impl_->RemoveMapping(key); }
std::optional<MappingReport> HandlerService::ReportMapping(const std::string& key) const {
  return impl_->ReportMapping(key);
}
void HandlerService::Stop() { impl_->Stop(); }
std::string HandlerService::StatusJson() const { return impl_->StatusJson(); }

}  // namespace pumice
