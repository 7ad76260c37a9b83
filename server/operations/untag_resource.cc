// SPDX-License-Identifier: Apache-2.0
#include "server/operations/untag_resource.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/operations/tag_parameters.h"

namespace pumice {

Result<UntagResource::Request> UntagResource::Request::FromJson(std::string& body) {
  std::optional<std::string> arn;
  std::optional<std::vector<std::string>> keys;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "ResourceArn") {
      PUMICE_TRY(arn, value.String());
    } else if (name == "TagKeys") {
      keys.emplace();
      return value.List([&](JsonValue& element) -> Result<void> {
        PUMICE_TRY(auto key, element.String());
        keys->push_back(std::move(key));
        return Ok();
      });
    }
    return Ok();
  }));
  ConstraintErrors errors;
  CheckResourceArnConstraints(arn, errors);
  if (!keys) errors.AddNull("tagKeys");
  PUMICE_TRY(errors.Check());
  PUMICE_TRY(auto resource, ResolveResourceArn(*arn));
  if (keys->empty()) {
    return Error(ErrorCode::kValidation, "Atleast one Tag Key needs to be provided as Input.");
  }
  return Request{std::move(resource), *std::move(keys)};
}

Result<UntagResource::Response> UntagResource::Run(const Request& request,
                                                   OperationContext& context) {
  PUMICE_TRY(FindTaggedTable(context, request.resource));
  const auto change = [&](const TableDescription& current) -> Result<TableDescription> {
    TableDescription table = current;
    std::erase_if(table.tags, [&](const Tag& tag) {
      return std::find(request.tag_keys.begin(), request.tag_keys.end(), tag.key) !=
             request.tag_keys.end();
    });
    return table;
  };
  PUMICE_TRY(context.database.catalog().Update(request.resource.name.value(), change));
  return Response{};
}

void UntagResource::Response::AppendJson(std::string& /*out*/) const {}

}  // namespace pumice
