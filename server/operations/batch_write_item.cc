// SPDX-License-Identifier: Apache-2.0
#include "server/operations/batch_write_item.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "model/attribute_json.h"
#include "server/operations/item_size.h"
#include "server/operations/java_echo.h"
#include "server/operations/table_access.h"
#include "server/operations/throttle.h"
#include "server/protocol/json_members.h"
#include "storage/index_keys.h"

namespace pumice {
namespace {

constexpr std::size_t kMaxWrites = 25;

struct SentWrite {
  std::optional<ParsedItem> put;  // PutRequest.Item
  std::optional<ParsedItem> del;  // DeleteRequest.Key
  bool has_put = false;
  bool has_delete = false;
};
struct SentTable {
  std::string table_name;
  std::vector<SentWrite> writes;
};
struct Sent {
  std::optional<std::vector<SentTable>> tables;
  std::optional<std::string> return_consumed_capacity;
  std::optional<std::string> return_item_collection_metrics;
};

Result<void> ReadItemIn(JsonValue& value, std::string_view shape, std::string_view member_name,
                        std::optional<ParsedItem>& into) {
  return value.Structure(shape, [&](std::string_view name, JsonValue& member) -> Result<void> {
    if (name != member_name) return Ok();
    PUMICE_TRY(into, member.ItemMap(ValueTexts::kOlder));
    return Ok();
  });
}

Result<SentWrite> ReadWrite(JsonValue& value) {
  SentWrite write;
  PUMICE_TRY(value.Structure("WriteRequest",
                             [&](std::string_view name, JsonValue& member) -> Result<void> {
                               if (name == "PutRequest") {
                                 write.has_put = true;
                                 return ReadItemIn(member, "PutRequest", "Item", write.put);
                               }
                               if (name == "DeleteRequest") {
                                 write.has_delete = true;
                                 return ReadItemIn(member, "DeleteRequest", "Key", write.del);
                               }
                               return Ok();
                             }));
  return write;
}

Result<void> ReadTables(JsonValue& value, Sent& sent) {
  sent.tables.emplace();
  return value.Map("java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>",
                   [&](std::string_view table_name, JsonValue& list) -> Result<void> {
                     SentTable table{std::string(table_name), {}};
                     PUMICE_TRY(list.List([&](JsonValue& element) -> Result<void> {
                       PUMICE_TRY(auto write, ReadWrite(element));
                       table.writes.push_back(std::move(write));
                       return Ok();
                     }));
                     sent.tables->push_back(std::move(table));
                     return Ok();
                   });
}

Result<Sent> ReadBody(std::string& body) {
  Sent sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "RequestItems") return ReadTables(value, sent);
    if (name == "ReturnConsumedCapacity") {
      PUMICE_TRY(sent.return_consumed_capacity, value.String());
    } else if (name == "ReturnItemCollectionMetrics") {
      PUMICE_TRY(sent.return_item_collection_metrics, value.String());
    }
    return Ok();
  }));
  return sent;
}

std::string Echo(const SentWrite& write) {
  const auto request = [](bool given, std::string_view shape, std::string_view member,
                          const std::optional<ParsedItem>& item) {
    if (!given) return std::string("null");
    return fmt::format("{}({}={}, workloadProfileName=null)", shape, member,
                       item ? JavaEcho(item->item) : "null");
  };
  return fmt::format("WriteRequest(putRequest={}, deleteRequest={})",
                     request(write.has_put, "PutRequest", "item", write.put),
                     request(write.has_delete, "DeleteRequest", "key", write.del));
}

std::string Echo(const std::vector<SentTable>& tables) {
  std::string out = "{";
  for (const SentTable& table : tables) {
    if (out.size() > 1) out += ", ";
    out += table.table_name + "=[";
    for (const SentWrite& write : table.writes) {
      if (out.back() != '[') out += ", ";
      out += Echo(write);
    }
    out += ']';
  }
  return out + "}";
}

void CheckMap(const std::vector<SentTable>& tables, ConstraintErrors& errors) {
  ConstraintErrors names;
  bool bad_count = false;
  for (const SentTable& table : tables) {
    CheckName(table.table_name, "tableName", names);
    bad_count = bad_count || table.writes.empty() || table.writes.size() > kMaxWrites;
  }
  if (!names.empty()) {
    errors.AddValue(Echo(tables), "requestItems",
                    fmt::format("Map keys must satisfy constraint: [{}, {}, {}]", LengthAtMost(255),
                                LengthAtLeast(3), kNamePattern));
  }
  if (bad_count) {
    errors.AddValue(Echo(tables), "requestItems",
                    fmt::format("Map value must satisfy constraint: [{}, {}]",
                                LengthAtMost(kMaxWrites), LengthAtLeast(1)));
  }
}

/// A bad enum is reported without what is wrong with the map (measured on AWS, October 2026).
Result<void> CheckConstraints(const Sent& sent) {
  ConstraintErrors errors;
  CheckReturnConsumedCapacity(sent.return_consumed_capacity, errors);
  CheckReturnItemCollectionMetrics(sent.return_item_collection_metrics, errors);
  if (!sent.tables) errors.AddNull("requestItems");
  PUMICE_TRY(errors.Check());
  if (sent.tables->empty()) {
    return Error(ErrorCode::kValidation,
                 "The requestItems parameter is required for BatchWriteItem");
  }
  CheckMap(*sent.tables, errors);
  return errors.Check();
}

Result<BatchWriteItem::Write> ToWrite(SentWrite sent) {
  if (sent.has_put == sent.has_delete) {
    return Error(
        ErrorCode::kValidation,
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one "
        "of the supported datatypes");
  }
  std::optional<ParsedItem>& parsed = sent.has_put ? sent.put : sent.del;
  if (!parsed) {
    ConstraintErrors errors;
    errors.AddNull(sent.has_put ? "requestItems.member.member.putRequest.item"
                                : "requestItems.member.member.deleteRequest.key");
    PUMICE_TRY(errors.Check());
  }
  PUMICE_TRY(CheckProblem(parsed));
  if (sent.has_put) {
    PUMICE_TRY(CheckItemSize(parsed->item));
  }
  return BatchWriteItem::Write{std::move(parsed->item), sent.has_put};
}

/// One element, ready to be written. The change is a pure function of this alone.
struct Prepared {
  TablePtr table;
  const BatchWriteItem::Write* write = nullptr;
  std::size_t table_position = 0;
  ItemKey key;
  std::optional<std::string> encoded;  // none: delete

  Result<std::optional<ItemChange>> operator()(const EncodedItemView* old) const {
    if (!encoded && old == nullptr) return std::optional<ItemChange>();
    return std::optional<ItemChange>(ItemChange{encoded});
  }
};

using FoundTables = std::vector<Result<TablePtr>>;

FoundTables FindTables(const BatchWriteItem::Request& request, OperationContext& context) {
  FoundTables tables;
  for (const BatchWriteItem::TableWrites& writes : request.tables) {
    tables.push_back(FindTable(context, writes.table_name));
  }
  return tables;
}

/// Keys are compared by value. AWS finds duplicates before missing tables and ill-fitting keys
/// (measured on AWS, October 2026); what has no key by its table's schema is left to those checks.
Result<void> CheckNoDuplicates(const BatchWriteItem::Request& request, const FoundTables& tables) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (!tables[i]) continue;
    const TableDescription& table = *tables[i].value();
    for (const BatchWriteItem::Write& write : request.tables[i].writes) {
      const auto key = ExtractKey(table.key_schema, write.item_or_key);
      if (!key) continue;
      if (!seen.insert(NameOfItem(table, *key)).second) {
        return Error(ErrorCode::kValidation, "Provided list of item keys contains duplicates");
      }
    }
  }
  return Ok();
}

Result<Prepared> PrepareOne(const TablePtr& table, std::size_t table_position,
                            const BatchWriteItem::Write& write) {
  Prepared element{table, &write, table_position, {}, std::nullopt};
  if (!write.put) {
    PUMICE_TRY(element.key, KeyOfKey(*table, write.item_or_key));
    return element;
  }
  PUMICE_TRY(element.key, KeyOfBatchItem(*table, write.item_or_key));
  PUMICE_TRY(CheckIndexKeys(*table, write.item_or_key));
  PUMICE_TRY(CheckItemSize(write.item_or_key, *table));
  element.encoded = EncodeItem(write.item_or_key);
  return element;
}

Result<std::vector<Prepared>> Prepare(const BatchWriteItem::Request& request,
                                      OperationContext& context) {
  auto found = FindTables(request, context);
  PUMICE_TRY(CheckNoDuplicates(request, found));
  std::vector<TablePtr> tables;
  for (auto& table : found) {
    PUMICE_TRY(tables.emplace_back(), std::move(table));
  }
  std::vector<Prepared> prepared;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    for (const BatchWriteItem::Write& write : request.tables[i].writes) {
      PUMICE_TRY(auto element, PrepareOne(tables[i], i, write));
      prepared.push_back(std::move(element));
    }
  }
  return prepared;
}

void AddOnce(std::vector<AttributeValue>& values, const AttributeValue& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

void AppendUnprocessed(std::string& list, const BatchWriteItem::Write& write) {
  if (!list.empty()) list += ',';
  list += write.put ? R"({"PutRequest":{"Item":)" : R"({"DeleteRequest":{"Key":)";
  AppendItemJson(list, write.item_or_key);
  list += "}}";
}

}  // namespace

Result<BatchWriteItem::Request> BatchWriteItem::Request::FromJson(std::string& body) {
  PUMICE_TRY(auto sent, ReadBody(body));
  PUMICE_TRY(CheckConstraints(sent));
  Request request;
  request.return_consumed_capacity = ToReturnConsumedCapacity(sent.return_consumed_capacity);
  request.return_item_collection_metrics = sent.return_item_collection_metrics == "SIZE";
  std::size_t count = 0;
  for (SentTable& table : *sent.tables) {
    TableWrites writes{std::move(table.table_name), {}};
    for (SentWrite& write : table.writes) {
      PUMICE_TRY(auto read, ToWrite(std::move(write)));
      writes.writes.push_back(std::move(read));
    }
    count += writes.writes.size();
    request.tables.push_back(std::move(writes));
  }
  if (count > kMaxWrites) {
    return Error(ErrorCode::kValidation, "Too many items requested for the BatchWriteItem call");
  }
  return request;
}

Result<BatchWriteItem::Response> BatchWriteItem::Run(const Request& request,
                                                     OperationContext& context) {
  PUMICE_TRY(const auto prepared, Prepare(request, context));
  Response response;
  response.return_consumed_capacity = request.return_consumed_capacity;
  response.return_item_collection_metrics = request.return_item_collection_metrics;
  for (const TableWrites& table : request.tables) {
    response.tables.push_back(TableUse{nullptr, table.table_name, {}, {}});
  }
  response.unprocessed.resize(request.tables.size());
  std::vector<ItemWrite> writes;
  writes.reserve(prepared.size());
  std::vector<const Prepared*> written;
  written.reserve(prepared.size());
  Admission admission(context);
  std::optional<Error> throttled;
  for (const Prepared& element : prepared) {
    Result<void> admitted = admission.Write(*element.table, WriteUnits(0));
    if (!admitted && !throttled) throttled = std::move(admitted).error();
    if (!admitted || context.database.items().InTransaction(*element.table, element.key)) {
      AppendUnprocessed(response.unprocessed[element.table_position], *element.write);
      continue;
    }
    writes.push_back({.table = *element.table,
                      .key = element.key,
                      .change = element,
                      .index_keys_checked = true});
    written.push_back(&element);
  }
  if (throttled && writes.empty()) return *std::move(throttled);
  PUMICE_TRY(const auto outcomes, context.database.items().Write(writes));

  for (std::size_t i = 0; i < written.size(); ++i) {
    const Prepared& element = *written[i];
    TableUse& result = response.tables[element.table_position];
    result.table = element.table;
    result.use.AddWrite(*element.table, outcomes[i]);
    if (element.table->HasLocalIndex() && outcomes[i].larger_size_bytes > 0) {
      AddOnce(result.item_collection_keys, element.key.partition);
    }
  }
  for (const TableUse& result : response.tables) {
    if (result.table != nullptr) Consume(context, *result.table, result.use, Access::kWrite);
  }
  return response;
}

void BatchWriteItem::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  JsonMembers unprocessed_items(members.Member("UnprocessedItems"));
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (unprocessed[i].empty()) continue;
    unprocessed_items.NamedMember(tables[i].table_name).append("[").append(unprocessed[i]) += ']';
  }
  unprocessed_items.End();
  if (return_item_collection_metrics) AppendItemCollectionMetrics(members, tables);
  if (return_consumed_capacity != ReturnConsumedCapacity::kNone) {
    AppendConsumedCapacities(members.Member("ConsumedCapacity"), tables, return_consumed_capacity);
  }
  members.End();
}

}  // namespace pumice
