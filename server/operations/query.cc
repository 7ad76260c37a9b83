// SPDX-License-Identifier: Apache-2.0
#include "server/operations/query.h"

#include <utility>

#include <fmt/core.h>

#include "server/operations/legacy_expressions.h"
#include "server/operations/start_key.h"

namespace pumice {
namespace {

constexpr ItemMembers kMembers{"TableName",
                               "IndexName",
                               "Select",
                               "AttributesToGet",
                               "Limit",
                               "ConsistentRead",
                               "KeyConditions",
                               "QueryFilter",
                               "ConditionalOperator",
                               "ScanIndexForward",
                               "ExclusiveStartKey",
                               "ReturnConsumedCapacity",
                               "ProjectionExpression",
                               "FilterExpression",
                               "KeyConditionExpression",
                               "ExpressionAttributeNames",
                               "ExpressionAttributeValues"};

Result<void> CheckConstraints(const ItemParameters& parameters) {
  PUMICE_TRY(CheckTableNameNotEmpty(parameters.table_name));
  PUMICE_TRY(CheckConditionalOperatorAlone(parameters));
  ConstraintErrors errors;
  CheckReturnConsumedCapacity(parameters.return_consumed_capacity, errors);
  CheckLegacyConstraints(parameters, Spelling::kNewer, errors);
  if (!parameters.table_name) errors.AddNull("tableName");
  CheckName(parameters.table_name, "tableName", errors);
  CheckName(parameters.index_name, "indexName", errors);
  CheckSelect(parameters.select, errors);
  if (parameters.limit && *parameters.limit < 1) errors.AddAt("Limit", ValueAtLeast(1));
  return errors.Check();
}

Result<void> CheckKeyConditionSent(const ItemParameters& parameters) {
  if (parameters.key_condition_expression) return Ok();
  if (parameters.legacy && parameters.legacy->key_conditions) return Ok();
  return Error(ErrorCode::kValidation,
               "Either the KeyConditions or KeyConditionExpression parameter must be specified in "
               "the request.");
}

/// A filter sees what the key condition let through; naming a key in it is refused.
Result<void> CheckFilterNamesNoKey(const Query::Request& request, const KeySchema& schema) {
  if (!request.page.filter) return Ok();
  for (const std::string& name : TopLevelAttributes(*request.page.filter)) {
    if (!schema.Names(name)) continue;
    return Error(ErrorCode::kValidation,
                 fmt::format("{} can only contain non-primary key attributes: Primary key "
                             "attribute: {}",
                             request.legacy_filter ? "QueryFilter" : "Filter Expression", name));
  }
  return Ok();
}

Result<void> ParseExpressions(ItemParameters& parameters, Query::Request& request) {
  PUMICE_TRY(auto placeholders, TakePlaceholders(parameters));
  const auto& key_condition = parameters.key_condition_expression;
  if (key_condition) {
    PUMICE_TRY(request.key_condition, ParseKeyCondition(*key_condition, placeholders));
  }
  PUMICE_TRY(ParsePageExpressions(parameters, placeholders, request.page));
  PUMICE_TRY(placeholders.CheckAllUsed());
  if (!key_condition) {
    PUMICE_TRY(request.key_condition, LegacyKeyCondition(parameters));
  }
  return Ok();
}

}  // namespace

Result<Query::Request> Query::Request::FromJson(std::string& body) {
  ItemParameters parameters;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) {
    return ReadItemParameter(name, value, ValueTexts::kNewer, kMembers, parameters);
  }));
  PUMICE_TRY(CheckConstraints(parameters));
  PUMICE_TRY(CheckExpressionUse(parameters));
  PUMICE_TRY(CheckConditionalOperatorUse(parameters));
  Request request;
  PUMICE_TRY(request.page.filter, LegacyFilter(parameters));
  request.legacy_filter = request.page.filter.has_value();
  PUMICE_TRY(request.page.projection, LegacyProjection(parameters));
  PUMICE_TRY(CheckStartKeyValues(parameters.exclusive_start_key));
  // Query envelopes these although it speaks the bare layer elsewhere (measured on AWS, October
  // 2026).
  PUMICE_TRY(InLayer(ValidationLayer::kEnveloped, CheckSelectUse(parameters, "Querying")));
  PUMICE_TRY(CheckKeyConditionSent(parameters));
  PUMICE_TRY(ParseExpressions(parameters, request));
  TakePageParameters(parameters, request.page);
  request.scan_index_forward = parameters.scan_index_forward.value_or(true);
  return request;
}

Result<Query::Response> Query::Run(const Request& request, OperationContext& context) {
  PUMICE_TRY(const auto source, FindSource(request.page, context));
  PUMICE_TRY(CheckFilterIsProjected(request.page, source));
  PUMICE_TRY(const auto condition, BindKeyCondition(request.key_condition, source.key_schema()));
  PUMICE_TRY(CheckFilterNamesNoKey(request, source.key_schema()));
  PUMICE_TRY(CheckQueryStartKey(request.page.exclusive_start_key, source, condition));

  const auto& start_key = request.page.exclusive_start_key;
  const RangeRequest range{
      .table = *source.table,
      .index = source.index,
      .condition = &condition,
      .segment = std::nullopt,
      .direction = request.scan_index_forward ? Direction::kForward : Direction::kBackward,
      .exclusive_start_key = start_key ? &start_key->item : nullptr};
  return ReadPage(request.page, source, range, context);
}

}  // namespace pumice
