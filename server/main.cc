// SPDX-License-Identifier: Apache-2.0
// The composition root: reads the command line, builds the parts, connects them, waits for a
// signal, and takes them down in reverse order.

#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "base/clock.h"
#include "base/log.h"
#include "server/command_line.h"
#include "server/commands/command.h"
#include "server/config.h"
#include "server/http/http_server.h"
#include "server/init/init_run.h"
#include "server/init_process.h"
#include "server/lambda/lambda_service.h"
#include "server/maintenance.h"
#include "server/operations/table_status.h"
#include "server/operations/throttle.h"
#include "server/request_path.h"
#include "server/start_pages.h"
#include "storage/databases.h"
#include "streams/handlers/handler_config.h"

namespace pumice {
namespace {

constexpr std::size_t kFilesBesideConnections = 256;  // of the database, above all

// --- The process
// -------------------------------------------------------------------------------------------

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

/// Blocked in every thread, so that the main thread can wait for them: that works as PID 1 too,
/// where an unhandled signal is ignored.
void BlockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A function that ends while it is written to must not end the server.
  signal(SIGPIPE, SIG_IGN);
}

/// Whether a stop signal has come that nobody has waited for yet.
bool StopSignalPending() {
  sigset_t pending;
  if (sigpending(&pending) != 0) return false;
  return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

/// A launcher holds the other end of the pipe on stdin: when that is gone, however it ended, so is
/// this server. (A parent-death signal would follow the launcher's thread, and not every launcher
/// can ask for one.)
void StopWhenStdinEnds() {
  std::thread([] {
    char ignored[256];
    ssize_t got = 0;
    do {
      got = read(STDIN_FILENO, ignored, sizeof ignored);
    } while (got > 0 || (got < 0 && errno == EINTR));
    kill(getpid(), SIGTERM);
  }).detach();
}

/// From here on a stop signal ends the process at once: who sends a second one does not want to
/// wait.
void LetNextSignalKill() {
  const auto leave = [](int number) { _exit(128 + number); };
  signal(SIGTERM, leave);
  signal(SIGINT, leave);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

/// Bodies of megabytes and what memtables are made of go back to the system when they are done
/// with. Left alone, the allocator learns from the first one to keep such blocks.
void ReturnLargeBlocks() { mallopt(M_MMAP_THRESHOLD, 1024 * 1024); }

/// As many connections as the system lets this process open.
std::size_t MaxConnections(std::size_t wanted) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return wanted;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  getrlimit(RLIMIT_NOFILE, &files);
  const std::size_t allowed = files.rlim_cur;
  return std::min(wanted, allowed > 2 * kFilesBesideConnections ? allowed - kFilesBesideConnections
                                                                : allowed / 2);
}

// --- The parts
// ---------------------------------------------------------------------------------------------

/// A folder that cannot be used is told now, not to the first request.
std::optional<std::string> CheckFolder(const Config& config) {
  if (config.in_memory()) return std::nullopt;
  std::error_code error;
  std::filesystem::create_directories(config.db_path, error);
  if (!error && !std::filesystem::is_directory(config.db_path, error) && !error) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (!error && access(config.db_path.c_str(), R_OK | W_OK | X_OK) != 0) {
    error = std::error_code(errno, std::generic_category());
  }
  if (!error) return std::nullopt;
  return fmt::format(
      "Cannot use the folder {}: {}. Give one that can be written with -dbPath, or use -inMemory.",
      config.db_path, error.message());
}

/// As AWS's clients take it.
std::string RegionOfEnvironment() {
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    const char* region = std::getenv(name);
    if (region != nullptr && *region != '\0') return region;
  }
  return kHandlerRegion;
}

/// What is in the folder of --init; it may name handlers, and has one database for all.
Result<InitPlan> PlanInit(Config& config) {
  if (config.init.empty()) return InitPlan();
  PUMICE_TRY(InitPlan plan, ReadInitPlan(config.init, RegionOfEnvironment()));
  if (!plan.handlers.empty() && !config.handlers.empty()) {
    return Error(ErrorCode::kValidation, fmt::format("--handlers {} and {}: leave one out",
                                                     config.handlers, plan.handlers));
  }
  if (!plan.handlers.empty()) config.handlers = plan.handlers;
  config.shared_db = config.shared_db || !plan.empty();
  return plan;
}

/// Where functions live on AWS: where their streams do, if that is said and is a region of AWS's.
std::string RegionOf(const HandlerConfig& config) {
  for (const MappingConfig& mapping : config.mappings) {
    const std::string& region = mapping.source.region;
    if (!region.empty() && region != "ddblocal") return region;
  }
  return kHandlerRegion;
}

HttpServerOptions ServerOptions(const Config& config) {
  HttpServerOptions options;
  options.host = config.host;
  options.port = config.port;
  options.thread_count = config.thread_count;
  options.limits.max_connections = MaxConnections(options.limits.max_connections);
  // A zip file of 50 MB in base64, and what stands around it.
  options.limits.large_body_path = kLambdaPaths;
  options.limits.max_large_body_bytes = 70'167'211;
  return options;
}

DatabasesOptions StorageOptions(const Config& config) {
  DatabasesOptions options;
  options.path = config.db_path;
  options.durability = config.durability;
  options.shared = config.shared_db;
  options.stream_shards = config.stream_shards;
  if (config.delay_transient_statuses) options.transient_delay = kTransientDelay;
  return options;
}

Maintenance::Options MaintenanceOptions(const Config& config) {
  return {.ttl_interval = config.ttl_interval,
          .stopped = StopSignalPending,
          .shard_lifetime = config.shard_lifetime};
}

LambdaServiceOptions LambdaOptions(const Config& config) {
  LambdaServiceOptions options;
  options.access = config.lambda;
  if (!config.in_memory()) options.folder = std::filesystem::path(config.db_path) / "lambda";
  return options;
}

RequestPathOptions PathOptions(const Config& config) {
  RequestPathOptions options;
  options.cors = CorsPolicy::FromList(config.cors);
  options.health_like_dynamodb_local = config.dynamodb_local_health;
  options.service.delay_transient_statuses = config.delay_transient_statuses;
  return options;
}

/// Everything between the start and the signal. Parts are declared in the order in which they need
/// one another.
class Server {
 public:
  Server(const Config& config, const InitPlan& init)
      : config_(config),
        init_(init),
        log_(config.log_level, config.log_format),
        databases_(StorageOptions(config), clock_, random_, log_),
        maintenance_(databases_, MaintenanceOptions(config), clock_, log_),
        throttle_(clock_),
        lambda_({databases_, clock_, random_, log_}, LambdaOptions(config)),
        path_({databases_, clock_, random_, log_, config.throttle ? &throttle_ : nullptr},
              PathOptions(config)),
        http_(ServerOptions(config), path_, clock_, log_) {
    databases_.OnOpen([this](Database& database, std::string_view key, std::string_view region) {
      lambda_.DatabaseOpened(database, key, region);
    });
    path_.ServeLambda(lambda_);
  }

  Result<void> Start() {
    PUMICE_TRY(HandlerConfig handlers, ReadHandlers());
    if (!config_.handlers.empty()) {
      log_.Info("--handlers: all callers share one database, as with -sharedDb");
    }
    WarnOfIgnored(init_, log_);
    if (!init_.empty()) log_.Info("--init: all callers share one database, as with -sharedDb");
    // Opened now, so that a folder of a foreign format, or one in use, is told on the command line.
    if (config_.shared_db) {
      PUMICE_TRY(Database * database, databases_.For(kHandlerAccessKey, kHandlerRegion));
      // Before anybody can connect: a server that answers has its tables and items.
      PUMICE_TRY(RunInit(init_, {path_, database->state(), clock_, log_, kHandlerAccessKey,
                                 RegionOfEnvironment(), StopSignalPending}));
    }
    PUMICE_TRY(http_.Listen());
    PUMICE_TRY(lambda_.Start(http_.port(), handlers, RegionOf(handlers)));
    http_.Start();
    return Ok();
  }

  /// The functions end first: they are clients of this server, and a batch that they were busy with
  /// is delivered again after the next start.
  void Stop() {
    lambda_.Stop();
    http_.Stop();
  }

  Maintenance& maintenance() { return maintenance_; }
  std::uint16_t port() const { return http_.port(); }
  Log& log() { return log_; }

 private:
  /// Of the file of --handlers, and of templates of --init.
  Result<HandlerConfig> ReadHandlers() {
    HandlerConfig all;
    if (!config_.handlers.empty()) {
      PUMICE_TRY(all, ReadHandlerConfig(config_.handlers));
    }
    for (const auto& [path, json] : init_.template_handlers) {
      PUMICE_TRY(HandlerConfig more, ParseHandlerConfig(json, path));
      std::move(more.functions.begin(), more.functions.end(), std::back_inserter(all.functions));
      std::move(more.mappings.begin(), more.mappings.end(), std::back_inserter(all.mappings));
    }
    return all;
  }

  const Config& config_;
  const InitPlan& init_;
  Log log_;
  SystemClock clock_;
  SystemRandom random_;
  Databases databases_;
  Maintenance maintenance_;
  Throttle throttle_;
  LambdaService lambda_;
  RequestPath path_;
  HttpServer http_;
};

timespec TimespecOf(std::chrono::microseconds wait) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wait);
  const std::chrono::nanoseconds rest = wait - seconds;
  return {static_cast<time_t>(seconds.count()), static_cast<long>(rest.count())};
}

/// The main thread looks after the databases while it waits.
void WaitForStopSignal(Server& server) {
  const sigset_t signals = StopSignals();
  for (;;) {
    const timespec wait = TimespecOf(server.maintenance().DoWhatIsDue());
    const int received = sigtimedwait(&signals, nullptr, &wait);
    if (received > 0) return server.log().Info("Signal {}: stopping", received);
  }
}

int Serve(Config config) {
  if (getpid() == 1) BecomeInit();
  const Result<InitPlan> init = PlanInit(config);
  if (!init) return Fail(EXIT_FAILURE, init.error().client_text());
  if (auto problem = CheckFolder(config)) return Fail(EXIT_FAILURE, *problem);
  BlockStopSignals();
  ReturnLargeBlocks();
  Server server(config, init.value());
  if (const Result<void> started = server.Start(); !started) {
    if (StopSignalPending()) return EXIT_SUCCESS;  // while it applied the files of --init
    return Fail(EXIT_FAILURE, started.error().client_text());
  }
  Print(ReadyBanner(config, server.port()));
  ForgetStartPages();
  if (config.stop_with_stdin) StopWhenStdinEnds();
  WaitForStopSignal(server);
  LetNextSignalKill();
  server.Stop();
  return EXIT_SUCCESS;
}

int Main(std::vector<std::string> arguments) {
  if (const Command* command = arguments.empty() ? nullptr : FindCommand(arguments.front())) {
    return command->run({arguments.begin() + 1, arguments.end()});
  }
  const Result<Config> config = ParseConfig(std::move(arguments));
  if (!config) return Fail(kBadCommandLine, config.error().client_text());
  switch (config.value().action) {
    case Config::Action::kHelp: Print(HelpText()); return EXIT_SUCCESS;
    case Config::Action::kVersion: Print(VersionText()); return EXIT_SUCCESS;
    case Config::Action::kServe: return Serve(config.value());
  }
  return EXIT_FAILURE;
}

}  // namespace
}  // namespace pumice

int main(int argc, char** argv) { return pumice::Main({argv + 1, argv + argc}); }
