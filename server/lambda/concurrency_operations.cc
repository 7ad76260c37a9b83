// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/concurrency_operations.h"

#include <utility>

#include "server/lambda/parameters.h"
#include "server/lambda/zip_folder.h"

namespace pumice {
namespace {

using nlohmann::json;

// AWS: "Lambda quotas", as a new account has them.
constexpr std::int64_t kConcurrentExecutions = 1'000;
constexpr std::int64_t kLeastUnreserved = 100;
constexpr std::int64_t kTotalCodeBytes = 80'530'636'800;

std::int64_t ReservedOfOthers(const FunctionStore& functions, const std::string& but) {
  std::int64_t sum = 0;
  for (const auto& [name, record] : functions.all()) {
    if (name != but) sum += record.reserved_concurrency.value_or(0);
  }
  return sum;
}

LambdaResult<FunctionName> UnqualifiedFunction(const LambdaCall& call) {
  PUMICE_TRY(FunctionName name, NamedFunction(call));
  if (name.qualifier.empty() || name.qualifier == kLatest) return name;
  return InvalidParameter(
      "This operation is permitted on Lambda functions only. Aliases and versions do not support "
      "this operation. Please specify either a function name or an unqualified function ARN.");
}

}  // namespace

LambdaResult<LambdaReply> PutFunctionConcurrency(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, UnqualifiedFunction(call));
  Parameters parameters(call.document);
  const auto reserved = parameters.Integer("ReservedConcurrentExecutions", {0, INT64_MAX});
  PUMICE_TRY(parameters.Check());
  if (!reserved) {
    return InvalidParameter("ReservedConcurrentExecutions is missing");  // the text is ours
  }
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  const std::int64_t others = ReservedOfOthers(database.functions(), record.name);
  if (*reserved > kConcurrentExecutions - kLeastUnreserved - others) {
    return InvalidParameter(
        "Specified ReservedConcurrentExecutions for function decreases account's "
        "UnreservedConcurrentExecution below its minimum value of [100].");
  }
  record.reserved_concurrency = *reserved;
  PUMICE_TRY(database.Put(std::move(record)));
  return JsonReply(200, {{"ReservedConcurrentExecutions", *reserved}});
}

LambdaResult<LambdaReply> GetFunctionConcurrency(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, UnqualifiedFunction(call));
  PUMICE_TRY(const FunctionRecord* record, database.functions().Need(name, call.caller));
  json answer = json::object();
  if (record->reserved_concurrency) {
    answer["ReservedConcurrentExecutions"] = *record->reserved_concurrency;
  }
  return JsonReply(200, answer);
}

LambdaResult<LambdaReply> DeleteFunctionConcurrency(const LambdaCall& call,
                                                    LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, UnqualifiedFunction(call));
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  record.reserved_concurrency.reset();
  PUMICE_TRY(database.Put(std::move(record)));
  return EmptyReply(204);
}

LambdaResult<LambdaReply> GetAccountSettings(const LambdaCall&, LambdaDatabase& database) {
  const FunctionStore& functions = database.functions();
  std::int64_t size = 0;
  for (const auto& [name, record] : functions.all()) {
    size += record.latest.configuration.at("CodeSize").get<std::int64_t>();
    for (const auto& [number, version] : record.versions) {
      size += version.configuration.at("CodeSize").get<std::int64_t>();
    }
  }
  return JsonReply(200, {{"AccountLimit",
                          {{"TotalCodeSize", kTotalCodeBytes},
                           {"CodeSizeUnzipped", kMaxUnzippedBytes},
                           {"CodeSizeZipped", kMaxZippedBytes},
                           {"ConcurrentExecutions", kConcurrentExecutions},
                           {"UnreservedConcurrentExecutions",
                            kConcurrentExecutions - ReservedOfOthers(functions, {})}}},
                         {"AccountUsage",
                          {{"TotalCodeSize", size}, {"FunctionCount", functions.all().size()}}}});
}

}  // namespace pumice
