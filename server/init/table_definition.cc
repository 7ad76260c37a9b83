// SPDX-License-Identifier: Apache-2.0
#include "server/init/table_definition.h"

#include <map>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace pumice {
namespace {

using Json = nlohmann::ordered_json;

/// `from`'s members of these names, those that it has.
Json Only(const Json& from, std::initializer_list<const char*> names) {
  Json kept = Json::object();
  for (const char* name : names) {
    if (from.contains(name) && !from[name].empty()) kept[name] = from[name];
  }
  return kept;
}

Json Units(const Json& throughput) {
  return Only(throughput, {"ReadCapacityUnits", "WriteCapacityUnits"});
}

bool IsOnDemand(const Json& table) {
  return table.contains("BillingModeSummary") &&
         table["BillingModeSummary"].value("BillingMode", "") == "PAY_PER_REQUEST";
}

Json Index(const Json& index, bool on_demand) {
  Json made = Only(index, {"IndexName", "KeySchema", "Projection", "OnDemandThroughput"});
  if (!on_demand && index.contains("ProvisionedThroughput")) {
    made["ProvisionedThroughput"] = Units(index["ProvisionedThroughput"]);
  }
  return made;
}

void AddIndexes(const Json& table, Json& request) {
  for (const char* kind : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (!table.contains(kind)) continue;
    // A local index has the table's throughput.
    const bool own_units = std::string_view(kind).starts_with('G') && !IsOnDemand(table);
    for (const Json& index : table[kind]) request[kind].push_back(Index(index, !own_units));
  }
}

void AddEncryption(const Json& table, Json& request) {
  if (!table.contains("SSEDescription")) return;
  const Json& described = table["SSEDescription"];
  if (described.value("SSEType", "") != "KMS") return;
  request["SSESpecification"] = {{"Enabled", true}, {"SSEType", "KMS"}};
  if (described.contains("KMSMasterKeyArn")) {
    request["SSESpecification"]["KMSMasterKeyId"] = described["KMSMasterKeyArn"];
  }
}

Json RequestOf(const Json& table) {
  Json request = Only(table, {"TableName", "AttributeDefinitions", "KeySchema"});
  AddIndexes(table, request);
  if (IsOnDemand(table)) {
    request["BillingMode"] = "PAY_PER_REQUEST";
    request.update(Only(table, {"OnDemandThroughput"}));
  } else if (table.contains("ProvisionedThroughput")) {
    request["ProvisionedThroughput"] = Units(table["ProvisionedThroughput"]);
  }
  request.update(Only(table, {"StreamSpecification"}));
  AddEncryption(table, request);
  if (table.contains("TableClassSummary")) {
    request.update(Only(table["TableClassSummary"], {"TableClass"}));
  }
  if (table.value("DeletionProtectionEnabled", false)) request["DeletionProtectionEnabled"] = true;
  return request;
}

/// The partition key first. Throws what the library throws where `table` has another form.
std::vector<KeyPart> KeyOf(const Json& table) {
  std::map<std::string, std::string> types;
  for (const Json& attribute : table.at("AttributeDefinitions")) {
    types[attribute.at("AttributeName")] = attribute.at("AttributeType");
  }
  std::vector<KeyPart> key;
  for (const Json& part : table.at("KeySchema")) {
    const std::string name = part.at("AttributeName");
    key.insert(part.at("KeyType") == "HASH" ? key.begin() : key.end(), {name, types[name]});
  }
  return key;
}

}  // namespace

Result<TableDefinition> TableDefinition::OfDescription(std::string_view description) {
  try {
    const Json request = RequestOf(Json::parse(description));
    return TableDefinition{request.at("TableName"), request.dump(), KeyOf(request)};
  } catch (const nlohmann::json::exception& problem) {
    return Error(ErrorCode::kValidation, "this is not what DescribeTable answers", problem.what());
  }
}

bool HaveSameKeys(std::string_view one, std::string_view other) {
  try {
    return KeyOf(Json::parse(one)) == KeyOf(Json::parse(other));
  } catch (const nlohmann::json::exception&) {
    return false;  // not of the form that AWS's have
  }
}

}  // namespace pumice
