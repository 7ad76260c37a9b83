// SPDX-License-Identifier: Apache-2.0
#include "server/operations/tag_resource.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/operations/tag_parameters.h"

namespace pumice {
namespace {

std::vector<Tag> Merged(std::vector<Tag> tags, const std::vector<Tag>& added) {
  for (const Tag& tag : added) {
    const auto found = std::find_if(tags.begin(), tags.end(),
                                    [&](const Tag& known) { return known.key == tag.key; });
    if (found == tags.end()) {
      tags.push_back(tag);
    } else {
      found->value = tag.value;
    }
  }
  return tags;
}

}  // namespace

Result<TagResource::Request> TagResource::Request::FromJson(std::string& body) {
  std::optional<std::string> arn;
  std::optional<std::vector<SentTag>> tags;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "ResourceArn") {
      PUMICE_TRY(arn, value.String());
    } else if (name == "Tags") {
      PUMICE_TRY(tags, ReadTags(value));
    }
    return Ok();
  }));
  ConstraintErrors errors;
  CheckResourceArnConstraints(arn, errors);
  if (!tags) errors.AddNull("tags");
  if (tags) CheckTagConstraints(*tags, errors);
  PUMICE_TRY(errors.Check());
  PUMICE_TRY(auto resource, ResolveResourceArn(*arn));
  if (tags->empty()) {
    return Error(ErrorCode::kValidation, "Atleast one Tag needs to be provided as Input.");
  }
  PUMICE_TRY(auto defined, DefineTags(*tags));
  return Request{std::move(resource), std::move(defined)};
}

Result<TagResource::Response> TagResource::Run(const Request& request, OperationContext& context) {
  PUMICE_TRY(FindTaggedTable(context, request.resource));
  const auto change = [&](const TableDescription& current) -> Result<TableDescription> {
    TableDescription table = current;
    PUMICE_TRY(CheckTagCount(request.tags.size()));  // so that merging is never long
    table.tags = Merged(std::move(table.tags), request.tags);
    PUMICE_TRY(CheckTagCount(table.tags.size()));
    return table;
  };
  PUMICE_TRY(context.database.catalog().Update(request.resource.name.value(), change));
  return Response{};
}

void TagResource::Response::AppendJson(std::string& /*out*/) const {}

}  // namespace pumice
