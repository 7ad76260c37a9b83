// SPDX-License-Identifier: Apache-2.0
#include "server/operations/tag_parameters.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "server/operations/key_schema.h"
#include "server/operations/table_status.h"

namespace pumice {
namespace {

constexpr std::size_t kMaxKeyCharacters = 128;
constexpr std::size_t kMaxValueCharacters = 256;
constexpr std::size_t kMaxResourceArnLength = 1283;

/// Characters of UTF-8 text: the bytes that continue none.
std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

void CheckLength(const std::optional<std::string>& text, const std::string& path, std::size_t least,
                 std::size_t most, ConstraintErrors& errors) {
  if (!text) return errors.AddNull(path);
  const std::size_t length = CountCharacters(*text);
  if (length < least) errors.AddValue(*text, path, LengthAtLeast(least));
  if (length > most) errors.AddValue(*text, path, LengthAtMost(most));
}

Result<SentTag> ReadTag(JsonValue& value) {
  SentTag tag;
  PUMICE_TRY(value.Structure("Tag", [&](std::string_view name, JsonValue& member) -> Result<void> {
    if (name == "Key") {
      PUMICE_TRY(tag.key, member.String());
    } else if (name == "Value") {
      PUMICE_TRY(tag.value, member.String());
    }
    return Ok();
  }));
  return tag;
}

/// AWS: letters, digits and blanks of any script, and + - = . _ : / @. What is not ASCII is taken
/// for a letter.
bool IsTagText(std::string_view text) {
  constexpr std::string_view kOthers = "+-=._:/@ \t\n\r";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || kOthers.find(c) != std::string_view::npos;
  });
}

Result<void> CheckTag(const SentTag& tag) {
  if (tag.key->starts_with("aws:")) {
    return Error(ErrorCode::kValidation,
                 fmt::format("Tag Key cannot be prefixed with aws:, Key: {}", *tag.key));
  }
  if (!IsTagText(*tag.key)) {
    return Error(ErrorCode::kValidation,
                 fmt::format("The Tag Key provided is invalid, Key: {}", *tag.key));
  }
  // AWS's text for a value is not known; this is made after that for a key.
  if (!IsTagText(*tag.value)) {
    return Error(ErrorCode::kValidation,
                 fmt::format("The Tag Value provided is invalid, Value: {}", *tag.value));
  }
  return Ok();
}

}  // namespace

Result<std::vector<SentTag>> ReadTags(JsonValue& value) {
  std::vector<SentTag> tags;
  PUMICE_TRY(value.List([&](JsonValue& element) -> Result<void> {
    PUMICE_TRY(auto tag, ReadTag(element));
    tags.push_back(std::move(tag));
    return Ok();
  }));
  return tags;
}

void CheckTagConstraints(const std::vector<SentTag>& tags, ConstraintErrors& errors) {
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const std::string path = fmt::format("tags.{}.member.", i + 1);
    CheckLength(tags[i].key, path + "key", 1, kMaxKeyCharacters, errors);
    CheckLength(tags[i].value, path + "value", 0, kMaxValueCharacters, errors);
  }
}

Result<std::vector<Tag>> DefineTags(const std::vector<SentTag>& tags) {
  std::vector<Tag> defined;
  std::set<std::string_view> keys;
  for (const SentTag& tag : tags) {
    PUMICE_TRY(CheckTag(tag));
    // AWS refuses these; the text is ours.
    if (!keys.insert(*tag.key).second) {
      return InvalidValues(fmt::format("Duplicate tag key: {}", *tag.key));
    }
    defined.push_back({*tag.key, *tag.value});
  }
  return defined;
}

Result<void> CheckTagCount(std::size_t count) {
  if (count <= kMaxTags) return Ok();
  return Error(ErrorCode::kValidation,
               "Number of Tags exceed the current limit for the provided ResourceArn");
}

void CheckResourceArnConstraints(const std::optional<std::string>& arn, ConstraintErrors& errors) {
  CheckLength(arn, "resourceArn", 1, kMaxResourceArnLength, errors);
}

Result<TableReference> ResolveResourceArn(const std::string& arn) {
  constexpr std::string_view kService = ":dynamodb:";
  if (!IsArn(arn)) return InvalidValues(fmt::format("ARNs must start with 'arn:': {}", arn));
  if (arn.find(kService) != std::string::npos && arn.find(":table/") == std::string::npos) {
    return InvalidValues(
        fmt::format("Invalid resource arn provided, only table or stream is accepted. Provided "
                    "resource arn: {}",
                    arn));
  }
  Result<TableReference> table = ResolveName(arn);
  if (table) return table;
  return Error(ErrorCode::kValidation,
               fmt::format("Invalid TableArn: Invalid ResourceArn provided as input {}", arn));
}

Result<TablePtr> FindTaggedTable(OperationContext& context, const TableReference& resource) {
  context.notes.table = resource.name.value();
  TablePtr table = context.database.catalog().Find(resource.name.value());
  if (!table) {
    return Error(
        ErrorCode::kResourceNotFound,
        fmt::format("Requested resource not found: ResourceArn: {} not found", resource.as_sent));
  }
  PUMICE_TRY(CheckNotBeingCreated(*table, context));
  return table;
}

}  // namespace pumice
