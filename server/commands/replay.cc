// SPDX-License-Identifier: Apache-2.0
#include "server/commands/replay.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include "base/clock.h"
#include "base/counted.h"
#include "bench/patterns/progress.h"
#include "server/command_line.h"
#include "server/commands/endpoint_sink.h"
#include "server/commands/replay_range.h"
#include "server/commands/stop_signals.h"
#include "server/commands/stream_follower.h"
#include "streams/handlers/lambda_event.h"

namespace pumice {
namespace {

constexpr std::string_view kHelp = R"(Usage: pumice replay FUNCTION --table TABLE [flags]

Sends records of a table's stream to a Lambda function again, in the events that an event source
mapping makes of them: in order, in batches of one shard each, a shard after its parent. A batch
that fails is told, and the next one follows. Checkpoints of mappings are not touched.

  --table <name>             Its newest stream is read
  --from <place>             The first record: a time (2026-11-21T10:00:00Z; without a zone in UTC)
                             or a sequence number. Default: the oldest that the stream holds
  --to <place>               The last record, likewise. Default: now
  --batch-size <n>           Records an event, at most. Default: 100
  --endpoint-url <url>       Of the table. Default: http://localhost:8000
  --lambda-endpoint-url <url>
                             Of the function, if it is another: the path
                             /2015-03-31/functions/FUNCTION/invocations is called.
  --region <name>            Default: that in an AWS host's name, AWS_REGION, AWS_DEFAULT_REGION,
                             us-east-1
  -help                      Prints this text

Credentials come from AWS's usual variables or its shared file; endpoints other than AWS do without.
Exit codes: 0 the function accepted all batches; 1 it failed with some; 2 the command line is wrong;
3 an endpoint failed or the table has no stream; 130 interrupted.
)";

constexpr int kMaxBatchSize = 10'000;
constexpr int kBatchFailed = 1;
constexpr int kEndpointFailed = 3;
constexpr int kInterrupted = 130;
constexpr std::chrono::minutes kLongestFunction{16};  // AWS ends them after 15
constexpr std::string_view kEventHead = R"({"Records":[)";
constexpr std::string_view kEventEnd = "]}";

struct Flags {
  std::vector<std::string> functions;
  std::string table;
  std::string from;
  std::string to;
  std::size_t batch_size = 100;
  std::string endpoint_url = "http://localhost:8000";
  std::string lambda_endpoint_url;
  std::string region;
  bool help = false;
};

Error Wrong(std::string_view text) {
  return Error(ErrorCode::kValidation, fmt::format("{} (pumice replay -help tells more)", text));
}

Result<Flags> ReadFlags(const std::vector<std::string>& arguments) {
  Flags flags;
  CLI::App app;
  app.set_help_flag();
  app.add_option("function", flags.functions);
  app.add_option("--table", flags.table);
  app.add_option("--from", flags.from);
  app.add_option("--to", flags.to);
  app.add_option("--batch-size", flags.batch_size)->check(CLI::Range(1, kMaxBatchSize));
  app.add_option("--endpoint-url", flags.endpoint_url);
  app.add_option("--lambda-endpoint-url", flags.lambda_endpoint_url);
  app.add_option("--region", flags.region);
  app.add_flag("-h,--help", flags.help);
  PUMICE_TRY(ReadCommandLine(app, arguments));
  if (flags.help) return flags;
  if (flags.functions.size() != 1) return Wrong("Name one function");
  if (flags.table.empty()) return Wrong("Name the table: --table users");
  if (flags.functions.front().find_first_of("/?# ") != std::string::npos) {
    return Wrong(fmt::format("'{}' is no name of a function", flags.functions.front()));
  }
  return flags;
}

Result<ReplayRange> ReadRange(const Flags& flags, TimePoint now) {
  ReplayRange range;
  if (!flags.from.empty()) {
    PUMICE_TRY(range.from, ReadRangeEnd("--from", flags.from));
  }
  if (!flags.to.empty()) {
    PUMICE_TRY(range.to, ReadRangeEnd("--to", flags.to));
  } else {
    range.to = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  }
  return range;
}

struct Batch {
  std::string event;
  std::size_t count = 0;
  std::string first;  // sequence numbers
  std::string last;
  double fraction = 0;  // of the way
};

/// What the function made of them.
struct Tally {
  std::size_t records = 0;
  std::size_t batches = 0;
  std::size_t failed_batches = 0;
};

/// How far a replay is, by the times of the records.
class Way {
 public:
  explicit Way(std::chrono::seconds end) : end_(end) {}

  double FractionAt(std::chrono::seconds at) {
    begin_ = std::min(begin_, at);
    if (end_ <= begin_) return 1;
    return std::chrono::duration<double>(at - begin_) / (end_ - begin_);
  }

 private:
  std::chrono::seconds begin_ = std::chrono::seconds::max();
  std::chrono::seconds end_;
};

/// Collects the records of each shard in batches and invokes the function with them.
class Replayer {
 public:
  struct Parts {
    CallSink& lambda;
    patterns::Progress& progress;
    std::size_t batch_size;
    std::string stream_arn;
    Way way;
  };
  Replayer(Parts parts, ReplayRange range) : parts_(std::move(parts)), range_(std::move(range)) {}

  Result<bool> Take(const StreamPage& page);
  /// What is collected of all shards.
  Result<void> Finish();

  const Tally& tally() const { return tally_; }

 private:
  Result<void> Add(Batch& batch, const StreamRecord& record);
  Result<void> Invoke(Batch& batch);
  void Judge(const Batch& batch, const CallAnswer& answer);
  void Failed(const Batch& batch, std::string_view why);

  Parts parts_;
  const ReplayRange range_;
  std::map<std::string, Batch> batches_;  // by shard
  Tally tally_;
};

Result<bool> Replayer::Take(const StreamPage& page) {
  Batch& batch = batches_[page.shard_id];
  std::size_t behind = 0;
  for (const StreamRecord& record : page.records) {
    if (range_.IsBehind(record)) ++behind;
    if (range_.IsBefore(record) || range_.IsBehind(record)) continue;
    PUMICE_TRY(Add(batch, record));
  }
  // One record alone tells nothing: times need not rise from each record to the next.
  const bool wanted = page.records.empty() || behind < page.records.size();
  // The shard's records are sent before those of its children.
  if (page.last || !wanted) {
    PUMICE_TRY(Invoke(batch));
  }
  return wanted;
}

Result<void> Replayer::Add(Batch& batch, const StreamRecord& record) {
  std::string text = LambdaRecordText(record, parts_.stream_arn);
  if (batch.event.size() + text.size() + 1 + kEventEnd.size() > kMaxEventBytes) {
    PUMICE_TRY(Invoke(batch));
  }
  batch.event += batch.count == 0 ? kEventHead : ",";
  batch.event += text;
  batch.last = SequenceNumberOf(record);
  batch.fraction = parts_.way.FractionAt(CreatedAt(record));
  if (++batch.count == 1) batch.first = batch.last;
  return batch.count < parts_.batch_size ? Result<void>(Ok()) : Invoke(batch);
}

Result<void> Replayer::Finish() {
  for (auto& [shard, batch] : batches_) {
    PUMICE_TRY(Invoke(batch));
  }
  return Ok();
}

Result<void> Replayer::Invoke(Batch& batch) {
  if (batch.count == 0) return Ok();
  const auto go_on = [&](std::string_view why) {
    return Error(ErrorCode::kInternal, fmt::format("{}. Go on with --from {}", why, batch.first));
  };
  batch.event += kEventEnd;
  const Result<CallAnswer> answer = CallUntilSettled(parts_.lambda, "Invoke", batch.event);
  if (!answer) return go_on(answer.error().client_text());
  if (!answer.value().ok()) return go_on(ErrorTextOf(answer.value()));
  Judge(batch, answer.value());
  tally_.records += batch.count;
  ++tally_.batches;
  parts_.progress.Update(batch.fraction, Counted(tally_.records, "record"));
  batch = Batch();
  return Ok();
}

void Replayer::Judge(const Batch& batch, const CallAnswer& answer) {
  const auto body = nlohmann::json::parse(answer.body, nullptr, false);
  const bool object = body.is_object();
  // Lambda's runtime emulator tells an error by the body alone.
  if (!answer.function_error.empty() || (object && body.contains("errorMessage"))) {
    const std::string message = TextAt(answer.body, {"errorMessage"});
    const std::string type = TextAt(answer.body, {"errorType"});
    return Failed(batch, fmt::format("{}: {}", type.empty() ? answer.function_error : type,
                                     message.empty() ? answer.body : message));
  }
  if (!object || !body.contains("batchItemFailures")) return;
  const auto& failures = body["batchItemFailures"];
  if (failures.is_array() && !failures.empty()) {
    Failed(batch, fmt::format("batchItemFailures {}", failures.dump()));
  }
}

void Replayer::Failed(const Batch& batch, std::string_view why) {
  ++tally_.failed_batches;
  parts_.progress.Say(fmt::format("failed: {} from {} to {}: {}", Counted(batch.count, "record"),
                                  batch.first, batch.last, why));
}

struct Endpoints {
  patterns::Endpoint table;
  patterns::Endpoint lambda;
};

Result<Endpoints> ReadEndpoints(const Flags& flags) {
  Endpoints endpoints;
  PUMICE_TRY(endpoints.table, ReadEndpointUrl(flags.endpoint_url, flags.region));
  const std::string& url =
      flags.lambda_endpoint_url.empty() ? flags.endpoint_url : flags.lambda_endpoint_url;
  PUMICE_TRY(endpoints.lambda, ReadEndpointUrl(url, flags.region));
  endpoints.lambda.path =
      fmt::format("/2015-03-31/functions/{}/invocations", flags.functions.front());
  endpoints.lambda.answer_time = kLongestFunction;
  return endpoints;
}

Result<Tally> Run(const Flags& flags, const Endpoints& endpoints, const patterns::StopFlag& stop) {
  const SystemClock clock;
  PUMICE_TRY(const ReplayRange range, ReadRange(flags, clock.Now()));
  EndpointSink tables(endpoints.table, clock, patterns::kDynamoDb, stop);
  EndpointSink streams(endpoints.table, clock, patterns::kDynamoDbStreams, stop);
  EndpointSink lambda(endpoints.lambda, clock, patterns::kLambda, stop);
  PUMICE_TRY(const std::string arn, FindNewestStream(streams, tables, flags.table));
  patterns::Progress progress(patterns::StderrIsTerminal());
  progress.Start(fmt::format("{} -> {}", flags.table, flags.functions.front()));
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.Now().time_since_epoch());
  const auto* to = std::get_if<std::chrono::seconds>(&*range.to);
  Replayer replayer({lambda, progress, flags.batch_size, arn, Way(to != nullptr ? *to : now)},
                    range);
  StreamFollower follower(streams, arn, StreamFollower::Start::kHorizon);
  const auto take = [&](const StreamPage& page) { return replayer.Take(page); };
  do {
    PUMICE_TRY(follower.ReadPages(take));
  } while (!follower.ended() && !follower.caught_up());
  PUMICE_TRY(replayer.Finish());
  const Tally& tally = replayer.tally();
  progress.Done(fmt::format("{} in {}, {} failed", Counted(tally.records, "record"),
                            Counted(tally.batches, "batch", "es"), tally.failed_batches));
  return tally;
}

}  // namespace

int Replay(const std::vector<std::string>& arguments) {
  const Result<Flags> flags = ReadFlags(arguments);
  if (!flags) return Fail(kBadCommandLine, flags.error().client_text());
  if (flags.value().help) {
    Print(kHelp);
    return EXIT_SUCCESS;
  }
  const Result<Endpoints> endpoints = ReadEndpoints(flags.value());
  if (!endpoints) return Fail(kBadCommandLine, endpoints.error().client_text());
  const patterns::StopFlag& stop = StopOnSignals();
  const Result<Tally> tally = Run(flags.value(), endpoints.value(), stop);
  if (tally) return tally.value().failed_batches == 0 ? EXIT_SUCCESS : kBatchFailed;
  const bool mistake = tally.error().code() == ErrorCode::kValidation;
  const int failed = mistake ? kBadCommandLine : kEndpointFailed;
  return Fail(stop.is_set() ? kInterrupted : failed, tally.error().client_text());
}

}  // namespace pumice
