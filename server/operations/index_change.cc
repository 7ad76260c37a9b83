// SPDX-License-Identifier: Apache-2.0
#include "server/operations/index_change.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "server/operations/index_definition.h"
#include "server/operations/key_schema.h"
#include "server/operations/throughput.h"

namespace pumice {
namespace {

/// The one thing that an element asks for; null if it asks for none or for several.
const SentIndex* OnlyPart(const SentIndexUpdate& update) {
  const SentIndex* only = nullptr;
  for (const auto* part : {&update.update, &update.create, &update.remove}) {
    if (!*part) continue;
    if (only != nullptr) return nullptr;
    only = &**part;
  }
  return only;
}

Result<void> CheckParts(const SentIndexUpdate& update) {
  if (OnlyPart(update) != nullptr) return Ok();
  if (update.update || update.create || update.remove) {
    // AWS takes one; the text is ours.
    return InvalidValues(
        "Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
        "GlobalSecondaryIndexUpdate.Delete may be specified");
  }
  return InvalidValues(
      "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
      "GlobalSecondaryIndexUpdate.Delete must not be null");
}

Error OneAtATime() {
  return Error(ErrorCode::kLimitExceeded,
               "Subscriber limit exceeded: Only 1 online index can be created or deleted "
               "simultaneously per table");
}

Error StillInUse(std::string_view why) {
  return Error(ErrorCode::kResourceInUse,
               fmt::format("Attempt to change a resource which is still in use: {}", why));
}

IndexDescription* FindGlobal(TableDescription& table, std::string_view name) {
  const auto found =
      std::find_if(table.indexes.begin(), table.indexes.end(), [&](const IndexDescription& index) {
        return index.kind == IndexKind::kGlobal && index.name.value() == name;
      });
  return found == table.indexes.end() ? nullptr : &*found;
}

// AWS's class; its text is not known.
Error NoSuchIndex() { return Error(ErrorCode::kResourceNotFound, "Requested resource not found"); }

Result<void> CheckOneAtATime(const TableDescription& table, const TableParameters& changes) {
  const auto count = std::count_if(changes.index_updates.begin(), changes.index_updates.end(),
                                   [](const SentIndexUpdate& update) { return !update.update; });
  if (count == 0) return Ok();
  if (count > 1) return OneAtATime();
  const auto busy = std::find_if(table.indexes.begin(), table.indexes.end(), [](const auto& index) {
    return index.status == IndexStatus::kCreating || index.status == IndexStatus::kDeleting;
  });
  if (busy == table.indexes.end()) return Ok();
  // An index may be deleted while it is filled: that is how its creation is cancelled.
  const bool cancels =
      busy->status == IndexStatus::kCreating &&
      std::any_of(changes.index_updates.begin(), changes.index_updates.end(),
                  [&](const SentIndexUpdate& update) {
                    return update.remove && *update.remove->name == busy->name.value();
                  });
  if (!cancels) return OneAtATime();
  if (busy->backfilling) return Ok();
  return StillInUse(fmt::format(
      "Index creation is in resource allocation phase. Retry deletion during backfilling phase or "
      "when the index is active. Table: {} Index: {}",
      table.name.value(), busy->name.value()));
}

/// The request's definitions; of an attribute that is a key already the stored type stays, as
/// measured in July 2026.
Result<std::vector<KeyAttribute>> DefinitionsFor(const TableDescription& table,
                                                 const TableParameters& changes) {
  PUMICE_TRY(auto definitions, DefineAttributes(*changes.attribute_definitions));
  for (KeyAttribute& definition : definitions) {
    const auto stored =
        std::find_if(table.attribute_definitions.begin(), table.attribute_definitions.end(),
                     [&](const KeyAttribute& known) { return known.name == definition.name; });
    if (stored != table.attribute_definitions.end()) definition.type = stored->type;
  }
  return definitions;
}

/// Definitions that no key uses are dropped silently, unlike CreateTable's.
void MergeDefinitions(TableDescription& table, const KeySchema& keys) {
  for (const auto* list : {&keys.hash, &keys.range}) {
    for (const KeyAttribute& key : *list) {
      auto& known = table.attribute_definitions;
      if (std::find(known.begin(), known.end(), key) == known.end()) known.push_back(key);
    }
  }
}

Result<void> Create(TableDescription& table, const SentIndex& sent,
                    const TableParameters& changes) {
  const bool taken =
      std::any_of(table.indexes.begin(), table.indexes.end(),
                  [&](const IndexDescription& index) { return index.name.value() == *sent.name; });
  if (taken) {
    return Error(ErrorCode::kValidation, "Attempting to create an index which already exists");
  }
  PUMICE_TRY(CheckIndexThroughput(table.billing_mode, sent));
  PUMICE_TRY(const auto definitions, DefinitionsFor(table, changes));
  PUMICE_TRY(auto index, DefineGlobalIndex(sent, definitions));
  MergeDefinitions(table, index.key_schema);
  table.indexes.push_back(std::move(index));
  return CheckIndexCounts(table.indexes);
}

Result<void> Delete(TableDescription& table, const std::string& name) {
  IndexDescription* index = FindGlobal(table, name);
  if (index == nullptr) {
    if (table.FindIndex(name) == nullptr) return NoSuchIndex();
    return Error(
        ErrorCode::kValidation,
        fmt::format("Cannot delete an index that is not a GlobalSecondaryIndex: {}", name));
  }
  index->status = IndexStatus::kDeleting;
  index->backfilling = false;
  table.status = TableStatus::kUpdating;
  return Ok();
}

Result<void> SetUnits(IndexDescription& index, const SentThroughput& wanted, TimePoint now) {
  const ProvisionedThroughput& current = index.throughput;
  if (*wanted.read != current.read_capacity_units ||
      *wanted.write != current.write_capacity_units) {
    index.throughput = MovedThroughput(current, wanted, now);
    return Ok();
  }
  return Error(
      ErrorCode::kValidation,
      fmt::format(
          "The provisioned throughput for the index {2} will not change. The requested value "
          "equals the current value. Current ReadCapacityUnits provisioned for the index: {0}. "
          "Requested ReadCapacityUnits: {0}. Current WriteCapacityUnits provisioned for the index: "
          "{1}. Requested WriteCapacityUnits: {1}. Refer to the Amazon DynamoDB Developer Guide "
          "for current limits and how to request higher limits.",
          current.read_capacity_units, current.write_capacity_units, index.name.value()));
}

Result<void> Update(TableDescription& table, const SentIndex& sent, TimePoint now) {
  IndexDescription* index = FindGlobal(table, *sent.name);
  if (index == nullptr) return NoSuchIndex();
  if (index->status != IndexStatus::kActive) {
    // The text is ours.
    return StillInUse(fmt::format("Index is being created or deleted. Table: {} Index: {}",
                                  table.name.value(), *sent.name));
  }
  PUMICE_TRY(CheckIndexChange(table.billing_mode, sent));
  if (sent.throughput) {
    PUMICE_TRY(SetUnits(*index, *sent.throughput, now));
  }
  if (sent.on_demand) index->on_demand = MergedOnDemand(index->on_demand, *sent.on_demand);
  if (!sent.warm) return Ok();
  const WarmThroughput current =
      EffectiveWarmThroughput(index->warm_throughput, table.billing_mode, index->throughput);
  PUMICE_TRY(index->warm_throughput,
             RaisedWarm(current, *sent.warm, fmt::format("index {}", *sent.name)));
  return Ok();
}

}  // namespace

Result<void> CheckIndexUpdates(const TableParameters& changes) {
  std::set<std::string_view> names;
  for (const SentIndexUpdate& update : changes.index_updates) {
    PUMICE_TRY(CheckParts(update));
    const std::string& name = *OnlyPart(update)->name;
    if (!names.insert(name).second) {
      return InvalidValues(fmt::format(
          "Only one global secondary index update per index is allowed simultaneously. Index: {}",
          name));
    }
    if (update.create && !changes.attribute_definitions) {
      return InvalidValues(
          fmt::format("AttributeDefinitions is not specified for index: {}", name));
    }
  }
  return Ok();
}

bool ChangesIndexes(const TableParameters& changes) {
  return std::any_of(changes.index_updates.begin(), changes.index_updates.end(),
                     [](const SentIndexUpdate& update) { return update.create || update.remove; });
}

const SentThroughput* IndexUnitsFor(const TableParameters& changes, std::string_view index_name) {
  for (const SentIndexUpdate& update : changes.index_updates) {
    if (!update.update || *update.update->name != index_name) continue;
    return update.update->throughput ? &*update.update->throughput : nullptr;
  }
  return nullptr;
}

Result<void> ChangeIndexes(TableDescription& table, const TableParameters& changes, TimePoint now) {
  PUMICE_TRY(CheckOneAtATime(table, changes));
  for (const SentIndexUpdate& update : changes.index_updates) {
    if (update.create) {
      PUMICE_TRY(Create(table, *update.create, changes));
    } else if (update.remove) {
      PUMICE_TRY(Delete(table, *update.remove->name));
    } else {
      PUMICE_TRY(Update(table, *update.update, now));
    }
  }
  return Ok();
}

}  // namespace pumice
