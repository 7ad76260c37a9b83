// SPDX-License-Identifier: Apache-2.0
#include "server/operations/scan.h"

#include <utility>

#include <fmt/core.h>

#include "expressions/parse.h"
#include "server/operations/legacy_expressions.h"
#include "server/operations/start_key.h"

namespace pumice {
namespace {

constexpr ItemMembers kMembers{"TableName",
                               "IndexName",
                               "AttributesToGet",
                               "Limit",
                               "Select",
                               "ScanFilter",
                               "ConditionalOperator",
                               "ExclusiveStartKey",
                               "ReturnConsumedCapacity",
                               "TotalSegments",
                               "Segment",
                               "ProjectionExpression",
                               "FilterExpression",
                               "ExpressionAttributeNames",
                               "ExpressionAttributeValues",
                               "ConsistentRead"};

constexpr std::int64_t kMaxTotalSegments = 1'000'000;

void CheckRange(const std::optional<std::int64_t>& sent, std::string_view path, std::int64_t least,
                std::int64_t most, ConstraintErrors& errors) {
  if (!sent) return;
  if (*sent < least) errors.AddValue(std::to_string(*sent), path, ValueAtLeast(least));
  if (*sent > most) errors.AddValue(std::to_string(*sent), path, ValueAtMost(most));
}

Result<void> CheckConstraints(const ItemParameters& parameters) {
  ConstraintErrors errors;
  CheckReturnConsumedCapacity(parameters.return_consumed_capacity, errors);
  if (!parameters.table_name) errors.AddNull("tableName");
  CheckName(parameters.table_name, "tableName", errors);
  CheckName(parameters.index_name, "indexName", errors);
  CheckSelect(parameters.select, errors);
  CheckLegacyConstraints(parameters, Spelling::kOlder, errors);
  CheckRange(parameters.limit, "limit", 1, INT32_MAX, errors);
  CheckRange(parameters.segment, "segment", 0, kMaxTotalSegments - 1, errors);
  CheckRange(parameters.total_segments, "totalSegments", 1, kMaxTotalSegments, errors);
  return errors.Check();
}

Result<std::optional<ScanSegment>> SegmentOf(const ItemParameters& parameters) {
  const auto refuse = [](std::string text) {
    return Error(ErrorCode::kValidation, std::move(text));
  };
  if (parameters.segment && !parameters.total_segments) {
    return refuse(
        "The TotalSegments parameter is required but was not present in the request when Segment "
        "parameter is present");
  }
  if (!parameters.segment && parameters.total_segments) {
    return refuse(
        "The Segment parameter is required but was not present in the request when parameter "
        "TotalSegments is present");
  }
  if (!parameters.segment) return std::optional<ScanSegment>();
  if (*parameters.segment >= *parameters.total_segments) {
    return refuse(
        fmt::format("The Segment parameter is zero-based and must be less than parameter "
                    "TotalSegments: Segment: "
                    "{} is not less than TotalSegments: {}",
                    *parameters.segment, *parameters.total_segments));
  }
  return std::optional<ScanSegment>({static_cast<std::uint32_t>(*parameters.segment),
                                     static_cast<std::uint32_t>(*parameters.total_segments)});
}

Result<void> ParseExpressions(ItemParameters& parameters, PageRequest& page) {
  PUMICE_TRY(auto placeholders, TakePlaceholders(parameters));
  PUMICE_TRY(ParsePageExpressions(parameters, placeholders, page));
  return placeholders.CheckAllUsed();
}

}  // namespace

Result<Scan::Request> Scan::Request::FromJson(std::string& body) {
  ItemParameters parameters;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) {
    return ReadItemParameter(name, value, ValueTexts::kOlder, kMembers, parameters);
  }));
  PUMICE_TRY(CheckConstraints(parameters));
  PUMICE_TRY(CheckExpressionUse(parameters));
  Request request;
  PUMICE_TRY(request.page.projection, LegacyProjection(parameters));
  PUMICE_TRY(request.page.filter, LegacyFilter(parameters));
  // Scan, in the older layer, looks at the filter first (measured on AWS, October 2026).
  PUMICE_TRY(CheckConditionalOperatorUse(parameters));
  PUMICE_TRY(CheckStartKeyValues(parameters.exclusive_start_key));
  PUMICE_TRY(CheckSelectUse(parameters, "Scanning"));
  PUMICE_TRY(request.segment, SegmentOf(parameters));
  PUMICE_TRY(ParseExpressions(parameters, request.page));
  TakePageParameters(parameters, request.page);
  return request;
}

Result<Scan::Response> Scan::Run(const Request& request, OperationContext& context) {
  PUMICE_TRY(const auto source, FindSource(request.page, context));
  PUMICE_TRY(CheckScanStartKey(request.page.exclusive_start_key, source, request.segment));
  const auto& start_key = request.page.exclusive_start_key;
  const RangeRequest range{.table = *source.table,
                           .index = source.index,
                           .condition = nullptr,
                           .segment = request.segment,
                           .direction = Direction::kForward,
                           .exclusive_start_key = start_key ? &start_key->item : nullptr};
  return ReadPage(request.page, source, range, context);
}

}  // namespace pumice
