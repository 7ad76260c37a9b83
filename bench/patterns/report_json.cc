// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "bench/patterns/report.h"

namespace pumice::patterns {
namespace {

double Microseconds(Histogram::Nanoseconds duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

Json LatencyJson(const Histogram& latency) {
  Json json = {{"mean", Microseconds(latency.Mean())}, {"max", Microseconds(latency.max())}};
  for (const double percentile : ReportedPercentiles()) {
    json[fmt::format("p{:g}", percentile)] = Microseconds(latency.Percentile(percentile));
  }
  return json;
}

Json LoopJson(const PatternFile& file, const Measurement& loop) {
  Json patterns = Json::array();
  for (std::size_t i = 0; i < loop.patterns.size(); ++i) {
    const PatternLatency& pattern = loop.patterns[i];
    Json errors = Json::object();
    for (const auto& [name, count] : pattern.errors) errors[name] = count;
    patterns.push_back({{"name", file.patterns[i].name},
                        {"calls", pattern.latency.count()},
                        {"failures", pattern.failures()},
                        {"errors", std::move(errors)},
                        {"latency_us", LatencyJson(pattern.latency)}});
  }
  return {{"connections", loop.options.connections},
          {"rate", loop.options.rate ? Json(*loop.options.rate) : Json()},
          {"seconds", loop.seconds},
          {"calls_per_second", loop.calls_per_second()},
          {"unsent", loop.unsent},
          {"slice_ms", loop.slice.count()},
          {"calls_by_slice", loop.calls_by_slice},
          {"patterns", std::move(patterns)}};
}

Json ChecksJson(const ReportInput& input, const EndpointResult& endpoint) {
  Json checks = Json::array();
  for (std::size_t i = 0; i < endpoint.checks.size(); ++i) {
    const CheckResult& check = endpoint.checks[i];
    Json json = {{"name", input.file.patterns[i].name},
                 {"calls", check.calls},
                 {"wrong", check.wrong},
                 {"first_mistake", check.wrong > 0 ? Json(check.first_mistake) : Json()}};
    json["read_units"] = check.units ? Json(check.units->read) : Json();
    json["write_units"] = check.units ? Json(check.units->write) : Json();
    const bool priced = check.units && input.result.prices;
    json["dollars_per_million"] =
        priced ? Json(DollarsPerMillion(*check.units, *input.result.prices)) : Json();
    checks.push_back(std::move(json));
  }
  return checks;
}

Json EndpointJson(const ReportInput& input, const EndpointResult& endpoint) {
  Json json = {{"name", endpoint.name},
               {"url", endpoint.url},
               {"region", endpoint.region},
               {"problem", endpoint.problem.empty() ? Json() : Json(endpoint.problem)},
               {"load", nullptr},
               {"checks", ChecksJson(input, endpoint)},
               {"closed_loop", nullptr},
               {"open_loop", nullptr}};
  if (endpoint.load) {
    json["load"] = {{"items", endpoint.load->items}, {"seconds", endpoint.load->seconds}};
  }
  if (endpoint.closed_loop) json["closed_loop"] = LoopJson(input.file, *endpoint.closed_loop);
  if (endpoint.open_loop) json["open_loop"] = LoopJson(input.file, *endpoint.open_loop);
  return json;
}

}  // namespace

std::string JsonText(const ReportInput& input) {
  Json json = {{"name", input.file.name},
               {"file", input.file.path},
               {"begun", UtcText(input.result.begun)},
               {"interrupted", input.result.interrupted},
               {"prices", nullptr},
               {"endpoints", Json::array()},
               {"broken", Json::array()}};
  if (const auto& prices = input.result.prices) {
    json["prices"] = {{"region", prices->region},
                      {"valid_from", prices->valid_from},
                      {"source", prices->source},
                      {"read_request_units_per_million", prices->read_per_million},
                      {"write_request_units_per_million", prices->write_per_million}};
  }
  for (const EndpointResult& endpoint : input.result.endpoints) {
    json["endpoints"].push_back(EndpointJson(input, endpoint));
  }
  for (const Verdict& verdict : input.broken) {
    json["broken"].push_back({{"endpoint", input.result.endpoints[verdict.endpoint].name},
                              {"pattern", input.file.patterns[verdict.pattern].name},
                              {"text", verdict.text}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pumice::patterns
