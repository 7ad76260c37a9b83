// SPDX-License-Identifier: Apache-2.0
#include "server/init/document_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "server/init/table_definition.h"

namespace pumice {
namespace {

bool IsAttributeValue(const JsonView& value) {
  const auto members = value.Members();
  return members.size() == 1 && IsAttributeType(members.front().name);
}

using Members = std::vector<JsonView::Member>;

/// nullptr: there is none.
const JsonView* Find(const Members& members, std::string_view name) {
  for (const JsonView::Member& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

/// {"Item": {"pk": {"S": "a"}}}: an item, exported. The key of an item that has but an attribute
/// named Item would be that: a text, a number or bytes, so no objects inside.
bool IsExported(const Members& members) {
  if (members.size() != 1 || members.front().name != "Item") return false;
  const Members inner = members.front().value.Members();
  return !inner.empty() && inner.front().value.is_object();
}

bool IsWriteRequest(const JsonView& element) {
  return element.Has("PutRequest") || element.Has("DeleteRequest");
}

/// {"users": [{"PutRequest": …}, …]}
bool IsRequestItems(const Members& members) {
  return !members.empty() &&
         std::all_of(members.begin(), members.end(), [](const JsonView::Member& member) {
           const auto elements = member.value.Elements();
           return !elements.empty() && IsWriteRequest(elements.front());
         });
}

}  // namespace

Error DocumentReader::Wrong(const JsonView& value, std::string_view text) const {
  return WrongAt(path_, value.line(), text);
}

Result<void> DocumentReader::Read(const JsonView& document) {
  if (!document.is_object()) return Wrong(document, "an object is needed here");
  const Members members = document.Members();
  if (const JsonView* name = Find(members, "TableName"); name && name->is_string()) {
    return ReadNamed(document, name->String());
  }
  if (const JsonView* table = Find(members, "Table"); table && table->Has("KeySchema")) {
    return ReadDescription(*table);
  }
  const JsonView* requests = Find(members, "RequestItems");
  if (requests && !IsAttributeValue(*requests)) return ReadRequestItems(*requests);
  const JsonView* items = Find(members, "Items");
  if (items && items->is_list()) return ReadItems(*items);
  if (IsExported(members)) return ReadItem(members.front().value);
  return IsRequestItems(members) ? ReadRequestItems(document) : ReadItem(document);
}

Result<void> DocumentReader::ReadDescription(const JsonView& table) {
  Result<TableDefinition> definition = TableDefinition::OfDescription(table.text());
  if (!definition) return Wrong(table, definition.error().client_text());
  table_ = definition.value().table;
  return visit_({TableStep{table_, std::move(definition).value().create_table}, table.line()});
}

Result<void> DocumentReader::ReadNamed(const JsonView& document, const std::string& table) {
  const std::string text(document.text());
  table_ = table;
  if (document.Has("KeySchema")) return visit_({TableStep{table, text}, document.line()});
  if (document.Has("TimeToLiveSpecification")) {
    return visit_({TimeToLiveStep{table, text}, document.line()});
  }
  if (const auto item = document.Find("Item")) return ReadItem(*item);
  if (document.Members().size() == 1) return Ok();
  return Wrong(document,
               "an object with \"TableName\" is a request of CreateTable (then it has "
               "\"KeySchema\"), of UpdateTimeToLive (\"TimeToLiveSpecification\") or of PutItem "
               "(\"Item\"), or names the table of the items that follow and has no other member");
}

Result<void> DocumentReader::ReadRequestItems(const JsonView& tables) {
  for (const auto& [table, requests] : tables.Members()) {
    if (!requests.is_list()) return Wrong(requests, "a list of write requests is needed here");
    for (const JsonView& request : requests.Elements()) {
      PUMICE_TRY(ReadWriteRequest(table, request));
    }
  }
  return Ok();
}

Result<void> DocumentReader::ReadWriteRequest(const std::string& table, const JsonView& request) {
  for (const auto& [operation, part] :
       {std::pair("PutRequest", "Item"), {"DeleteRequest", "Key"}}) {
    const auto inside = request.Find(operation);
    const auto attributes = inside ? inside->Find(part) : std::nullopt;
    if (!attributes || request.Members().size() != 1) continue;
    PUMICE_TRY(CheckAttributes(*attributes));
    return visit_({WriteStep{table, std::string(request.text())}, request.line()});
  }
  return Wrong(request, R"(a write request is {"PutRequest": {"Item": …}} or )"
                        R"({"DeleteRequest": {"Key": …}})");
}

Result<void> DocumentReader::ReadItems(const JsonView& items) {
  for (const JsonView& item : items.Elements()) {
    PUMICE_TRY(ReadItem(item));
  }
  return Ok();
}

Result<void> DocumentReader::ReadItem(const JsonView& item) {
  PUMICE_TRY(CheckAttributes(item));
  return visit_(PutStep(table_, item.text(), item.line()));
}

Result<void> DocumentReader::CheckAttributes(const JsonView& item) const {
  const auto members = item.Members();
  if (members.empty()) return Wrong(item, "an item has at least its key's attributes");
  for (const auto& [name, value] : members) {
    if (IsAttributeValue(value)) continue;
    return Wrong(value, fmt::format(R"(the attribute "{}" is no value in DynamoDB JSON, such as )"
                                    R"({{"S": "text"}} or {{"N": "1"}})",
                                    name));
  }
  return Ok();
}

}  // namespace pumice
