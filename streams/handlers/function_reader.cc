// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/function_reader.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "streams/functions/code_uri.h"

namespace pumice {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMaxFunctionNameBytes = 64;
constexpr std::int64_t kMaxConcurrency = 1000;
constexpr std::size_t kMaxLayers = 5;  // AWS's limit

bool IsFunctionName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxFunctionNameBytes &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

bool HasProcess(FunctionRuntime runtime) {
  return runtime == FunctionRuntime::kPython || runtime == FunctionRuntime::kNode ||
         runtime == FunctionRuntime::kProvided;
}

Result<FunctionRuntime> ReadRuntime(const ConfigObject& object, std::string_view name) {
  if (name.starts_with("python3")) return FunctionRuntime::kPython;
  if (name.starts_with("nodejs")) return FunctionRuntime::kNode;
  if (name.starts_with("provided")) return FunctionRuntime::kProvided;
  return object.place().Member("Runtime").Fail(
      fmt::format("is \"{}\"; supported are python3.*, nodejs* and provided.*", name));
}

Result<fs::path> ReadFolder(const ConfigPlace& place, const fs::path& written) {
  const fs::path base = fs::absolute(place.file).parent_path();
  const fs::path path = (base / written).lexically_normal();
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return path;
  return place.Fail(
      fmt::format("is \"{}\"; there is no such folder ({})", written.string(), path.string()));
}

Result<void> ReadLayers(ConfigObject& object, FunctionConfig& function) {
  const json* list = object.Find("Layers");
  if (list == nullptr) return Ok();
  const ConfigPlace place = object.place().Member("Layers");
  if (!list->is_array()) return place.Fail("must be a list, […]");
  if (list->size() > kMaxLayers) return place.Fail("must have at most 5 elements");
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (!(*list)[i].is_string()) return place.Element(i).Fail("must be a folder");
    PUMICE_TRY(fs::path folder, ReadFolder(place.Element(i), (*list)[i].get<std::string>()));
    function.layers.push_back(std::move(folder));
  }
  return Ok();
}

/// CodePath or CodeUri: a folder, or who carries the function out instead of a process of ours.
Result<void> ReadCode(ConfigObject& object, FunctionConfig& function) {
  const ConfigPlace uri_place = object.place().Member("CodeUri");
  PUMICE_TRY(const std::string uri, object.String("CodeUri", {}));
  if (uri.empty()) {
    PUMICE_TRY(const std::string written, object.NeedString("CodePath"));
    PUMICE_TRY(function.code_path, ReadFolder(object.place().Member("CodePath"), written));
    return Ok();
  }
  if (object.Find("CodePath") != nullptr) {
    return uri_place.Fail("and CodePath both tell where the code is; leave one out");
  }
  auto parsed = ParseCodeUri(uri);
  if (!parsed) return uri_place.Fail(parsed.error().client_text());
  ApplyCodeUri(parsed.value(), function);
  if (!function.code_path.empty()) {
    PUMICE_TRY(function.code_path, ReadFolder(uri_place, function.code_path));
  }
  return Ok();
}

Result<void> CheckBootstrap(const ConfigObject& object, const FunctionConfig& function) {
  const auto has_bootstrap = [](const fs::path& folder) {
    std::error_code ignored;
    return fs::is_regular_file(folder / "bootstrap", ignored);
  };
  if (function.runtime != FunctionRuntime::kProvided || has_bootstrap(function.code_path) ||
      std::any_of(function.layers.begin(), function.layers.end(), has_bootstrap)) {
    return Ok();
  }
  return object.place().Fail(fmt::format("has no file `bootstrap` in its code ({}) or layers",
                                         function.code_path.string()));
}

/// What only processes of ours have: elsewhere a member is a mistake, not something to pass over.
Result<void> ReadProcess(ConfigObject& object, FunctionConfig& function) {
  if (!HasProcess(function.runtime)) {
    // A template for AWS has these two; they say nothing here.
    PUMICE_TRY(function.runtime_name, object.String("Runtime", {}));
    PUMICE_TRY(function.handler, object.String("Handler", {}));
    return Ok();
  }
  PUMICE_TRY(function.runtime_name, object.NeedString("Runtime"));
  PUMICE_TRY(function.runtime, ReadRuntime(object, function.runtime_name));
  const bool provided = function.runtime == FunctionRuntime::kProvided;
  PUMICE_TRY(function.handler,
             provided ? object.String("Handler", "bootstrap") : object.NeedString("Handler"));
  PUMICE_TRY(ReadLayers(object, function));
  PUMICE_TRY(function.enforce_memory, object.Bool("EnforceMemorySize", false));
  return CheckBootstrap(object, function);
}

Result<std::map<std::string, std::string, std::less<>>> ReadVariables(ConfigObject& object) {
  std::map<std::string, std::string, std::less<>> variables;
  const json* environment = object.Find("Environment");
  if (environment == nullptr) return variables;
  PUMICE_TRY(auto reader, ConfigObject::Open(*environment, object.place().Member("Environment")));
  const json* values = reader.Find("Variables");
  PUMICE_TRY(reader.RejectOthers());
  if (values == nullptr) return variables;
  const ConfigPlace place = reader.place().Member("Variables");
  if (!values->is_object()) return place.Fail("must be an object, {…}");
  for (const auto& [name, value] : values->items()) {
    if (!value.is_string()) return place.Member(name).Fail("must be a text");
    if (name.empty() || name.find('=') != std::string::npos) {
      return place.Member(name).Fail("is no name for an environment variable");
    }
    variables.emplace(name, value.get<std::string>());
  }
  return variables;
}

Result<void> ReadLimits(ConfigObject& object, FunctionConfig& function) {
  PUMICE_TRY(const auto timeout, object.Integer("Timeout", 3, {1, 900}));
  function.timeout = std::chrono::seconds(timeout);
  PUMICE_TRY(function.memory_size_mb, object.Integer("MemorySize", 128, {128, 10'240}));
  PUMICE_TRY(
      const auto concurrency,
      object.Integer("MaximumConcurrency", static_cast<std::int64_t>(function.max_concurrency),
                     {1, kMaxConcurrency}));
  function.max_concurrency = static_cast<std::size_t>(concurrency);
  return Ok();
}

}  // namespace

Result<FunctionConfig> ReadFunction(const json& value, ConfigPlace place) {
  PUMICE_TRY(auto object, ConfigObject::Open(value, std::move(place)));
  FunctionConfig function;
  PUMICE_TRY(function.name, object.NeedString("FunctionName"));
  if (!IsFunctionName(function.name)) {
    return object.place().Member("FunctionName").Fail("must be 1 to 64 letters, digits, - and _");
  }
  PUMICE_TRY(ReadCode(object, function));
  PUMICE_TRY(ReadProcess(object, function));
  PUMICE_TRY(ReadLimits(object, function));
  PUMICE_TRY(function.variables, ReadVariables(object));
  if (function.runtime == FunctionRuntime::kHttp) {
    PUMICE_TRY(function.webhook_secret, object.String("WebhookSecret", {}));
  }
  PUMICE_TRY(object.String("Description", {}));
  PUMICE_TRY(object.RejectOthers());
  return function;
}

}  // namespace pumice
