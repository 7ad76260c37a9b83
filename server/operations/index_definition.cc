// SPDX-License-Identifier: Apache-2.0
#include "server/operations/index_definition.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "server/operations/key_schema.h"
#include "server/operations/throughput.h"

namespace pumice {
namespace {

// AWS: "Quotas in Amazon DynamoDB", secondary indexes.
constexpr std::size_t kMaxLocalIndexes = 5;
constexpr std::size_t kMaxProjectedNames = 100;  // over all indexes of a table

Result<Projection> DefineProjection(const SentProjection& sent) {
  if (!sent.type) return InvalidValues("Unknown ProjectionType: null");
  Projection projection;
  if (*sent.type == "INCLUDE") {
    projection.type = ProjectionType::kInclude;
    if (!sent.non_key_attributes) {
      return InvalidValues("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
    }
  } else {
    if (sent.non_key_attributes) {
      return InvalidValues(
          fmt::format("ProjectionType is {}, but NonKeyAttributes is specified", *sent.type));
    }
    projection.type = *sent.type == "ALL" ? ProjectionType::kAll : ProjectionType::kKeysOnly;
    return projection;
  }
  std::set<std::string_view> names;
  for (const std::string& name : *sent.non_key_attributes) {
    if (!names.insert(name).second) {
      return InvalidValues(fmt::format("Duplicate element in NonKeyAttributes: {}", name));
    }
  }
  projection.non_key_attributes = *sent.non_key_attributes;
  return projection;
}

class IndexDefiner {
 public:
  IndexDefiner(const KeySchema& table_keys, const std::vector<KeyAttribute>& definitions)
      : table_keys_(table_keys), definitions_(definitions) {}

  Result<void> AddLocal(const std::vector<SentIndex>& sent);
  Result<void> AddGlobal(const std::vector<SentIndex>& sent);
  Result<std::vector<IndexDescription>> TakeAll();

 private:
  Result<KeySchema> LocalKeys(const SentIndex& sent) const;
  Result<void> Add(IndexDescription index);

  const KeySchema& table_keys_;
  const std::vector<KeyAttribute>& definitions_;
  std::vector<IndexDescription> indexes_;
};

Result<void> IndexDefiner::AddLocal(const std::vector<SentIndex>& sent) {
  if (sent.empty()) return InvalidValues("List of LocalSecondaryIndexes is empty");
  if (table_keys_.range.empty()) {
    return InvalidValues(
        "Table KeySchema does not have a range key, which is required when specifying a "
        "LocalSecondaryIndex");
  }
  for (const SentIndex& one : sent) {
    IndexDescription index;
    index.kind = IndexKind::kLocal;
    index.name = IndexName(*one.name);
    PUMICE_TRY(index.key_schema, LocalKeys(one));
    PUMICE_TRY(index.projection, DefineProjection(*one.projection));
    PUMICE_TRY(Add(std::move(index)));
  }
  if (sent.size() > kMaxLocalIndexes) {
    return InvalidValues("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  }
  return Ok();
}

Result<KeySchema> IndexDefiner::LocalKeys(const SentIndex& sent) const {
  PUMICE_TRY(auto keys, DefineLocalIndexKeys(*sent.key_schema, definitions_));
  if (keys.range.empty()) {
    return InvalidValues(
        fmt::format("Index KeySchema does not have a range key for index: {}", *sent.name));
  }
  const std::string& hash = keys.hash.front().name;
  const std::string& table_hash = table_keys_.hash.front().name;
  if (hash != table_hash) {
    return InvalidValues(fmt::format(
        "Index KeySchema does not have the same leading hash key as table KeySchema for "
        "index: {}. index hash key: {}, table hash key: {}",
        *sent.name, hash, table_hash));
  }
  return keys;
}

Result<void> IndexDefiner::AddGlobal(const std::vector<SentIndex>& sent) {
  if (sent.empty()) return InvalidValues("List of GlobalSecondaryIndexes is empty");
  for (const SentIndex& one : sent) {
    PUMICE_TRY(auto index, DefineGlobalIndex(one, definitions_));
    PUMICE_TRY(Add(std::move(index)));
  }
  return Ok();
}

Result<void> IndexDefiner::Add(IndexDescription index) {
  const bool taken = std::any_of(indexes_.begin(), indexes_.end(),
                                 [&](const auto& other) { return other.name == index.name; });
  if (taken) return InvalidValues(fmt::format("Duplicate index name: {}", index.name.value()));
  indexes_.push_back(std::move(index));
  return Ok();
}

Result<std::vector<IndexDescription>> IndexDefiner::TakeAll() {
  PUMICE_TRY(CheckIndexCounts(indexes_));
  return std::move(indexes_);
}

}  // namespace

Result<IndexDescription> DefineGlobalIndex(const SentIndex& sent,
                                           const std::vector<KeyAttribute>& definitions) {
  IndexDescription index;
  index.name = IndexName(*sent.name);
  index.kind = IndexKind::kGlobal;
  index.throughput = ToThroughput(sent.throughput);
  index.on_demand = ToOnDemand(sent.on_demand);
  index.warm_throughput = ToWarm(sent.warm);
  PUMICE_TRY(index.key_schema, DefineGlobalIndexKeys(*sent.key_schema, definitions));
  PUMICE_TRY(index.projection, DefineProjection(*sent.projection));
  return index;
}

Result<void> CheckIndexCounts(const std::vector<IndexDescription>& indexes) {
  std::size_t globals = 0;
  std::size_t names = 0;
  for (const IndexDescription& index : indexes) {
    globals += index.kind == IndexKind::kGlobal ? 1 : 0;
    names += index.projection.non_key_attributes.size();
  }
  if (globals > kMaxGlobalIndexes) {
    return InvalidValues("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  }
  if (names <= kMaxProjectedNames) return Ok();
  return InvalidValues(
      fmt::format("Number of NonKeyAttributes exceeds per-table limit of {}", kMaxProjectedNames));
}

Result<std::vector<IndexDescription>> DefineIndexes(const TableParameters& parameters,
                                                    const KeySchema& table_keys,
                                                    const std::vector<KeyAttribute>& definitions) {
  IndexDefiner definer(table_keys, definitions);
  if (parameters.local_indexes) {
    PUMICE_TRY(definer.AddLocal(*parameters.local_indexes));
  }
  if (parameters.global_indexes) {
    PUMICE_TRY(definer.AddGlobal(*parameters.global_indexes));
  }
  return definer.TakeAll();
}

}  // namespace pumice
