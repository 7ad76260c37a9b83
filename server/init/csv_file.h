// SPDX-License-Identifier: Apache-2.0
#pragma once
// CSV (RFC 4180) as items: the first record names the columns as attribute:TYPE; of each other
// record every cell that is not empty is an attribute of one item. docs/init.md has the types.

#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/init/init_step.h"

namespace pumice {

struct CsvCell {
  std::string text;
  bool quoted = false;  // so "" is an empty text, and nothing between two commas is nothing
};

struct CsvRecord {
  std::vector<CsvCell> cells;
  std::size_t line = 0;  // where it begins
};

/// Thread rule: one thread. Lifetime: `input` and `path` outlive it.
class CsvReader {
 public:
  CsvReader(std::istream& input, std::string_view path) : input_(input), path_(path) {}

  /// The next record that is not an empty line; nothing at the end. Errors: Validation, at the
  /// line: a quote that is not closed, or text behind one.
  Result<std::optional<CsvRecord>> Next();

 private:
  Result<CsvCell> ReadCell();
  Result<void> ReadQuoted(std::string& text);

  std::istream& input_;
  std::string_view path_;
  std::size_t line_ = 1;
};

/// What a column holds.
struct CsvColumn {
  std::string attribute;
  std::string type;  // S, N, B, BOOL, NULL, SS, NS, BS, L or M
};

/// "count:N" -> {"count", "N"}; S where no type is named.
CsvColumn ReadCsvColumn(std::string_view header);
/// The other way.
std::string CsvHeader(const CsvColumn& column);
/// `text` as a cell, in quotes where it needs them.
std::string CsvCellText(std::string_view text);

/// Errors: Validation, at the line of the record; those of the visitor.
Result<void> ReadCsv(std::istream& input, std::string_view path, const std::string& table,
                     StepVisitor visit);

}  // namespace pumice
