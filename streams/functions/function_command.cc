// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/function_command.h"

#include <unistd.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "streams/functions/bootstrap/python_bootstrap.h"

namespace pumice {
namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

/// Of our own environment. No proxies but for https: the plain one is set below.
constexpr const char* kPassedOn[] = {
    "PATH",          "HOME",        "LANG",        "LC_ALL",     "TMPDIR", "LD_LIBRARY_PATH",
    "PYENV_VERSION", "VIRTUAL_ENV", "HTTPS_PROXY", "https_proxy"};

std::string OwnVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

void AddOwn(Variables& variables) {
  for (const char* name : kPassedOn) {
    if (std::string value = OwnVariable(name); !value.empty()) variables[name] = std::move(value);
  }
}

/// AWS: "Defined runtime environment variables".
void AddLambda(Variables& variables, const FunctionConfig& function, const FunctionPlace& place) {
  variables["_HANDLER"] = function.handler;
  variables["AWS_LAMBDA_RUNTIME_API"] = fmt::format("127.0.0.1:{}", place.runtime_port);
  variables["AWS_LAMBDA_FUNCTION_NAME"] = function.name;
  variables["AWS_LAMBDA_FUNCTION_VERSION"] = "$LATEST";
  variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = std::to_string(function.memory_size_mb);
  variables["AWS_LAMBDA_FUNCTION_TIMEOUT"] = std::to_string(function.timeout.count());
  variables["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/" + function.name;
  variables["AWS_LAMBDA_LOG_STREAM_NAME"] = "pumice/[$LATEST]";
  variables["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
  variables["LAMBDA_TASK_ROOT"] = function.code_path.string();
  variables["LAMBDA_RUNTIME_DIR"] = function.code_path.string();
  variables["TZ"] = ":UTC";
}

/// Everything that calls AWS shall reach this server: new SDKs by the endpoint variables, a
/// hard-coded http://dynamodb.<region>.amazonaws.com by the proxy variables.
void AddServer(Variables& variables, const FunctionPlace& place) {
  const std::string server = fmt::format("http://127.0.0.1:{}", place.server_port);
  for (const char* name : {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB",
                           "AWS_ENDPOINT_URL_DYNAMODB_STREAMS", "HTTP_PROXY", "http_proxy"}) {
    variables[name] = server;
  }
  for (const char* name : {"NO_PROXY", "no_proxy"}) variables[name] = "127.0.0.1,localhost";
  variables["AWS_ACCESS_KEY_ID"] = place.access_key;
  variables["AWS_SECRET_ACCESS_KEY"] = place.access_key;
  variables["AWS_REGION"] = place.region;
  variables["AWS_DEFAULT_REGION"] = place.region;
  variables["AWS_EC2_METADATA_DISABLED"] = "true";
}

std::vector<std::string> Environment(const FunctionConfig& function, const FunctionPlace& place) {
  Variables variables;
  AddOwn(variables);
  AddLambda(variables, function, place);
  AddServer(variables, place);
  for (const auto& [name, value] : function.variables) variables[name] = value;
  std::vector<std::string> out;
  out.reserve(variables.size());
  for (const auto& [name, value] : variables) out.push_back(name + "=" + value);
  return out;
}

std::optional<std::filesystem::path> FindOnPath(std::string_view name) {
  if (name.find('/') != std::string_view::npos) return std::filesystem::absolute(name);
  const std::string path = OwnVariable("PATH");
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t colon = std::min(path.find(':', at), path.size());
    auto candidate = std::filesystem::path(path.substr(at, colon - at)) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return std::filesystem::absolute(candidate);
    at = colon + 1;
  }
  return std::nullopt;
}

Result<std::filesystem::path> FindPython() {
  const std::string chosen = OwnVariable("PUMICE_PYTHON");
  if (auto found = FindOnPath(chosen.empty() ? "python3" : chosen)) return *std::move(found);
  return Error(
      ErrorCode::kInternal, {},
      fmt::format("{} is not on PATH; install it, or name an interpreter with PUMICE_PYTHON",
                  chosen.empty() ? "python3" : chosen));
}

}  // namespace

Result<ChildOptions> FunctionCommand(const FunctionConfig& function, const FunctionPlace& place) {
  ChildOptions options;
  options.folder = function.code_path;
  options.environment = Environment(function, place);
  if (function.runtime == FunctionRuntime::kProvided) {
    options.program = function.code_path / "bootstrap";
    options.arguments = {function.handler};
    return options;
  }
  PUMICE_TRY(options.program, FindPython());
  options.arguments = {"-c", kPythonBootstrap, function.handler};
  return options;
}

std::string FunctionArn(const FunctionConfig& function, const std::string& region) {
  return fmt::format("arn:aws:lambda:{}:000000000000:function:{}", region, function.name);
}

}  // namespace pumice
