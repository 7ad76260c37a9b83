// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/data_file.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/core.h>

#include "bench/patterns/text_file.h"

namespace pumice::patterns {
namespace {

constexpr std::uint64_t kMaxRows = 1'000'000'000;

/// What placeholders can use of an item: its attributes that are one text.
std::map<std::string, std::string> TextsOf(const Json& item) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : item.items()) {
    for (const char* type : {"S", "N", "B"}) {
      if (value.is_object() && value.contains(type) && value[type].is_string()) {
        texts[name] = value[type];
      }
    }
  }
  return texts;
}

void AddItem(DataSet& set, const Json& item) {
  set.listed.push_back(TextsOf(item));
  set.texts.push_back(JsonLine(item));
}

/// The forms in which items are kept: an array; {"Items": [...]}, as Scan answers and the AWS CLI
/// prints it; one {"Item": {...}} a line, as exports to S3 have them; one item a line.
Result<Json> ReadItems(const std::string& path) {
  PUMICE_TRY(const std::string text, ReadTextFile(path));
  Json whole = Json::parse(text, nullptr, false);
  if (whole.is_array()) return whole;
  if (whole.is_object() && whole.contains("Items")) return whole["Items"];
  Json items = Json::array();
  std::size_t line = 1;
  for (std::size_t from = 0; from < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    const std::string_view row = std::string_view(text).substr(from, end - from);
    from = end + 1;
    if (row.find_first_not_of(" \t\r") == row.npos) continue;
    Json item = Json::parse(row, nullptr, false);
    if (!item.is_object()) {
      return Error(ErrorCode::kValidation,
                   fmt::format("{}:{}: no item in DynamoDB JSON. A file has an array of items, "
                               "{{\"Items\": [...]}}, or one item or {{\"Item\": ...}} a line",
                               path, line));
    }
    const bool exported = item.size() == 1 && item.contains("Item");
    items.push_back(exported ? Json(item["Item"]) : std::move(item));
  }
  return items;
}

class SetReader {
 public:
  SetReader(const YamlNode& node, const std::vector<Table>& tables, Data& data, std::string name)
      : node_(node), tables_(tables), data_(data) {
    set_.name = std::move(name);
  }

  Result<DataSet> Read() {
    PUMICE_TRY(node_.CheckMembers({"count", "per", "values", "rows", "items", "file", "table"}));
    PUMICE_TRY(ReadTable());
    if (const auto file = node_.Find("file")) {
      PUMICE_TRY(ReadFile(*file));
    } else if (const auto rows = node_.Find("rows")) {
      PUMICE_TRY(ReadRows(*rows));
    } else if (const auto count = node_.Find("count")) {
      PUMICE_TRY(ReadGenerated(*count));
    } else {
      PUMICE_TRY(ReadInlineItems());
    }
    return std::move(set_);
  }

 private:
  Result<void> ReadTable() {
    const auto table = node_.Find("table");
    if (table) {
      PUMICE_TRY(set_.table, table->Text());
    } else if (tables_.size() == 1) {
      set_.table = tables_.front().name;
    }
    const auto known = [&](const Table& other) { return other.name == set_.table; };
    if (table && std::none_of(tables_.begin(), tables_.end(), known)) {
      return table->Wrong("there is no such table among 'tables'");
    }
    return Ok();
  }

  Result<void> ReadFile(const YamlNode& file) {
    PUMICE_TRY(const std::string path, file.Text());
    const Result<Json> items = ReadItems(PathBeside(node_.path(), path));
    if (!items) return file.Wrong(items.error().client_text());
    for (const Json& item : items.value()) {
      if (!item.is_object()) return file.Wrong(path + ": not every element is an item");
      AddItem(set_, item);
    }
    return FinishListed(file);
  }

  Result<void> ReadInlineItems() {
    const auto items = node_.Find("items");
    if (!items) return node_.Wrong("a set of data needs 'count', 'rows', 'items' or 'file'");
    PUMICE_TRY(const std::vector<YamlNode> elements, items->Elements());
    for (const YamlNode& element : elements) {
      if (!element.is_map()) return element.Wrong("an item in DynamoDB JSON is needed here");
      AddItem(set_, element.ToJson());
    }
    return FinishListed(*items);
  }

  Result<void> FinishListed(const YamlNode& node) {
    set_.row_count = set_.listed.size();
    if (set_.row_count == 0) return node.Wrong("there is not one item");
    if (set_.table.empty()) return NeedsTable();
    return Ok();
  }

  Result<void> ReadRows(const YamlNode& rows) {
    PUMICE_TRY(const std::vector<YamlNode> elements, rows.Elements());
    for (const YamlNode& element : elements) {
      PUMICE_TRY(const std::vector<YamlNode::Entry> entries, element.Entries());
      auto& row = set_.listed.emplace_back();
      for (const YamlNode::Entry& entry : entries) {
        PUMICE_TRY(row[entry.name], entry.value.Text());
      }
    }
    set_.row_count = set_.listed.size();
    if (set_.row_count == 0) return rows.Wrong("there is not one row");
    return ReadItemTemplates();
  }

  Result<void> ReadGenerated(const YamlNode& count) {
    PUMICE_TRY(set_.row_count, count.Count(1, kMaxRows));
    if (const auto per = node_.Find("per")) {
      PUMICE_TRY(const std::string name, per->Text());
      set_.parent = data_.IndexOf(name);
      if (!set_.parent) return per->Wrong("there is no set of that name above this one");
      set_.per_parent = set_.row_count;
      const std::uint64_t parents = data_.sets[*set_.parent].row_count;
      if (parents > kMaxRows / set_.row_count) return count.Wrong("that is more than 10^9 rows");
      set_.row_count *= parents;
    }
    if (const auto values = node_.Find("values")) {
      PUMICE_TRY(set_.columns, ReadColumns(*values, data_));
    }
    return ReadItemTemplates();
  }

  Result<void> ReadItemTemplates() {
    const auto items = node_.Find("items");
    if (!items) {
      set_.table.clear();
      return Ok();
    }
    if (set_.table.empty()) return NeedsTable();
    PUMICE_TRY(const std::vector<YamlNode> elements, items->Elements());
    for (const YamlNode& element : elements) {
      if (!element.is_map()) return element.Wrong("an item in DynamoDB JSON is needed here");
      PUMICE_TRY(Template item, ReadTemplate(element, element.ToJson(), data_, set_, false));
      set_.items.push_back(std::move(item));
    }
    return Ok();
  }

  Error NeedsTable() const {
    return node_.Wrong(
        "name the 'table' that these items go into: there is more than one, or none");
  }

  const YamlNode& node_;
  const std::vector<Table>& tables_;
  const Data& data_;
  DataSet set_;
};

}  // namespace

std::string PathBeside(const std::string& beside, const std::string& path) {
  return (std::filesystem::path(beside).parent_path() / path).string();
}

Result<std::vector<Column>> ReadColumns(const YamlNode& node, const Data& data) {
  PUMICE_TRY(const std::vector<YamlNode::Entry> entries, node.Entries());
  std::vector<Column> columns;
  for (const YamlNode::Entry& entry : entries) {
    PUMICE_TRY(ValueSource source, ReadValueSource(entry.value));
    if (auto* row_of = std::get_if<RowOfValue>(&source)) {
      const auto index = data.IndexOf(row_of->set);
      if (!index) return entry.value.Wrong(fmt::format("there is no set '{}' above", row_of->set));
      row_of->set_index = *index;
    }
    columns.push_back({entry.name, std::move(source)});
  }
  return columns;
}

Result<Template> ReadTemplate(const YamlNode& node, const Json& json, const Data& data,
                              const DataSet& own, bool may_draw) {
  for (const YamlNode& scalar : node.Scalars()) {
    const Result<Template> alone = Template::Compile(scalar.scalar(), data, own, may_draw);
    if (!alone) return scalar.Wrong(alone.error().client_text());
  }
  return Template::Compile(JsonLine(json), data, own, may_draw);
}

Result<void> ReadData(const YamlNode& node, const std::vector<Table>& tables, Data& data) {
  PUMICE_TRY(const std::vector<YamlNode::Entry> entries, node.Entries());
  for (const YamlNode::Entry& entry : entries) {
    PUMICE_TRY(DataSet set, SetReader(entry.value, tables, data, entry.name).Read());
    data.sets.push_back(std::move(set));
  }
  return Ok();
}

}  // namespace pumice::patterns
