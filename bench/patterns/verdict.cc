// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/verdict.h"

#include <fmt/core.h>

namespace pumice::patterns {
namespace {

// What is within this of its budget is not broken: averages of doubles are not exact.
constexpr double kTolerance = 1e-9;

bool IsOver(const std::optional<double>& budget, double value) {
  return budget && value > *budget * (1 + kTolerance) + kTolerance;
}

/// Of one pattern at one endpoint.
class Judge {
 public:
  Judge(const Pattern& pattern, std::vector<Verdict>& verdicts, Verdict place)
      : budget_(pattern.budget), verdicts_(verdicts), place_(std::move(place)) {}

  void Check(const CheckResult& check, const std::optional<Prices>& prices) {
    if (check.wrong > 0) {
      Add(Broken::kAnswers, fmt::format("{} of {} answers are wrong, the first: {}", check.wrong,
                                        check.calls, check.first_mistake));
    }
    if (!check.units) return CheckUnknownCost(check);
    if (IsOver(budget_.read_units, check.units->read)) {
      Add(Broken::kReadUnits, fmt::format("reads {:.4g} units a call, the budget is {:.4g}",
                                          check.units->read, *budget_.read_units));
    }
    if (IsOver(budget_.write_units, check.units->write)) {
      Add(Broken::kWriteUnits, fmt::format("writes {:.4g} units a call, the budget is {:.4g}",
                                           check.units->write, *budget_.write_units));
    }
    const double dollars = prices ? DollarsPerMillion(*check.units, *prices) : 0;
    if (IsOver(budget_.dollars_per_million, dollars)) {
      Add(Broken::kDollars, fmt::format("costs ${:.4g} a million calls, the budget is ${:.4g}",
                                        dollars, *budget_.dollars_per_million));
    }
  }

  void Check(const Measurement& measurement, const PatternLatency& loop) {
    if (const std::uint64_t failures = loop.failures(); failures > 0) {
      Add(Broken::kFailures, fmt::format("{} calls failed under load, among them with {}", failures,
                                         loop.errors.begin()->first));
    }
    if (loop.latency.count() == 0) return;
    if (measurement.unsent > 0 && !budget_.latency.empty()) {
      Add(Broken::kLatency,
          fmt::format("{} calls were due and never sent: the endpoint does not keep up with {:.0f} "
                      "calls a second",
                      measurement.unsent, measurement.options.rate.value_or(0)));
    }
    for (const LatencyBudget& budget : budget_.latency) {
      const std::chrono::duration<double, std::milli> took =
          loop.latency.Percentile(budget.percentile);
      if (!IsOver(budget.milliseconds, took.count())) continue;
      Add(Broken::kLatency, fmt::format("p{:g} is {:.4g} ms, the budget is {:.4g} ms",
                                        budget.percentile, took.count(), budget.milliseconds));
    }
  }

 private:
  /// A budget that cannot be judged must not pass for kept.
  void CheckUnknownCost(const CheckResult& check) {
    const bool judged = budget_.read_units || budget_.write_units || budget_.dollars_per_million;
    if (!judged || check.calls == 0 || check.wrong > 0) return;
    Add(budget_.read_units ? Broken::kReadUnits : Broken::kWriteUnits,
        "its cost is unknown: the answers name no ConsumedCapacity");
  }

  void Add(Broken what, std::string text) {
    Verdict verdict = place_;
    verdict.what = what;
    verdict.text = std::move(text);
    verdicts_.push_back(std::move(verdict));
  }

  const Budget& budget_;
  std::vector<Verdict>& verdicts_;
  Verdict place_;
};

}  // namespace

const Measurement* JudgedLoop(const EndpointResult& endpoint) {
  if (endpoint.open_loop) return &*endpoint.open_loop;
  return endpoint.closed_loop ? &*endpoint.closed_loop : nullptr;
}

std::vector<Verdict> FindBroken(const PatternFile& file, const BenchResult& result) {
  std::vector<Verdict> verdicts;
  for (std::size_t e = 0; e < result.endpoints.size(); ++e) {
    const EndpointResult& endpoint = result.endpoints[e];
    const Measurement* loop = JudgedLoop(endpoint);
    for (std::size_t p = 0; p < file.patterns.size(); ++p) {
      Judge judge(file.patterns[p], verdicts, Verdict{e, p, Broken::kAnswers, {}});
      if (p < endpoint.checks.size()) judge.Check(endpoint.checks[p], result.prices);
      if (loop != nullptr) judge.Check(*loop, loop->patterns[p]);
    }
  }
  return verdicts;
}

}  // namespace pumice::patterns
