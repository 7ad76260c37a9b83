// SPDX-License-Identifier: Apache-2.0
#pragma once
// Named rows that tables are filled with and requests are drawn from. Rows of a generated set are
// computed from the seed whenever they are needed; none is kept. Pure; thread rule: any thread may
// read.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bench/patterns/values.h"

namespace pumice::patterns {

struct Column {
  std::string name;
  ValueSource source;
};

class Template;

struct DataSet {
  std::string name;
  std::uint64_t row_count = 0;
  std::optional<std::size_t> parent;  // `per`: row n belongs to row n / per_parent of that set
  std::uint64_t per_parent = 0;
  std::vector<Column> columns;                             // of a generated set
  std::vector<std::map<std::string, std::string>> listed;  // of one whose rows stand in a file
  std::string table;                                       // "" where the set makes no items
  std::vector<Template> items;     // each row of the set makes one item of each
  std::vector<std::string> texts;  // or the items are there already, one a row
};

/// One row, by its set's place in the list of all sets.
struct Row {
  const DataSet* set = nullptr;
  std::uint64_t number = 0;
};

/// What the rows of one request are: of each set the number of the row that was drawn, and the
/// request's own values, which are a set of their own (its row is the number of the call).
struct Draw {
  Row own;
  std::vector<std::uint64_t> rows;
};

/// Where a placeholder's text comes from: a row (the caller's own, or the one drawn of a set), from
/// there to its parent or to the row that a row_of value names, and at last a value of that row.
struct Reference {
  struct OwnRow {};
  struct DrawnRow {
    std::size_t set;
  };
  struct ToParent {};
  struct ToRowOf {
    std::size_t column;
  };
  struct RowNumber {};  // ${users.row}
  struct ColumnText {
    std::size_t column;
  };
  struct ListedText {
    std::string name;
  };
  std::variant<OwnRow, DrawnRow> start;
  std::vector<std::variant<ToParent, ToRowOf>> hops;
  std::variant<RowNumber, ColumnText, ListedText> text;
};

/// All sets of a file.
class Data {
 public:
  std::uint64_t seed = 0;
  std::vector<DataSet> sets;

  std::optional<std::size_t> IndexOf(std::string_view name) const;

  /// `path`: what stands between ${ and }. `own`: whose own values need no name in front; where it
  /// is a set of this data, only its parents may be named beside them. Errors: Validation, without
  /// a place: there is no such name; the text says which there are.
  Result<Reference> Resolve(std::string_view path, const DataSet& own, bool may_draw) const;

  std::string TextOf(const Reference& reference, const Draw& draw) const;

 private:
  Row RowOf(const Reference& reference, const Draw& draw) const;
  RandomNumbers RandomOf(const Row& row, const Column& column) const;
};

/// JSON text with ${placeholders} inside its strings.
class Template {
 public:
  /// $${ stands for ${. Errors: Validation, without a place: a ${ that is not closed, or as
  /// Data::Resolve.
  static Result<Template> Compile(std::string_view json_text, const Data& data, const DataSet& own,
                                  bool may_draw);

  void AppendTo(std::string& out, const Data& data, const Draw& draw) const;

  /// The sets of which a row must be drawn, each once.
  const std::vector<std::size_t>& drawn_sets() const { return drawn_sets_; }

 private:
  struct Piece {
    std::string text;  // stands before the reference
    std::optional<Reference> reference;
  };
  std::vector<Piece> pieces_;
  std::vector<std::size_t> drawn_sets_;
};

}  // namespace pumice::patterns
