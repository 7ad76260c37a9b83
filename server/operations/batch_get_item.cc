// SPDX-License-Identifier: Apache-2.0
#include "server/operations/batch_get_item.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "expressions/parse.h"
#include "model/attribute_json.h"
#include "server/operations/batch_get_duplicates.h"
#include "server/operations/item_view.h"
#include "server/operations/key_paths.h"
#include "server/operations/legacy_expressions.h"
#include "server/operations/table_access.h"
#include "server/operations/throttle.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

constexpr ItemMembers kMembers{"ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames",
                               "AttributesToGet"};

constexpr std::size_t kMaxKeys = 100;
constexpr std::size_t kMaxResponseBytes = 16 * 1024 * 1024;
constexpr std::string_view kKeysAndAttributes = "KeysAndAttributes";

/// One entry as it came.
struct Entry {
  std::string table_name;
  std::optional<std::vector<ParsedItem>> keys;
  ItemParameters parameters;  // ConsistentRead, ProjectionExpression, names, legacy
};

struct Sent {
  std::optional<std::vector<Entry>> entries;
  std::optional<std::string> return_consumed_capacity;
};

Result<void> ReadKeys(JsonValue& value, Entry& entry) {
  entry.keys.emplace();
  return value.List([&](JsonValue& element) -> Result<void> {
    PUMICE_TRY(auto key, element.ItemMap(ValueTexts::kNewer));
    entry.keys->push_back(std::move(key));
    return Ok();
  });
}

Result<Entry> ReadEntry(std::string_view table_name, JsonValue& value) {
  Entry entry;
  entry.table_name = table_name;
  PUMICE_TRY(value.Structure(kKeysAndAttributes, [&](std::string_view name, JsonValue& member) {
    if (name == "Keys") return ReadKeys(member, entry);
    return ReadItemParameter(name, member, ValueTexts::kNewer, kMembers, entry.parameters);
  }));
  return entry;
}

Result<Sent> ReadBody(std::string& body) {
  Sent sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == "ReturnConsumedCapacity") {
      PUMICE_TRY(sent.return_consumed_capacity, value.String());
      return Ok();
    }
    if (name != "RequestItems") return Ok();
    sent.entries.emplace();
    return value.Map("com.amazonaws.dynamodb.v20120810.KeysAndAttributes",
                     [&](std::string_view table_name, JsonValue& element) -> Result<void> {
                       PUMICE_TRY(auto entry, ReadEntry(table_name, element));
                       sent.entries->push_back(std::move(entry));
                       return Ok();
                     });
  }));
  return sent;
}

/// The text of RequestItems once more, for the echo in an error.
std::string RequestItemsText(std::string& body) {
  std::string text;
  const auto read = ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name != "RequestItems") return Ok();
    PUMICE_TRY(text, value.CompactJson());
    return Ok();
  });
  return read ? text : std::string();
}

bool HasBadName(const std::vector<Entry>& entries) {
  return std::any_of(entries.begin(), entries.end(), [](const Entry& entry) {
    ConstraintErrors errors;
    CheckName(entry.table_name, "tableName", errors);
    return !errors.empty();
  });
}

void CheckKeyCounts(const std::vector<Entry>& entries, ConstraintErrors& errors) {
  for (const Entry& entry : entries) {
    const std::string path = fmt::format("RequestItems.{}.member.Keys", entry.table_name);
    if (!entry.keys) {
      errors.AddNull(fmt::format("requestItems.{}.member.keys", entry.table_name));
    } else if (entry.keys->empty()) {
      errors.AddAt(path, LengthAtLeast(1));
    } else if (entry.keys->size() > kMaxKeys) {
      errors.AddAt(path, LengthAtMost(kMaxKeys));
    }
    CheckAttributesToGetCount(
        entry.parameters, fmt::format("RequestItems.{}.member.AttributesToGet", entry.table_name),
        Spelling::kNewer, errors);
  }
}

Result<void> CheckConstraints(const Sent& sent, std::string& body) {
  ConstraintErrors errors;
  if (!sent.entries) {
    errors.AddNull("requestItems");
  } else if (sent.entries->empty()) {
    errors.AddAt("RequestItems", LengthAtLeast(1));
  } else if (HasBadName(*sent.entries)) {
    errors.AddValue(RequestItemsText(body), "requestItems",
                    fmt::format("Map keys must satisfy constraint: [{}, {}, {}]", LengthAtMost(255),
                                LengthAtLeast(3), kNamePattern));
  } else {
    CheckKeyCounts(*sent.entries, errors);
  }
  CheckReturnConsumedCapacity(sent.return_consumed_capacity, errors);
  return errors.Check();
}

/// Expressions for one table and AttributesToGet for another are a mix, too.
Result<void> CheckNoMixAcrossTables(const std::vector<Entry>& entries) {
  std::vector<std::string_view> non_expressions;
  std::vector<std::string_view> expressions;
  for (const Entry& entry : entries) {
    if (entry.parameters.legacy) non_expressions = NamesSent(*entry.parameters.legacy);
    if (entry.parameters.projection_expression) expressions = {"ProjectionExpression"};
  }
  return CheckNoMix(non_expressions, expressions);
}

Result<void> CheckTotalCount(const std::vector<Entry>& entries) {
  std::size_t total = 0;
  for (const Entry& entry : entries) total += entry.keys->size();
  if (total <= kMaxKeys) return Ok();
  return Error(ErrorCode::kValidation, "Too many items requested for the BatchGetItem call");
}

std::string OptionsText(const Entry& entry) {
  std::string out;
  if (entry.parameters.consistent_read) {
    out += *entry.parameters.consistent_read ? ",\"ConsistentRead\":true"
                                             : ",\"ConsistentRead\":false";
  }
  if (entry.parameters.legacy && entry.parameters.legacy->attributes_to_get) {
    out += ",\"AttributesToGet\":[";
    for (const std::string& attribute : *entry.parameters.legacy->attributes_to_get) {
      if (out.back() != '[') out += ',';
      AppendJsonString(out, attribute);
    }
    out += ']';
  }
  if (entry.parameters.projection_expression) {
    out += ",\"ProjectionExpression\":";
    AppendJsonString(out, *entry.parameters.projection_expression);
  }
  if (entry.parameters.attributes.names_given) {
    out += ",\"ExpressionAttributeNames\":{";
    for (const auto& [name, target] : entry.parameters.attributes.names) {
      if (out.back() != '{') out += ',';
      AppendJsonString(out, name);
      out += ':';
      AppendJsonString(out, target);
    }
    out += '}';
  }
  return out;
}

Result<BatchGetItem::TableKeys> ToTableKeys(Entry entry) {
  PUMICE_TRY(CheckExpressionUse(entry.parameters));
  for (const ParsedItem& key : *entry.keys) {
    if (key.problem) return Error(key.problem->code(), key.problem->client_text());
  }
  BatchGetItem::TableKeys table{.table_name = entry.table_name,
                                .keys = {},
                                .consistent_read = entry.parameters.consistent_read.value_or(false),
                                .projection = std::nullopt,
                                .options = OptionsText(entry)};
  PUMICE_TRY(table.projection, LegacyProjection(entry.parameters));
  PUMICE_TRY(auto placeholders, TakePlaceholders(entry.parameters));
  if (entry.parameters.projection_expression) {
    PUMICE_TRY(table.projection,
               ParseProjection(*entry.parameters.projection_expression, placeholders));
  }
  PUMICE_TRY(placeholders.CheckAllUsed());
  for (ParsedItem& key : *entry.keys) table.keys.push_back(std::move(key.item));
  return table;
}

struct TableRead {
  TablePtr table;
  std::vector<ItemKey> keys;
};

Result<TableRead> Resolve(const BatchGetItem::TableKeys& request, OperationContext& context) {
  TableRead read;
  PUMICE_TRY(read.table, FindTable(context, request.table_name));
  if (request.projection) {
    PUMICE_TRY(CheckNoPathIntoKeys(*request.projection, *read.table));
  }
  read.keys.reserve(request.keys.size());
  for (const Item& key : request.keys) {
    PUMICE_TRY(auto item_key, KeyOfKey(*read.table, key));
    read.keys.push_back(std::move(item_key));
  }
  return read;
}

/// Leaves out the keys that there is no throughput for. Errors: why, if that is all of them.
Result<void> AdmitKeys(const BatchGetItem::Request& request, std::vector<TableRead>& reads,
                       OperationContext& context) {
  if (context.throttle == nullptr) return Ok();
  Admission admission(context);
  std::optional<Error> refusal;
  bool any_admitted = false;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const double least_units = ReadUnits(0, request.tables[i].consistent_read);
    std::size_t admitted = 0;
    for (; admitted < reads[i].keys.size(); ++admitted) {
      Result<void> let_in = admission.Read(*reads[i].table, least_units);
      if (let_in) continue;
      if (!refusal) refusal = std::move(let_in).error();
      break;
    }
    any_admitted = any_admitted || admitted > 0;
    reads[i].keys.erase(reads[i].keys.begin() + static_cast<std::ptrdiff_t>(admitted),
                        reads[i].keys.end());
  }
  if (refusal && !any_admitted) return *std::move(refusal);
  return Ok();
}

std::string UnprocessedKeys(const BatchGetItem::TableKeys& request, std::size_t from) {
  if (from >= request.keys.size()) return {};
  std::string out = "{\"Keys\":[";
  for (std::size_t i = from; i < request.keys.size(); ++i) {
    if (i > from) out += ',';
    AppendItemJson(out, request.keys[i]);
  }
  out += ']';
  out += request.options;
  out += '}';
  return out;
}

struct TableOutcome {
  BatchGetItem::TableItems answer;
  CapacityUse use;
};

/// Reads one table's keys until `budget_bytes` is used up; takes what it used off the budget.
Result<TableOutcome> ReadTable(const BatchGetItem::TableKeys& request, const TableRead& read,
                               std::size_t& budget_bytes, OperationContext& context) {
  TableOutcome outcome{{request.table_name, "[", {}}, {}};
  BatchGetItem::TableItems& answer = outcome.answer;
  PUMICE_TRY(const auto stored, context.database.items().MultiGet(*read.table, read.keys));
  std::size_t done = 0;
  for (; done < stored.size(); ++done) {
    std::size_t size_bytes = 0;
    if (stored[done]) {
      const EncodedItemView item(*stored[done]);
      size_bytes = item.size_bytes();
      if (size_bytes > budget_bytes) break;
      if (answer.items.size() > 1) answer.items += ',';
      AppendProjected(answer.items, item, request.projection ? &*request.projection : nullptr);
    }
    budget_bytes -= size_bytes;
    outcome.use.table += ReadUnits(size_bytes, request.consistent_read);
  }
  answer.items += ']';
  answer.unprocessed_keys = UnprocessedKeys(request, done);
  if (done < stored.size()) budget_bytes = 0;
  return outcome;
}

}  // namespace

Result<BatchGetItem::Request> BatchGetItem::Request::FromJson(std::string& body) {
  PUMICE_TRY(auto sent, ReadBody(body));
  PUMICE_TRY(CheckConstraints(sent, body));
  PUMICE_TRY(CheckTotalCount(*sent.entries));
  PUMICE_TRY(CheckNoMixAcrossTables(*sent.entries));
  Request request;
  request.return_consumed_capacity = ToReturnConsumedCapacity(sent.return_consumed_capacity);
  for (Entry& entry : *sent.entries) {
    PUMICE_TRY(auto table, ToTableKeys(std::move(entry)));
    request.tables.push_back(std::move(table));
  }
  PUMICE_TRY(ResolveDuplicates(request.tables, body));
  return request;
}

Result<BatchGetItem::Response> BatchGetItem::Run(const Request& request,
                                                 OperationContext& context) {
  std::vector<TableRead> reads;
  for (const TableKeys& table : request.tables) {
    PUMICE_TRY(auto read, Resolve(table, context));
    reads.push_back(std::move(read));
  }
  PUMICE_TRY(AdmitKeys(request, reads, context));
  Response response;
  response.return_consumed_capacity = request.return_consumed_capacity;
  std::size_t budget_bytes = kMaxResponseBytes;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    PUMICE_TRY(auto read, ReadTable(request.tables[i], reads[i], budget_bytes, context));
    Consume(context, *reads[i].table, read.use, Access::kRead);
    response.uses.push_back(
        {reads[i].table, request.tables[i].table_name, std::move(read.use), {}});
    response.tables.push_back(std::move(read.answer));
  }
  return response;
}

void BatchGetItem::Response::AppendJson(std::string& out) const {
  JsonMembers members(out);
  JsonMembers responses(members.Member("Responses"));
  for (const TableItems& table : tables) responses.NamedMember(table.table_name) += table.items;
  responses.End();
  JsonMembers unprocessed(members.Member("UnprocessedKeys"));
  for (const TableItems& table : tables) {
    if (!table.unprocessed_keys.empty()) {
      unprocessed.NamedMember(table.table_name) += table.unprocessed_keys;
    }
  }
  unprocessed.End();
  if (return_consumed_capacity != ReturnConsumedCapacity::kNone) {
    AppendConsumedCapacities(members.Member("ConsumedCapacity"), uses, return_consumed_capacity);
  }
  members.End();
}

}  // namespace pumice
