// SPDX-License-Identifier: Apache-2.0
#include "server/operations/table_description_json.h"

#include <chrono>
#include <iterator>
#include <utility>

#include <fmt/core.h>

#include "model/attribute_json.h"
#include "server/operations/throughput.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

void AppendInteger(std::string& out, std::int64_t number) {
  fmt::format_to(std::back_inserter(out), "{}", number);
}

void AppendBool(std::string& out, bool value) { out += value ? "true" : "false"; }

template <class Range, class Append>
void AppendList(std::string& out, const Range& range, Append append) {
  out += '[';
  bool first = true;
  for (const auto& element : range) {
    if (!first) out += ',';
    first = false;
    append(element);
  }
  out += ']';
}

void AppendKeySchema(std::string& out, const KeySchema& schema) {
  struct Element {
    std::string_view name;
    std::string_view type;
  };
  std::vector<Element> elements;
  for (const KeyAttribute& key : schema.hash) elements.push_back({key.name, "HASH"});
  for (const KeyAttribute& key : schema.range) elements.push_back({key.name, "RANGE"});
  AppendList(out, elements, [&](const Element& element) {
    JsonMembers members(out);
    AppendJsonString(members.Member("AttributeName"), element.name);
    AppendJsonString(members.Member("KeyType"), element.type);
    members.End();
  });
}

void AppendAttributeDefinitions(std::string& out, const std::vector<KeyAttribute>& definitions) {
  AppendList(out, definitions, [&](const KeyAttribute& definition) {
    JsonMembers members(out);
    AppendJsonString(members.Member("AttributeName"), definition.name);
    AppendJsonString(members.Member("AttributeType"), AttributeTypeName(definition.type));
    members.End();
  });
}

void AppendThroughput(std::string& out, const ProvisionedThroughput& throughput) {
  JsonMembers members(out);
  if (throughput.last_increase) {
    AppendTime(members.Member("LastIncreaseDateTime"), *throughput.last_increase);
  }
  if (throughput.last_decrease) {
    AppendTime(members.Member("LastDecreaseDateTime"), *throughput.last_decrease);
  }
  AppendInteger(members.Member("NumberOfDecreasesToday"), throughput.number_of_decreases_today);
  AppendInteger(members.Member("ReadCapacityUnits"), throughput.read_capacity_units);
  AppendInteger(members.Member("WriteCapacityUnits"), throughput.write_capacity_units);
  members.End();
}

void AppendOnDemand(std::string& out, const OnDemandThroughput& on_demand) {
  JsonMembers members(out);
  AppendInteger(members.Member("MaxReadRequestUnits"),
                on_demand.max_read_request_units.value_or(-1));
  AppendInteger(members.Member("MaxWriteRequestUnits"),
                on_demand.max_write_request_units.value_or(-1));
  members.End();
}

void AppendWarm(std::string& out, const WarmThroughput& warm, std::string_view status) {
  JsonMembers members(out);
  AppendInteger(members.Member("ReadUnitsPerSecond"), warm.read_units_per_second);
  AppendInteger(members.Member("WriteUnitsPerSecond"), warm.write_units_per_second);
  AppendJsonString(members.Member("Status"), status);
  members.End();
}

void AppendProjection(std::string& out, const Projection& projection) {
  constexpr std::string_view kNames[] = {"ALL", "KEYS_ONLY", "INCLUDE"};
  JsonMembers members(out);
  AppendJsonString(members.Member("ProjectionType"),
                   kNames[static_cast<std::size_t>(projection.type)]);
  if (projection.type == ProjectionType::kInclude) {
    AppendList(members.Member("NonKeyAttributes"), projection.non_key_attributes,
               [&](const std::string& name) { AppendJsonString(out, name); });
  }
  members.End();
}

std::string_view IndexStatusName(IndexStatus status) {
  switch (status) {
    case IndexStatus::kCreating: return "CREATING";
    case IndexStatus::kUpdating: return "UPDATING";
    case IndexStatus::kDeleting: return "DELETING";
    case IndexStatus::kActive: return "ACTIVE";
  }
  return "ACTIVE";
}

void AppendGlobalMembers(JsonMembers& members, const IndexDescription& index,
                         const ShownTable& shown) {
  const TableDescription& table = *shown.table;
  const bool creating = shown.status == TableStatus::kCreating;
  const std::string_view status = IndexStatusName(creating ? IndexStatus::kCreating : index.status);
  AppendJsonString(members.Member("IndexStatus"), status);
  if (index.status == IndexStatus::kCreating) {
    AppendBool(members.Member("Backfilling"), index.backfilling);
  }
  AppendThroughput(members.Member("ProvisionedThroughput"), index.throughput);
  if (index.on_demand) AppendOnDemand(members.Member("OnDemandThroughput"), *index.on_demand);
  AppendWarm(members.Member("WarmThroughput"),
             EffectiveWarmThroughput(index.warm_throughput, table.billing_mode, index.throughput),
             status);
}

void AppendIndex(std::string& out, const IndexDescription& index, const ItemTotals& totals,
                 const ShownTable& shown) {
  JsonMembers members(out);
  AppendJsonString(members.Member("IndexName"), index.name.value());
  AppendKeySchema(members.Member("KeySchema"), index.key_schema);
  AppendProjection(members.Member("Projection"), index.projection);
  if (index.kind == IndexKind::kGlobal) AppendGlobalMembers(members, index, shown);
  AppendInteger(members.Member("IndexSizeBytes"), totals.size_bytes);
  AppendInteger(members.Member("ItemCount"), totals.item_count);
  AppendJsonString(members.Member("IndexArn"),
                   fmt::format("{}/index/{}", shown.table->arn, index.name.value()));
  members.End();
}

void AppendIndexes(JsonMembers& members, std::string_view name, IndexKind kind,
                   const ShownTable& shown) {
  const auto& indexes = shown.table->indexes;
  std::string* out = nullptr;
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    if (indexes[i].kind != kind) continue;
    if (out == nullptr) {
      out = &members.Member(name);
      *out += '[';
    } else {
      *out += ',';
    }
    AppendIndex(*out, indexes[i], shown.index_totals[i], shown);
  }
  if (out != nullptr) *out += ']';
}

/// AWS says it twice: for the SDKs, and in a member that their model does not have.
void AppendBillingMode(JsonMembers& members, const TableDescription& table) {
  const bool on_demand = table.billing_mode == BillingMode::kPayPerRequest;
  if (!on_demand && !table.last_update_to_pay_per_request) return;
  constexpr std::pair<std::string_view, std::string_view> kSummaries[] = {
      {"BillingModeSummary", "BillingMode"}, {"TableThroughputModeSummary", "TableThroughputMode"}};
  for (const auto& [summary_name, mode_name] : kSummaries) {
    JsonMembers summary(members.Member(summary_name));
    AppendJsonString(summary.Member(mode_name), on_demand ? "PAY_PER_REQUEST" : "PROVISIONED");
    if (table.last_update_to_pay_per_request) {
      AppendTime(summary.Member("LastUpdateToPayPerRequestDateTime"),
                 *table.last_update_to_pay_per_request);
    }
    summary.End();
  }
}

void AppendStream(JsonMembers& members, const TableDescription& table) {
  if (!table.stream) return;
  if (table.stream->enabled) {
    JsonMembers stream(members.Member("StreamSpecification"));
    AppendBool(stream.Member("StreamEnabled"), true);
    AppendJsonString(stream.Member("StreamViewType"), StreamViewTypeName(table.stream->view_type));
    stream.End();
  }
  AppendJsonString(members.Member("LatestStreamLabel"), table.stream->label);
  AppendJsonString(members.Member("LatestStreamArn"), table.stream->arn.value());
}

void AppendEncryption(JsonMembers& members, const TableDescription& table) {
  if (!table.sse || !table.sse->enabled) return;
  JsonMembers sse(members.Member("SSEDescription"));
  AppendJsonString(sse.Member("Status"), "ENABLED");
  AppendJsonString(sse.Member("SSEType"), "KMS");
  AppendJsonString(sse.Member("KMSMasterKeyArn"), table.sse->kms_master_key_arn);
  sse.End();
}

void AppendTableClass(JsonMembers& members, const TableDescription& table) {
  if (!table.table_class) return;
  JsonMembers summary(members.Member("TableClassSummary"));
  std::string& name = summary.Member("TableClass");
  AppendJsonString(name, *table.table_class == TableClass::kStandard
                             ? "STANDARD"
                             : "STANDARD_INFREQUENT_ACCESS");
  summary.End();
}

/// What both forms have.
void AppendCommon(JsonMembers& members, const ShownTable& shown) {
  const TableDescription& table = *shown.table;
  AppendJsonString(members.Member("TableName"), table.name.value());
  AppendJsonString(members.Member("TableStatus"), TableStatusName(shown.status));
  AppendJsonString(members.Member("TableArn"), table.arn);
  AppendJsonString(members.Member("TableId"), table.table_uuid);
  AppendThroughput(members.Member("ProvisionedThroughput"), table.throughput);
  AppendInteger(members.Member("TableSizeBytes"), shown.totals.size_bytes);
  AppendInteger(members.Member("ItemCount"), shown.totals.item_count);
  AppendBillingMode(members, table);
  AppendBool(members.Member("DeletionProtectionEnabled"), table.deletion_protection);
}

}  // namespace

std::string_view TableStatusName(TableStatus status) {
  switch (status) {
    case TableStatus::kCreating: return "CREATING";
    case TableStatus::kUpdating: return "UPDATING";
    case TableStatus::kDeleting: return "DELETING";
    case TableStatus::kActive: return "ACTIVE";
  }
  return "ACTIVE";
}

void AppendTime(std::string& out, TimePoint time) {
  const auto millis =
      std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  fmt::format_to(std::back_inserter(out), "{}.{:03}", millis / 1000, millis % 1000);
}

ShownTable ShowTable(const TableCatalog& catalog, TablePtr table, TableStatus status) {
  ShownTable shown;
  shown.status = status;
  shown.totals = catalog.Totals(*table, nullptr);
  shown.index_totals.reserve(table->indexes.size());
  for (const IndexDescription& index : table->indexes) {
    shown.index_totals.push_back(catalog.Totals(*table, &index));
  }
  shown.table = std::move(table);
  return shown;
}

void AppendTableDescription(std::string& out, const ShownTable& shown) {
  const TableDescription& table = *shown.table;
  JsonMembers members(out);
  AppendCommon(members, shown);
  AppendTime(members.Member("CreationDateTime"), table.created);
  AppendKeySchema(members.Member("KeySchema"), table.key_schema);
  AppendAttributeDefinitions(members.Member("AttributeDefinitions"), table.attribute_definitions);
  AppendIndexes(members, "GlobalSecondaryIndexes", IndexKind::kGlobal, shown);
  AppendIndexes(members, "LocalSecondaryIndexes", IndexKind::kLocal, shown);
  AppendStream(members, table);
  AppendEncryption(members, table);
  AppendTableClass(members, table);
  if (table.on_demand) AppendOnDemand(members.Member("OnDemandThroughput"), *table.on_demand);
  AppendWarm(members.Member("WarmThroughput"),
             EffectiveWarmThroughput(table.warm_throughput, table.billing_mode, table.throughput),
             TableStatusName(shown.status));
  members.End();
}

void AppendDeletedTableDescription(std::string& out, const ShownTable& shown) {
  JsonMembers members(out);
  AppendCommon(members, shown);
  members.End();
}

}  // namespace pumice
