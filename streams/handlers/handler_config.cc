// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/handler_config.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "streams/handlers/config_object.h"
#include "streams/handlers/event_pattern.h"
#include "streams/handlers/failure_destinations.h"
#include "streams/handlers/function_reader.h"

namespace pumice {
namespace {

using nlohmann::json;

// --- Event source mappings
// -------------------------------------------------------------------------

Result<EventSource> ReadEventSource(const ConfigPlace& place, const std::string& text) {
  if (!text.starts_with("arn:")) {
    if (text.empty()) return place.Fail("must be a stream's ARN, a table's ARN or a table's name");
    return EventSource{.stream_arn = {}, .table_name = text, .region = {}};
  }
  // arn:aws:dynamodb:<region>:<account>:table/<name>[/stream/<label>]; the label holds colons.
  constexpr std::string_view kForm =
      "must be arn:aws:dynamodb:<region>:<account>:table/<table>[/stream/<label>]";
  std::size_t at = 0;
  std::string region;
  for (int part = 0; part < 5; ++part) {
    const std::size_t colon = text.find(':', at);
    if (colon == std::string::npos) return place.Fail(kForm);
    const std::string_view value = std::string_view(text).substr(at, colon - at);
    if (part == 2 && value != "dynamodb") return place.Fail(kForm);
    if (part == 3) region = value;
    at = colon + 1;
  }
  const std::string resource = text.substr(at);
  if (!resource.starts_with("table/") || resource.size() == 6) return place.Fail(kForm);
  const std::size_t stream = resource.find("/stream/");
  const std::string table = resource.substr(6, stream == std::string::npos ? stream : stream - 6);
  if (table.empty() || table.find('/') != std::string::npos) return place.Fail(kForm);
  return EventSource{.stream_arn = stream == std::string::npos ? std::string() : text,
                     .table_name = table,
                     .region = region};
}

/// AWS accepts a name, an ARN, a partial ARN, and each with an alias behind it.
std::string PlainFunctionName(std::string_view text) {
  constexpr std::string_view kMark = "function:";
  if (const auto mark = text.find(kMark); mark != std::string_view::npos) {
    text.remove_prefix(mark + kMark.size());
  }
  return std::string(text.substr(0, text.find(':')));
}

Result<StartingPosition> ReadStartingPosition(ConfigObject& object) {
  PUMICE_TRY(const std::string text, object.NeedString("StartingPosition"));
  if (text == "TRIM_HORIZON") return StartingPosition::kTrimHorizon;
  if (text == "LATEST") return StartingPosition::kLatest;
  return object.place()
      .Member("StartingPosition")
      .Fail(fmt::format("is \"{}\"; it must be TRIM_HORIZON or LATEST", text));
}

constexpr std::size_t kMaxFilters = 10;
constexpr std::size_t kMaxPatternBytes = 4096;

Result<std::vector<std::string>> ReadFilterCriteria(ConfigObject& object) {
  std::vector<std::string> patterns;
  const json* criteria = object.Find("FilterCriteria");
  if (criteria == nullptr) return patterns;
  PUMICE_TRY(auto reader, ConfigObject::Open(*criteria, object.place().Member("FilterCriteria")));
  const json* filters = reader.Find("Filters");
  PUMICE_TRY(reader.RejectOthers());
  if (filters == nullptr) return patterns;
  const ConfigPlace list = reader.place().Member("Filters");
  if (!filters->is_array()) return list.Fail("must be a list, […]");
  if (filters->size() > kMaxFilters) return list.Fail("has more than 10 filters");
  for (std::size_t i = 0; i < filters->size(); ++i) {
    PUMICE_TRY(auto filter, ConfigObject::Open((*filters)[i], list.Element(i)));
    PUMICE_TRY(std::string pattern, filter.NeedString("Pattern"));
    PUMICE_TRY(filter.RejectOthers());
    const ConfigPlace place = filter.place().Member("Pattern");
    if (pattern.size() > kMaxPatternBytes) return place.Fail("is longer than 4096 characters");
    if (const auto parsed = EventPattern::Parse(pattern); !parsed) {
      return place.Fail(fmt::format("is no filter pattern: {}", parsed.error().log_text()));
    }
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

Result<bool> ReadResponseTypes(ConfigObject& object) {
  const json* types = object.Find("FunctionResponseTypes");
  if (types == nullptr || *types == json::array()) return false;
  if (*types == json::array({"ReportBatchItemFailures"})) return true;
  return object.place()
      .Member("FunctionResponseTypes")
      .Fail("must be [] or [\"ReportBatchItemFailures\"]");
}

Result<std::string> ReadOnFailure(ConfigObject& object) {
  const json* config = object.Find("DestinationConfig");
  if (config == nullptr) return std::string();
  PUMICE_TRY(auto outer, ConfigObject::Open(*config, object.place().Member("DestinationConfig")));
  const json* on_failure = outer.Find("OnFailure");
  PUMICE_TRY(outer.RejectOthers());
  if (on_failure == nullptr) return std::string();
  PUMICE_TRY(auto inner, ConfigObject::Open(*on_failure, outer.place().Member("OnFailure")));
  PUMICE_TRY(std::string arn, inner.String("Destination", {}));
  PUMICE_TRY(inner.RejectOthers());
  if (arn.empty()) return arn;
  if (const auto checked = CheckFailureDestination(arn); !checked) {
    return inner.place().Member("Destination").Fail(checked.error().client_text());
  }
  return arn;
}

Result<std::chrono::seconds> ReadSeconds(ConfigObject& object, std::string_view name,
                                         std::int64_t high) {
  PUMICE_TRY(const auto seconds, object.Integer(name, 0, {0, high}));
  return std::chrono::seconds(seconds);
}

/// How batches are formed and where their records go.
Result<void> ReadBatching(ConfigObject& object, MappingConfig& mapping) {
  PUMICE_TRY(const auto batch_size, object.Integer("BatchSize", 100, {1, 10'000}));
  mapping.batch_size = static_cast<std::size_t>(batch_size);
  PUMICE_TRY(mapping.batching_window, ReadSeconds(object, "MaximumBatchingWindowInSeconds", 300));
  PUMICE_TRY(const auto factor, object.Integer("ParallelizationFactor", 1, {1, 10}));
  mapping.parallelization_factor = static_cast<std::size_t>(factor);
  PUMICE_TRY(mapping.tumbling_window, ReadSeconds(object, "TumblingWindowInSeconds", 900));
  PUMICE_TRY(mapping.filter_patterns, ReadFilterCriteria(object));
  return Ok();
}

/// What becomes of batches that fail.
Result<void> ReadFailureHandling(ConfigObject& object, MappingConfig& mapping) {
  PUMICE_TRY(const auto retries, object.Integer("MaximumRetryAttempts", -1, {-1, 10'000}));
  if (retries >= 0) mapping.max_retries = retries;
  PUMICE_TRY(const auto age, object.Integer("MaximumRecordAgeInSeconds", -1, {-1, 604'800}));
  if (age >= 0 && age < 60) {
    return object.place()
        .Member("MaximumRecordAgeInSeconds")
        .Fail(fmt::format("is {}; it must be -1 or between 60 and 604800", age));
  }
  if (age >= 0) mapping.max_record_age = std::chrono::seconds(age);
  PUMICE_TRY(mapping.bisect_on_error, object.Bool("BisectBatchOnFunctionError", false));
  PUMICE_TRY(mapping.reports_item_failures, ReadResponseTypes(object));
  PUMICE_TRY(mapping.on_failure, ReadOnFailure(object));
  return Ok();
}

Result<MappingConfig> ReadMapping(const json& value, ConfigPlace place) {
  PUMICE_TRY(auto object, ConfigObject::Open(value, std::move(place)));
  MappingConfig mapping;
  PUMICE_TRY(mapping.event_source_arn, object.NeedString("EventSourceArn"));
  PUMICE_TRY(mapping.source,
             ReadEventSource(object.place().Member("EventSourceArn"), mapping.event_source_arn));
  PUMICE_TRY(const std::string function, object.NeedString("FunctionName"));
  mapping.function_name = PlainFunctionName(function);
  PUMICE_TRY(mapping.starting_position, ReadStartingPosition(object));
  PUMICE_TRY(mapping.enabled, object.Bool("Enabled", true));
  PUMICE_TRY(ReadBatching(object, mapping));
  PUMICE_TRY(ReadFailureHandling(object, mapping));
  PUMICE_TRY(object.RejectOthers());
  return mapping;
}

// --- The whole file
// --------------------------------------------------------------------------------

template <class T>
Result<std::vector<T>> ReadList(ConfigObject& object, std::string_view name,
                                Result<T> (*read)(const json&, ConfigPlace)) {
  std::vector<T> out;
  const json* list = object.Find(name);
  if (list == nullptr) return out;
  const ConfigPlace place = object.place().Member(name);
  if (!list->is_array()) return place.Fail("must be a list, […]");
  for (std::size_t i = 0; i < list->size(); ++i) {
    PUMICE_TRY(T element, read((*list)[i], place.Element(i)));
    out.push_back(std::move(element));
  }
  return out;
}

bool SameIdentity(const MappingConfig& a, const MappingConfig& b) {
  return a.function_name == b.function_name && a.source.stream_arn == b.source.stream_arn &&
         a.source.table_name == b.source.table_name;
}

Result<void> CheckReferences(const HandlerConfig& config, const ConfigPlace& place) {
  for (std::size_t i = 0; i < config.functions.size(); ++i) {
    if (config.FindFunction(config.functions[i].name) != &config.functions[i]) {
      return place.Member("Functions")
          .Element(i)
          .Member("FunctionName")
          .Fail(fmt::format("is \"{}\"; another function has that name", config.functions[i].name));
    }
  }
  for (std::size_t i = 0; i < config.mappings.size(); ++i) {
    const MappingConfig& mapping = config.mappings[i];
    const ConfigPlace here = place.Member("EventSourceMappings").Element(i);
    if (config.FindFunction(mapping.function_name) == nullptr) {
      return here.Member("FunctionName")
          .Fail(fmt::format("is \"{}\"; no such function is in Functions", mapping.function_name));
    }
    const bool twice = std::any_of(config.mappings.begin(), config.mappings.begin() + i,
                                   [&](const auto& other) { return SameIdentity(other, mapping); });
    if (twice) return here.Fail("maps the same source to the same function as an earlier one");
  }
  return Ok();
}

struct ParsedJson {
  json value;
  std::string mistake;  // not empty: the text is no JSON
};

// The library tells where a text goes wrong only by an exception.
ParsedJson ParseJson(std::string_view text) {
  try {
    return {json::parse(text), {}};
  } catch (const json::exception& mistake) {
    return {{}, mistake.what()};
  }
}

}  // namespace

const FunctionConfig* HandlerConfig::FindFunction(std::string_view name) const {
  const auto found = std::find_if(functions.begin(), functions.end(),
                                  [&](const auto& function) { return function.name == name; });
  return found == functions.end() ? nullptr : &*found;
}

Result<HandlerConfig> ParseHandlerConfig(std::string_view text, const std::filesystem::path& file) {
  const ConfigPlace place{file.string(), {}};
  const ParsedJson parsed = ParseJson(text);
  if (!parsed.mistake.empty()) return place.Fail("is no JSON: " + parsed.mistake);
  PUMICE_TRY(auto object, ConfigObject::Open(parsed.value, place));
  HandlerConfig config;
  PUMICE_TRY(config.functions, ReadList<FunctionConfig>(object, "Functions", ReadFunction));
  PUMICE_TRY(config.mappings, ReadList<MappingConfig>(object, "EventSourceMappings", ReadMapping));
  PUMICE_TRY(object.RejectOthers());
  PUMICE_TRY(CheckReferences(config, place));
  return config;
}

Result<HandlerConfig> ReadHandlerConfig(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.is_open() || stream.bad()) {
    return Error(ErrorCode::kValidation,
                 fmt::format("{}: it cannot be read: {}", file.string(), std::strerror(errno)));
  }
  return ParseHandlerConfig(text, file);
}

}  // namespace pumice
