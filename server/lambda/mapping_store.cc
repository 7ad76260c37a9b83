// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/mapping_store.h"

#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::string_view kPrefix = "lambda/mapping/";

std::string StoredName(std::string_view uuid) { return std::string(kPrefix) + std::string(uuid); }

}  // namespace

json MappingRecord::ToJson() const {
  return {{"configuration", configuration},
          {"enabled", enabled},
          {"function", function.name},
          {"qualifier", function.qualifier},
          {"tags", tags}};
}

std::optional<MappingRecord> MappingRecord::FromJson(const std::string& uuid,
                                                     const json& document) {
  // The library has no other way to say that a member is missing.
  try {
    MappingRecord record{.uuid = uuid,
                         .configuration = document.at("configuration"),
                         .enabled = document.at("enabled"),
                         .function = {document.at("function"), document.at("qualifier")}};
    document.at("tags").get_to(record.tags);
    return record;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

LambdaResult<void> MappingStore::Load() {
  PUMICE_TRY(const auto stored, ToLambda(state_.List(kPrefix)));
  for (const auto& [name, text] : stored) {
    std::string uuid = name.substr(kPrefix.size());
    auto record = MappingRecord::FromJson(uuid, json::parse(text, nullptr, false));
    if (!record) return LambdaError(kService, fmt::format("{} cannot be read", name));
    mappings_.insert_or_assign(std::move(uuid), std::move(*record));
  }
  return Ok();
}

LambdaResult<const MappingRecord*> MappingStore::Need(std::string_view uuid) const {
  const auto found = mappings_.find(uuid);
  if (found == mappings_.end()) return ResourceDoesNotExist();
  return &found->second;
}

LambdaResult<MappingRecord> MappingStore::NeedForChange(std::string_view uuid) const {
  PUMICE_TRY(const MappingRecord* record, Need(uuid));
  if (record->file_key.empty()) return *record;
  return InvalidParameter("This mapping stands in the server's handlers.json: change it there");
}

LambdaResult<void> MappingStore::Put(MappingRecord record) {
  if (record.file_key.empty()) {
    const std::string text = record.ToJson().dump(-1, ' ', false, json::error_handler_t::replace);
    PUMICE_TRY(ToLambda(state_.Put(StoredName(record.uuid), text)));
  }
  std::string uuid = record.uuid;
  mappings_.insert_or_assign(std::move(uuid), std::move(record));
  return Ok();
}

LambdaResult<void> MappingStore::Remove(const std::string& uuid) {
  PUMICE_TRY(ToLambda(state_.Delete(StoredName(uuid))));
  mappings_.erase(uuid);
  return Ok();
}

}  // namespace pumice
