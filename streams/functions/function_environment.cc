// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/function_environment.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace pumice {
namespace {

namespace fs = std::filesystem;
using Variables = std::map<std::string, std::string, std::less<>>;

/// Of our own environment. No proxies but for https: the plain one is set below.
constexpr const char* kPassedOn[] = {
    "PATH",          "HOME",        "LANG",        "LC_ALL",     "TMPDIR", "LD_LIBRARY_PATH",
    "PYENV_VERSION", "VIRTUAL_ENV", "HTTPS_PROXY", "https_proxy"};

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
  variables["AWS_LAMBDA_FUNCTION_VERSION"] = function.version;
  variables["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] = std::to_string(function.memory_size_mb);
  variables["AWS_LAMBDA_FUNCTION_TIMEOUT"] = std::to_string(function.timeout.count());
  variables["AWS_LAMBDA_LOG_GROUP_NAME"] = "/aws/lambda/" + function.name;
  variables["AWS_LAMBDA_LOG_STREAM_NAME"] = fmt::format("pumice/[{}]", function.version);
  variables["AWS_LAMBDA_INITIALIZATION_TYPE"] = "on-demand";
  variables["LAMBDA_TASK_ROOT"] = function.code_path.string();
  variables["LAMBDA_RUNTIME_DIR"] = function.code_path.string();
  variables["TZ"] = ":UTC";
  // Without these two AWS's X-Ray SDK stops a function that is not traced.
  variables["AWS_XRAY_CONTEXT_MISSING"] = "LOG_ERROR";
  variables["AWS_XRAY_DAEMON_ADDRESS"] = "127.0.0.1:2000";
  // Python takes a compiled module of the same second and size for a current one.
  if (function.hot_reload) variables["PYTHONDONTWRITEBYTECODE"] = "1";
  if (function.runtime != FunctionRuntime::kProvided && !function.runtime_name.empty()) {
    variables["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + function.runtime_name;
  }
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

/// The folders `parent`/<prefix…>/`below` that are there: python/lib/python3.11/site-packages.
std::vector<fs::path> VersionFolders(const fs::path& parent, std::string_view prefix,
                                     std::string_view below) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(parent, error), end; !error && at != end; at.increment(error)) {
    const fs::path folder = at->path() / below;
    std::error_code ignored;
    const bool named = at->path().filename().string().starts_with(prefix);
    if (named && fs::is_directory(folder, ignored)) found.push_back(folder);
  }
  std::sort(found.begin(), found.end());
  return found;
}

/// A list of folders in front of what the variable holds already.
void Prepend(Variables& variables, const char* name, const std::vector<fs::path>& folders) {
  std::string list;
  for (const fs::path& folder : folders) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) continue;
    list += list.empty() ? "" : ":";
    list += folder.string();
  }
  if (list.empty()) return;
  std::string& value = variables[name];
  value = value.empty() ? list : list + ":" + value;
}

/// On AWS the layers are laid over each other below /opt, which is not ours to write to: here each
/// stays where it is, and the search paths name it. Of two with the same file the later one wins.
void AddLayers(Variables& variables, const FunctionConfig& function) {
  const bool node = function.runtime == FunctionRuntime::kNode;
  if (node) Prepend(variables, "NODE_PATH", {function.code_path});
  Prepend(variables, "LD_LIBRARY_PATH", {function.code_path / "lib"});
  for (const fs::path& layer : function.layers) {
    Prepend(variables, "PATH", {layer / "bin"});
    Prepend(variables, "LD_LIBRARY_PATH", {layer / "lib"});
    if (function.runtime == FunctionRuntime::kPython) {
      Prepend(variables, "PYTHONPATH",
              VersionFolders(layer / "python" / "lib", "python3", "site-packages"));
      Prepend(variables, "PYTHONPATH", {layer / "python"});
    }
    if (node) {
      Prepend(variables, "NODE_PATH", {layer / "nodejs" / "node_modules"});
      Prepend(variables, "NODE_PATH", VersionFolders(layer / "nodejs", "node", "node_modules"));
    }
  }
}

}  // namespace

std::string OwnVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::vector<std::string> FunctionEnvironment(const FunctionConfig& function,
                                             const FunctionPlace& place) {
  Variables variables;
  AddOwn(variables);
  AddLambda(variables, function, place);
  AddServer(variables, place);
  AddLayers(variables, function);
  for (const auto& [name, value] : function.variables) variables[name] = value;
  std::vector<std::string> out;
  out.reserve(variables.size());
  for (const auto& [name, value] : variables) out.push_back(name + "=" + value);
  return out;
}

}  // namespace pumice
