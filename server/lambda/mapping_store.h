// SPDX-License-Identifier: Apache-2.0
#pragma once
// MappingStore: the event source mappings of one database, in memory and in its StateStore.
//   name:  lambda/mapping/<UUID>
//   value: {"configuration":…,"function":…,"qualifier":…,"tags":…}
// Thread rule: one thread. Lifetime: the store outlives it.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "server/lambda/function_record.h"
#include "storage/state_store.h"
#include "streams/handlers/mapping_config.h"

namespace pumice {

struct MappingRecord {
  std::string uuid;
  nlohmann::json configuration;  // EventSourceMappingConfiguration, without State and last result
  bool enabled = true;
  FunctionName function;
  std::map<std::string, std::string> tags = {};
  std::string file_key = {};  // of handlers.json: how HandlerService names it; not stored

  std::string Key() const { return file_key.empty() ? uuid : file_key; }
  std::string Arn() const { return configuration.value("EventSourceMappingArn", ""); }

  nlohmann::json ToJson() const;
  static std::optional<MappingRecord> FromJson(const std::string& uuid,
                                               const nlohmann::json& document);
};

class MappingStore {
 public:
  using Mappings = std::map<std::string, MappingRecord, std::less<>>;

  explicit MappingStore(StateStore& state) : state_(state) {}

  /// Errors: Service (disk; a record that cannot be read).
  LambdaResult<void> Load();
  const Mappings& all() const { return mappings_; }
  /// Errors: ResourceNotFound.
  LambdaResult<const MappingRecord*> Need(std::string_view uuid) const;
  /// Errors: as Need; InvalidParameterValue: it is of handlers.json.
  LambdaResult<MappingRecord> NeedForChange(std::string_view uuid) const;
  /// Errors: Service (disk); nothing has changed then.
  LambdaResult<void> Put(MappingRecord record);
  LambdaResult<void> Remove(const std::string& uuid);

 private:
  StateStore& state_;
  Mappings mappings_;
};

}  // namespace pumice
