// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/function_store.h"

#include <utility>

#include <fmt/core.h>

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::string_view kPrefix = "lambda/function/";

std::string StoredName(std::string_view name) { return std::string(kPrefix) + std::string(name); }

}  // namespace

LambdaResult<void> FunctionStore::Load() {
  PUMICE_TRY(const auto stored, ToLambda(state_.List(kPrefix)));
  for (const auto& [name, text] : stored) {
    auto record = FunctionRecord::FromJson(json::parse(text, nullptr, false));
    if (!record) return LambdaError(kService, fmt::format("{} cannot be read", name));
    functions_.insert_or_assign(record->name, std::move(*record));
  }
  return Ok();
}

const FunctionRecord* FunctionStore::Find(std::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : &found->second;
}

LambdaResult<const FunctionRecord*> FunctionStore::Need(const FunctionName& name,
                                                        const LambdaCaller& caller) const {
  const FunctionRecord* const record = Find(name.name);
  if (record != nullptr) return record;
  return FunctionNotFound(FunctionArnOf(caller, name.name, name.qualifier));
}

LambdaResult<FunctionRecord> FunctionStore::NeedForChange(const FunctionName& name,
                                                          const LambdaCaller& caller) const {
  PUMICE_TRY(const FunctionRecord* record, Need(name, caller));
  if (!record->from_file) return *record;
  return InvalidParameter(
      fmt::format("Function {} stands in the server's handlers.json: change it there", name.name));
}

LambdaResult<void> FunctionStore::Put(FunctionRecord record) {
  if (!record.from_file) {
    const std::string text = record.ToJson().dump(-1, ' ', false, json::error_handler_t::replace);
    PUMICE_TRY(ToLambda(state_.Put(StoredName(record.name), text)));
  }
  std::string name = record.name;
  functions_.insert_or_assign(std::move(name), std::move(record));
  return Ok();
}

LambdaResult<void> FunctionStore::Remove(const std::string& name) {
  PUMICE_TRY(ToLambda(state_.Delete(StoredName(name))));
  functions_.erase(name);
  return Ok();
}

}  // namespace pumice
