// SPDX-License-Identifier: Apache-2.0
#include "server/operations/execute_statement.h"

#include <utility>

#include "server/operations/partiql_statement.h"
#include "server/operations/partiql_write.h"
#include "server/operations/throttle.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

struct Sent {
  SentStatement statement;
  std::optional<std::string> next_token;
  std::optional<std::string> return_consumed_capacity;
  std::optional<std::int64_t> limit;
};

Result<Sent> ReadBody(std::string& body) {
  Sent sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "NextToken") {
      PUMICE_TRY(sent.next_token, value.String());
    } else if (name == "ReturnConsumedCapacity") {
      PUMICE_TRY(sent.return_consumed_capacity, value.String());
    } else if (name == "Limit") {
      PUMICE_TRY(sent.limit, value.Integer());
    } else {
      return ReadStatementMember(name, value, sent.statement);
    }
    return Ok();
  }));
  return sent;
}

/// The order is that of the members in AWS's model; it is not measured.
Result<void> CheckConstraints(const Sent& sent) {
  ConstraintErrors errors;
  CheckStatementConstraints(sent.statement, "", errors);
  if (sent.next_token && sent.next_token->empty()) {
    errors.AddValue("", "nextToken", LengthAtLeast(1));
  }
  if (sent.next_token && sent.next_token->size() > kMaxNextTokenLength) {
    errors.AddValue(*sent.next_token, "nextToken", LengthAtMost(kMaxNextTokenLength));
  }
  CheckReturnConsumedCapacity(sent.return_consumed_capacity, errors);
  if (sent.limit && *sent.limit < 1) {
    errors.AddValue(std::to_string(*sent.limit), "limit", ValueAtLeast(1));
  }
  CheckReturnValuesOnConditionCheckFailure(sent.statement.return_values_on_condition_check_failure,
                                           errors);
  return errors.Check();
}

Result<ExecuteStatement::Response> RunSelect(const ExecuteStatement::Request& request,
                                             const partiql::Select& select,
                                             OperationContext& context) {
  PUMICE_TRY(const auto plan, PlanSelect(select, request.consistent_read, context));
  PUMICE_TRY(auto page, ReadSelectPage(select, plan, request.paging, context));
  ExecuteStatement::Response response;
  response.table = plan.source.table;
  response.table_name = select.source.table;
  response.items = std::move(page.items);
  response.use = std::move(page.use);
  if (page.next) {
    response.next_token = EncodeNextToken(request.statement_text, *page.next);
    response.last_evaluated_key = ItemJson(page.next->last_key);
  }
  return response;
}

Result<ExecuteStatement::Response> RunWrite(const ExecuteStatement::Request& request,
                                            OperationContext& context) {
  PUMICE_TRY(auto target, FindTarget(request.statement, context));
  PUMICE_TRY(auto result, WriteStatement(request.statement, target,
                                         request.return_item_on_failed_condition, context));
  ExecuteStatement::Response response;
  response.table = std::move(target.table);
  response.table_name = std::move(target.table_name);
  response.items = std::move(result.item);
  response.use = std::move(result.use);
  return response;
}

}  // namespace

Result<ExecuteStatement::Request> ExecuteStatement::Request::FromJson(std::string& body) {
  PUMICE_TRY(auto sent, ReadBody(body));
  PUMICE_TRY(CheckConstraints(sent));
  Request request;
  PUMICE_TRY(request.statement, PrepareStatement(sent.statement));
  request.statement_text = StatementText(sent.statement);
  if (std::holds_alternative<partiql::Exists>(request.statement.node)) {
    return ExistsOutsideTransaction();
  }
  if (sent.next_token) {
    PUMICE_TRY(request.paging.start, DecodeNextToken(*sent.next_token, request.statement_text));
  }
  request.paging.limit = sent.limit;
  request.consistent_read = sent.statement.consistent_read.value_or(false);
  request.return_item_on_failed_condition =
      sent.statement.return_values_on_condition_check_failure == "ALL_OLD";
  request.return_consumed_capacity = ToReturnConsumedCapacity(sent.return_consumed_capacity);
  return request;
}

Result<ExecuteStatement::Response> ExecuteStatement::Run(const Request& request,
                                                         OperationContext& context) {
  const auto* const select = std::get_if<partiql::Select>(&request.statement.node);
  PUMICE_TRY(auto response,
             select != nullptr ? RunSelect(request, *select, context) : RunWrite(request, context));
  response.return_consumed_capacity = request.return_consumed_capacity;
  Consume(context, *response.table, response.use,
          select != nullptr ? Access::kRead : Access::kWrite);
  return response;
}

void ExecuteStatement::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  members.Member("Items").append("[").append(items).append("]");
  if (!next_token.empty()) AppendJsonString(members.Member("NextToken"), next_token);
  if (!last_evaluated_key.empty()) members.Member("LastEvaluatedKey") += last_evaluated_key;
  if (return_consumed_capacity != ReturnConsumedCapacity::kNone) {
    AppendConsumedCapacity(members.Member("ConsumedCapacity"), table_name, use,
                           return_consumed_capacity);
  }
  members.End();
}

}  // namespace pumice
