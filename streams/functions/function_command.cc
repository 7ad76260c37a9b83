// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/function_command.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "streams/functions/bootstrap/node_bootstrap.h"
#include "streams/functions/bootstrap/python_bootstrap.h"
#include "streams/functions/function_environment.h"

namespace pumice {
namespace {

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

Result<std::filesystem::path> FindInterpreter(const char* name, const char* variable) {
  const std::string chosen = OwnVariable(variable);
  if (auto found = FindOnPath(chosen.empty() ? name : chosen)) return *std::move(found);
  return Error(ErrorCode::kInternal, {},
               fmt::format("{} is not on PATH; install it, or name a program with {}",
                           chosen.empty() ? name : chosen, variable));
}

/// AWS looks into the code first, then below /opt.
std::filesystem::path FindBootstrap(const FunctionConfig& function) {
  std::error_code ignored;
  std::filesystem::path own = function.code_path / "bootstrap";
  if (std::filesystem::exists(own, ignored)) return own;
  for (auto layer = function.layers.rbegin(); layer != function.layers.rend(); ++layer) {
    if (std::filesystem::exists(*layer / "bootstrap", ignored)) return *layer / "bootstrap";
  }
  return own;
}

}  // namespace

Result<ChildOptions> FunctionCommand(const FunctionConfig& function, const FunctionPlace& place) {
  constexpr std::size_t kMegabyte = 1024 * 1024;
  ChildOptions options;
  options.folder = function.code_path;
  options.environment = FunctionEnvironment(function, place);
  if (function.enforce_memory) {
    options.memory_limit_bytes = static_cast<std::size_t>(function.memory_size_mb) * kMegabyte;
  }
  switch (function.runtime) {
    case FunctionRuntime::kPython: {
      PUMICE_TRY(options.program, FindInterpreter("python3", "PUMICE_PYTHON"));
      options.arguments = {"-c", kPythonBootstrap, function.handler};
      return options;
    }
    case FunctionRuntime::kNode: {
      PUMICE_TRY(options.program, FindInterpreter("node", "PUMICE_NODE"));
      options.arguments = {"-e", kNodeBootstrap, "--", function.handler};
      return options;
    }
    case FunctionRuntime::kProvided:
      options.program = FindBootstrap(function);
      options.arguments = {function.handler};
      return options;
    case FunctionRuntime::kHttp:
    case FunctionRuntime::kOutside:
    case FunctionRuntime::kCallback: break;
  }
  return Error(ErrorCode::kInternal, {}, "This function has no process of its own");
}

std::string FunctionArn(const FunctionConfig& function, const std::string& region) {
  return fmt::format("arn:aws:lambda:{}:000000000000:function:{}", region, function.Key());
}

}  // namespace pumice
