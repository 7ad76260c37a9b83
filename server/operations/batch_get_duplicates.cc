// SPDX-License-Identifier: Apache-2.0
#include "server/operations/batch_get_duplicates.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "model/attribute_json.h"
#include "server/operations/table_name.h"
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

/// For each table and each of its keys: a text that tells it from all others.
using KeyTexts = std::vector<std::vector<std::string>>;

/// A table's name and its ARN are one table.
std::string NameOfTable(const std::string& name_or_arn) {
  auto reference = ResolveName(name_or_arn);
  return reference ? reference.value().name.value() : name_or_arn;
}

KeyTexts TextsOf(const std::vector<BatchGetItem::TableKeys>& tables) {
  KeyTexts texts;
  for (const BatchGetItem::TableKeys& table : tables) {
    const std::string name = NameOfTable(table.table_name) + '\n';
    std::vector<std::string>& of_table = texts.emplace_back();
    for (const Item& key : table.keys) of_table.push_back(name + ItemJson(key));
  }
  return texts;
}

bool HasRepeats(const KeyTexts& texts) {
  std::set<std::string_view> seen;
  for (const auto& of_table : texts) {
    for (const std::string& text : of_table) {
      if (!seen.insert(text).second) return true;
    }
  }
  return false;
}

void DropRepeats(std::vector<Item>& keys, const std::vector<std::string>& texts,
                 std::set<std::string_view>& seen) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!seen.insert(texts[i]).second) continue;
    if (kept != i) keys[kept] = std::move(keys[i]);
    ++kept;
  }
  keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(kept), keys.end());
}

/// The texts with the numbers as they were sent.
Result<KeyTexts> TextsAsSent(KeyTexts texts, std::string& body) {
  PUMICE_TRY(const auto numbers, ReadNumbers(body));
  for (std::size_t i = 0; i < texts.size() && i < numbers.size(); ++i) {
    for (std::size_t k = 0; k < texts[i].size() && k < numbers[i].size(); ++k) {
      texts[i][k] += numbers[i][k];
    }
  }
  return texts;
}

}  // namespace

Result<void> ResolveDuplicates(std::vector<BatchGetItem::TableKeys>& tables, std::string& body) {
  const KeyTexts texts = TextsOf(tables);
  if (!HasRepeats(texts)) return Ok();
  PUMICE_TRY(const auto as_sent, TextsAsSent(texts, body));
  if (HasRepeats(as_sent)) {
    return Error(ErrorCode::kValidation, "Provided list of item keys contains duplicates");
  }
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < tables.size(); ++i) DropRepeats(tables[i].keys, texts[i], seen);
  return Ok();
}

}  // namespace pumice
