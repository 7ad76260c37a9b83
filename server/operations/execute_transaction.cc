// SPDX-License-Identifier: Apache-2.0
#include "server/operations/execute_transaction.h"

#include <utility>

#include <fmt/core.h>

#include "expressions/copy.h"
#include "expressions/partiql/key_ranges.h"
#include "model/attribute_json.h"
#include "server/operations/partiql_select.h"
#include "server/operations/partiql_statement.h"
#include "server/operations/partiql_write.h"
#include "server/operations/transact_get.h"
#include "server/operations/transact_write.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

using Member = ExecuteTransaction::Member;

constexpr StatementList kList{.member = "TransactStatements",
                              .path = "transactStatements",
                              .element = "ParameterizedStatement",
                              .max_count = kMaxTransactActions,
                              .has_token = true};

std::string PrefixOf(std::size_t position) {
  return fmt::format("Validation failed in TransactStatements[{}]: ", position);
}

Error InvalidStatement(std::size_t position, std::string_view text) {
  return Error(ErrorCode::kValidation, PrefixOf(position) + std::string(text));
}

/// The statement's own errors name it; those of its table do not.
template <class T>
Result<T> OfStatement(std::size_t position, Result<T> result) {
  if (result || result.error().code() != ErrorCode::kValidation) return result;
  return std::move(result).error().Prefixed(PrefixOf(position));
}

partiql::Returning ReturningOf(const partiql::Statement& statement) {
  if (const auto* const update = std::get_if<partiql::Update>(&statement.node)) {
    return update->returning;
  }
  const auto* const del = std::get_if<partiql::Delete>(&statement.node);
  return del != nullptr ? del->returning : partiql::Returning::kNothing;
}

Result<void> CheckAllReadOrAllWrite(const std::vector<Member>& members) {
  for (const Member& member : members) {
    if (member.statement.reads() == members.front().statement.reads()) continue;
    return Error(ErrorCode::kValidation,
                 "ExecuteTransaction API does not support both read and write operations in the "
                 "same request.");
  }
  return Ok();
}

Item KeyAttributes(const KeySchema& schema, const ItemKey& key) {
  Item attributes;
  attributes.Set(schema.hash.front().name, key.partition);
  if (key.sort) attributes.Set(schema.range.front().name, *key.sort);
  return attributes;
}

// ---- reads

Result<TransactGet> ToGet(const partiql::Select& select, OperationContext& context) {
  if (select.source.index) {
    return Error(ErrorCode::kValidation, "Reads on indices are not supported within transactions.");
  }
  PUMICE_TRY(const auto plan,
             PlanSingleItemSelect(select, true, ExecuteTransaction::kName, context));
  return TransactGet{select.source.table,
                     KeyAttributes(plan.source.table->key_schema, plan.item->key), std::nullopt};
}

Result<ExecuteTransaction::Response> RunReads(const std::vector<Member>& members,
                                              OperationContext& context) {
  std::vector<TransactGet> gets;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto& select = std::get<partiql::Select>(members[i].statement.node);
    PUMICE_TRY(auto get, OfStatement(i, ToGet(select, context)));
    gets.push_back(std::move(get));
  }
  PUMICE_TRY(auto outcome, TransactRead(gets, context));
  ExecuteTransaction::Response response;
  response.tables = std::move(outcome.tables);
  for (std::size_t i = 0; i < members.size(); ++i) {
    std::string& item = response.items.emplace_back();
    if (!outcome.items[i]) continue;
    const auto& select = std::get<partiql::Select>(members[i].statement.node);
    AppendColumns(item, EncodedItemView(*outcome.items[i]), select.columns);
    if (item == "{}") item.clear();  // as TransactGetItems
  }
  return response;
}

// ---- writes

/// EXISTS asks for one item and something more.
Result<TransactAction> ToCheck(const partiql::Select& select, OperationContext& context) {
  if (select.source.index) {
    return Error(ErrorCode::kValidation, "Reads on indices are not supported within transactions.");
  }
  PUMICE_TRY(const auto plan, PlanSelect(select, true, context));
  if (!plan.item || plan.item->alone) {
    return Error(ErrorCode::kValidation,
                 "EXISTS() must contain a single item read with additional condition");
  }
  TransactAction action;
  action.kind = TransactAction::Kind::kConditionCheck;
  action.table_name = select.source.table;
  action.condition = CopyOf(*select.where);
  action.item_or_key = KeyAttributes(plan.source.table->key_schema, plan.item->key);
  return action;
}

Result<TransactAction> ToWrite(const partiql::Statement& statement, OperationContext& context) {
  PUMICE_TRY(const auto target, FindTarget(statement, context));
  TransactAction action;
  action.table_name = target.table_name;
  action.item_or_key = KeyAttributes(target.table->key_schema, target.key);
  if (const auto* const insert = std::get_if<partiql::Insert>(&statement.node)) {
    action.kind = TransactAction::Kind::kPut;
    action.existing = TransactAction::Existing::kForbidden;
    action.item_or_key = insert->item;
  } else if (const auto* const update = std::get_if<partiql::Update>(&statement.node)) {
    action.kind = TransactAction::Kind::kUpdate;
    action.existing = TransactAction::Existing::kRequired;
    action.condition = CopyOf(*update->where);
    action.update = CopyOf(update->update);
  } else {
    action.kind = TransactAction::Kind::kDelete;
    action.existing = TransactAction::Existing::kOptional;
    action.condition = CopyOf(*std::get<partiql::Delete>(statement.node).where);
  }
  return action;
}

Result<TransactAction> ToAction(const partiql::Statement& statement, OperationContext& context) {
  const auto* const exists = std::get_if<partiql::Exists>(&statement.node);
  return exists != nullptr ? ToCheck(exists->select, context) : ToWrite(statement, context);
}

Result<ExecuteTransaction::Response> RunWrites(const ExecuteTransaction::Request& request,
                                               OperationContext& context) {
  TransactWriteRequest transaction;
  for (std::size_t i = 0; i < request.members.size(); ++i) {
    PUMICE_TRY(auto action, OfStatement(i, ToAction(request.members[i].statement, context)));
    action.return_item_on_failed_condition = request.members[i].return_item_on_failed_condition;
    transaction.actions.push_back(std::move(action));
  }
  transaction.client_request_token = request.client_request_token;
  transaction.parameters = request.parameters;
  PUMICE_TRY(auto outcome, TransactWrite(transaction, context));
  ExecuteTransaction::Response response;
  response.capacity_kind = outcome.capacity_kind();
  response.tables = std::move(outcome.tables);
  return response;
}

}  // namespace

Result<ExecuteTransaction::Request> ExecuteTransaction::Request::FromJson(std::string& body) {
  PUMICE_TRY(const auto sent, ReadStatements(body, kList));
  Request request;
  for (std::size_t i = 0; i < sent.statements.size(); ++i) {
    const SentStatement& statement = sent.statements[i];
    Member member;
    PUMICE_TRY(member.statement, PrepareStatement(statement, PrefixOf(i)));
    if (ReturningOf(member.statement) != partiql::Returning::kNothing) {
      return InvalidStatement(i, "RETURNING clause is not supported in ExecuteTransaction.");
    }
    member.return_item_on_failed_condition =
        statement.return_values_on_condition_check_failure == "ALL_OLD";
    request.members.push_back(std::move(member));
    if (sent.client_request_token) request.parameters += StatementText(statement) + '\n';
  }
  PUMICE_TRY(CheckAllReadOrAllWrite(request.members));
  request.client_request_token = sent.client_request_token;
  request.return_consumed_capacity = ToReturnConsumedCapacity(sent.return_consumed_capacity);
  return request;
}

Result<ExecuteTransaction::Response> ExecuteTransaction::Run(const Request& request,
                                                             OperationContext& context) {
  const bool reads = request.members.front().statement.reads();
  PUMICE_TRY(auto response,
             reads ? RunReads(request.members, context) : RunWrites(request, context));
  response.return_consumed_capacity = request.return_consumed_capacity;
  return response;
}

void ExecuteTransaction::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  AppendItemResponses(members, items);
  if (return_consumed_capacity != ReturnConsumedCapacity::kNone) {
    AppendConsumedCapacities(members.Member("ConsumedCapacity"), tables, return_consumed_capacity,
                             capacity_kind);
  }
  members.End();
}

}  // namespace pumice
