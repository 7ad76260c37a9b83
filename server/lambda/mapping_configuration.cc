// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/mapping_configuration.h"

#include <utility>

#include <fmt/core.h>

#include "streams/handlers/event_pattern.h"
#include "streams/handlers/failure_destinations.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxFilters = 10;
constexpr std::size_t kMaxPatternBytes = 4'096;
constexpr std::string_view kReportFailures = "ReportBatchItemFailures";

LambdaResult<void> ReadFilters(const Parameters& parameters, json& configuration) {
  const json* criteria = parameters.Find("FilterCriteria");
  if (criteria == nullptr) return Ok();
  const json filters = criteria->is_object() ? criteria->value("Filters", json::array()) : json();
  if (!filters.is_array()) {
    return LambdaError(kSerialization, "FilterCriteria.Filters must be a list");
  }
  if (filters.empty()) {  // how a filter is taken away
    configuration.erase("FilterCriteria");
    return Ok();
  }
  if (filters.size() > kMaxFilters) {
    return InvalidParameter(fmt::format("Maximum number of filters is {}", kMaxFilters));
  }
  for (const json& filter : filters) {
    const json pattern = filter.is_object() ? filter.value("Pattern", json()) : json();
    const bool fits = pattern.is_string() &&
                      pattern.get_ref<const std::string&>().size() <= kMaxPatternBytes &&
                      EventPattern::Parse(pattern.get_ref<const std::string&>()).has_value();
    if (!fits) return InvalidParameter("Invalid filter pattern definition.");
  }
  configuration["FilterCriteria"] = {{"Filters", filters}};
  return Ok();
}

LambdaResult<void> ReadDestination(const Parameters& parameters, json& configuration) {
  const json* destination = parameters.Find("DestinationConfig");
  if (destination == nullptr) return Ok();
  const json failure =
      destination->is_object() ? destination->value("OnFailure", json::object()) : json();
  const json arn = failure.is_object() ? failure.value("Destination", json("")) : json();
  if (!arn.is_string()) {
    return LambdaError(kSerialization, "DestinationConfig.OnFailure.Destination must be a string");
  }
  const auto text = arn.get<std::string>();
  json stored = json::object();
  if (!text.empty()) {
    if (const auto known = CheckFailureDestination(text); !known) {
      return InvalidParameter("DestinationConfig.OnFailure.Destination " +
                              known.error().client_text());
    }
    stored["Destination"] = text;
  }
  configuration["DestinationConfig"] = {{"OnFailure", stored}};
  return Ok();
}

void SetInteger(Parameters& parameters, json& configuration, const char* name,
                Parameters::Range range) {
  if (const auto value = parameters.Integer(name, range)) configuration[name] = *value;
}

}  // namespace

json NewMappingConfiguration(const std::string& uuid, const LambdaCaller& owner) {
  return {{"UUID", uuid},
          {"EventSourceMappingArn", fmt::format("arn:aws:lambda:{}:{}:event-source-mapping:{}",
                                                owner.region, owner.account, uuid)},
          {"BatchSize", 100},
          {"BisectBatchOnFunctionError", false},
          {"DestinationConfig", {{"OnFailure", json::object()}}},
          {"FunctionResponseTypes", json::array()},
          {"MaximumBatchingWindowInSeconds", 0},
          {"MaximumRecordAgeInSeconds", -1},
          {"MaximumRetryAttempts", -1},
          {"ParallelizationFactor", 1},
          {"TumblingWindowInSeconds", 0}};
}

LambdaResult<void> ReadMappingMembers(Parameters& parameters, json& configuration) {
  SetInteger(parameters, configuration, "BatchSize", {1, 10'000});
  SetInteger(parameters, configuration, "MaximumBatchingWindowInSeconds", {0, 300});
  SetInteger(parameters, configuration, "ParallelizationFactor", {1, 10});
  SetInteger(parameters, configuration, "MaximumRecordAgeInSeconds", {-1, 604'800});
  SetInteger(parameters, configuration, "MaximumRetryAttempts", {-1, 10'000});
  SetInteger(parameters, configuration, "TumblingWindowInSeconds", {0, 900});
  if (const auto bisect = parameters.Flag("BisectBatchOnFunctionError")) {
    configuration["BisectBatchOnFunctionError"] = *bisect;
  }
  if (const auto types = parameters.Texts("FunctionResponseTypes", 1)) {
    for (const std::string& type : *types) {
      if (type == kReportFailures) continue;
      parameters.Fail(
          fmt::format("[{}]", type), "functionResponseTypes",
          fmt::format("Member must satisfy constraint: [{}]", EnumConstraint(kReportFailures)));
    }
    configuration["FunctionResponseTypes"] = *types;
  }
  PUMICE_TRY(parameters.Check());
  const auto age = configuration.at("MaximumRecordAgeInSeconds").get<std::int64_t>();
  if (age != -1 && age < 60) {  // the text is ours
    return InvalidParameter("MaximumRecordAgeInSeconds must be -1 or between 60 and 604800");
  }
  PUMICE_TRY(ReadFilters(parameters, configuration));
  return ReadDestination(parameters, configuration);
}

MappingConfig ToMappingConfig(const MappingRecord& record, std::string function_key) {
  const json& from = record.configuration;
  MappingConfig config;
  config.uuid = record.uuid;
  config.event_source_arn = from.at("EventSourceArn");
  config.source.stream_arn = config.event_source_arn;
  config.function_name = std::move(function_key);
  config.batch_size = from.at("BatchSize");
  config.starting_position = from.at("StartingPosition") == "LATEST"
                                 ? StartingPosition::kLatest
                                 : StartingPosition::kTrimHorizon;
  config.enabled = record.enabled;
  if (const std::int64_t retries = from.at("MaximumRetryAttempts"); retries >= 0) {
    config.max_retries = retries;
  }
  if (const std::int64_t age = from.at("MaximumRecordAgeInSeconds"); age >= 0) {
    config.max_record_age = std::chrono::seconds(age);
  }
  config.batching_window = std::chrono::seconds(from.at("MaximumBatchingWindowInSeconds"));
  config.parallelization_factor = from.at("ParallelizationFactor");
  config.bisect_on_error = from.at("BisectBatchOnFunctionError");
  config.tumbling_window = std::chrono::seconds(from.at("TumblingWindowInSeconds"));
  config.reports_item_failures = !from.at("FunctionResponseTypes").empty();
  if (from.contains("FilterCriteria")) {
    for (const json& filter : from["FilterCriteria"]["Filters"]) {
      config.filter_patterns.push_back(filter.at("Pattern"));
    }
  }
  config.on_failure = from["DestinationConfig"]["OnFailure"].value("Destination", "");
  return config;
}

json MappingAnswer(const MappingRecord& record, std::string_view state,
                   const std::optional<MappingReport>& report) {
  json answer = record.configuration;
  std::string known = record.enabled ? "Enabled" : "Disabled";
  if (report && report->state != "Stopped") known = report->state;
  answer["State"] = state.empty() ? known : std::string(state);
  answer["StateTransitionReason"] = "User action";
  answer["LastProcessingResult"] = report ? report->last_result : "No records processed";
  return answer;
}

}  // namespace pumice
