// SPDX-License-Identifier: Apache-2.0
#include "server/operations/table_change.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "server/operations/index_change.h"
#include "server/operations/key_schema.h"
#include "server/operations/table_settings.h"
#include "server/operations/throughput.h"

namespace pumice {
namespace {

constexpr std::size_t kChangeCount = 9;

struct Change {
  std::string_view name;
  bool asked;
  bool alone;  // AWS takes it only as the one change of its request
};

std::array<Change, kChangeCount> ChangesAsked(const TableParameters& changes) {
  return {{{"ProvisionedThroughput", changes.throughput.has_value(), false},
           {"BillingMode", changes.billing_mode.has_value(), false},
           {"StreamSpecification", changes.stream.has_value(), false},
           {"GlobalSecondaryIndexUpdates", !changes.index_updates.empty(), ChangesIndexes(changes)},
           {"OnDemandThroughput", changes.on_demand.has_value(), false},
           {"SSESpecification", changes.encryption.has_value(), true},
           {"DeletionProtectionEnabled", changes.deletion_protection.has_value(), true},
           {"WarmThroughput", changes.warm.has_value(), true},
           {"TableClass", changes.table_class.has_value(), true}}};
}

Result<void> CheckTogether(const std::array<Change, kChangeCount>& changes) {
  const auto asked = std::count_if(changes.begin(), changes.end(),
                                   [](const Change& change) { return change.asked; });
  if (asked == 0) {
    return Error(ErrorCode::kValidation,
                 "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
                 "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, "
                 "MultiRegionConsistency, GlobalTableWitnessUpdates, VectorIndexUpdates, "
                 "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
                 "required");
  }
  for (const Change& change : changes) {
    if (asked == 1 || !change.asked || !change.alone) continue;
    return InvalidValues(
        fmt::format("{} cannot be updated together with other settings of the table", change.name));
  }
  return Ok();
}

Result<void> CheckThroughputChanges(const TableParameters& changes) {
  if (changes.billing_mode)
    return CheckTableThroughput(BillingModeOf(changes.billing_mode), changes);
  // The table's own mode is looked at when the table is known.
  const bool units = changes.throughput.has_value();
  return CheckTableThroughput(units ? BillingMode::kProvisioned : BillingMode::kPayPerRequest,
                              changes);
}

Error UnchangedThroughput(const ProvisionedThroughput& current) {
  return Error(
      ErrorCode::kValidation,
      fmt::format(
          "The provisioned throughput for the table will not change. The requested value equals "
          "the "
          "current value. Current ReadCapacityUnits provisioned for the table: {0}. Requested "
          "ReadCapacityUnits: {0}. Current WriteCapacityUnits provisioned for the table: {1}. "
          "Requested WriteCapacityUnits: {1}. Refer to the Amazon DynamoDB Developer Guide for "
          "current limits and how to request higher limits.",
          current.read_capacity_units, current.write_capacity_units));
}

Result<void> SetUnits(TableDescription& table, const SentThroughput& wanted, TimePoint now) {
  if (table.billing_mode == BillingMode::kPayPerRequest) {
    return InvalidValues(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  if (*wanted.read == table.throughput.read_capacity_units &&
      *wanted.write == table.throughput.write_capacity_units) {
    return UnchangedThroughput(table.throughput);
  }
  table.throughput = MovedThroughput(table.throughput, wanted, now);
  return Ok();
}

void SwitchToOnDemand(TableDescription& table, TimePoint now) {
  table.billing_mode = BillingMode::kPayPerRequest;
  table.last_update_to_pay_per_request = now;
  table.throughput = ProvisionedThroughput();
  for (IndexDescription& index : table.indexes) index.throughput = ProvisionedThroughput();
}

Result<void> SwitchToProvisioned(TableDescription& table, const TableParameters& changes,
                                 TimePoint now) {
  for (IndexDescription& index : table.indexes) {
    if (index.kind != IndexKind::kGlobal) continue;
    if (IndexUnitsFor(changes, index.name.value()) == nullptr) {
      return InvalidValues(
          fmt::format("ProvisionedThroughput is not specified for index: {}", index.name.value()));
    }
    index.on_demand.reset();
  }
  table.billing_mode = BillingMode::kProvisioned;
  table.on_demand.reset();
  table.throughput = MovedThroughput(table.throughput, *changes.throughput, now);
  return Ok();
}

Result<void> SetThroughput(TableDescription& table, const TableParameters& changes, TimePoint now) {
  const bool to_on_demand = changes.billing_mode == "PAY_PER_REQUEST";
  const bool to_provisioned = changes.billing_mode == "PROVISIONED";
  if (to_on_demand && table.billing_mode == BillingMode::kProvisioned) {
    SwitchToOnDemand(table, now);
  } else if (to_provisioned && table.billing_mode == BillingMode::kPayPerRequest) {
    PUMICE_TRY(SwitchToProvisioned(table, changes, now));
  } else if (changes.throughput) {
    PUMICE_TRY(SetUnits(table, *changes.throughput, now));
  }
  return Ok();
}

Result<void> SetOnDemand(TableDescription& table, const SentThroughput& wanted) {
  if (table.billing_mode == BillingMode::kProvisioned) {
    return InvalidValues(
        "Neither MaxReadRequestUnits nor MaxWriteRequestUnits can be specified when BillingMode is "
        "PROVISIONED");
  }
  table.on_demand = MergedOnDemand(table.on_demand, wanted);
  return Ok();
}

Result<void> SetWarm(TableDescription& table, const SentThroughput& wanted) {
  const WarmThroughput current =
      EffectiveWarmThroughput(table.warm_throughput, table.billing_mode, table.throughput);
  PUMICE_TRY(table.warm_throughput, RaisedWarm(current, wanted, "table"));
  return Ok();
}

Result<void> SetStream(TableDescription& table, const SentStream& wanted) {
  const std::string& name = table.name.value();
  if (*wanted.enabled) {
    if (table.StreamEnabled()) {
      return Error(ErrorCode::kValidation,
                   fmt::format("Table already has an enabled stream: TableName: {}", name));
    }
    table.stream = ToStream(wanted);
    return Ok();
  }
  if (!table.StreamEnabled()) {
    return Error(ErrorCode::kValidation,
                 fmt::format("Table has no stream to disable: TableName: {}", name));
  }
  table.stream->enabled = false;
  return Ok();
}

void SetTableClass(TableDescription& table, const std::string& wanted) {
  // AWS shows no class on a table that was never given another one than STANDARD.
  if (wanted == "STANDARD" && !table.table_class) return;
  table.table_class = ToTableClass(wanted);
}

/// The change is done with the answer; these states are for who waits for the change.
void ShowUpdating(TableDescription& table, const TableParameters& changes) {
  table.status = TableStatus::kUpdating;
  for (IndexDescription& index : table.indexes) {
    if (index.status != IndexStatus::kActive) continue;
    const auto& updates = changes.index_updates;
    const bool updated =
        std::any_of(updates.begin(), updates.end(), [&](const SentIndexUpdate& update) {
          return update.update && *update.update->name == index.name.value();
        });
    if (updated) index.status = IndexStatus::kUpdating;
  }
}

}  // namespace

Result<void> CheckTableChanges(const TableParameters& changes) {
  PUMICE_TRY(CheckTogether(ChangesAsked(changes)));
  PUMICE_TRY(CheckThroughputChanges(changes));
  PUMICE_TRY(CheckIndexUpdates(changes));
  if (changes.stream && (changes.throughput || changes.billing_mode)) {
    return InvalidValues(
        "StreamSpecification cannot be updated together with the throughput of the table");
  }
  if (changes.stream && !changes.index_updates.empty()) {
    return InvalidValues(
        "StreamSpecification cannot be updated together with the indexes of the table");
  }
  PUMICE_TRY(CheckStreamOfTable(changes.stream));
  return CheckEncryption(changes.encryption);
}

Result<TableDescription> ChangeTable(const TableDescription& current,
                                     const TableParameters& changes,
                                     const ChangeSettings& settings) {
  TableDescription table = current;
  PUMICE_TRY(SetThroughput(table, changes, settings.now));
  PUMICE_TRY(ChangeIndexes(table, changes, settings.now));
  if (changes.on_demand) {
    PUMICE_TRY(SetOnDemand(table, *changes.on_demand));
  }
  if (changes.warm) {
    PUMICE_TRY(SetWarm(table, *changes.warm));
  }
  if (changes.stream) {
    PUMICE_TRY(SetStream(table, *changes.stream));
  }
  if (changes.encryption) {
    table.sse = ToEncryption(changes.encryption, settings.identity, settings.random);
  }
  if (changes.table_class) SetTableClass(table, *changes.table_class);
  if (changes.deletion_protection) table.deletion_protection = *changes.deletion_protection;
  if (settings.show_transient_statuses && ShowsUpdating(changes)) ShowUpdating(table, changes);
  return table;
}

bool ShowsUpdating(const TableParameters& changes) {
  return !changes.deletion_protection && !changes.encryption;
}

}  // namespace pumice
