// SPDX-License-Identifier: Apache-2.0
#include "server/operations/page.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "model/attribute_json.h"
#include "model/limits.h"
#include "server/operations/item_view.h"
#include "server/operations/key_paths.h"
#include "server/operations/table_access.h"
#include "server/operations/throttle.h"
#include "server/protocol/json_members.h"

namespace pumice {
namespace {

constexpr std::size_t kFirstCapacity = 32 * 1024;
constexpr std::size_t kGrowth = 8;
constexpr std::size_t kLastCapacity = kFirstCapacity * kGrowth * kGrowth;  // 2 MiB: most full pages
constexpr std::size_t kMaxCopiedBytes = 64 * 1024;

Error Invalid(std::string text) { return Error(ErrorCode::kValidation, std::move(text)); }

std::vector<std::string> Unprojected(const PageSource& source,
                                     const std::vector<std::string>& names) {
  std::vector<std::string> missing;
  for (const std::string& name : names) {
    if (!source.index->Projects(name, source.table->key_schema)) missing.push_back(name);
  }
  return missing;
}

/// Projected names in the order of the request, each once.
std::vector<std::string> NamesInOrder(const ProjectionExpression& projection) {
  std::vector<std::string> names;
  for (const DocumentPath& path : projection.paths) {
    if (std::find(names.begin(), names.end(), path.attribute()) == names.end()) {
      names.push_back(path.attribute());
    }
  }
  return names;
}

Result<void> CheckIndexUse(const PageRequest& request, const PageSource& source) {
  const IndexDescription& index = *source.index;
  const bool global = index.kind == IndexKind::kGlobal;
  if (global && request.consistent_read) {
    return Invalid("Consistent reads are not supported on global secondary indexes");
  }
  if (global && request.select == Select::kAllAttributes &&
      index.projection.type != ProjectionType::kAll) {
    return Invalid(
        fmt::format("One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not "
                    "supported for "
                    "global secondary index {} because its projection type is not ALL",
                    index.name.value()));
  }
  if (global && request.projection) {
    const auto missing = Unprojected(source, NamesInOrder(*request.projection));
    if (!missing.empty()) {
      return Invalid(
          fmt::format("One or more parameter values were invalid: Global secondary index "
                      "{} does not project [{}]",
                      index.name.value(), fmt::join(missing, ", ")));
    }
  }
  return Ok();
}

Result<void> CheckPaths(const PageRequest& request, const TableDescription& table) {
  if (request.projection) {
    PUMICE_TRY(CheckNoPathIntoKeys(*request.projection, table));
  }
  if (request.filter) {
    PUMICE_TRY(CheckNoPathIntoKeys(*request.filter, table));
  }
  return Ok();
}

/// A local index gives what it does not hold by reading the table.
bool FetchesFromTable(const PageRequest& request, const PageSource& source) {
  if (source.index == nullptr || source.index->kind == IndexKind::kGlobal ||
      source.index->projection.type == ProjectionType::kAll) {
    return false;
  }
  if (request.select == Select::kAllAttributes) return true;
  return request.projection && !Unprojected(source, NamesInOrder(*request.projection)).empty();
}

std::vector<const KeyAttribute*> StartKeyAttributes(const PageSource& source) {
  std::vector<const KeyAttribute*> attributes;
  const auto add = [&](const std::vector<KeyAttribute>& keys) {
    for (const KeyAttribute& key : keys) {
      const bool known =
          std::any_of(attributes.begin(), attributes.end(),
                      [&](const KeyAttribute* other) { return other->name == key.name; });
      if (!known) attributes.push_back(&key);
    }
  };
  add(source.table->key_schema.hash);
  add(source.table->key_schema.range);
  if (source.index != nullptr) {
    add(source.index->key_schema.hash);
    add(source.index->key_schema.range);
  }
  return attributes;
}

std::string LastEvaluatedKey(const PageSource& source, const EncodedItemView& item) {
  std::string key;
  JsonMembers members(key);
  for (const KeyAttribute* attribute : StartKeyAttributes(source)) {
    const auto value = item.FindJson(attribute->name);
    if (!value) continue;
    members.NamedMember(attribute->name) += *value;
  }
  members.End();
  return key;
}

/// The walk over one page and what it has gathered.
class PageWalk {
 public:
  PageWalk(const PageRequest& request, const PageSource& source, OperationContext& context)
      : request_(request),
        source_(source),
        context_(context),
        fetch_(FetchesFromTable(request, source)),
        projection_(request.projection ? &*request.projection : nullptr) {
    if (request.filter) filter_names_ = TopLevelAttributes(*request.filter);
    if (request.select == Select::kCount) return;
    response_.items.emplace();
    response_.items->reserve(kFirstCapacity);
    *response_.items += R"({"Items":[)";
  }

  Result<PageResponse> Run(const RangeRequest& range) {
    PUMICE_TRY(const auto reader, context_.database.items().Read(range));
    while (true) {
      PUMICE_TRY(const bool more, reader->Next());
      if (!more) break;
      PUMICE_TRY(Take(reader->item()));
      if (PageIsFull()) {
        response_.last_evaluated_key = LastEvaluatedKey(source_, reader->item());
        break;
      }
    }
    Finish();
    return std::move(response_);
  }

 private:
  Result<void> Take(const EncodedItemView& item) {
    ++response_.scanned_count;
    evaluated_bytes_ += item.size_bytes();
    if (request_.filter && !Evaluate(*request_.filter, item.DecodeOnly(filter_names_))) return Ok();
    ++response_.count;
    if (fetch_) return TakeFromTable(item);
    Append(item);
    return Ok();
  }

  Result<void> TakeFromTable(const EncodedItemView& entry) {
    const auto key = ExtractKey(source_.table->key_schema, entry.Decode());
    if (!key) return Error(ErrorCode::kInternal, {}, "an index entry lacks the key of its table");
    PUMICE_TRY(const auto stored, context_.database.items().Get(*source_.table, *key));
    const EncodedItemView item(stored ? std::string_view(*stored) : entry.bytes());
    table_units_ += ReadUnits(item.size_bytes(), request_.consistent_read);
    Append(item);
    return Ok();
  }

  void Append(const EncodedItemView& item) {
    if (!response_.items) return;
    std::string& items = *response_.items;
    // A page grows in few steps: at each one all that is there is copied.
    if (items.size() > items.capacity() / 2 && items.capacity() < kLastCapacity) {
      items.reserve(items.capacity() * kGrowth);
    }
    if (response_.count > 1) items += ',';
    AppendProjected(items, item, projection_);
  }

  bool PageIsFull() const {
    return (request_.limit && response_.scanned_count >= *request_.limit) ||
           evaluated_bytes_ > kMaxPageBytes;
  }

  void Finish() {
    if (response_.items) *response_.items += ']';
    const double units = ReadUnits(evaluated_bytes_, request_.consistent_read);
    response_.use.table = table_units_;
    if (source_.index != nullptr) {
      response_.use.AddIndex(*source_.index, units);
    } else {
      response_.use.table += units;
    }
    response_.table = source_.table;
    response_.table_name = request_.table_name;
    response_.return_consumed_capacity = request_.return_consumed_capacity;
    Consume(context_, *source_.table, response_.use, Access::kRead);
  }

  const PageRequest& request_;
  const PageSource& source_;
  OperationContext& context_;
  const bool fetch_;
  const ProjectionExpression* const projection_;
  std::vector<std::string> filter_names_;
  std::size_t evaluated_bytes_ = 0;
  double table_units_ = 0;
  PageResponse response_;
};

}  // namespace

void TakePageParameters(ItemParameters& parameters, PageRequest& page) {
  page.table_name = std::move(*parameters.table_name);
  page.index_name = std::move(parameters.index_name);
  page.exclusive_start_key = std::move(parameters.exclusive_start_key);
  page.limit = parameters.limit;
  page.select = ToSelect(parameters.select);
  page.consistent_read = parameters.consistent_read.value_or(false);
  page.return_consumed_capacity = ToReturnConsumedCapacity(parameters.return_consumed_capacity);
}

Result<void> ParsePageExpressions(const ItemParameters& parameters, Placeholders& placeholders,
                                  PageRequest& page) {
  if (parameters.filter_expression) {
    PUMICE_TRY(page.filter,
               ParseCondition(ConditionKind::kFilter, *parameters.filter_expression, placeholders));
  }
  if (parameters.projection_expression) {
    PUMICE_TRY(page.projection, ParseProjection(*parameters.projection_expression, placeholders));
  }
  return Ok();
}

Result<void> CheckSelectUse(const ItemParameters& parameters, std::string_view verb) {
  const Select select = ToSelect(parameters.select);
  const bool attributes_to_get = parameters.legacy && parameters.legacy->attributes_to_get;
  const bool projection = parameters.projection_expression || attributes_to_get;
  if (select == Select::kSpecificAttributes && !projection) {
    return Invalid(
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
        "SPECIFIC_ATTRIBUTES");
  }
  if (projection && select != Select::kUnset && select != Select::kSpecificAttributes) {
    return Invalid(fmt::format("Cannot specify the {} when choosing to get {}",
                               attributes_to_get ? "AttributesToGet" : "ProjectionExpression",
                               *parameters.select));
  }
  if (select == Select::kAllProjectedAttributes && !parameters.index_name) {
    return Invalid(
        fmt::format("ALL_PROJECTED_ATTRIBUTES can be used only when {} using an IndexName", verb));
  }
  return Ok();
}

Result<const IndexDescription*> FindReadableIndex(const TableDescription& table,
                                                  std::string_view name) {
  const IndexDescription* index = table.FindIndex(name);
  if (index == nullptr || index->status == IndexStatus::kDeleting) return nullptr;
  if (index->status != IndexStatus::kCreating) return index;
  // AWS's words from memory; a partial answer is never given.
  return Invalid(fmt::format("Cannot read from backfilling global secondary index: {}", name));
}

Result<PageSource> FindSource(const PageRequest& request, OperationContext& context) {
  PageSource source;
  PUMICE_TRY(source.table, FindTable(context, request.table_name));
  if (request.index_name) {
    PUMICE_TRY(source.index, FindReadableIndex(*source.table, *request.index_name));
    if (source.index == nullptr) {
      return Invalid(
          fmt::format("The table does not have the specified index: {}", *request.index_name));
    }
  }
  PUMICE_TRY(CheckPaths(request, *source.table));
  if (source.index != nullptr) {
    PUMICE_TRY(CheckIndexUse(request, source));
  }
  return source;
}

Result<void> CheckFilterIsProjected(const PageRequest& request, const PageSource& source) {
  if (source.index == nullptr || !request.filter) return Ok();
  const auto missing = Unprojected(source, TopLevelAttributes(*request.filter));
  if (missing.empty()) return Ok();
  return Invalid(
      fmt::format("One or more parameter values were invalid: Secondary index {} does not project "
                  "one or more filter attributes: [{}]",
                  source.index->name.value(), fmt::join(missing, ", ")));
}

bool FitsKeys(const PageSource& source, const Item& start_key) {
  const auto attributes = StartKeyAttributes(source);
  if (start_key.size() != attributes.size()) return false;
  return std::all_of(attributes.begin(), attributes.end(), [&](const KeyAttribute* key) {
    const AttributeValue* value = start_key.Find(key->name);
    return value != nullptr && value->type() == key->type;
  });
}

Item StartKeyOf(const PageSource& source, const EncodedItemView& item) {
  Item key;
  for (const KeyAttribute* attribute : StartKeyAttributes(source)) {
    if (auto value = item.Find(attribute->name)) key.Set(attribute->name, *std::move(value));
  }
  return key;
}

Result<PageResponse> ReadPage(const PageRequest& request, const PageSource& source,
                              const RangeRequest& range, OperationContext& context) {
  PUMICE_TRY(AdmitRead(context, *source.table, source.index));
  return PageWalk(request, source, context).Run(range);
}

void PageResponse::AppendJson(std::string& out) && {
  if (items && out.empty() && items->size() > kMaxCopiedBytes) {
    out = std::move(*items);
  } else if (items) {
    out += *items;  // into memory that is there from the answer before
  }
  JsonMembers members = items ? JsonMembers(out, JsonMembers::Begun()) : JsonMembers(out);
  members.Member("Count") += fmt::format_int(count).c_str();
  members.Member("ScannedCount") += fmt::format_int(scanned_count).c_str();
  if (!last_evaluated_key.empty()) members.Member("LastEvaluatedKey") += last_evaluated_key;
  if (return_consumed_capacity != ReturnConsumedCapacity::kNone) {
    AppendConsumedCapacity(members.Member("ConsumedCapacity"), table_name, use,
                           return_consumed_capacity);
  }
  members.End();
}

}  // namespace pumice
