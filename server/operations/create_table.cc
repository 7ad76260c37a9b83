// SPDX-License-Identifier: Apache-2.0
#include "server/operations/create_table.h"

#include <utility>

#include "base/uuid.h"
#include "server/operations/key_schema.h"
#include "server/operations/table_definition.h"
#include "server/operations/table_settings.h"
#include "server/operations/table_status.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

// AWS: "Resource-based policies", the largest policy, blanks counted.
constexpr std::size_t kMaxResourcePolicyBytes = 20'480;

Result<TableDescription> Define(const TableParameters& parameters) {
  PUMICE_TRY(auto table, DefineTable(parameters));
  PUMICE_TRY(CheckStreamOfNewTable(parameters.stream));
  PUMICE_TRY(CheckEncryption(parameters.encryption));
  if (parameters.tags) {
    PUMICE_TRY(CheckTagCount(parameters.tags->size()));
    PUMICE_TRY(table.tags, DefineTags(*parameters.tags));
  }
  if (parameters.resource_policy && parameters.resource_policy->size() > kMaxResourcePolicyBytes) {
    return InvalidValues("The size of the resource policy exceeds the limit of 20480 bytes");
  }
  table.stream = ToStream(parameters.stream);
  table.deletion_protection = parameters.deletion_protection.value_or(false);
  table.resource_policy = parameters.resource_policy;
  // AWS shows no class on a table that was never given another one than STANDARD.
  if (parameters.table_class && *parameters.table_class != "STANDARD") {
    table.table_class = ToTableClass(*parameters.table_class);
  }
  return table;
}

}  // namespace

Result<CreateTable::Request> CreateTable::Request::FromJson(std::string& body) {
  TableParameters parameters;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) {
    return ReadTableParameter(name, value, parameters);
  }));
  PUMICE_TRY(CheckTableNameGiven(parameters.table_name));
  ConstraintErrors errors;
  CheckTableConstraints(parameters, true, errors);
  PUMICE_TRY(errors.Check());
  PUMICE_TRY(CheckSupported(parameters));
  PUMICE_TRY(auto definition, Define(parameters));
  PUMICE_TRY(auto table, ResolveName(std::move(*parameters.table_name)));
  return Request{std::move(table), std::move(definition), std::move(parameters.encryption)};
}

Result<CreateTable::Response> CreateTable::Run(const Request& request, OperationContext& context) {
  context.notes.table = request.table.name.value();
  TableCatalog& catalog = context.database.catalog();
  if (const TablePtr existing = catalog.Find(request.table.name.value())) {
    PUMICE_TRY(CheckNotBeingCreated(*existing, context));
  }
  TableDescription table = request.definition;
  table.name = request.table.name;
  table.table_uuid = NewUuid(context.random);
  table.arn = TableArn(context.identity.region, context.identity.account_id, table.name.value());
  table.created = context.clock.Now();
  table.status = TableStatus::kActive;
  table.sse = ToEncryption(request.encryption, context.identity, context.random);
  if (table.billing_mode == BillingMode::kPayPerRequest) {
    table.last_update_to_pay_per_request = table.created;
  }
  PUMICE_TRY(auto created, catalog.Create(std::move(table)));
  return Response{ShowTable(catalog, std::move(created), TableStatus::kCreating)};
}

void CreateTable::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  AppendTableDescription(members.Member("TableDescription"), shown);
  members.End();
}

}  // namespace pumice
