// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/function_record.h"

#include <time.h>

#include <charconv>

#include <fmt/core.h>

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::string_view kKinds[] = {"package", "folder", "http", "outside"};

json ToJson(const FunctionVersion& version) {
  return {{"configuration", version.configuration},
          {"code",
           {{"kind", kKinds[static_cast<std::size_t>(version.code.kind)]},
            {"place", version.code.place},
            {"uri", version.code.uri}}}};
}

FunctionVersion VersionFrom(const json& document) {
  const json& code = document.at("code");
  FunctionVersion version{.configuration = document.at("configuration"), .code = {}};
  for (std::size_t i = 0; i < std::size(kKinds); ++i) {
    if (code.at("kind") == kKinds[i]) version.code.kind = static_cast<FunctionCode::Kind>(i);
  }
  code.at("place").get_to(version.code.place);
  code.at("uri").get_to(version.code.uri);
  return version;
}

FunctionRecord RecordFrom(const json& document) {
  FunctionRecord record;
  document.at("name").get_to(record.name);
  const json& owner = document.at("owner");
  record.owner = {owner.at("access_key"), owner.at("region"), owner.at("account")};
  record.latest = VersionFrom(document.at("latest"));
  for (const auto& [number, version] : document.at("versions").items()) {
    std::int64_t parsed = 0;
    std::from_chars(number.data(), number.data() + number.size(), parsed);
    record.versions.emplace(parsed, VersionFrom(version));
  }
  document.at("next_version").get_to(record.next_version);
  document.at("aliases").get_to(record.aliases);
  document.at("policies").get_to(record.policies);
  document.at("event_invoke_configs").get_to(record.event_invoke_configs);
  record.settings = document.at("settings");
  if (const json& reserved = document.at("reserved_concurrency"); !reserved.is_null()) {
    record.reserved_concurrency = reserved.get<std::int64_t>();
  }
  document.at("tags").get_to(record.tags);
  return record;
}

}  // namespace

std::string FunctionRecord::VersionOf(std::string_view qualifier) const {
  if (qualifier.empty() || qualifier == kLatest) return std::string(kLatest);
  if (const auto alias = aliases.find(qualifier); alias != aliases.end()) {
    return VersionOf(alias->second.at("FunctionVersion").get<std::string>());
  }
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(qualifier.data(), qualifier.data() + qualifier.size(), number);
  const bool whole = error == std::errc() && end == qualifier.data() + qualifier.size();
  return whole && versions.contains(number) ? std::to_string(number) : std::string();
}

const FunctionVersion* FunctionRecord::Find(std::string_view qualifier) const {
  const std::string version = VersionOf(qualifier);
  if (version.empty()) return nullptr;
  if (version == kLatest) return &latest;
  return &versions.at(std::stoll(version));
}

json FunctionRecord::ToJson() const {
  json all = json::object();
  for (const auto& [number, version] : versions) {
    all[std::to_string(number)] = pumice::ToJson(version);
  }
  return {
      {"name", name},
      {"owner",
       {{"access_key", owner.access_key}, {"region", owner.region}, {"account", owner.account}}},
      {"latest", pumice::ToJson(latest)},
      {"versions", all},
      {"next_version", next_version},
      {"aliases", aliases},
      {"policies", policies},
      {"event_invoke_configs", event_invoke_configs},
      {"settings", settings},
      {"reserved_concurrency", reserved_concurrency ? json(*reserved_concurrency) : json(nullptr)},
      {"tags", tags}};
}

std::optional<FunctionRecord> FunctionRecord::FromJson(const json& document) {
  // The library has no other way to say that a member is missing.
  try {
    return RecordFrom(document);
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

std::string LambdaTime(TimePoint time) {
  const auto milliseconds =
      std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
  const time_t seconds = milliseconds / 1000;
  tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+0000", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     milliseconds % 1000);
}

double LambdaSeconds(TimePoint time) {
  return static_cast<double>(
             std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count()) /
         1000;
}

}  // namespace pumice
