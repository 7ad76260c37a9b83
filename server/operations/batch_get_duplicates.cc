// SPDX-License-Identifier: Apache-2.0
#include "server/operations/batch_get_duplicates.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "model/attribute_json.h"
#include "server/protocol/json_reader.h"

namespace pumice {
namespace {

/// For each table and each of its keys: the texts of the numbers in the key.
using NumberTexts = std::vector<std::vector<std::string>>;

Result<std::string> NumbersOf(JsonValue& key) {
  std::set<std::string> numbers;  // in the order of the names, as the keys are compared
  PUMICE_TRY(key.Map({}, [&](std::string_view name, JsonValue& value) {
    std::string number(name);
    return value.Structure({}, [&](std::string_view type, JsonValue& content) -> Result<void> {
      if (type != "N") return Ok();
      PUMICE_TRY(const auto text, content.String());
      numbers.insert(number + '=' + text);
      return Ok();
    });
  }));
  std::string joined;
  for (const std::string& number : numbers) joined += number + '\n';
  return joined;
}

Result<void> ReadNumbers(JsonValue& entry, std::vector<std::string>& numbers) {
  return entry.Structure({}, [&](std::string_view name, JsonValue& keys) -> Result<void> {
    if (name != "Keys") return Ok();
    numbers.clear();
    return keys.List([&](JsonValue& key) -> Result<void> {
      PUMICE_TRY(numbers.emplace_back(), NumbersOf(key));
      return Ok();
    });
  });
}

/// The request once more. Cold path.
Result<NumberTexts> ReadNumbers(std::string& body) {
  NumberTexts tables;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name != "RequestItems") return Ok();
    tables.clear();
    return value.Map({}, [&](std::string_view, JsonValue& entry) {
      return ReadNumbers(entry, tables.emplace_back());
    });
  }));
  return tables;
}

std::vector<std::string> TextsOf(const std::vector<Item>& keys) {
  std::vector<std::string> texts;
  texts.reserve(keys.size());
  for (const Item& key : keys) texts.push_back(ItemJson(key));
  return texts;
}

bool HasRepeats(const std::vector<std::string>& texts) {
  const std::set<std::string_view> distinct(texts.begin(), texts.end());
  return distinct.size() != texts.size();
}

void DropRepeats(std::vector<Item>& keys, const std::vector<std::string>& texts) {
  std::set<std::string_view> seen;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!seen.insert(texts[i]).second) continue;
    if (kept != i) keys[kept] = std::move(keys[i]);
    ++kept;
  }
  keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(kept), keys.end());
}

Error Duplicates() {
  return Error(ErrorCode::kValidation, "Provided list of item keys contains duplicates");
}

}  // namespace

Result<void> ResolveDuplicates(std::vector<BatchGetItem::TableKeys>& tables, std::string& body) {
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const auto texts = TextsOf(tables[i].keys);
    if (!HasRepeats(texts)) continue;
    PUMICE_TRY(const auto numbers, ReadNumbers(body));
    if (i >= numbers.size() || numbers[i].size() != texts.size()) return Duplicates();
    auto as_sent = texts;
    for (std::size_t k = 0; k < as_sent.size(); ++k) as_sent[k] += numbers[i][k];
    if (HasRepeats(as_sent)) return Duplicates();
    DropRepeats(tables[i].keys, texts);
  }
  return Ok();
}

}  // namespace pumice
