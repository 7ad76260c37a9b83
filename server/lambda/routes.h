// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which operation a method and a path name. AWS: the service's model. Thread rule: free functions,
// any thread.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/lambda/invoke_operations.h"

namespace pumice {

using LambdaOperation = LambdaResult<LambdaReply> (*)(const LambdaCall&, LambdaDatabase&);
using LambdaInvocation = void (*)(const LambdaCall&, InvokeParts, LambdaDone);

struct LambdaRoute {
  std::string_view operation;
  std::string_view method;
  std::string_view path;  // "/2015-03-31/functions/{FunctionName}/policy"
  std::variant<LambdaOperation, LambdaInvocation> run;
};

/// The route of a call, whose path_parameters are filled in; null: there is none. A slash at the
/// end of the path counts for nothing: old SDKs send one.
const LambdaRoute* FindRoute(LambdaCall& call);

/// All that there are, for tests and documentation.
const std::vector<LambdaRoute>& LambdaRoutes();

}  // namespace pumice
