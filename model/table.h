// SPDX-License-Identifier: Apache-2.0
#pragma once
// TableDescription: everything that is known of a table but its items. A value; what the catalog
// stores and what DescribeTable answers. Readers hold it as std::shared_ptr<const
// TableDescription>: a snapshot that is replaced, never changed.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "model/attribute_value.h"
#include "model/item_key.h"
#include "model/named_type.h"

namespace pumice {

enum class KeyType : std::uint8_t { kHash, kRange };

struct KeyAttribute {
  std::string name;
  AttributeType type = AttributeType::kS;  // S, N or B
  friend bool operator==(const KeyAttribute&, const KeyAttribute&) = default;
};

/// Table and LSI: one HASH and at most one RANGE. GSI: up to four of each.
struct KeySchema {
  std::vector<KeyAttribute> hash;
  std::vector<KeyAttribute> range;
  friend bool operator==(const KeySchema&, const KeySchema&) = default;

  bool Names(std::string_view attribute) const;
  const KeyAttribute* Find(std::string_view attribute) const;
};

enum class ProjectionType : std::uint8_t { kAll, kKeysOnly, kInclude };

struct Projection {
  ProjectionType type = ProjectionType::kAll;
  std::vector<std::string> non_key_attributes;  // kInclude only
};

enum class BillingMode : std::uint8_t { kProvisioned, kPayPerRequest };

struct ProvisionedThroughput {
  std::int64_t read_capacity_units = 0;
  std::int64_t write_capacity_units = 0;
  std::int64_t number_of_decreases_today = 0;
  std::optional<TimePoint> last_increase;
  std::optional<TimePoint> last_decrease;
};

/// Absent member: not set (AWS: -1).
struct OnDemandThroughput {
  std::optional<std::int64_t> max_read_request_units;
  std::optional<std::int64_t> max_write_request_units;
};

struct WarmThroughput {
  std::int64_t read_units_per_second = 0;
  std::int64_t write_units_per_second = 0;
};

enum class IndexKind : std::uint8_t { kGlobal, kLocal };
enum class IndexStatus : std::uint8_t { kCreating, kUpdating, kDeleting, kActive };

struct IndexDescription {
  IndexId id;
  IndexName name;
  IndexKind kind = IndexKind::kGlobal;
  KeySchema key_schema;
  Projection projection;
  IndexStatus status = IndexStatus::kActive;
  bool backfilling = false;
  ProvisionedThroughput throughput;               // global only
  std::optional<OnDemandThroughput> on_demand;    // global only
  std::optional<WarmThroughput> warm_throughput;  // global only

  /// Whether an item's attribute of this name is stored in the index (keys of table and index
  /// always are).
  bool Projects(std::string_view attribute, const KeySchema& table_keys) const;
};

enum class StreamViewType : std::uint8_t { kNewImage, kOldImage, kNewAndOldImages, kKeysOnly };
std::string_view StreamViewTypeName(StreamViewType type);  // "NEW_IMAGE", ...

/// The newest stream of a table; it stays after disabling.
struct TableStream {
  StreamId id;
  StreamArn arn;
  std::string label;  // "2026-11-21T02:30:50.123"
  StreamViewType view_type = StreamViewType::kNewImage;
  bool enabled = true;
};

/// Time to live as it was last set; it stays after disabling.
struct TimeToLive {
  ExpiryId id;  // of its expiry entries; given by the catalog, a new one with each enabling
  std::string attribute_name;
  bool enabled = true;
  bool filled = false;  // whether the items of before the enabling have their expiry entries
  TimePoint changed;    // enabled or disabled
};

struct Tag {
  std::string key;
  std::string value;
};

enum class TableStatus : std::uint8_t { kCreating, kUpdating, kDeleting, kActive };
enum class TableClass : std::uint8_t { kStandard, kStandardInfrequentAccess };

struct SseDescription {
  bool enabled = false;
  std::string kms_master_key_arn;
};

struct TableDescription {
  TableId id;
  TableName name;
  std::string table_uuid;  // DescribeTable's TableId
  std::string arn;
  TimePoint created;
  TableStatus status = TableStatus::kActive;
  KeySchema key_schema;
  std::vector<KeyAttribute>
      attribute_definitions;              // as sent; all key attributes of table and indexes
  std::vector<IndexDescription> indexes;  // in the order they were asked for
  BillingMode billing_mode = BillingMode::kProvisioned;
  std::optional<TimePoint> last_update_to_pay_per_request;
  ProvisionedThroughput throughput;
  std::optional<OnDemandThroughput> on_demand;
  std::optional<WarmThroughput> warm_throughput;
  std::optional<TableStream> stream;
  std::optional<TimeToLive> time_to_live;
  std::optional<TableClass> table_class;
  std::optional<SseDescription> sse;
  bool deletion_protection = false;
  std::vector<Tag> tags;
  std::optional<std::string> resource_policy;

  const IndexDescription* FindIndex(std::string_view index_name) const;
  bool HasLocalIndex() const;
  bool StreamEnabled() const { return stream.has_value() && stream->enabled; }
  bool TimeToLiveEnabled() const { return time_to_live.has_value() && time_to_live->enabled; }
};

/// Count and size of what a table or an index holds; exact at any moment.
struct ItemTotals {
  std::int64_t item_count = 0;
  std::int64_t size_bytes = 0;
};

/// The key attributes of `item` if all are there with the schema's types; none otherwise.
std::optional<ItemKey> ExtractKey(const KeySchema& schema, const Item& item);

}  // namespace pumice
