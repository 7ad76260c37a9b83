// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/permission_operations.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/uuid.h"
#include "server/lambda/parameters.h"

namespace pumice {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::string_view kActionPattern = "(lambda:[*]|lambda:[a-zA-Z]+|[*])";

bool IsAction(std::string_view action) {
  if (action == "*" || action == "lambda:*") return true;
  constexpr std::string_view kService = "lambda:";
  return action.starts_with(kService) && action.size() > kService.size() &&
         std::all_of(action.begin() + kService.size(), action.end(),
                     [](unsigned char c) { return std::isalpha(c) != 0; });
}

ordered_json PrincipalOf(const std::string& principal) {
  if (principal == "*") return principal;
  if (principal.ends_with(".amazonaws.com")) return {{"Service", principal}};
  if (IsVersionNumber(principal)) return {{"AWS", fmt::format("arn:aws:iam::{}:root", principal)}};
  return {{"AWS", principal}};
}

ordered_json ConditionOf(Parameters& parameters) {
  ordered_json condition = ordered_json::object();
  const auto equals = [&](std::string_view member, const char* key) {
    if (const auto value = parameters.Text(member)) condition["StringEquals"][key] = *value;
  };
  equals("SourceAccount", "AWS:SourceAccount");
  equals("EventSourceToken", "lambda:EventSourceToken");
  equals("PrincipalOrgID", "aws:PrincipalOrgID");
  equals("FunctionUrlAuthType", "lambda:FunctionUrlAuthType");
  if (const auto source = parameters.Text("SourceArn")) {
    condition["ArnLike"]["AWS:SourceArn"] = *source;
  }
  return condition;
}

/// As text: in the order in which AWS writes its members, which a map would lose.
std::string StatementOf(Parameters& parameters, const std::string& sid,
                        const std::string& resource) {
  ordered_json statement = {{"Sid", sid},
                            {"Effect", "Allow"},
                            {"Principal", PrincipalOf(*parameters.Text("Principal"))},
                            {"Action", *parameters.Text("Action")},
                            {"Resource", resource}};
  if (const ordered_json condition = ConditionOf(parameters); !condition.empty()) {
    statement["Condition"] = condition;
  }
  return statement.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// {"statements":{"<sid>":"<text>"},"order":["<sid>"],"revision":…}
json NewPolicy() { return {{"statements", json::object()}, {"order", json::array()}}; }

LambdaResult<void> NeedQualifier(const FunctionRecord& record, const FunctionName& name) {
  if (record.Find(name.qualifier) != nullptr) return Ok();
  return FunctionNotFound(record.Arn(name.qualifier));
}

}  // namespace

LambdaResult<LambdaReply> AddPermission(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  Parameters parameters(call.document);
  const std::string sid = parameters.NeededText("StatementId", {.least = 1, .most = 100});
  const std::string action = parameters.NeededText("Action", {});
  parameters.NeededText("Principal", {});
  if (!action.empty() && !IsAction(action)) {
    parameters.Fail(action, "action", PatternConstraint(kActionPattern));
  }
  PUMICE_TRY(parameters.Check());
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  PUMICE_TRY(NeedQualifier(record, name));
  json& policy = record.policies.try_emplace(name.qualifier, NewPolicy()).first->second;
  const auto revision = parameters.Text("RevisionId");
  if (revision && *revision != policy.value("revision", "")) return WrongRevision();
  if (policy["statements"].contains(sid)) {
    return LambdaError(kResourceConflict,
                       fmt::format("The statement id ({}) provided already exists. Please provide "
                                   "a new statement id, or remove the existing statement.",
                                   sid));
  }
  const std::string statement = StatementOf(parameters, sid, record.Arn(name.qualifier));
  PUMICE_TRY(parameters.Check());
  policy["statements"][sid] = statement;
  policy["order"].push_back(sid);
  policy["revision"] = NewUuid(database.random());
  PUMICE_TRY(database.Put(std::move(record)));
  return JsonReply(201, {{"Statement", statement}});
}

LambdaResult<LambdaReply> RemovePermission(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  const std::string& sid = call.PathParameter("StatementId");
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  const auto found = record.policies.find(name.qualifier);
  if (found == record.policies.end()) {
    return LambdaError(kResourceNotFound, "No policy is associated with the given resource.");
  }
  json& policy = found->second;
  const std::string revision = call.Query("RevisionId");
  if (!revision.empty() && revision != policy.at("revision")) return WrongRevision();
  if (policy["statements"].erase(sid) == 0) {
    return LambdaError(kResourceNotFound,
                       fmt::format("Statement {} is not found in resource policy.", sid));
  }
  json& order = policy["order"];
  order.erase(std::find(order.begin(), order.end(), json(sid)));
  policy["revision"] = NewUuid(database.random());
  if (order.empty()) record.policies.erase(found);
  PUMICE_TRY(database.Put(std::move(record)));
  return EmptyReply(204);
}

LambdaResult<LambdaReply> GetPolicy(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  PUMICE_TRY(const FunctionRecord* record, database.functions().Need(name, call.caller));
  const auto found = record->policies.find(name.qualifier);
  if (found == record->policies.end()) return ResourceDoesNotExist();
  const json& policy = found->second;
  std::string statements;
  for (const json& sid : policy.at("order")) {
    if (!statements.empty()) statements += ',';
    statements += policy["statements"][sid.get<std::string>()].get<std::string>();
  }
  return JsonReply(
      200, {{"Policy", fmt::format(R"({{"Version":"2012-10-17","Id":"default","Statement":[{}]}})",
                                   statements)},
            {"RevisionId", policy.at("revision")}});
}

}  // namespace pumice
