// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/routes.h"

#include <algorithm>

#include "server/lambda/function_operations.h"
#include "server/lambda/mapping_operations.h"
#include "server/lambda/version_operations.h"

namespace pumice {
namespace {

std::string_view TakePart(std::string_view& path) {
  const auto slash = std::min(path.find('/'), path.size());
  const std::string_view part = path.substr(0, slash);
  path.remove_prefix(std::min(slash + 1, path.size()));
  return part;
}

/// Parts are compared as they were sent, so that a %2F inside one does not part it.
bool Matches(std::string_view pattern, std::string_view path,
             std::map<std::string, std::string, std::less<>>& parameters) {
  parameters.clear();
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = TakePart(pattern);
    const std::string_view given = TakePart(path);
    if (wanted.starts_with('{')) {
      if (given.empty()) return false;
      parameters[std::string(wanted.substr(1, wanted.size() - 2))] = PercentDecode(given);
    } else if (wanted != given) {
      return false;
    }
  }
  return pattern.empty() && path.empty();
}

}  // namespace

const std::vector<LambdaRoute>& LambdaRoutes() {
  static const std::vector<LambdaRoute> kRoutes = {
      {"CreateEventSourceMapping", "POST", "/2015-03-31/event-source-mappings",
       &CreateEventSourceMapping},
      {"CreateFunction", "POST", "/2015-03-31/functions", &CreateFunction},
      {"DeleteEventSourceMapping", "DELETE", "/2015-03-31/event-source-mappings/{UUID}",
       &DeleteEventSourceMapping},
      {"DeleteFunction", "DELETE", "/2015-03-31/functions/{FunctionName}", &DeleteFunction},
      {"GetEventSourceMapping", "GET", "/2015-03-31/event-source-mappings/{UUID}",
       &GetEventSourceMapping},
      {"GetFunction", "GET", "/2015-03-31/functions/{FunctionName}", &GetFunction},
      {"GetFunctionConfiguration", "GET", "/2015-03-31/functions/{FunctionName}/configuration",
       &GetFunctionConfiguration},
      {"Invoke", "POST", "/2015-03-31/functions/{FunctionName}/invocations", &Invoke},
      {"InvokeAsync", "POST", "/2014-11-13/functions/{FunctionName}/invoke-async", &InvokeAsync},
      {"ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings",
       &ListEventSourceMappings},
      {"ListFunctions", "GET", "/2015-03-31/functions", &ListFunctions},
      {"ListVersionsByFunction", "GET", "/2015-03-31/functions/{FunctionName}/versions",
       &ListVersionsByFunction},
      {"PublishVersion", "POST", "/2015-03-31/functions/{FunctionName}/versions", &PublishVersion},
      {"UpdateEventSourceMapping", "PUT", "/2015-03-31/event-source-mappings/{UUID}",
       &UpdateEventSourceMapping},
      {"UpdateFunctionCode", "PUT", "/2015-03-31/functions/{FunctionName}/code",
       &UpdateFunctionCode},
      {"UpdateFunctionConfiguration", "PUT", "/2015-03-31/functions/{FunctionName}/configuration",
       &UpdateFunctionConfiguration},
  };
  return kRoutes;
}

const LambdaRoute* FindRoute(LambdaCall& call) {
  for (const LambdaRoute& route : LambdaRoutes()) {
    if (route.method == call.method && Matches(route.path, call.path, call.path_parameters)) {
      return &route;
    }
  }
  return nullptr;
}

}  // namespace pumice
