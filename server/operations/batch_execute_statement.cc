// SPDX-License-Identifier: Apache-2.0
#include "server/operations/batch_execute_statement.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "model/attribute_json.h"
#include "server/operations/partiql_select.h"
#include "server/operations/partiql_statement.h"
#include "server/operations/partiql_write.h"
#include "server/operations/table_access.h"
#include "server/operations/throttle.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

using Member = BatchExecuteStatement::Member;
using MemberError = BatchExecuteStatement::MemberError;

constexpr StatementList kList{.member = "Statements",
                              .path = "statements",
                              .element = "BatchStatementRequest",
                              .max_count = 25};

/// AWS: API_BatchStatementError.
std::string_view CodeOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kResourceNotFound: return "ResourceNotFound";
    case ErrorCode::kConditionalCheckFailed: return "ConditionalCheckFailed";
    case ErrorCode::kDuplicateItem: return "DuplicateItem";
    case ErrorCode::kTransactionConflict: return "TransactionConflict";
    case ErrorCode::kItemCollectionSizeLimitExceeded: return "ItemCollectionSizeLimitExceeded";
    case ErrorCode::kProvisionedThroughputExceeded: return "ProvisionedThroughputExceeded";
    case ErrorCode::kRequestLimitExceeded: return "RequestLimitExceeded";
    case ErrorCode::kThrottling: return "ThrottlingError";
    case ErrorCode::kAccessDenied: return "AccessDenied";
    case ErrorCode::kInternal: return "InternalServerError";
    default: return "ValidationError";
  }
}

MemberError ToMemberError(const Error& error) {
  return {CodeOf(error.code()), error.client_text()};
}

Member ToMember(const SentStatement& sent) {
  Member member;
  member.consistent_read = sent.consistent_read.value_or(false);
  auto statement = PrepareStatement(sent);
  if (!statement) {
    member.statement = ToMemberError(statement.error());
  } else if (std::holds_alternative<partiql::Exists>(statement.value().node)) {
    member.statement = ToMemberError(ExistsOutsideTransaction());
  } else {
    member.statement = std::move(statement).value();
  }
  return member;
}

/// That AWS refuses this is known; the text is DynamoDB Local's.
Result<void> CheckAllReadOrAllWrite(const std::vector<Member>& members) {
  bool reads = false;
  bool writes = false;
  for (const Member& member : members) {
    const auto* const statement = std::get_if<partiql::Statement>(&member.statement);
    if (statement == nullptr) continue;
    (statement->reads() ? reads : writes) = true;
  }
  if (!reads || !writes) return Ok();
  return Error(ErrorCode::kValidation,
               "Read and write requests together in the same batch is not supported.");
}

/// One member on its table.
struct Bound {
  std::optional<SelectPlan> plan;         // of a SELECT
  std::optional<StatementTarget> target;  // of a write
};

Result<Bound> Bind(const partiql::Statement& statement, bool consistent_read,
                   OperationContext& context) {
  Bound bound;
  if (const auto* const select = std::get_if<partiql::Select>(&statement.node)) {
    PUMICE_TRY(bound.plan,
               PlanSingleItemSelect(*select, consistent_read, "BatchExecuteStatement", context));
  } else {
    PUMICE_TRY(bound.target, FindTarget(statement, context));
  }
  return bound;
}

std::string NameOfItem(const Bound& bound) {
  const TableDescription& table = bound.plan ? *bound.plan->source.table : *bound.target->table;
  const ItemKey& key = bound.plan ? bound.plan->item->key : bound.target->key;
  return NameOfItem(table, key);
}

/// That one item twice is refused is known of AWS, the text is that of BatchGetItem.
Result<void> CheckNoDuplicates(const std::vector<std::optional<Bound>>& members) {
  std::set<std::string> seen;
  for (const auto& bound : members) {
    if (!bound || seen.insert(NameOfItem(*bound)).second) continue;
    return Error(ErrorCode::kValidation, "Provided list of item keys contains duplicates");
  }
  return Ok();
}

struct MemberOutcome {
  std::string item;
  CapacityUse use;
};

Result<MemberOutcome> Execute(const partiql::Statement& statement, const Bound& bound,
                              OperationContext& context) {
  if (bound.target) {
    PUMICE_TRY(auto written, WriteStatement(statement, *bound.target, false, context));
    return MemberOutcome{std::move(written.item), std::move(written.use)};
  }
  const auto& select = std::get<partiql::Select>(statement.node);
  PUMICE_TRY(auto page, ReadSelectPage(select, *bound.plan, {}, context));
  return MemberOutcome{std::move(page.items), std::move(page.use)};
}

void AddUse(CapacityUse& sum, const CapacityUse& use) {
  sum.table += use.table;
  for (const auto& [index, units] : use.indexes) sum.AddIndex(*index, units);
}

void ExecuteMember(const partiql::Statement& statement, const Bound& bound,
                   BatchExecuteStatement::Response& response,
                   BatchExecuteStatement::MemberResult& result, OperationContext& context) {
  const auto* const select = std::get_if<partiql::Select>(&statement.node);
  result.table_name = select != nullptr ? select->source.table : bound.target->table_name;
  auto outcome = Execute(statement, bound, context);
  if (!outcome) {
    result.error = ToMemberError(outcome.error());
    return;
  }
  result.item = std::move(outcome.value().item);
  const TablePtr& table = bound.plan ? bound.plan->source.table : bound.target->table;
  // Charged at once: the next statement may find nothing left.
  Consume(context, *table, outcome.value().use, bound.plan ? Access::kRead : Access::kWrite);
  AddUse(TableUseOf(response.tables, table, result.table_name).use, outcome.value().use);
}

}  // namespace

Result<BatchExecuteStatement::Request> BatchExecuteStatement::Request::FromJson(std::string& body) {
  PUMICE_TRY(const auto sent, ReadStatements(body, kList));
  Request request;
  request.return_consumed_capacity = ToReturnConsumedCapacity(sent.return_consumed_capacity);
  for (const SentStatement& statement : sent.statements) {
    request.members.push_back(ToMember(statement));
  }
  PUMICE_TRY(CheckAllReadOrAllWrite(request.members));
  return request;
}

Result<BatchExecuteStatement::Response> BatchExecuteStatement::Run(const Request& request,
                                                                   OperationContext& context) {
  Response response;
  response.return_consumed_capacity = request.return_consumed_capacity;
  response.results.resize(request.members.size());
  std::vector<std::optional<Bound>> members(request.members.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Member& member = request.members[i];
    if (const auto* const error = std::get_if<MemberError>(&member.statement)) {
      response.results[i].error = *error;
      continue;
    }
    auto bound =
        Bind(std::get<partiql::Statement>(member.statement), member.consistent_read, context);
    if (bound) {
      members[i] = std::move(bound).value();
    } else {
      response.results[i].error = ToMemberError(bound.error());
    }
  }
  PUMICE_TRY(CheckNoDuplicates(members));
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!members[i]) continue;
    ExecuteMember(std::get<partiql::Statement>(request.members[i].statement), *members[i], response,
                  response.results[i], context);
  }
  return response;
}

void BatchExecuteStatement::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  std::string& list = members.Member("Responses");
  list += '[';
  for (const MemberResult& result : results) {
    if (list.back() != '[') list += ',';
    JsonMembers response(list);
    if (result.error) {
      JsonMembers error(response.Member("Error"));
      AppendJsonString(error.Member("Code"), result.error->code);
      AppendJsonString(error.Member("Message"), result.error->message);
      error.End();
    }
    if (!result.table_name.empty()) {
      AppendJsonString(response.Member("TableName"), result.table_name);
    }
    if (!result.item.empty()) response.Member("Item") += result.item;
    response.End();
  }
  list += ']';
  if (return_consumed_capacity != ReturnConsumedCapacity::kNone && !tables.empty()) {
    AppendConsumedCapacities(members.Member("ConsumedCapacity"), tables, return_consumed_capacity);
  }
  members.End();
}

}  // namespace pumice
