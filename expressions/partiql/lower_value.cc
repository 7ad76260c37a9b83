// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "expressions/partiql/lower.h"
#include "expressions/partiql/problems.h"
#include "expressions/problems.h"
#include "model/limits.h"

namespace pumice::partiql {
namespace {

class ValueLowering {
 public:
  explicit ValueLowering(Parameters parameters) : parameters_(parameters) {}

  Result<AttributeValue> Lower(const Term& term);

 private:
  Result<AttributeValue> LowerNumber(const Term& term);
  Result<AttributeValue> LowerList(const Term& term);
  Result<AttributeValue> LowerMap(const Term& term);
  Result<AttributeValue> LowerBag(const Term& term);
  Result<AttributeValue> Unsupported(const Term& term) const;

  /// Lowers what stands under `step` of the current path.
  Result<AttributeValue> LowerUnder(const std::string& step, const Term& term) {
    const std::size_t length = path_.size();
    path_ += step;
    auto value = Lower(term);
    path_.resize(length);
    return value;
  }

  Parameters parameters_;
  std::string path_ = "root";
};

Result<AttributeValue> ValueLowering::Lower(const Term& term) {
  switch (term.kind) {
    case TermKind::kNumber: return LowerNumber(term);
    case TermKind::kString: return AttributeValue(term.text);
    case TermKind::kBoolean: return AttributeValue(term.truth);
    case TermKind::kNull: return AttributeValue(Null{});
    case TermKind::kParameter: return parameters_[term.parameter];
    case TermKind::kList: return LowerList(term);
    case TermKind::kMap: return LowerMap(term);
    case TermKind::kBag: return LowerBag(term);
    default: return Unsupported(term);
  }
}

/// The function's name is measured, the other words are DynamoDB Local's.
Result<AttributeValue> ValueLowering::Unsupported(const Term& term) const {
  const auto what = [&]() -> std::string_view {
    if (term.kind == TermKind::kCall) return term.text;
    if (term.kind == TermKind::kMissing) return "MISSING";
    if (term.kind == TermKind::kPath) {
      return term.path.IsTopLevel() ? std::string_view(term.path.attribute()) : "PATH";
    }
    return OperatorText(term);
  };
  return problems::UnsupportedDataType(what(), path_, term.position);
}

Result<AttributeValue> ValueLowering::LowerNumber(const Term& term) {
  const auto number = Number::Parse(term.text, NumberSyntax::k32BitExponent);
  if (const auto* const value = std::get_if<Number>(&number)) return AttributeValue(*value);
  return problems::NumberOutOfRange(std::get<NumberError>(number), path_);
}

Result<AttributeValue> ValueLowering::LowerList(const Term& term) {
  List list;
  list.reserve(term.children.size());
  for (const Term& element : term.children) {
    PUMICE_TRY(auto value, LowerUnder('[' + std::to_string(list.size()) + ']', element));
    list.push_back(std::move(value));
  }
  return AttributeValue(std::move(list));
}

Result<AttributeValue> ValueLowering::LowerMap(const Term& term) {
  AttributeMap map;
  for (std::size_t i = 0; i + 1 < term.children.size(); i += 2) {
    const Term& key = term.children[i];
    if (key.kind != TermKind::kString) {
      return problems::KeyOfTuple(OperationName(key), path_, key.position);
    }
    if (key.text.empty()) return problems::Invalid("Empty attribute name");
    PUMICE_TRY(auto value, LowerUnder('.' + key.text, term.children[i + 1]));
    map.Set(key.text, std::move(value));
  }
  return AttributeValue(std::move(map));
}

template <class Set, class Member>
Result<AttributeValue> SetOf(const std::vector<AttributeValue>& members) {
  Set set;
  for (const AttributeValue& member : members) {
    const auto* const value = member.As<Member>();
    if (value == nullptr) return problems::MixedBag();
    set.members.push_back(*value);
  }
  Set sorted = set;
  std::sort(sorted.members.begin(), sorted.members.end());
  if (std::adjacent_find(sorted.members.begin(), sorted.members.end()) != sorted.members.end()) {
    return problems::DuplicatesInBag(AttributeValue(std::move(set)));
  }
  return AttributeValue(std::move(sorted));
}

/// A bag of literals is a set of strings or of numbers.
Result<AttributeValue> ValueLowering::LowerBag(const Term& term) {
  if (term.children.empty()) return problems::EmptyBag();
  std::vector<AttributeValue> members;
  for (const Term& member : term.children) {
    if (member.kind != TermKind::kString && member.kind != TermKind::kNumber) {
      return problems::UnsupportedInBag();
    }
    PUMICE_TRY(auto value, LowerUnder('[' + std::to_string(members.size()) + ']', member));
    members.push_back(std::move(value));
  }
  if (members.front().type() == AttributeType::kS) return SetOf<StringSet, std::string>(members);
  return SetOf<NumberSet, Number>(members);
}

}  // namespace

bool IsValue(const Term& term) {
  switch (term.kind) {
    case TermKind::kNumber:
    case TermKind::kString:
    case TermKind::kBoolean:
    case TermKind::kNull:
    case TermKind::kParameter:
    case TermKind::kList:
    case TermKind::kBag:
    case TermKind::kMap: return true;
    default: return false;
  }
}

Result<AttributeValue> LowerValue(const Term& term, Parameters parameters) {
  PUMICE_TRY(auto value, ValueLowering(parameters).Lower(term));
  if (NestingLevels(value) > kMaxNestingLevels) return problems::TooDeep();
  return value;
}

Result<void> CheckPath(const DocumentPath& path) {
  for (const PathElement& element : path.elements) {
    const auto* const name = std::get_if<std::string>(&element);
    if (name != nullptr && name->empty()) return problems::Invalid("Empty attribute name");
  }
  if (path.elements.size() <= kMaxNestingLevels) return Ok();
  return problems::Invalid(pumice::problems::TooManyLevels(path.elements.size()));
}

}  // namespace pumice::partiql
