// SPDX-License-Identifier: Apache-2.0
#include "server/operations/table_definition.h"

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

void AddKeyNames(const SentKeySchema& schema, std::vector<KeyAttribute>& used) {
  for (const SentKeyElement& element : schema) {
    const bool known = std::any_of(used.begin(), used.end(), [&](const KeyAttribute& key) {
      return key.name == *element.attribute_name;
    });
    if (!known) used.push_back({*element.attribute_name, {}});
  }
}

/// Names of all keys of the table and its indexes, each once.
std::vector<KeyAttribute> KeysUsed(const TableParameters& parameters) {
  std::vector<KeyAttribute> used;
  AddKeyNames(*parameters.key_schema, used);
  for (const auto* indexes : {&parameters.local_indexes, &parameters.global_indexes}) {
    if (!*indexes) continue;
    for (const SentIndex& index : **indexes) AddKeyNames(*index.key_schema, used);
  }
  return used;
}

Result<void> CheckAllUsed(const TableParameters& parameters,
                          const std::vector<KeyAttribute>& definitions) {
  const std::vector<KeyAttribute> used = KeysUsed(parameters);
  const bool all_used =
      std::all_of(definitions.begin(), definitions.end(), [&](const KeyAttribute& definition) {
        return std::any_of(used.begin(), used.end(),
                           [&](const KeyAttribute& key) { return key.name == definition.name; });
      });
  if (all_used) return Ok();
  if (!parameters.local_indexes && !parameters.global_indexes) {
    return InvalidValues(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  return InvalidValues(
      fmt::format("Some AttributeDefinitions are not used. AttributeDefinitions: {}, keys used: {}",
                  BracketedNames(definitions), BracketedNames(used)));
}

Result<void> CheckThroughputs(BillingMode mode, const TableParameters& parameters) {
  PUMICE_TRY(CheckTableThroughput(mode, parameters));
  if (!parameters.global_indexes) return Ok();
  for (const SentIndex& index : *parameters.global_indexes) {
    PUMICE_TRY(CheckIndexThroughput(mode, index));
  }
  return Ok();
}

}  // namespace

Result<TableDescription> DefineTable(const TableParameters& parameters) {
  TableDescription table;
  table.billing_mode = BillingModeOf(parameters.billing_mode);
  PUMICE_TRY(CheckThroughputs(table.billing_mode, parameters));
  PUMICE_TRY(table.attribute_definitions, DefineAttributes(*parameters.attribute_definitions));
  PUMICE_TRY(table.key_schema,
             DefineTableKeys(*parameters.key_schema, table.attribute_definitions));
  PUMICE_TRY(CheckAllUsed(parameters, table.attribute_definitions));
  PUMICE_TRY(table.indexes,
             DefineIndexes(parameters, table.key_schema, table.attribute_definitions));
  table.throughput = ToThroughput(parameters.throughput);
  table.on_demand = ToOnDemand(parameters.on_demand);
  table.warm_throughput = ToWarm(parameters.warm);
  return table;
}

}  // namespace pumice
