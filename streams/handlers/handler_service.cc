// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/handler_service.h"

#include <algorithm>
#include <exception>
#include <future>
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
#include "streams/handlers/asio_scheduler.h"
#include "streams/handlers/event_source_mapping.h"
#include "streams/handlers/process_sink.h"

namespace pumice {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

/// Where a function lives on AWS: where its stream does, if that is said and is a region of AWS's.
std::string RegionOf(const FunctionConfig& function, const std::vector<MappingConfig>& mappings) {
  for (const MappingConfig& mapping : mappings) {
    const std::string& region = mapping.source.region;
    if (mapping.function_name == function.name && !region.empty() && region != "ddblocal")
      return region;
  }
  return kHandlerRegion;
}

json ReportJson(const EventSourceMapping& mapping) {
  const MappingReport report = mapping.Report();
  return {{"EventSourceArn", mapping.config().event_source_arn},
          {"FunctionName", mapping.config().function_name},
          {"BatchSize", mapping.config().batch_size},
          {"State", report.state},
          {"StreamArn", report.stream_arn},
          {"LastProcessingResult", report.last_result},
          {"LastError", report.last_error},
          {"LastFailedRecord", report.last_failed_record},
          {"RecordsDelivered", report.records_delivered},
          {"RecordsGivenUp", report.records_given_up},
          {"FailedAttempts", report.failed_attempts}};
}

json ReportJson(const ProcessSink& sink) {
  const FunctionReport report = sink.Report();
  return {{"FunctionName", sink.config().name},
          {"State", report.state},
          {"Pid", report.pid},
          {"Starts", report.starts}};
}

}  // namespace

class HandlerService::Impl {
 public:
  Impl(HandlerConfig config, HandlerServiceParts parts)
      : config_(std::move(config)),
        parts_(parts),
        scheduler_(context_),
        work_(context_.get_executor()) {
    for (const FunctionConfig& function : config_.functions) AddFunction(function);
    for (const MappingConfig& mapping : config_.mappings) AddMapping(mapping);
  }

  ~Impl() { Stop(); }

  Result<void> Run() {
    parts_.database.changes().SetListener([this](StreamId stream) { Notify(stream); });
    std::promise<void> positions_taken;
    asio::post(context_, [this, &positions_taken] {
      StartMappings();
      positions_taken.set_value();
      for (auto& sink : sinks_) sink->WarmUp();
    });
    // The standard library has no other way to say that there is no thread.
    try {
      thread_ = std::thread([this] { Loop(); });
    } catch (const std::system_error& error) {
      return Error(ErrorCode::kInternal, "The handlers' thread cannot be started", error.what());
    }
    // Whoever writes after the server has said that it is ready writes behind LATEST.
    positions_taken.get_future().wait();
    return Ok();
  }

  void Stop() {
    if (std::exchange(stopped_, true)) return;
    parts_.database.changes().SetListener({});
    if (!thread_.joinable()) return;
    // On their own thread: it is the one that all of them live on.
    asio::post(context_, [this] {
      for (auto& mapping : mappings_) mapping->Stop();
      for (auto& sink : sinks_) sink->Stop();
      context_.stop();
    });
    thread_.join();
  }

  std::string StatusJson() const {
    json mappings = json::array();
    for (const auto& mapping : mappings_) mappings.push_back(ReportJson(*mapping));
    json functions = json::array();
    for (const auto& sink : sinks_) functions.push_back(ReportJson(*sink));
    return json{{"EventSourceMappings", mappings}, {"Functions", functions}}.dump(
        -1, ' ', false, json::error_handler_t::replace);
  }

 private:
  void AddFunction(const FunctionConfig& function) {
    FunctionPlace place{.server_port = parts_.server_port,
                        .runtime_port = 0,
                        .region = RegionOf(function, config_.mappings)};
    sinks_.push_back(std::make_unique<ProcessSink>(
        function, std::move(place),
        SinkParts{context_, scheduler_, parts_.clock, parts_.random, parts_.log}));
  }

  void AddMapping(const MappingConfig& mapping) {
    const auto sink = std::find_if(sinks_.begin(), sinks_.end(), [&](const auto& candidate) {
      return candidate->config().name == mapping.function_name;
    });
    const FeedParts feed{parts_.database.changes(), **sink, scheduler_, parts_.clock, parts_.log};
    mappings_.push_back(
        std::make_unique<EventSourceMapping>(mapping, feed, parts_.database.state()));
  }

  /// A mapping that fails to start must not keep the server from starting.
  void StartMappings() {
    for (auto& mapping : mappings_) {
      try {
        mapping->Start(started_);
      } catch (const std::exception& error) {
        parts_.log.Error("Mapping {} -> {}: cannot be started: {}",
                         mapping->config().event_source_arn, mapping->config().function_name,
                         error.what());
      }
    }
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
      for (auto& mapping : mappings_) mapping->Wake(stream);
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

  const HandlerConfig config_;
  HandlerServiceParts parts_;
  const TimePoint started_ = parts_.clock.Now();
  asio::io_context context_{1};
  AsioScheduler scheduler_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::vector<std::unique_ptr<ProcessSink>> sinks_;
  std::vector<std::unique_ptr<EventSourceMapping>> mappings_;
  Mutex woken_mutex_;
  std::set<StreamId> woken_ GUARDED_BY(woken_mutex_);
  std::thread thread_;
  bool stopped_ = false;
};

Result<std::unique_ptr<HandlerService>> HandlerService::Start(HandlerConfig config,
                                                              HandlerServiceParts parts) {
  auto impl = std::make_unique<Impl>(std::move(config), parts);
  PUMICE_TRY(impl->Run());
  return std::unique_ptr<HandlerService>(new HandlerService(std::move(impl)));
}

HandlerService::HandlerService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HandlerService::~HandlerService() = default;
void HandlerService::Stop() { impl_->Stop(); }
std::string HandlerService::StatusJson() const { return impl_->StatusJson(); }

}  // namespace pumice
