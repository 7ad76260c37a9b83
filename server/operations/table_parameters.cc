// SPDX-License-Identifier: Apache-2.0
#include "server/operations/table_parameters.h"

#include <array>
#include <utility>

namespace pumice {
namespace {

// Members of the newest SDKs that change what a table is: refused rather than ignored.
constexpr std::array<std::string_view, 5> kUnsupportedMembers{
    "VectorIndexes", "VectorIndexUpdates", "ReplicaUpdates", "MultiRegionConsistency",
    "GlobalTableWitnessUpdates"};

template <class T, class Read>
Result<void> Keep(std::optional<T>& into, Read read) {
  PUMICE_TRY(auto value, read());
  into = std::move(value);
  return Ok();
}

Result<void> KeepString(JsonValue& value, std::optional<std::string>& into) {
  return Keep(into, [&] { return value.String(); });
}

template <class T, class ReadElement>
Result<std::vector<T>> ReadList(JsonValue& value, ReadElement read_element) {
  std::vector<T> list;
  PUMICE_TRY(value.List([&](JsonValue& element) -> Result<void> {
    PUMICE_TRY(auto read, read_element(element));
    list.push_back(std::move(read));
    return Ok();
  }));
  return list;
}

Result<SentKeyElement> ReadKeyElement(JsonValue& value) {
  SentKeyElement element;
  PUMICE_TRY(value.Structure("KeySchemaElement", [&](std::string_view name, JsonValue& member) {
    if (name == "AttributeName") return KeepString(member, element.attribute_name);
    if (name == "KeyType") return KeepString(member, element.key_type);
    return Result<void>(Ok());
  }));
  return element;
}

Result<SentKeySchema> ReadKeySchema(JsonValue& value) {
  return ReadList<SentKeyElement>(value, ReadKeyElement);
}

Result<SentAttributeDefinition> ReadAttributeDefinition(JsonValue& value) {
  SentAttributeDefinition definition;
  PUMICE_TRY(value.Structure("AttributeDefinition", [&](std::string_view name, JsonValue& member) {
    if (name == "AttributeName") return KeepString(member, definition.name);
    if (name == "AttributeType") return KeepString(member, definition.type);
    return Result<void>(Ok());
  }));
  return definition;
}

struct ThroughputNames {
  std::string_view shape;
  std::string_view read;
  std::string_view write;
};
constexpr ThroughputNames kProvisioned{"ProvisionedThroughput", "ReadCapacityUnits",
                                       "WriteCapacityUnits"};
constexpr ThroughputNames kOnDemand{"OnDemandThroughput", "MaxReadRequestUnits",
                                    "MaxWriteRequestUnits"};
constexpr ThroughputNames kWarm{"WarmThroughput", "ReadUnitsPerSecond", "WriteUnitsPerSecond"};

Result<SentThroughput> ReadThroughput(JsonValue& value, const ThroughputNames& names) {
  SentThroughput throughput;
  PUMICE_TRY(value.Structure(names.shape, [&](std::string_view name, JsonValue& member) {
    if (name == names.read) return Keep(throughput.read, [&] { return member.Long(); });
    if (name == names.write) return Keep(throughput.write, [&] { return member.Long(); });
    return Result<void>(Ok());
  }));
  return throughput;
}

Result<SentProjection> ReadProjection(JsonValue& value) {
  SentProjection projection;
  PUMICE_TRY(value.Structure("Projection", [&](std::string_view name, JsonValue& member) {
    if (name == "ProjectionType") return KeepString(member, projection.type);
    if (name == "NonKeyAttributes") {
      return Keep(projection.non_key_attributes, [&] {
        return ReadList<std::string>(member, [](JsonValue& element) { return element.String(); });
      });
    }
    return Result<void>(Ok());
  }));
  return projection;
}

Result<SentIndex> ReadIndex(JsonValue& value, std::string_view shape) {
  SentIndex index;
  PUMICE_TRY(value.Structure(shape, [&](std::string_view name, JsonValue& member) {
    if (name == "IndexName") return KeepString(member, index.name);
    if (name == "KeySchema") return Keep(index.key_schema, [&] { return ReadKeySchema(member); });
    if (name == "Projection") return Keep(index.projection, [&] { return ReadProjection(member); });
    if (name == kProvisioned.shape) {
      return Keep(index.throughput, [&] { return ReadThroughput(member, kProvisioned); });
    }
    if (name == kOnDemand.shape) {
      return Keep(index.on_demand, [&] { return ReadThroughput(member, kOnDemand); });
    }
    if (name == kWarm.shape) return Keep(index.warm, [&] { return ReadThroughput(member, kWarm); });
    return Result<void>(Ok());
  }));
  return index;
}

Result<std::vector<SentIndex>> ReadIndexes(JsonValue& value, std::string_view shape) {
  return ReadList<SentIndex>(value, [&](JsonValue& element) { return ReadIndex(element, shape); });
}

Result<SentIndexUpdate> ReadIndexUpdate(JsonValue& value) {
  SentIndexUpdate update;
  PUMICE_TRY(
      value.Structure("GlobalSecondaryIndexUpdate", [&](std::string_view name, JsonValue& member) {
        if (name == "Update") {
          return Keep(update.update,
                      [&] { return ReadIndex(member, "UpdateGlobalSecondaryIndexAction"); });
        }
        if (name == "Create") {
          return Keep(update.create,
                      [&] { return ReadIndex(member, "CreateGlobalSecondaryIndexAction"); });
        }
        if (name == "Delete") {
          return Keep(update.remove,
                      [&] { return ReadIndex(member, "DeleteGlobalSecondaryIndexAction"); });
        }
        return Result<void>(Ok());
      }));
  return update;
}

Result<SentStream> ReadStream(JsonValue& value) {
  SentStream stream;
  PUMICE_TRY(value.Structure("StreamSpecification", [&](std::string_view name, JsonValue& member) {
    if (name == "StreamEnabled") return Keep(stream.enabled, [&] { return member.Boolean(); });
    if (name == "StreamViewType") return KeepString(member, stream.view_type);
    return Result<void>(Ok());
  }));
  return stream;
}

Result<SentEncryption> ReadEncryption(JsonValue& value) {
  SentEncryption encryption;
  PUMICE_TRY(value.Structure("SSESpecification", [&](std::string_view name, JsonValue& member) {
    if (name == "Enabled") return Keep(encryption.enabled, [&] { return member.Boolean(); });
    if (name == "SSEType") return KeepString(member, encryption.type);
    if (name == "KMSMasterKeyId") return KeepString(member, encryption.key_id);
    return Result<void>(Ok());
  }));
  return encryption;
}

}  // namespace

Result<void> ReadTableParameter(std::string_view name, JsonValue& value,
                                TableParameters& parameters) {
  if (name == "TableName") return KeepString(value, parameters.table_name);
  if (name == "AttributeDefinitions") {
    return Keep(parameters.attribute_definitions,
                [&] { return ReadList<SentAttributeDefinition>(value, ReadAttributeDefinition); });
  }
  if (name == "KeySchema") return Keep(parameters.key_schema, [&] { return ReadKeySchema(value); });
  if (name == "BillingMode") return KeepString(value, parameters.billing_mode);
  if (name == kProvisioned.shape) {
    return Keep(parameters.throughput, [&] { return ReadThroughput(value, kProvisioned); });
  }
  if (name == "GlobalSecondaryIndexes") {
    return Keep(parameters.global_indexes,
                [&] { return ReadIndexes(value, "GlobalSecondaryIndex"); });
  }
  if (name == "LocalSecondaryIndexes") {
    return Keep(parameters.local_indexes,
                [&] { return ReadIndexes(value, "LocalSecondaryIndex"); });
  }
  if (name == "StreamSpecification")
    return Keep(parameters.stream, [&] { return ReadStream(value); });
  if (name == "SSESpecification") {
    return Keep(parameters.encryption, [&] { return ReadEncryption(value); });
  }
  if (name == "Tags") {
    return Keep(parameters.tags, [&] { return ReadTags(value); });
  }
  if (name == "TableClass") return KeepString(value, parameters.table_class);
  if (name == "DeletionProtectionEnabled") {
    return Keep(parameters.deletion_protection, [&] { return value.Boolean(); });
  }
  if (name == kOnDemand.shape) {
    return Keep(parameters.on_demand, [&] { return ReadThroughput(value, kOnDemand); });
  }
  if (name == kWarm.shape)
    return Keep(parameters.warm, [&] { return ReadThroughput(value, kWarm); });
  if (name == "ResourcePolicy") return KeepString(value, parameters.resource_policy);
  for (const std::string_view unsupported : kUnsupportedMembers) {
    if (name == unsupported) parameters.unsupported.emplace_back(name);
  }
  return Ok();
}

Result<std::vector<SentIndexUpdate>> ReadIndexUpdates(JsonValue& value) {
  return ReadList<SentIndexUpdate>(value, ReadIndexUpdate);
}

Result<void> CheckSupported(const TableParameters& parameters) {
  if (parameters.unsupported.empty()) return Ok();
  return Error(ErrorCode::kValidation,
               parameters.unsupported.front() + " is not supported by this release of Pumice");
}

}  // namespace pumice
