// SPDX-License-Identifier: Apache-2.0
#include "server/operations/list_tags_of_resource.h"

#include <algorithm>
#include <utility>

#include "model/attribute_json.h"
#include "server/operations/tag_parameters.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

constexpr std::ptrdiff_t kPageLength = 10;

/// A token is the key of the last tag that was told, so that tags may come and go between two
/// pages.
std::string TokenAfter(const Tag& tag) {
  std::string token;
  AppendBase64(token, tag.key);
  return token;
}

}  // namespace

Result<ListTagsOfResource::Request> ListTagsOfResource::Request::FromJson(std::string& body) {
  std::optional<std::string> arn;
  std::optional<std::string> token;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "ResourceArn") {
      PUMICE_TRY(arn, value.String());
    } else if (name == "NextToken") {
      PUMICE_TRY(token, value.String());
    }
    return Ok();
  }));
  ConstraintErrors errors;
  CheckResourceArnConstraints(arn, errors);
  PUMICE_TRY(errors.Check());
  PUMICE_TRY(auto resource, ResolveResourceArn(*arn));
  return Request{std::move(resource), std::move(token).value_or("")};
}

Result<ListTagsOfResource::Response> ListTagsOfResource::Run(const Request& request,
                                                             OperationContext& context) {
  PUMICE_TRY(const auto table, FindTaggedTable(context, request.resource));
  const std::vector<Tag>& tags = table->tags;
  auto start = tags.begin();
  const auto told = std::find_if(tags.begin(), tags.end(), [&](const Tag& tag) {
    return TokenAfter(tag) == request.next_token;
  });
  if (told != tags.end()) start = told + 1;
  const auto end = tags.end() - start > kPageLength ? start + kPageLength : tags.end();
  Response response{{start, end}, std::nullopt};
  if (end != tags.end()) response.next_token = TokenAfter(response.tags.back());
  return response;
}

void ListTagsOfResource::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  std::string& list = members.Member("Tags");
  list += '[';
  for (const Tag& tag : tags) {
    if (list.back() != '[') list += ',';
    JsonMembers entry(list);
    AppendJsonString(entry.Member("Key"), tag.key);
    AppendJsonString(entry.Member("Value"), tag.value);
    entry.End();
  }
  list += ']';
  if (next_token) AppendJsonString(members.Member("NextToken"), *next_token);
  members.End();
}

}  // namespace pumice
