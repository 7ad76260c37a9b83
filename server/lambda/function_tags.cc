// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/function_tags.h"

#include <utility>

namespace pumice {
namespace {

constexpr std::size_t kMaxTags = 50;
constexpr std::size_t kMaxKeyBytes = 128;
constexpr std::size_t kMaxValueBytes = 256;

}  // namespace

LambdaResult<LambdaTags> ReadTags(const nlohmann::json& document, LambdaTags before) {
  const auto tags = document.find("Tags");
  if (tags == document.end() || tags->is_null()) return before;
  if (!tags->is_object()) return LambdaError(kSerialization, "Tags must be an object");
  for (const auto& [key, value] : tags->items()) {
    if (!value.is_string()) return LambdaError(kSerialization, "Tags must hold strings");
    const auto text = value.get<std::string>();
    if (key.empty() || key.size() > kMaxKeyBytes || text.size() > kMaxValueBytes) {
      return InvalidParameter(
          "Tag keys must have 1 to 128 characters, their values at most 256");  // the text is ours
    }
    before.insert_or_assign(key, text);
  }
  if (before.size() > kMaxTags) {
    return InvalidParameter("Number of tags exceeds resource tag limit.");
  }
  return before;
}

}  // namespace pumice
