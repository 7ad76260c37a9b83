// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/tag_operations.h"

#include <utility>

#include "server/lambda/function_tags.h"

namespace pumice {
namespace {

using nlohmann::json;

constexpr std::string_view kMappingArn = ":event-source-mapping:";

/// A mapping's UUID, if the ARN is one's.
std::optional<std::string> MappingOf(const std::string& arn) {
  const auto at = arn.find(kMappingArn);
  if (at == std::string::npos) return std::nullopt;
  return arn.substr(at + kMappingArn.size());
}

LambdaResult<FunctionName> FunctionOf(const std::string& arn) {
  PUMICE_TRY(FunctionName name, ParseFunctionName(arn));
  if (name.qualifier.empty()) return name;
  return InvalidParameter(
      "Tags on function aliases and versions are not supported. Please specify a function ARN.");
}

/// Stores what `change` makes of the tags of the path's resource.
template <class Change>
LambdaResult<LambdaReply> ChangeTags(const LambdaCall& call, LambdaDatabase& database,
                                     Change change) {
  const std::string& arn = call.PathParameter("Resource");
  if (const auto uuid = MappingOf(arn)) {
    PUMICE_TRY(MappingRecord record, database.mappings().NeedForChange(*uuid));
    PUMICE_TRY(record.tags, change(std::move(record.tags)));
    PUMICE_TRY(database.Put(std::move(record)));
    return EmptyReply(204);
  }
  PUMICE_TRY(const FunctionName name, FunctionOf(arn));
  PUMICE_TRY(FunctionRecord record, database.functions().NeedForChange(name, call.caller));
  PUMICE_TRY(record.tags, change(std::move(record.tags)));
  PUMICE_TRY(database.Put(std::move(record)));
  return EmptyReply(204);
}

}  // namespace

LambdaResult<LambdaReply> ListTags(const LambdaCall& call, LambdaDatabase& database) {
  const std::string& arn = call.PathParameter("Resource");
  if (const auto uuid = MappingOf(arn)) {
    PUMICE_TRY(const MappingRecord* record, database.mappings().Need(*uuid));
    return JsonReply(200, {{"Tags", record->tags}});
  }
  PUMICE_TRY(const FunctionName name, FunctionOf(arn));
  PUMICE_TRY(const FunctionRecord* record, database.functions().Need(name, call.caller));
  return JsonReply(200, {{"Tags", record->tags}});
}

LambdaResult<LambdaReply> TagResource(const LambdaCall& call, LambdaDatabase& database) {
  return ChangeTags(call, database, [&](LambdaTags tags) -> LambdaResult<LambdaTags> {
    return ReadTags(call.document, std::move(tags));
  });
}

LambdaResult<LambdaReply> UntagResource(const LambdaCall& call, LambdaDatabase& database) {
  return ChangeTags(call, database, [&](LambdaTags tags) -> LambdaResult<LambdaTags> {
    std::string keys = call.Query("tagKeys");
    while (!keys.empty()) {
      const auto end = std::min(keys.find('\n'), keys.size());
      tags.erase(keys.substr(0, end));
      keys.erase(0, end + 1);
    }
    return tags;
  });
}

}  // namespace pumice
