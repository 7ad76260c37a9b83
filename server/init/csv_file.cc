// SPDX-License-Identifier: Apache-2.0
#include "server/init/csv_file.h"

#include <set>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace pumice {
namespace {

using nlohmann::json;

constexpr int kEnd = std::istream::traits_type::eof();
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Spreadsheets write one.
void SkipByteOrderMark(std::istream& input) {
  std::string first(kByteOrderMark.size(), '\0');
  input.read(first.data(), static_cast<std::streamsize>(first.size()));
  if (input && first == kByteOrderMark) return;
  input.clear();
  input.seekg(0);
}

bool IsText(std::string_view type) { return type == "S" || type == "N" || type == "B"; }
bool IsFlag(std::string_view type) { return type == "BOOL" || type == "NULL"; }

/// In quotes; nothing if it is not UTF-8.
std::optional<std::string> TextOf(const std::string& text) {
  try {
    return json(text).dump();
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

/// A cell's value inside {"TYPE": …}; nothing if the text is none of that type.
std::optional<std::string> ValueOf(const CsvCell& cell, std::string_view type) {
  if (IsText(type)) return TextOf(cell.text);
  if (IsFlag(type)) {
    if (cell.text == "true") return "true";
    return cell.text == "false" && type == "BOOL" ? std::optional("false") : std::nullopt;
  }
  const json value = json::parse(cell.text, nullptr, false);
  const bool right = type == "M" ? value.is_object() : value.is_array();
  return right ? std::optional(cell.text) : std::nullopt;
}

std::string_view WhatIsNeeded(std::string_view type) {
  if (IsText(type)) return "UTF-8";
  if (type == "BOOL") return "true or false";
  if (type == "NULL") return "true, or nothing";
  if (type == "M") return R"(an object such as {"a": {"S": "text"}})";
  if (type == "L") return R"(a list such as [{"S": "text"}])";
  return R"(a list of texts such as ["a", "b"])";
}

/// The header and what makes items of the records behind it.
class CsvItems {
 public:
  CsvItems(std::string_view path, const std::string& table) : path_(path), table_(table) {}

  Result<void> ReadHeader(const CsvRecord& record) {
    std::set<std::string> seen;
    for (const CsvCell& cell : record.cells) {
      if (cell.text.empty()) return WrongAt(path_, record.line, "a column has no name");
      if (!seen.insert(cell.text).second) {
        return WrongAt(path_, record.line, fmt::format("two columns are named {}", cell.text));
      }
      columns_.push_back(ReadCsvColumn(cell.text));
    }
    return Ok();
  }

  Result<InitStep> Step(const CsvRecord& record) const {
    if (record.cells.size() != columns_.size()) {
      return WrongAt(
          path_, record.line,
          fmt::format("{} cells under {} columns", record.cells.size(), columns_.size()));
    }
    std::string item;
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const CsvCell& cell = record.cells[i];
      if (cell.text.empty() && !cell.quoted) continue;
      const auto& [attribute, type] = columns_[i];
      if (!seen.insert(attribute).second) {
        return WrongAt(path_, record.line, fmt::format("two cells for {}", attribute));
      }
      PUMICE_TRY(const std::string value, Value(record, i));
      item += fmt::format(R"({}{}:{{"{}":{}}})", item.empty() ? "" : ",", json(attribute).dump(),
                          type, value);
    }
    if (item.empty()) return WrongAt(path_, record.line, "every cell is empty");
    return PutStep(table_, "{" + item + "}", record.line);
  }

 private:
  Result<std::string> Value(const CsvRecord& record, std::size_t index) const {
    const auto& [attribute, type] = columns_[index];
    std::optional<std::string> value = ValueOf(record.cells[index], type);
    if (value) return *std::move(value);
    return WrongAt(path_, record.line,
                   fmt::format("{}:{}: {} is needed, not {}", attribute, type, WhatIsNeeded(type),
                               record.cells[index].text));
  }

  std::string_view path_;
  const std::string& table_;
  std::vector<CsvColumn> columns_;
};

}  // namespace

// --- Records
// ---------------------------------------------------------------------------------------

Result<std::optional<CsvRecord>> CsvReader::Next() {
  for (;;) {
    CsvRecord record;
    record.line = line_;
    for (;;) {
      PUMICE_TRY(CsvCell cell, ReadCell());
      record.cells.push_back(std::move(cell));
      if (input_.peek() != ',') break;
      input_.get();
    }
    const bool at_end = input_.peek() == kEnd;
    if (!at_end) {
      input_.get();  // the line's end
      ++line_;
    }
    const CsvCell& first = record.cells.front();
    const bool empty = record.cells.size() == 1 && first.text.empty() && !first.quoted;
    if (!empty) return std::optional(std::move(record));
    if (at_end) return std::optional<CsvRecord>();
  }
}

/// Up to a comma, the line's end or the end.
Result<CsvCell> CsvReader::ReadCell() {
  CsvCell cell;
  if (input_.peek() == '"') {
    cell.quoted = true;
    PUMICE_TRY(ReadQuoted(cell.text));
  }
  for (int c = input_.peek(); c != kEnd && c != ',' && c != '\n'; c = input_.peek()) {
    input_.get();
    if (c == '\r' && (input_.peek() == '\n' || input_.peek() == kEnd)) continue;
    if (cell.quoted) return WrongAt(path_, line_, "text behind a closing quote");
    cell.text += static_cast<char>(c);
  }
  return cell;
}

Result<void> CsvReader::ReadQuoted(std::string& text) {
  const std::size_t begin = line_;
  input_.get();
  for (int c = input_.get(); c != kEnd; c = input_.get()) {
    if (c == '"') {
      if (input_.peek() != '"') return Ok();
      input_.get();
    }
    if (c == '\n') ++line_;
    text += static_cast<char>(c);
  }
  return WrongAt(path_, begin, "a quote that begins here is not closed");
}

// --- Items
// -----------------------------------------------------------------------------------------

CsvColumn ReadCsvColumn(std::string_view header) {
  const std::size_t colon = header.rfind(':');
  if (colon != header.npos && colon > 0) {
    const std::string_view type = header.substr(colon + 1);
    if (IsAttributeType(type)) {
      return {std::string(header.substr(0, colon)), std::string(type)};
    }
  }
  return {std::string(header), "S"};
}

std::string CsvHeader(const CsvColumn& column) {
  return CsvCellText(fmt::format("{}:{}", column.attribute, column.type));
}

std::string CsvCellText(std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + "\"";
}

Result<void> ReadCsv(std::istream& input, std::string_view path, const std::string& table,
                     StepVisitor visit) {
  SkipByteOrderMark(input);
  CsvReader reader(input, path);
  CsvItems items(path, table);
  PUMICE_TRY(std::optional<CsvRecord> record, reader.Next());
  if (!record) return WrongAt(path, 1, "the first line must name the columns: pk:S,count:N");
  PUMICE_TRY(items.ReadHeader(*record));
  for (;;) {
    PUMICE_TRY(record, reader.Next());
    if (!record) return Ok();
    PUMICE_TRY(InitStep step, items.Step(*record));
    PUMICE_TRY(visit(std::move(step)));
  }
}

}  // namespace pumice
