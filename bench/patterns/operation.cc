// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/operation.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace pumice::patterns {
namespace {

using Items = std::vector<nlohmann::json>;

Items NoItems(const nlohmann::json&) { return {}; }

Items OneOf(const nlohmann::json& answer, const char* member) {
  const auto found = answer.find(member);
  return found == answer.end() ? Items() : Items{*found};
}

Items Item(const nlohmann::json& answer) { return OneOf(answer, "Item"); }
Items Attributes(const nlohmann::json& answer) { return OneOf(answer, "Attributes"); }

Items List(const nlohmann::json& answer) {
  const auto found = answer.find("Items");
  return found == answer.end() ? Items() : Items(found->begin(), found->end());
}

/// BatchGetItem: {"Responses": {table: [items]}}.
Items ByTable(const nlohmann::json& answer) {
  Items items;
  const auto found = answer.find("Responses");
  if (found == answer.end()) return items;
  for (const auto& table : *found) items.insert(items.end(), table.begin(), table.end());
  return items;
}

/// TransactGetItems and PartiQL's: {"Responses": [{"Item": ...}, {}]}.
Items InResponses(const nlohmann::json& answer) {
  Items items;
  const auto found = answer.find("Responses");
  if (found == answer.end()) return items;
  for (const auto& response : *found) {
    if (response.contains("Item")) items.push_back(response["Item"]);
  }
  return items;
}

constexpr std::array kOperations = {
    Operation{"BatchExecuteStatement", UnitKind::kByStatement, InResponses},
    Operation{"BatchGetItem", UnitKind::kRead, ByTable},
    Operation{"BatchWriteItem", UnitKind::kWrite, NoItems},
    Operation{"DeleteItem", UnitKind::kWrite, Attributes},
    Operation{"ExecuteStatement", UnitKind::kByStatement, List},
    Operation{"ExecuteTransaction", UnitKind::kByStatement, InResponses},
    Operation{"GetItem", UnitKind::kRead, Item},
    Operation{"PutItem", UnitKind::kWrite, Attributes},
    Operation{"Query", UnitKind::kRead, List},
    Operation{"Scan", UnitKind::kRead, List},
    Operation{"TransactGetItems", UnitKind::kRead, InResponses},
    Operation{"TransactWriteItems", UnitKind::kWrite, NoItems},
    Operation{"UpdateItem", UnitKind::kWrite, Attributes},
};

std::string FirstStatement(const Json& parameters) {
  for (const char* list : {"Statements", "TransactStatements"}) {
    const auto found = parameters.find(list);
    if (found != parameters.end() && found->is_array() && !found->empty()) {
      return FirstStatement(found->front());
    }
  }
  const auto found = parameters.find("Statement");
  return found != parameters.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

const Operation* FindOperation(std::string_view name) {
  const auto found = std::find_if(kOperations.begin(), kOperations.end(),
                                  [&](const Operation& known) { return known.name == name; });
  return found == kOperations.end() ? nullptr : &*found;
}

std::vector<std::string> OperationNames() {
  std::vector<std::string> names;
  for (const Operation& operation : kOperations) names.emplace_back(operation.name);
  return names;
}

UnitKind UnitsOf(const Operation& operation, const Json& parameters) {
  if (operation.units != UnitKind::kByStatement) return operation.units;
  std::string statement = FirstStatement(parameters);
  statement.erase(0, statement.find_first_not_of(" \t\r\n"));
  std::string word = statement.substr(0, 6);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return word == "SELECT" ? UnitKind::kRead : UnitKind::kWrite;
}

}  // namespace pumice::patterns
