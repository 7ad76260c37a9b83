// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/data_set.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "model/attribute_json.h"

namespace pumice::patterns {
namespace {

constexpr std::string_view kRowName = "row";

std::vector<std::string> SplitAtDots(std::string_view path) {
  std::vector<std::string> names(1);
  for (const char c : path) {
    if (c == '.') {
      names.emplace_back();
    } else {
      names.back() += c;
    }
  }
  return names;
}

const Column* FindColumn(const DataSet& set, std::string_view name) {
  const auto found = std::find_if(set.columns.begin(), set.columns.end(),
                                  [&](const Column& column) { return column.name == name; });
  return found == set.columns.end() ? nullptr : &*found;
}

std::size_t IndexIn(const DataSet& set, const Column& column) {
  return static_cast<std::size_t>(&column - set.columns.data());
}

std::vector<std::string> NamesIn(const DataSet& set) {
  std::vector<std::string> names;
  for (const Column& column : set.columns) names.push_back(column.name);
  if (!set.listed.empty()) {
    for (const auto& [name, text] : set.listed.front()) names.push_back(name);
  }
  names.emplace_back(kRowName);
  return names;
}

Error NoSuchName(std::string_view path, std::string_view name, std::vector<std::string> names) {
  return Error(ErrorCode::kValidation, fmt::format("${{{}}}: there is no '{}'; what there is: {}",
                                                   path, name, JoinedByComma(names)));
}

/// Follows a path from row to row.
class Resolver {
 public:
  Resolver(const Data& data, std::string_view path, const DataSet& own)
      : data_(data), path_(path), names_(SplitAtDots(path)), at_(&own) {}

  Result<Reference> Resolve(bool may_draw) {
    const bool own = FindColumn(*at_, names_[0]) != nullptr || IsParent(names_[0]) ||
                     HasListed(names_[0]) || names_[0] == kRowName;
    if (!own) {
      PUMICE_TRY(Draw(may_draw));
    }
    while (next_ + 1 < names_.size()) {
      PUMICE_TRY(Hop());
    }
    PUMICE_TRY(End());
    return std::move(reference_);
  }

 private:
  bool IsParent(std::string_view name) const {
    return at_->parent && data_.sets[*at_->parent].name == name;
  }

  bool HasListed(const std::string& name) const {
    return std::any_of(at_->listed.begin(), at_->listed.end(),
                       [&](const auto& row) { return row.contains(name); });
  }

  Result<void> Draw(bool may_draw) {
    const auto set = may_draw ? data_.IndexOf(names_[0]) : std::nullopt;
    if (!set) {
      std::vector<std::string> there = NamesIn(*at_);
      for (const DataSet& other : data_.sets) {
        if (may_draw || IsParent(other.name)) there.push_back(other.name + ".(...)");
      }
      return NoSuchName(path_, names_[0], std::move(there));
    }
    reference_.start = Reference::DrawnRow{*set};
    at_ = &data_.sets[*set];
    ++next_;
    if (next_ < names_.size()) return Ok();
    return Error(ErrorCode::kValidation, fmt::format("${{{}}} is a row; name one of its values: {}",
                                                     path_, JoinedByComma(NamesIn(*at_))));
  }

  Result<void> Hop() {
    const std::string& name = names_[next_++];
    if (IsParent(name)) {
      reference_.hops.emplace_back(Reference::ToParent());
      at_ = &data_.sets[*at_->parent];
      return Ok();
    }
    const Column* column = FindColumn(*at_, name);
    const auto* row_of = column ? std::get_if<RowOfValue>(&column->source) : nullptr;
    if (row_of == nullptr) {
      return Error(
          ErrorCode::kValidation,
          fmt::format("${{{}}}: '{}' is no row, so nothing can stand behind it", path_, name));
    }
    reference_.hops.emplace_back(Reference::ToRowOf{IndexIn(*at_, *column)});
    at_ = &data_.sets[row_of->set_index];
    return Ok();
  }

  Result<void> End() {
    const std::string& name = names_.back();
    const Column* column = FindColumn(*at_, name);
    if (column != nullptr && !std::holds_alternative<RowOfValue>(column->source)) {
      reference_.text = Reference::ColumnText{IndexIn(*at_, *column)};
    } else if (HasListed(name)) {
      reference_.text = Reference::ListedText{name};
    } else if (column == nullptr && name == kRowName) {
      reference_.text = Reference::RowNumber();
    } else {
      return NoSuchName(path_, name, NamesIn(*at_));
    }
    return Ok();
  }

  const Data& data_;
  std::string_view path_;
  std::vector<std::string> names_;
  const DataSet* at_;
  std::size_t next_ = 0;
  Reference reference_;
};

}  // namespace

std::optional<std::size_t> Data::IndexOf(std::string_view name) const {
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (sets[i].name == name) return i;
  }
  return std::nullopt;
}

Result<Reference> Data::Resolve(std::string_view path, const DataSet& own, bool may_draw) const {
  return Resolver(*this, path, own).Resolve(may_draw);
}

RandomNumbers Data::RandomOf(const Row& row, const Column& column) const {
  const std::uint64_t of_set = Mixed(seed ^ SeedOf(row.set->name));
  return RandomNumbers(Mixed(Mixed(of_set ^ SeedOf(column.name)) ^ row.number));
}

Row Data::RowOf(const Reference& reference, const Draw& draw) const {
  Row row = draw.own;
  if (const auto* drawn = std::get_if<Reference::DrawnRow>(&reference.start)) {
    row = {&sets[drawn->set], draw.rows[drawn->set]};
  }
  for (const auto& hop : reference.hops) {
    if (const auto* to = std::get_if<Reference::ToRowOf>(&hop)) {
      const Column& column = row.set->columns[to->column];
      const DataSet& target = sets[std::get<RowOfValue>(column.source).set_index];
      row = {&target, RandomOf(row, column).Below(target.row_count)};
    } else {
      row = {&sets[*row.set->parent], row.number / row.set->per_parent};
    }
  }
  return row;
}

std::string Data::TextOf(const Reference& reference, const Draw& draw) const {
  const Row row = RowOf(reference, draw);
  if (const auto* text = std::get_if<Reference::ColumnText>(&reference.text)) {
    const Column& column = row.set->columns[text->column];
    return DrawText(column.source, row.number, RandomOf(row, column));
  }
  if (const auto* text = std::get_if<Reference::ListedText>(&reference.text)) {
    const auto& listed = row.set->listed[row.number];
    const auto found = listed.find(text->name);
    return found == listed.end() ? std::string() : found->second;
  }
  return std::to_string(row.number);
}

Result<Template> Template::Compile(std::string_view json_text, const Data& data, const DataSet& own,
                                   bool may_draw) {
  Template compiled;
  Piece piece;
  while (!json_text.empty()) {
    const std::size_t at = json_text.find("${");
    piece.text += json_text.substr(0, at);
    if (at == json_text.npos) break;
    const bool is_text = at > 0 && json_text[at - 1] == '$';  // $${
    json_text.remove_prefix(at + 2);
    if (is_text) {
      piece.text += '{';
      continue;
    }
    const std::size_t end = json_text.find('}');
    if (end == json_text.npos) {
      return Error(ErrorCode::kValidation, "a ${ is not closed; for the characters as such: $${");
    }
    PUMICE_TRY(piece.reference, data.Resolve(json_text.substr(0, end), own, may_draw));
    if (const auto* drawn = std::get_if<Reference::DrawnRow>(&piece.reference->start)) {
      auto& sets = compiled.drawn_sets_;
      if (std::find(sets.begin(), sets.end(), drawn->set) == sets.end()) sets.push_back(drawn->set);
    }
    compiled.pieces_.push_back(std::exchange(piece, {}));
    json_text.remove_prefix(end + 1);
  }
  if (!piece.text.empty()) compiled.pieces_.push_back(std::move(piece));
  return compiled;
}

void Template::AppendTo(std::string& out, const Data& data, const Draw& draw) const {
  for (const Piece& piece : pieces_) {
    out += piece.text;
    if (piece.reference) out += EscapedJson(data.TextOf(*piece.reference, draw));
  }
}

}  // namespace pumice::patterns
