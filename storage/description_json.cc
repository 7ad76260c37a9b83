// SPDX-License-Identifier: Apache-2.0
#include "storage/description_json.h"

#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "storage/table_state.h"

namespace pumice {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;
// A table whose time to live is enabled, where a reader of version 1 would write items without
// their expiry entries; or that is, or has an index, in a state that does not last, which such a
// reader would take for a lasting one.
constexpr int kLaterVersion = 2;
// A stream that has, or had, another shard than number 0: a reader of version 1 would write all
// records there.
constexpr int kShardsVersion = 3;

// Every kind of value has a ToJson and a From; enums are stored as the numbers below, which are the
// enumerators' and may never be given another meaning.

template <class E>
requires std::is_enum_v<E> Json ToJson(E value) { return static_cast<int>(value); }

Json ToJson(const std::string& text) { return text; }
Json ToJson(std::int64_t value) { return value; }
Json ToJson(TimePoint time) { return time.time_since_epoch().count(); }
template <class Tag, class T>
Json ToJson(const Named<Tag, T>& name) {
  return name.value();
}

Json ToJson(const KeyAttribute& key) {
  return {{"name", key.name}, {"type", std::string(AttributeTypeName(key.type))}};
}
Json ToJson(const Tag& tag) { return {{"key", tag.key}, {"value", tag.value}}; }
Json ToJson(const KeySchema& schema);
Json ToJson(const ProvisionedThroughput& throughput);
Json ToJson(const OnDemandThroughput& throughput);
Json ToJson(const WarmThroughput& throughput);
Json ToJson(const IndexDescription& index);
Json ToJson(const TableStream& stream);
Json ToJson(const TimeToLive& time_to_live);
Json ToJson(const SseDescription& sse);
Json ToJson(const ShardDescription& shard);

template <class T>
Json ToJson(const std::vector<T>& values) {
  Json array = Json::array();
  for (const T& value : values) array.push_back(ToJson(value));
  return array;
}

/// Absent values have no member.
template <class T>
void Set(Json& object, const char* name, const std::optional<T>& value) {
  if (value) object[name] = ToJson(*value);
}

Json ToJson(const KeySchema& schema) {
  return {{"hash", ToJson(schema.hash)}, {"range", ToJson(schema.range)}};
}

Json ToJson(const ProvisionedThroughput& throughput) {
  Json out = {{"read", throughput.read_capacity_units},
              {"write", throughput.write_capacity_units},
              {"decreases_today", throughput.number_of_decreases_today}};
  Set(out, "last_increase", throughput.last_increase);
  Set(out, "last_decrease", throughput.last_decrease);
  return out;
}

Json ToJson(const OnDemandThroughput& throughput) {
  Json out = Json::object();
  Set(out, "max_read", throughput.max_read_request_units);
  Set(out, "max_write", throughput.max_write_request_units);
  return out;
}

Json ToJson(const WarmThroughput& throughput) {
  return {{"read", throughput.read_units_per_second}, {"write", throughput.write_units_per_second}};
}

Json ToJson(const IndexDescription& index) {
  Json out = {{"id", index.id.value()},
              {"name", index.name.value()},
              {"kind", ToJson(index.kind)},
              {"key_schema", ToJson(index.key_schema)},
              {"projection", ToJson(index.projection.type)},
              {"non_key_attributes", index.projection.non_key_attributes},
              {"status", ToJson(index.status)},
              {"backfilling", index.backfilling},
              {"throughput", ToJson(index.throughput)}};
  Set(out, "on_demand", index.on_demand);
  Set(out, "warm_throughput", index.warm_throughput);
  return out;
}

Json ToJson(const TableStream& stream) {
  return {{"id", stream.id.value()},
          {"arn", stream.arn.value()},
          {"label", stream.label},
          {"view_type", ToJson(stream.view_type)},
          {"enabled", stream.enabled}};
}

Json ToJson(const TimeToLive& time_to_live) {
  return {{"id", time_to_live.id.value()},
          {"attribute_name", time_to_live.attribute_name},
          {"enabled", time_to_live.enabled},
          {"filled", time_to_live.filled},
          {"changed", ToJson(time_to_live.changed)}};
}

Json ToJson(const SseDescription& sse) {
  return {{"enabled", sse.enabled}, {"kms_master_key_arn", sse.kms_master_key_arn}};
}

Json ToJson(const ShardDescription& shard) {
  Json out = {{"id", shard.id.value()},
              {"number", shard.number},
              {"starting_sequence", shard.starting_sequence.value()},
              {"first_hash", shard.hashes.first},
              {"last_hash", shard.hashes.last},
              {"opened", ToJson(shard.opened)}};
  Set(out, "parent", shard.parent);
  Set(out, "ending_sequence", shard.ending_sequence);
  Set(out, "closed", shard.closed);
  return out;
}

std::string Text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Reading. A member of the wrong kind makes the library throw; that is caught where a text is read.

template <class E>
requires std::is_enum_v<E>
void From(const Json& json, E& value) { value = static_cast<E>(json.get<int>()); }
template <class T>
requires(std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) void From(const Json& json,
                                                                              T& value) {
  value = json.get<T>();
}
void From(const Json& json, TimePoint& value) {
  value = TimePoint(std::chrono::microseconds(json.get<std::int64_t>()));
}
template <class Tag, class T>
void From(const Json& json, Named<Tag, T>& value) {
  value = Named<Tag, T>(json.get<T>());
}
void From(const Json& json, KeyAttribute& value);
void From(const Json& json, Tag& value);
void From(const Json& json, KeySchema& value);
void From(const Json& json, ProvisionedThroughput& value);
void From(const Json& json, OnDemandThroughput& value);
void From(const Json& json, WarmThroughput& value);
void From(const Json& json, IndexDescription& value);
void From(const Json& json, TableStream& value);
void From(const Json& json, TimeToLive& value);
void From(const Json& json, SseDescription& value);
void From(const Json& json, ShardDescription& value);

template <class T>
void From(const Json& json, std::vector<T>& values) {
  for (const Json& element : json) From(element, values.emplace_back());
}

template <class T>
void Member(const Json& object, const char* name, T& value) {
  From(object.at(name), value);
}
template <class T>
void Member(const Json& object, const char* name, std::optional<T>& value) {
  if (const auto found = object.find(name); found != object.end()) From(*found, value.emplace());
}

void From(const Json& json, KeyAttribute& value) {
  Member(json, "name", value.name);
  value.type = AttributeTypeFromName(json.at("type").get_ref<const std::string&>())
                   .value_or(AttributeType::kS);
}
void From(const Json& json, Tag& value) {
  Member(json, "key", value.key);
  Member(json, "value", value.value);
}
void From(const Json& json, KeySchema& value) {
  Member(json, "hash", value.hash);
  Member(json, "range", value.range);
}
void From(const Json& json, ProvisionedThroughput& value) {
  Member(json, "read", value.read_capacity_units);
  Member(json, "write", value.write_capacity_units);
  Member(json, "decreases_today", value.number_of_decreases_today);
  Member(json, "last_increase", value.last_increase);
  Member(json, "last_decrease", value.last_decrease);
}
void From(const Json& json, OnDemandThroughput& value) {
  Member(json, "max_read", value.max_read_request_units);
  Member(json, "max_write", value.max_write_request_units);
}
void From(const Json& json, WarmThroughput& value) {
  Member(json, "read", value.read_units_per_second);
  Member(json, "write", value.write_units_per_second);
}
void From(const Json& json, IndexDescription& value) {
  Member(json, "id", value.id);
  Member(json, "name", value.name);
  Member(json, "kind", value.kind);
  Member(json, "key_schema", value.key_schema);
  Member(json, "projection", value.projection.type);
  Member(json, "non_key_attributes", value.projection.non_key_attributes);
  Member(json, "status", value.status);
  Member(json, "backfilling", value.backfilling);
  Member(json, "throughput", value.throughput);
  Member(json, "on_demand", value.on_demand);
  Member(json, "warm_throughput", value.warm_throughput);
}
void From(const Json& json, TableStream& value) {
  Member(json, "id", value.id);
  Member(json, "arn", value.arn);
  Member(json, "label", value.label);
  Member(json, "view_type", value.view_type);
  Member(json, "enabled", value.enabled);
}
void From(const Json& json, TimeToLive& value) {
  Member(json, "id", value.id);
  Member(json, "attribute_name", value.attribute_name);
  Member(json, "enabled", value.enabled);
  Member(json, "filled", value.filled);
  Member(json, "changed", value.changed);
}
void From(const Json& json, SseDescription& value) {
  Member(json, "enabled", value.enabled);
  Member(json, "kms_master_key_arn", value.kms_master_key_arn);
}
void From(const Json& json, ShardDescription& value) {
  Member(json, "id", value.id);
  Member(json, "number", value.number);
  Member(json, "parent", value.parent);
  Member(json, "starting_sequence", value.starting_sequence);
  Member(json, "ending_sequence", value.ending_sequence);
  Member(json, "closed", value.closed);
  // Version 0.1.0 knew one shard, and none of these members.
  if (!json.contains("first_hash")) return;
  Member(json, "first_hash", value.hashes.first);
  Member(json, "last_hash", value.hashes.last);
  Member(json, "opened", value.opened);
}
void From(const Json& json, TableDescription& value) {
  Member(json, "id", value.id);
  Member(json, "name", value.name);
  Member(json, "uuid", value.table_uuid);
  Member(json, "arn", value.arn);
  Member(json, "created", value.created);
  Member(json, "status", value.status);
  Member(json, "key_schema", value.key_schema);
  Member(json, "attribute_definitions", value.attribute_definitions);
  Member(json, "indexes", value.indexes);
  Member(json, "billing_mode", value.billing_mode);
  Member(json, "last_update_to_pay_per_request", value.last_update_to_pay_per_request);
  Member(json, "throughput", value.throughput);
  Member(json, "on_demand", value.on_demand);
  Member(json, "warm_throughput", value.warm_throughput);
  Member(json, "stream", value.stream);
  Member(json, "time_to_live", value.time_to_live);
  Member(json, "table_class", value.table_class);
  Member(json, "sse", value.sse);
  Member(json, "deletion_protection", value.deletion_protection);
  Member(json, "tags", value.tags);
  Member(json, "resource_policy", value.resource_policy);
}
void From(const Json& json, StreamDescription& value) {
  Member(json, "id", value.id);
  Member(json, "arn", value.arn);
  Member(json, "label", value.label);
  Member(json, "table_name", value.table_name);
  Member(json, "table_id", value.table_id);
  Member(json, "view_type", value.view_type);
  Member(json, "key_schema", value.key_schema);
  Member(json, "created", value.created);
  Member(json, "closed", value.closed);
  Member(json, "shards", value.shards);
  for (ShardDescription& shard : value.shards) {
    if (shard.opened == TimePoint()) shard.opened = value.created;
    if (shard.ending_sequence && !shard.closed) shard.closed = value.closed;
  }
}

template <class T>
Result<T> ReadText(std::string_view text, const char* kind, int newest_version) {
  const auto damaged = [&](const std::string& why) {
    return Error(ErrorCode::kInternal, "The stored data is damaged.",
                 std::string("damaged ") + kind + " description: " + why);
  };
  try {
    const Json json = Json::parse(text);
    const int version = json.at("version").get<int>();
    if (version < kVersion || version > newest_version) {
      return Error(ErrorCode::kInternal,
                   "The stored data was written by a newer version of Pumice: start that one.",
                   std::string(kind) + " description of version " + std::to_string(version));
    }
    T value;
    From(json, value);
    return value;
  } catch (const Json::exception& failure) {
    return damaged(failure.what());
  }
}

}  // namespace

std::string TableJson(const TableDescription& table) {
  const bool later = table.TimeToLiveEnabled() || IsUnfinished(table);
  Json out = {{"version", later ? kLaterVersion : kVersion},
              {"id", table.id.value()},
              {"name", table.name.value()},
              {"uuid", table.table_uuid},
              {"arn", table.arn},
              {"created", ToJson(table.created)},
              {"status", ToJson(table.status)},
              {"key_schema", ToJson(table.key_schema)},
              {"attribute_definitions", ToJson(table.attribute_definitions)},
              {"indexes", ToJson(table.indexes)},
              {"billing_mode", ToJson(table.billing_mode)},
              {"throughput", ToJson(table.throughput)},
              {"deletion_protection", table.deletion_protection},
              {"tags", ToJson(table.tags)}};
  Set(out, "last_update_to_pay_per_request", table.last_update_to_pay_per_request);
  Set(out, "on_demand", table.on_demand);
  Set(out, "warm_throughput", table.warm_throughput);
  Set(out, "stream", table.stream);
  Set(out, "time_to_live", table.time_to_live);
  Set(out, "table_class", table.table_class);
  Set(out, "sse", table.sse);
  Set(out, "resource_policy", table.resource_policy);
  return Text(out);
}

Result<TableDescription> ReadTableJson(std::string_view text) {
  return ReadText<TableDescription>(text, "table", kLaterVersion);
}

std::string StreamJson(const StreamDescription& stream) {
  const bool one_shard = stream.shards.size() == 1 && stream.shards.front().number == 0;
  Json out = {{"version", one_shard ? kVersion : kShardsVersion},
              {"id", stream.id.value()},
              {"arn", stream.arn.value()},
              {"label", stream.label},
              {"table_name", stream.table_name.value()},
              {"table_id", stream.table_id.value()},
              {"view_type", ToJson(stream.view_type)},
              {"key_schema", ToJson(stream.key_schema)},
              {"created", ToJson(stream.created)},
              {"shards", ToJson(stream.shards)}};
  Set(out, "closed", stream.closed);
  return Text(out);
}

Result<StreamDescription> ReadStreamJson(std::string_view text) {
  Result<StreamDescription> stream = ReadText<StreamDescription>(text, "stream", kShardsVersion);
  if (stream && stream.value().shards.empty()) {
    return Error(ErrorCode::kInternal, "The stored data is damaged.",
                 "damaged stream description: no shards");
  }
  return stream;
}

}  // namespace pumice
