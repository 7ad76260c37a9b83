// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/bench_run.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/core.h>

#include "bench/patterns/checker.h"
#include "bench/patterns/request_maker.h"

namespace pumice::patterns {
namespace {

constexpr std::uint64_t kCheckedCalls = 100;     // of each pattern
constexpr std::chrono::seconds kCheckTime{5};    // or fewer, if they take longer than that together
constexpr std::uint64_t kCheckSeed = 1'000'000;  // other calls than those of the loops
constexpr std::size_t kLoadConnections = 4;
constexpr int kOk = 200;
// By default the open loop starts half as many calls as the slowest endpoint can answer.
constexpr double kShareOfClosedLoop = 0.5;

/// The answers of one pattern, as they come.
class CheckSum {
 public:
  void Add(const std::optional<std::string>& mistake, const std::optional<Units>& units) {
    ++result_.calls;
    if (mistake && result_.wrong++ == 0) result_.first_mistake = *mistake;
    if (!units) return;
    ++with_units_;
    sum_.read += units->read;
    sum_.write += units->write;
  }

  std::uint64_t calls() const { return result_.calls; }

  CheckResult Result() && {
    if (with_units_ > 0) {
      const auto count = static_cast<double>(with_units_);
      result_.units = Units{sum_.read / count, sum_.write / count};
    }
    return std::move(result_);
  }

 private:
  CheckResult result_;
  Units sum_;
  std::uint64_t with_units_ = 0;
};

}  // namespace

struct BenchRun::Target {
  const Endpoint& endpoint;
  EndpointResult& result;
  std::unique_ptr<Tables> tables;
  std::unique_ptr<std::atomic<std::uint64_t>> next_call;

  bool is_usable() const { return result.problem.empty(); }
};

BenchRun::BenchRun(const PatternFile& file, const BenchOptions& options, const Clock& clock,
                   const StopFlag& stop, Progress& progress)
    : file_(file), options_(options), clock_(clock), stop_(stop), progress_(progress) {}

BenchResult BenchRun::Run(std::optional<Prices> prices) {
  BenchResult result;
  result.begun = clock_.Now();
  result.prices = std::move(prices);
  result.endpoints.resize(options_.endpoints.size());
  std::vector<Target> targets;
  for (std::size_t i = 0; i < options_.endpoints.size(); ++i) {
    const Endpoint& endpoint = options_.endpoints[i];
    EndpointResult& of_endpoint = result.endpoints[i];
    of_endpoint.name = endpoint.name;
    of_endpoint.url = endpoint.url;
    of_endpoint.region = endpoint.region;
    targets.push_back({endpoint, of_endpoint,
                       std::make_unique<Tables>(file_, endpoint, clock_, stop_),
                       std::make_unique<std::atomic<std::uint64_t>>(0)});
  }
  for (Target& target : targets) Prepare(target);
  if (options_.measure.duration.count() > 0) {
    MeasureClosed(targets);
    MeasureOpen(targets);
  }
  for (Target& target : targets) CleanUp(target);
  result.interrupted = stop_.is_set();
  return result;
}

void BenchRun::Prepare(Target& target) {
  if (stop_.is_set()) return;
  const Result<void> prepared = PrepareTables(target);
  if (!prepared) {
    if (stop_.is_set()) return;
    target.result.problem = prepared.error().client_text();
    progress_.Say(target.result.problem);
    return;
  }
  if (!stop_.is_set()) target.result.checks = CheckAnswers(target);
}

Result<void> BenchRun::PrepareTables(Target& target) {
  PUMICE_TRY(target.tables->Make(options_.tables));
  if (options_.tables == TablePolicy::kExisting) return Ok();
  PUMICE_TRY(target.result.load, target.tables->Load(kLoadConnections, progress_));
  return Ok();
}

std::vector<CheckResult> BenchRun::CheckAnswers(Target& target) {
  progress_.Start(fmt::format("{}: checking answers", target.endpoint.name));
  DynamoDbClient client(target.endpoint, clock_, stop_);
  std::vector<CheckResult> results;
  std::size_t wrong = 0;
  for (const Pattern& pattern : file_.patterns) {
    progress_.Update(
        static_cast<double>(results.size()) / static_cast<double>(file_.patterns.size()),
        pattern.name);
    results.push_back(CheckPattern(target, pattern, client));
    if (results.back().wrong > 0) ++wrong;
  }
  progress_.Done(wrong == 0 ? fmt::format("all {} patterns answer as expected", results.size())
                            : fmt::format("{} of {} patterns do not answer as expected", wrong,
                                          results.size()));
  return results;
}

CheckResult BenchRun::CheckPattern(Target& target, const Pattern& pattern, DynamoDbClient& client) {
  CheckSum sum;
  RequestMaker maker(file_, kCheckSeed);
  const auto deadline = std::chrono::steady_clock::now() + kCheckTime;
  while (sum.calls() < kCheckedCalls && !stop_.is_set()) {
    const Draw draw = maker.DrawRows(pattern, target.next_call->fetch_add(1));
    const Result<Answer> answer = client.Call(pattern.operation->name, maker.Body(pattern, draw));
    if (!answer) {
      if (!stop_.is_set()) sum.Add(answer.error().client_text(), {});
      break;
    }
    const auto json = nlohmann::json::parse(answer.value().body, nullptr, false);
    if (answer.value().status == kOk && json.is_object()) {
      sum.Add(FindMistake(pattern, file_.data, draw, json), UnitsIn(json, pattern.units));
    } else {
      sum.Add(ErrorTextOf(answer.value()), {});
    }
    if (std::chrono::steady_clock::now() > deadline) break;
  }
  return std::move(sum).Result();
}

Measurement BenchRun::MeasureOne(Target& target, const LoadOptions& options,
                                 const std::string& title) {
  return Measure({file_, target.endpoint, clock_, stop_, *target.next_call}, options,
                 fmt::format("{}: {}", target.endpoint.name, title), progress_);
}

void BenchRun::MeasureClosed(std::vector<Target>& targets) {
  LoadOptions options;
  options.connections = options_.measure.connections;
  options.warm_up = options_.warm_up;
  options.duration = options_.measure.duration;
  for (Target& target : targets) {
    if (stop_.is_set() || !target.is_usable()) continue;
    target.result.closed_loop = MeasureOne(
        target, options, fmt::format("closed loop, {} connections", options.connections));
  }
}

void BenchRun::MeasureOpen(std::vector<Target>& targets) {
  std::optional<double> slowest;
  for (const Target& target : targets) {
    if (!target.result.closed_loop) continue;
    const double rate = target.result.closed_loop->calls_per_second() * kShareOfClosedLoop;
    if (!slowest || rate < *slowest) slowest = rate;
  }
  LoadOptions options;
  options.connections = options_.measure.connections;
  options.duration = options_.measure.duration;
  options.rate = options_.measure.rate ? options_.measure.rate : slowest;
  if (!options.rate || *options.rate <= 0) return;
  for (Target& target : targets) {
    if (stop_.is_set() || !target.is_usable()) continue;
    target.result.open_loop =
        MeasureOne(target, options, fmt::format("open loop, {:.0f} calls a second", *options.rate));
  }
}

void BenchRun::CleanUp(Target& target) {
  if (options_.keep_tables) return;
  // Not the run's flag: what was made is deleted after Ctrl-C, too.
  const StopFlag never;
  Tables& tables = *target.tables;
  if (const Result<void> deleted = tables.DeleteMade(never); !deleted) {
    progress_.Say(deleted.error().client_text());
  }
}

}  // namespace pumice::patterns
