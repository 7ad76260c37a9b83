// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/checker.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <fmt/core.h>

namespace pumice::patterns {
namespace {

using Items = std::vector<nlohmann::json>;
using Mistake = std::optional<std::string>;

Mistake WrongCount(const Expectation& expect, std::size_t count) {
  const bool few = expect.least_count && count < *expect.least_count;
  const bool many = expect.most_count && count > *expect.most_count;
  if (!few && !many) return std::nullopt;
  if (expect.least_count == expect.most_count) {
    return fmt::format("{} items, expected {}", count, *expect.least_count);
  }
  return fmt::format("{} items, expected at {} {}", count, few ? "least" : "most",
                     few ? *expect.least_count : *expect.most_count);
}

/// Of a value of type S, N or B: its type and its text; empty for others.
std::pair<std::string, std::string> KeyText(const nlohmann::json& item, const std::string& name) {
  const auto found = item.find(name);
  if (found == item.end() || !found->is_object() || found->size() != 1) return {};
  const auto value = found->begin();
  return {value.key(), value->is_string() ? value->get<std::string>() : std::string()};
}

bool IsBefore(const nlohmann::json& left, const nlohmann::json& right, const std::string& name) {
  const auto [type, text] = KeyText(left, name);
  const auto other = KeyText(right, name).second;
  if (type != "N") return text < other;
  return std::strtold(text.c_str(), nullptr) < std::strtold(other.c_str(), nullptr);
}

Mistake WrongOrder(const Expectation& expect, const Items& items) {
  if (expect.order_by.empty()) return std::nullopt;
  for (std::size_t i = 1; i < items.size(); ++i) {
    const auto& first = expect.descending ? items[i] : items[i - 1];
    const auto& second = expect.descending ? items[i - 1] : items[i];
    if (!IsBefore(second, first, expect.order_by)) continue;
    return fmt::format("item {} breaks the {} order by {}: {} stands behind {}", i + 1,
                       expect.descending ? "descending" : "ascending", expect.order_by,
                       KeyText(items[i], expect.order_by).second,
                       KeyText(items[i - 1], expect.order_by).second);
  }
  return std::nullopt;
}

Mistake WrongNames(const Expectation& expect, const nlohmann::json& item) {
  for (const std::string& name : expect.attributes) {
    if (!item.contains(name)) return fmt::format("an item has no attribute {}", name);
  }
  if (!expect.no_other_attributes) return std::nullopt;
  const auto& names = expect.attributes;
  for (const auto& [name, value] : item.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return fmt::format("an item has the attribute {}, which is not expected", name);
    }
  }
  return std::nullopt;
}

Mistake WrongValues(const nlohmann::json& expected, const nlohmann::json& item) {
  for (const auto& [name, value] : expected.items()) {
    const auto found = item.find(name);
    if (found != item.end() && *found == value) continue;
    return fmt::format("{} is {}, expected {}", name,
                       found == item.end() ? "not there" : found->dump(), value.dump());
  }
  return std::nullopt;
}

/// What BatchWriteItem and BatchGetItem leave undone, and the errors that PartiQL's batch hides in
/// its responses.
Mistake Undone(const nlohmann::json& json) {
  for (const char* name : {"UnprocessedItems", "UnprocessedKeys"}) {
    if (json.contains(name) && !json[name].empty()) return fmt::format("{} is not empty", name);
  }
  if (!json.contains("Responses") || !json["Responses"].is_array()) return std::nullopt;
  for (const auto& response : json["Responses"]) {
    if (response.contains("Error")) return "a response is an error: " + response["Error"].dump();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> FindMistake(const Pattern& pattern, const Data& data, const Draw& draw,
                                       const nlohmann::json& json) {
  const Expectation& expect = pattern.expect;
  if (Mistake undone = Undone(json)) return undone;
  const Items items = pattern.operation->items(json);
  if (Mistake wrong = WrongCount(expect, items.size())) return wrong;
  if (Mistake wrong = WrongOrder(expect, items)) return wrong;
  nlohmann::json expected = nlohmann::json::object();
  if (expect.values) {
    std::string text;
    expect.values->AppendTo(text, data, draw);
    expected = nlohmann::json::parse(text, nullptr, false);
  }
  for (const auto& item : items) {
    if (Mistake wrong = WrongNames(expect, item)) return wrong;
    if (Mistake wrong = WrongValues(expected, item)) return wrong;
  }
  return std::nullopt;
}

}  // namespace pumice::patterns
