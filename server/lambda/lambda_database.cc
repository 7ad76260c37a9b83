// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/lambda_database.h"

#include <set>
#include <utility>

#include <fmt/core.h>

#include "server/lambda/digest.h"
#include "server/lambda/function_configuration.h"
#include "server/lambda/mapping_configuration.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::string_view kNoAccount = "000000000000";

std::set<std::string> PackagesOf(const FunctionRecord& record) {
  std::set<std::string> packages;
  const auto add = [&](const FunctionVersion& version) {
    if (version.code.kind == FunctionCode::Kind::kPackage) packages.insert(version.code.place);
  };
  add(record.latest);
  for (const auto& [number, version] : record.versions) add(version);
  return packages;
}

// --- handlers.json
// ---------------------------------------------------------------------------------

FunctionCode CodeOf(const FunctionConfig& config) {
  if (config.runtime == FunctionRuntime::kHttp) {
    return {.kind = FunctionCode::Kind::kHttp, .place = config.endpoint, .uri = config.endpoint};
  }
  if (config.runtime == FunctionRuntime::kOutside) {
    return {.kind = FunctionCode::Kind::kOutside,
            .place = config.endpoint,
            .uri = "runtime://" + config.endpoint};
  }
  return {.kind = FunctionCode::Kind::kFolder,
          .place = config.code_path,
          .uri = "file://" + config.code_path.string()};
}

FunctionRecord RecordOf(const FunctionConfig& config, const LambdaCaller& owner, TimePoint now) {
  FunctionRecord record;
  record.name = config.name;
  record.owner = owner;
  record.from_file = true;
  json& configuration = record.latest.configuration;
  configuration = NewFunctionConfiguration(config.name, owner);
  configuration["Handler"] = config.handler;
  if (!config.runtime_name.empty()) configuration["Runtime"] = config.runtime_name;
  configuration["Timeout"] = config.timeout.count();
  configuration["MemorySize"] = config.memory_size_mb;
  if (!config.variables.empty()) configuration["Environment"] = {{"Variables", config.variables}};
  configuration["LastModified"] = LambdaTime(now);
  configuration["CodeSize"] = 0;
  configuration["CodeSha256"] = Sha256Base64(config.code_path.string() + config.endpoint);
  configuration["RevisionId"] = Sha256Hex(config.name).substr(0, 32);
  configuration["Role"] = fmt::format("arn:aws:iam::{}:role/handlers", owner.account);
  record.latest.code = CodeOf(config);
  return record;
}

/// The same for the same mapping at each start.
std::string UuidOf(const MappingConfig& config) {
  const std::string hash = Sha256Hex(config.Key());
  return fmt::format("{}-{}-5{}-8{}-{}", hash.substr(0, 8), hash.substr(8, 4), hash.substr(13, 3),
                     hash.substr(17, 3), hash.substr(20, 12));
}

MappingRecord RecordOf(const MappingConfig& config, const LambdaCaller& owner, TimePoint now) {
  MappingRecord record{.uuid = UuidOf(config),
                       .configuration = {},
                       .enabled = config.enabled,
                       .function = {.name = config.function_name},
                       .file_key = config.Key()};
  json& configuration = record.configuration;
  configuration = NewMappingConfiguration(record.uuid, owner);
  configuration["EventSourceArn"] = config.event_source_arn;
  configuration["FunctionArn"] = FunctionArnOf(owner, config.function_name);
  configuration["LastModified"] = LambdaSeconds(now);
  configuration["StartingPosition"] =
      config.starting_position == StartingPosition::kLatest ? "LATEST" : "TRIM_HORIZON";
  configuration["BatchSize"] = config.batch_size;
  configuration["BisectBatchOnFunctionError"] = config.bisect_on_error;
  configuration["MaximumBatchingWindowInSeconds"] = config.batching_window.count();
  configuration["ParallelizationFactor"] = config.parallelization_factor;
  configuration["TumblingWindowInSeconds"] = config.tumbling_window.count();
  if (config.max_retries) configuration["MaximumRetryAttempts"] = *config.max_retries;
  if (config.max_record_age) {
    configuration["MaximumRecordAgeInSeconds"] = config.max_record_age->count();
  }
  if (config.reports_item_failures) {
    configuration["FunctionResponseTypes"] = {"ReportBatchItemFailures"};
  }
  for (const std::string& pattern : config.filter_patterns) {
    configuration["FilterCriteria"]["Filters"].push_back({{"Pattern", pattern}});
  }
  if (!config.on_failure.empty()) {
    configuration["DestinationConfig"]["OnFailure"]["Destination"] = config.on_failure;
  }
  return record;
}

}  // namespace

LambdaDatabase::LambdaDatabase(LambdaDatabaseParts parts, std::unique_ptr<HandlerService> handlers)
    : parts_(std::move(parts)),
      handlers_(std::move(handlers)),
      functions_(parts_.database.state()),
      mappings_(parts_.database.state()),
      layers_(parts_.database.state(), parts_.code) {}

LambdaResult<std::unique_ptr<LambdaDatabase>> LambdaDatabase::Open(LambdaDatabaseParts parts,
                                                                   FunctionPlace place) {
  PUMICE_TRY(auto handlers,
             ToLambda(HandlerService::Start({parts.database, place, parts.clock, parts.random,
                                             parts.log, &parts.destinations})));
  auto opened =
      std::unique_ptr<LambdaDatabase>(new LambdaDatabase(std::move(parts), std::move(handlers)));
  opened->place_ = std::move(place);
  PUMICE_TRY(opened->functions_.Load());
  PUMICE_TRY(opened->mappings_.Load());
  PUMICE_TRY(opened->layers_.Load());
  for (const auto& [name, record] : opened->functions_.all()) opened->Run(nullptr, record);
  for (const auto& [uuid, record] : opened->mappings_.all()) opened->Run(record);
  return opened;
}

void LambdaDatabase::Add(const HandlerConfig& config) {
  const LambdaCaller owner{place_.access_key, place_.region, std::string(kNoAccount)};
  // Put cannot fail: nothing of this is stored.
  for (const FunctionConfig& function : config.functions) {
    (void)functions_.Put(RecordOf(function, owner, Now()));
  }
  for (const MappingConfig& mapping : config.mappings) {
    (void)mappings_.Put(RecordOf(mapping, owner, Now()));
  }
  handlers_->Put(config);
}

// --- Functions
// -------------------------------------------------------------------------------------

LambdaResult<void> LambdaDatabase::Put(FunctionRecord record) {
  const std::string name = record.name;
  const FunctionRecord* const found = functions_.Find(name);
  const std::optional<FunctionRecord> before =
      found == nullptr ? std::nullopt : std::optional(*found);
  PUMICE_TRY(functions_.Put(std::move(record)));
  const FunctionRecord& now = *functions_.Find(name);
  Run(before ? &*before : nullptr, now);
  if (!before) return Ok();
  if (before->aliases != now.aliases) RunMappingsOf(name);
  RemoveUnused(*before, &now);
  return Ok();
}

LambdaResult<void> LambdaDatabase::Remove(const FunctionRecord& record) {
  PUMICE_TRY(functions_.Remove(record.name));
  handlers_->RemoveFunction(ConfigOf(record, record.latest).Key());
  for (const auto& [number, version] : record.versions) {
    handlers_->RemoveFunction(ConfigOf(record, version).Key());
  }
  RemoveUnused(record, nullptr);
  return Ok();
}

/// A version that is as it was stays as it is, with its warm processes.
void LambdaDatabase::Run(const FunctionRecord* before, const FunctionRecord& now) {
  const auto run = [&](const FunctionVersion* old, const FunctionVersion& version) {
    const bool same = old != nullptr && old->configuration == version.configuration &&
                      old->code == version.code &&
                      before->reserved_concurrency == now.reserved_concurrency;
    if (!same) handlers_->PutFunction(ConfigOf(now, version));
  };
  run(before == nullptr ? nullptr : &before->latest, now.latest);
  for (const auto& [number, version] : now.versions) {
    const auto old = before == nullptr ? now.versions.end() : before->versions.find(number);
    const bool known = before != nullptr && old != before->versions.end();
    run(known ? &old->second : nullptr, version);
  }
  if (before == nullptr) return;
  for (const auto& [number, version] : before->versions) {
    if (!now.versions.contains(number)) handlers_->RemoveFunction(ConfigOf(now, version).Key());
  }
}

void LambdaDatabase::RemoveUnused(const FunctionRecord& before, const FunctionRecord* now) {
  const std::set<std::string> used = now == nullptr ? std::set<std::string>() : PackagesOf(*now);
  for (const std::string& package : PackagesOf(before)) {
    if (!used.contains(package)) parts_.code.Remove(package);
  }
}

FunctionConfig LambdaDatabase::ConfigOf(const FunctionRecord& record,
                                        const FunctionVersion& version) const {
  FunctionConfig config = ToFunctionConfig(
      record, version, [this](const std::string& id) { return parts_.code.FolderOf(id); },
      [this](const std::string& arn) { return layers_.FolderOf(arn); });
  // With one database for all regions, each function sees its creator's.
  if (record.owner.region != place_.region) {
    for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
      config.variables.emplace(name, record.owner.region);
    }
  }
  return config;
}

std::string LambdaDatabase::FunctionKey(const FunctionName& name) const {
  const FunctionRecord* const record = functions_.Find(name.name);
  const std::string version =
      record == nullptr ? name.qualifier : record->VersionOf(name.qualifier);
  return version.empty() || version == kLatest ? name.name : name.name + ":" + version;
}

// --- Mappings
// --------------------------------------------------------------------------------------

LambdaResult<void> LambdaDatabase::Put(MappingRecord record) {
  const std::string uuid = record.uuid;
  PUMICE_TRY(mappings_.Put(std::move(record)));
  Run(mappings_.all().at(uuid));
  return Ok();
}

LambdaResult<void> LambdaDatabase::Remove(const MappingRecord& record) {
  PUMICE_TRY(mappings_.Remove(record.uuid));
  handlers_->RemoveMapping(record.Key());
  return Ok();
}

void LambdaDatabase::Run(const MappingRecord& mapping) {
  handlers_->PutMapping(ToMappingConfig(mapping, FunctionKey(mapping.function)));
}

void LambdaDatabase::RunMappingsOf(const std::string& function) {
  for (const auto& [uuid, mapping] : mappings_.all()) {
    const bool through_alias = mapping.function.name == function && mapping.file_key.empty() &&
                               IsAliasName(mapping.function.qualifier);
    if (through_alias) Run(mapping);
  }
}

}  // namespace pumice
