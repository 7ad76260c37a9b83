// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/result_page.h"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "model/attribute_json.h"

namespace pumice {
namespace {

constexpr std::int64_t kMostMaxItems = 10'000;

LambdaError BadMaxItems(std::string_view text, std::string_view constraint) {
  return {kValidationFailed,
          fmt::format("1 validation error detected: Value '{}' at 'maxItems' failed to satisfy "
                      "constraint: {}",
                      text, constraint)};
}

}  // namespace

LambdaResult<ResultPage> ResultPage::Read(const LambdaCall& call, std::size_t most_items) {
  ResultPage page;
  page.most_items_ = most_items;
  if (const std::string text = call.Query("MaxItems"); !text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      return LambdaError(kSerialization, "MaxItems must be a whole number");
    }
    if (number < 1) {
      return BadMaxItems(text, "Member must have value greater than or equal to 1");
    }
    if (number > kMostMaxItems) {
      return BadMaxItems(text, "Member must have value less than or equal to 10000");
    }
    page.most_items_ = std::min(most_items, static_cast<std::size_t>(number));
  }
  if (const std::string marker = call.Query("Marker"); !marker.empty()) {
    const auto name = DecodeBase64(marker);
    if (!name) return InvalidParameter("Invalid pagination token");
    page.after_ = *name;
    page.started_ = false;
  }
  return page;
}

LambdaReply ResultPage::Reply(std::string_view member) const {
  nlohmann::json body = {{std::string(member), items_}};
  if (more_) {
    std::string marker;
    AppendBase64(marker, last_);
    body["NextMarker"] = marker;
  }
  return JsonReply(200, body);
}

}  // namespace pumice
