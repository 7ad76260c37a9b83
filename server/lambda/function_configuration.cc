// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/function_configuration.h"

#include <algorithm>
#include <optional>
#include <system_error>

#include <fmt/core.h>

#include "server/lambda/digest.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxEnvironmentBytes = 4'096;
// Of the service's model: the runtimes that AWS names today.
constexpr std::string_view kRuntimes =
    "nodejs, nodejs4.3, nodejs6.10, nodejs8.10, nodejs10.x, nodejs12.x, nodejs14.x, nodejs16.x, "
    "nodejs18.x, nodejs20.x, nodejs22.x, nodejs24.x, java8, java8.al2, java11, java17, java21, "
    "java25, python2.7, python3.6, python3.7, python3.8, python3.9, python3.10, python3.11, "
    "python3.12, python3.13, python3.14, dotnetcore1.0, dotnetcore2.0, dotnetcore2.1, "
    "dotnetcore3.1, dotnet6, dotnet8, dotnet10, nodejs4.3-edge, go1.x, ruby2.5, ruby2.7, ruby3.2, "
    "ruby3.3, ruby3.4, ruby4.0, provided, provided.al2, provided.al2023, nodejs26.x, python3.15";
constexpr std::string_view kRolePattern =
    R"(arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+)";
// Kept and answered as they are.
constexpr std::string_view kPassedThrough[] = {"DeadLetterConfig", "FileSystemConfigs", "KMSKeyArn",
                                               "TracingConfig"};

bool IsRole(std::string_view text) {
  const auto iam = text.find(":iam::");
  const auto role = text.find(":role/");
  return text.starts_with("arn:aws") && iam != std::string_view::npos &&
         role == iam + std::string_view(":iam::").size() + 12 && role + 6 < text.size();
}

bool IsVariableName(std::string_view name) {
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) != 0 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

// AWS refuses those that it sets itself.
constexpr std::string_view kReservedVariables[] = {"_HANDLER",
                                                   "_X_AMZN_TRACE_ID",
                                                   "AWS_ACCESS_KEY",
                                                   "AWS_ACCESS_KEY_ID",
                                                   "AWS_DEFAULT_REGION",
                                                   "AWS_EXECUTION_ENV",
                                                   "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                                   "AWS_LAMBDA_FUNCTION_NAME",
                                                   "AWS_LAMBDA_FUNCTION_VERSION",
                                                   "AWS_LAMBDA_INITIALIZATION_TYPE",
                                                   "AWS_LAMBDA_LOG_GROUP_NAME",
                                                   "AWS_LAMBDA_LOG_STREAM_NAME",
                                                   "AWS_LAMBDA_RUNTIME_API",
                                                   "AWS_REGION",
                                                   "AWS_SECRET_ACCESS_KEY",
                                                   "AWS_SESSION_TOKEN",
                                                   "LAMBDA_RUNTIME_DIR",
                                                   "LAMBDA_TASK_ROOT"};

LambdaResult<void> CheckVariables(const json& variables) {
  std::string reserved;
  for (const auto& [name, value] : variables.items()) {
    if (!value.is_string()) {
      return LambdaError(kSerialization, "Environment.Variables." + name + " must be a string");
    }
    if (!IsVariableName(name)) {
      return LambdaError(
          kValidationFailed,
          fmt::format("1 validation error detected: Value at 'environment.variables' failed to "
                      "satisfy constraint: Map keys must satisfy constraint: [Member must satisfy "
                      "regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"));
    }
    if (std::find(std::begin(kReservedVariables), std::end(kReservedVariables), name) !=
        std::end(kReservedVariables)) {
      reserved += (reserved.empty() ? "" : ", ") + name;
    }
  }
  if (!reserved.empty()) {
    return InvalidParameter(fmt::format(
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided contains reserved keys that are currently not supported for "
        "modification. Reserved keys used in this request: {}",
        reserved));
  }
  const std::size_t size = variables.dump(-1, ' ', false, json::error_handler_t::replace).size();
  if (size <= kMaxEnvironmentBytes) return Ok();
  return InvalidParameter(fmt::format(
      "Lambda was unable to configure your environment variables because the environment variables "
      "you have provided exceeded the 4KB limit. String measured: {}",
      variables.dump(-1, ' ', false, json::error_handler_t::replace)));
}

LambdaResult<void> ReadEnvironment(const Parameters& parameters, json& configuration) {
  const json* environment = parameters.Find("Environment");
  if (environment == nullptr) return Ok();
  const json variables = environment->is_object() && environment->contains("Variables")
                             ? environment->at("Variables")
                             : json::object();
  if (!environment->is_object() || !variables.is_object()) {
    return LambdaError(kSerialization, "Environment.Variables must be an object");
  }
  PUMICE_TRY(CheckVariables(variables));
  configuration["Environment"] = {{"Variables", variables}};
  return Ok();
}

void ReadScalars(Parameters& parameters, json& configuration) {
  const auto set = [&](const char* name, const auto& value) {
    if (value) configuration[name] = *value;
  };
  const auto runtime = parameters.Choice("Runtime", kRuntimes);
  set("Runtime", runtime);
  const auto role = parameters.Text("Role");
  if (role && !IsRole(*role)) parameters.Fail(*role, "role", PatternConstraint(kRolePattern));
  set("Role", role);
  const auto handler = parameters.Text("Handler", {.most = 128});
  if (handler && handler->find_first_of(" \t\r\n") != std::string::npos) {
    parameters.Fail(*handler, "handler", PatternConstraint(R"([^\s]+)"));
  }
  set("Handler", handler);
  set("Description", parameters.Text("Description", {.most = 256}));
  set("Timeout", parameters.Integer("Timeout", {1, 900}));
  set("MemorySize", parameters.Integer("MemorySize", {128, 32'768}));
}

/// {"Size":512} and the like, taken over member by member so that defaults stay.
void Merge(const json* from, json& into) {
  if (from == nullptr || !from->is_object()) return;
  for (const auto& [name, value] : from->items()) into[name] = value;
}

LambdaResult<void> ReadStructures(const Parameters& parameters, json& configuration) {
  for (const std::string_view name : kPassedThrough) {
    if (const json* value = parameters.Find(name)) configuration[std::string(name)] = *value;
  }
  Merge(parameters.Find("EphemeralStorage"), configuration["EphemeralStorage"]);
  Merge(parameters.Find("LoggingConfig"), configuration["LoggingConfig"]);
  if (const json* snap = parameters.Find("SnapStart"); snap != nullptr && snap->is_object()) {
    configuration["SnapStart"]["ApplyOn"] = snap->value("ApplyOn", "None");
  }
  if (const json* image = parameters.Find("ImageConfig")) {
    configuration["ImageConfigResponse"] = {{"ImageConfig", *image}};
  }
  if (const json* vpc = parameters.Find("VpcConfig"); vpc != nullptr && vpc->is_object()) {
    configuration["VpcConfig"] = {{"SubnetIds", json::array()},
                                  {"SecurityGroupIds", json::array()},
                                  {"VpcId", ""},
                                  {"Ipv6AllowedForDualStack", false}};
    Merge(vpc, configuration["VpcConfig"]);
  }
  return ReadEnvironment(parameters, configuration);
}

std::optional<FunctionRuntime> RuntimeOf(std::string_view name) {
  if (name.starts_with("python3")) return FunctionRuntime::kPython;
  if (name.starts_with("nodejs")) return FunctionRuntime::kNode;
  if (name.starts_with("provided")) return FunctionRuntime::kProvided;
  return std::nullopt;
}

FunctionRuntime RuntimeFor(const json& configuration, const FunctionCode& code) {
  if (code.kind == FunctionCode::Kind::kHttp) return FunctionRuntime::kHttp;
  if (code.kind == FunctionCode::Kind::kOutside) return FunctionRuntime::kOutside;
  return RuntimeOf(configuration.value("Runtime", "")).value_or(FunctionRuntime::kProvided);
}

}  // namespace

json NewFunctionConfiguration(const std::string& name, const LambdaCaller& owner) {
  return {{"FunctionName", name},
          {"FunctionArn", FunctionArnOf(owner, name)},
          {"Version", kLatest},
          {"Description", ""},
          {"Timeout", 3},
          {"MemorySize", 128},
          {"PackageType", "Zip"},
          {"Architectures", {"x86_64"}},
          {"EphemeralStorage", {{"Size", 512}}},
          {"LoggingConfig", {{"LogFormat", "Text"}, {"LogGroup", "/aws/lambda/" + name}}},
          {"SnapStart", {{"ApplyOn", "None"}, {"OptimizationStatus", "Off"}}},
          {"TracingConfig", {{"Mode", "PassThrough"}}},
          {"State", "Active"},
          {"LastUpdateStatus", "Successful"}};
}

LambdaResult<void> ReadFunctionMembers(const json& document, json& configuration) {
  Parameters parameters(document);
  ReadScalars(parameters, configuration);
  PUMICE_TRY(parameters.Check());
  PUMICE_TRY(ReadStructures(parameters, configuration));
  if (!configuration.contains("Runtime")) return Ok();
  // Any text that does not change while the runtime does not.
  const std::string arn = configuration.at("FunctionArn");
  const std::string region = arn.substr(15, arn.find(':', 15) - 15);
  configuration["RuntimeVersionConfig"] = {
      {"RuntimeVersionArn", fmt::format("arn:aws:lambda:{}::runtime:{}", region,
                                        Sha256Hex(configuration["Runtime"].get<std::string>()))}};
  return Ok();
}

LambdaResult<void> CheckRunnable(const json& configuration, const FunctionCode& code) {
  const bool process =
      code.kind == FunctionCode::Kind::kPackage || code.kind == FunctionCode::Kind::kFolder;
  if (!process) return Ok();
  const std::string runtime = configuration.value("Runtime", "");
  if (runtime.empty()) {
    return InvalidParameter(
        "Runtime and Handler are mandatory parameters for functions created with deployment "
        "packages.");
  }
  const auto known = RuntimeOf(runtime);
  if (!known) {
    return InvalidParameter(
        fmt::format("Pumice has no runtime \"{}\": it runs python3.*, nodejs* and provided.* (a "
                    "bootstrap of your own). Or start it elsewhere and name where it attaches: "
                    "Code={{ImageUri=runtime://127.0.0.1:9001}}.",
                    runtime));
  }
  if (*known != FunctionRuntime::kProvided && configuration.value("Handler", "").empty()) {
    return InvalidParameter(
        "Runtime and Handler are mandatory parameters for functions created with deployment "
        "packages.");
  }
  return Ok();
}

json AsPending(json configuration) {
  configuration["State"] = "Pending";
  configuration["StateReason"] = "The function is being created.";
  configuration["StateReasonCode"] = "Creating";
  configuration.erase("LastUpdateStatus");
  return configuration;
}

json AsUpdating(json configuration) {
  configuration["LastUpdateStatus"] = "InProgress";
  configuration["LastUpdateStatusReason"] = "The function is being created.";
  configuration["LastUpdateStatusReasonCode"] = "Creating";
  return configuration;
}

FunctionConfig ToFunctionConfig(const FunctionRecord& record, const FunctionVersion& version,
                                const FolderOf& folder_of, const FolderOf& folder_of_layer) {
  const json& configuration = version.configuration;
  FunctionConfig config;
  config.name = record.name;
  config.version = configuration.value("Version", std::string(kLatest));
  config.runtime = RuntimeFor(configuration, version.code);
  config.runtime_name = configuration.value("Runtime", "");
  config.handler = configuration.value("Handler", "");
  config.timeout = std::chrono::seconds(configuration.value("Timeout", 3));
  config.memory_size_mb = configuration.value("MemorySize", 128);
  if (configuration.contains("Environment")) {
    configuration["Environment"]["Variables"].get_to(config.variables);
  }
  // What AWS has no parameters for.
  const auto variable = [&](std::string_view name) {
    const auto found = config.variables.find(name);
    return found == config.variables.end() ? std::string() : found->second;
  };
  config.webhook_secret = variable("PUMICE_WEBHOOK_SECRET");
  config.enforce_memory = variable("PUMICE_ENFORCE_MEMORY") == "1";
  for (const auto& layer : configuration.value("Layers", json::array())) {
    config.layers.push_back(folder_of_layer(layer.at("Arn").get<std::string>()));
  }
  switch (version.code.kind) {
    case FunctionCode::Kind::kPackage: config.code_path = folder_of(version.code.place); break;
    case FunctionCode::Kind::kFolder:
      config.code_path = version.code.place;
      config.hot_reload = true;
      break;
    case FunctionCode::Kind::kHttp:
    case FunctionCode::Kind::kOutside: config.endpoint = version.code.place; break;
  }
  if (record.reserved_concurrency && *record.reserved_concurrency > 0) {
    config.max_concurrency = static_cast<std::size_t>(*record.reserved_concurrency);
  }
  return config;
}

}  // namespace pumice
