// SPDX-License-Identifier: Apache-2.0
#pragma once
// The members that CreateTable and UpdateTable share, as they came: nothing judged yet but the JSON
// types. And what AWS's request validator says of them before anything else (the older spelling).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/operations/tag_parameters.h"
#include "server/protocol/constraint_errors.h"
#include "server/protocol/json_reader.h"

namespace pumice {

struct SentKeyElement {
  std::optional<std::string> attribute_name;
  std::optional<std::string> key_type;
};
using SentKeySchema = std::vector<SentKeyElement>;

struct SentAttributeDefinition {
  std::optional<std::string> name;
  std::optional<std::string> type;
};

struct SentThroughput {
  std::optional<std::int64_t> read;
  std::optional<std::int64_t> write;
};

struct SentProjection {
  std::optional<std::string> type;
  std::optional<std::vector<std::string>> non_key_attributes;
};

struct SentIndex {
  std::optional<std::string> name;
  std::optional<SentKeySchema> key_schema;
  std::optional<SentProjection> projection;
  std::optional<SentThroughput> throughput;  // global only, as what follows
  std::optional<SentThroughput> on_demand;
  std::optional<SentThroughput> warm;
};

/// One element of GlobalSecondaryIndexUpdates.
struct SentIndexUpdate {
  std::optional<SentIndex> update;
  std::optional<SentIndex> create;
  std::optional<SentIndex> remove;  // "Delete"
};

struct SentStream {
  std::optional<bool> enabled;
  std::optional<std::string> view_type;
};

struct SentEncryption {
  std::optional<bool> enabled;
  std::optional<std::string> type;
  std::optional<std::string> key_id;
};

struct TableParameters {
  std::optional<std::string> table_name;
  std::optional<std::vector<SentAttributeDefinition>> attribute_definitions;
  std::optional<SentKeySchema> key_schema;
  std::optional<std::string> billing_mode;
  std::optional<SentThroughput> throughput;
  std::optional<std::vector<SentIndex>> global_indexes;
  std::optional<std::vector<SentIndex>> local_indexes;
  std::vector<SentIndexUpdate> index_updates;  // "GlobalSecondaryIndexUpdates"
  std::optional<SentStream> stream;
  std::optional<SentEncryption> encryption;
  std::optional<std::vector<SentTag>> tags;
  std::optional<std::string> table_class;
  std::optional<bool> deletion_protection;
  std::optional<SentThroughput> on_demand;
  std::optional<SentThroughput> warm;
  std::optional<std::string> resource_policy;
  std::vector<std::string>
      unsupported;  // names of members that this release does not know how to keep
};

/// Reads one member if it is one of the above; others are left to be skipped. Errors:
/// Serialization.
Result<void> ReadTableParameter(std::string_view name, JsonValue& value,
                                TableParameters& parameters);

/// Reads GlobalSecondaryIndexUpdates, UpdateTable's own. Errors: Serialization.
Result<std::vector<SentIndexUpdate>> ReadIndexUpdates(JsonValue& value);

/// Collects the constraint errors of all members. creating: CreateTable, where definitions, name
/// and keys are required (the name is there).
void CheckTableConstraints(const TableParameters& parameters, bool creating,
                           ConstraintErrors& errors);

/// Errors: Validation, if there are any unsupported members.
Result<void> CheckSupported(const TableParameters& parameters);

/// "KeySchemaElement(attributeName=pk, keyType=HASH)" in a list: what AWS's errors print.
std::string KeySchemaEcho(const SentKeySchema& schema);

}  // namespace pumice
