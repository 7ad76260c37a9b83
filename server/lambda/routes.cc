// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/routes.h"

#include <algorithm>

#include "base/percent_decode.h"
#include "server/lambda/alias_operations.h"
#include "server/lambda/concurrency_operations.h"
#include "server/lambda/event_config_operations.h"
#include "server/lambda/function_operations.h"
#include "server/lambda/layer_operations.h"
#include "server/lambda/mapping_operations.h"
#include "server/lambda/permission_operations.h"
#include "server/lambda/setting_operations.h"
#include "server/lambda/tag_operations.h"
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
      {"AddPermission", "POST", "/2015-03-31/functions/{FunctionName}/policy", &AddPermission},
      {"CreateAlias", "POST", "/2015-03-31/functions/{FunctionName}/aliases", &CreateAlias},
      {"CreateEventSourceMapping", "POST", "/2015-03-31/event-source-mappings",
       &CreateEventSourceMapping},
      {"CreateFunction", "POST", "/2015-03-31/functions", &CreateFunction},
      {"DeleteAlias", "DELETE", "/2015-03-31/functions/{FunctionName}/aliases/{Name}",
       &DeleteAlias},
      {"DeleteEventSourceMapping", "DELETE", "/2015-03-31/event-source-mappings/{UUID}",
       &DeleteEventSourceMapping},
      {"DeleteFunction", "DELETE", "/2015-03-31/functions/{FunctionName}", &DeleteFunction},
      {"DeleteFunctionConcurrency", "DELETE", "/2017-10-31/functions/{FunctionName}/concurrency",
       &DeleteFunctionConcurrency},
      {"DeleteFunctionEventInvokeConfig", "DELETE",
       "/2019-09-25/functions/{FunctionName}/event-invoke-config",
       &DeleteFunctionEventInvokeConfig},
      {"DeleteLayerVersion", "DELETE", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}",
       &DeleteLayerVersion},
      {"GetAccountSettings", "GET", "/2016-08-19/account-settings", &GetAccountSettings},
      {"GetAlias", "GET", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", &GetAlias},
      {"GetEventSourceMapping", "GET", "/2015-03-31/event-source-mappings/{UUID}",
       &GetEventSourceMapping},
      {"GetFunction", "GET", "/2015-03-31/functions/{FunctionName}", &GetFunction},
      {"GetFunctionCodeSigningConfig", "GET",
       "/2020-06-30/functions/{FunctionName}/code-signing-config", &GetFunctionCodeSigningConfig},
      {"GetFunctionConcurrency", "GET", "/2019-09-30/functions/{FunctionName}/concurrency",
       &GetFunctionConcurrency},
      {"GetFunctionConfiguration", "GET", "/2015-03-31/functions/{FunctionName}/configuration",
       &GetFunctionConfiguration},
      {"GetFunctionEventInvokeConfig", "GET",
       "/2019-09-25/functions/{FunctionName}/event-invoke-config", &GetFunctionEventInvokeConfig},
      {"GetFunctionRecursionConfig", "GET", "/2024-08-31/functions/{FunctionName}/recursion-config",
       &GetFunctionRecursionConfig},
      {"GetFunctionUrlConfig", "GET", "/2021-10-31/functions/{FunctionName}/url",
       &GetFunctionUrlConfig},
      {"GetLayerVersion", "GET", "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}",
       &GetLayerVersion},
      {"GetPolicy", "GET", "/2015-03-31/functions/{FunctionName}/policy", &GetPolicy},
      {"GetProvisionedConcurrencyConfig", "GET",
       "/2019-09-30/functions/{FunctionName}/provisioned-concurrency",
       &GetProvisionedConcurrencyConfig},
      {"GetRuntimeManagementConfig", "GET",
       "/2021-07-20/functions/{FunctionName}/runtime-management-config",
       &GetRuntimeManagementConfig},
      {"Invoke", "POST", "/2015-03-31/functions/{FunctionName}/invocations", &Invoke},
      {"InvokeAsync", "POST", "/2014-11-13/functions/{FunctionName}/invoke-async", &InvokeAsync},
      {"InvokeWithResponseStream", "POST",
       "/2021-11-15/functions/{FunctionName}/response-streaming-invocations",
       &InvokeWithResponseStream},
      {"ListAliases", "GET", "/2015-03-31/functions/{FunctionName}/aliases", &ListAliases},
      {"ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings",
       &ListEventSourceMappings},
      {"ListFunctionEventInvokeConfigs", "GET",
       "/2019-09-25/functions/{FunctionName}/event-invoke-config/list",
       &ListFunctionEventInvokeConfigs},
      {"ListFunctionUrlConfigs", "GET", "/2021-10-31/functions/{FunctionName}/urls",
       &ListFunctionUrlConfigs},
      {"ListFunctions", "GET", "/2015-03-31/functions", &ListFunctions},
      {"ListLayerVersions", "GET", "/2018-10-31/layers/{LayerName}/versions", &ListLayerVersions},
      {"ListLayers", "GET", "/2018-10-31/layers", &ListLayers},
      {"ListTags", "GET", "/2017-03-31/tags/{Resource}", &ListTags},
      {"ListVersionsByFunction", "GET", "/2015-03-31/functions/{FunctionName}/versions",
       &ListVersionsByFunction},
      {"PublishLayerVersion", "POST", "/2018-10-31/layers/{LayerName}/versions",
       &PublishLayerVersion},
      {"PublishVersion", "POST", "/2015-03-31/functions/{FunctionName}/versions", &PublishVersion},
      {"PutFunctionConcurrency", "PUT", "/2017-10-31/functions/{FunctionName}/concurrency",
       &PutFunctionConcurrency},
      {"PutFunctionEventInvokeConfig", "PUT",
       "/2019-09-25/functions/{FunctionName}/event-invoke-config", &PutFunctionEventInvokeConfig},
      {"PutFunctionRecursionConfig", "PUT", "/2024-08-31/functions/{FunctionName}/recursion-config",
       &PutFunctionRecursionConfig},
      {"PutRuntimeManagementConfig", "PUT",
       "/2021-07-20/functions/{FunctionName}/runtime-management-config",
       &PutRuntimeManagementConfig},
      {"RemovePermission", "DELETE", "/2015-03-31/functions/{FunctionName}/policy/{StatementId}",
       &RemovePermission},
      {"TagResource", "POST", "/2017-03-31/tags/{Resource}", &TagResource},
      {"UntagResource", "DELETE", "/2017-03-31/tags/{Resource}", &UntagResource},
      {"UpdateAlias", "PUT", "/2015-03-31/functions/{FunctionName}/aliases/{Name}", &UpdateAlias},
      {"UpdateEventSourceMapping", "PUT", "/2015-03-31/event-source-mappings/{UUID}",
       &UpdateEventSourceMapping},
      {"UpdateFunctionCode", "PUT", "/2015-03-31/functions/{FunctionName}/code",
       &UpdateFunctionCode},
      {"UpdateFunctionConfiguration", "PUT", "/2015-03-31/functions/{FunctionName}/configuration",
       &UpdateFunctionConfiguration},
      {"UpdateFunctionEventInvokeConfig", "POST",
       "/2019-09-25/functions/{FunctionName}/event-invoke-config",
       &UpdateFunctionEventInvokeConfig},
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
