// SPDX-License-Identifier: Apache-2.0
#include "expressions/partiql/key_ranges.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "expressions/parse.h"
#include "expressions/partiql/problems.h"
#include "expressions/problems.h"
#include "expressions/sort_operator.h"

namespace pumice::partiql {
namespace {

using Operator = SortCondition::Operator;

// Past this, WHERE is read as if it said nothing of the key.
constexpr std::size_t kMaxBranches = 1000;
// AWS: "PartiQL comparison operators", IN. Other values: kMaxInOperands.
constexpr std::size_t kMaxInPartitions = 50;

/// What one OR branch says of the key.
struct Branch {
  std::optional<std::vector<AttributeValue>> partitions;
  std::optional<SortCondition> sort;
  bool negated_sort = false;
};
using Branches = std::vector<Branch>;

Branches Anything() { return Branches(1); }

bool SaysNothing(const Branches& branches) {
  return std::all_of(branches.begin(), branches.end(), [](const Branch& branch) {
    return !branch.partitions && !branch.sort && !branch.negated_sort;
  });
}

void AddUnique(std::vector<AttributeValue>& values, const AttributeValue& value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

std::optional<SortCondition> Tighter(const std::optional<SortCondition>& a,
                                     const std::optional<SortCondition>& b) {
  if (!a) return b;
  if (!b || a->op == Operator::kEqual) return a;
  if (b->op == Operator::kEqual) return b;
  const bool a_low = a->op == Operator::kGreaterOrEqual && b->op == Operator::kLessOrEqual;
  const bool b_low = b->op == Operator::kGreaterOrEqual && a->op == Operator::kLessOrEqual;
  if (!a_low && !b_low) return a;
  const AttributeValue& low = a_low ? a->low : b->low;
  const AttributeValue& high = a_low ? b->low : a->low;
  const auto order = Compare(low, high);
  if (!order || *order > 0) return a;
  return SortCondition{Operator::kBetween, low, high};
}

Branch Both(const Branch& a, const Branch& b) {
  Branch both;
  both.negated_sort = a.negated_sort || b.negated_sort;
  both.sort = Tighter(a.sort, b.sort);
  if (a.partitions && b.partitions) {
    both.partitions.emplace();
    for (const AttributeValue& value : *a.partitions) {
      const auto& other = *b.partitions;
      if (std::find(other.begin(), other.end(), value) != other.end()) {
        both.partitions->push_back(value);
      }
    }
  } else {
    both.partitions = a.partitions ? a.partitions : b.partitions;
  }
  return both;
}

/// Null: the operand is no top-level attribute.
const std::string* AttributeOf(const Operand& operand) {
  const auto* const path = std::get_if<DocumentPath>(&operand);
  return path != nullptr && path->IsTopLevel() ? &path->attribute() : nullptr;
}

/// attribute <op> value, whichever stands on the left.
struct KeyComparison {
  const std::string* attribute = nullptr;
  const AttributeValue* value = nullptr;
  bool mirrored = false;
};

std::optional<KeyComparison> AsKeyComparison(const Comparison& comparison) {
  const std::string* const left = AttributeOf(comparison.left);
  const std::string* const right = AttributeOf(comparison.right);
  const auto* const left_value = std::get_if<AttributeValue>(&comparison.left);
  const auto* const right_value = std::get_if<AttributeValue>(&comparison.right);
  if (left != nullptr && right_value != nullptr) return KeyComparison{left, right_value, false};
  if (right != nullptr && left_value != nullptr) return KeyComparison{right, left_value, true};
  return std::nullopt;
}

/// Condition -> its OR branches. Recursion is bounded as that of the condition is.
class BranchFinder {
 public:
  explicit BranchFinder(const KeySchema& schema)
      : hash_(schema.hash.front().name),
        range_(schema.range.empty() ? nullptr : &schema.range.front().name) {}

  Branches Find(const Condition& condition) const { return std::visit(*this, condition.node); }

  Branches operator()(const And& both) const {
    const Branches left = Find(*both.left);
    const Branches right = Find(*both.right);
    if (left.size() * right.size() > kMaxBranches) return Anything();
    Branches product;
    for (const Branch& a : left) {
      for (const Branch& b : right) product.push_back(Both(a, b));
    }
    return product;
  }

  Branches operator()(const Or& either) const {
    Branches all = Find(*either.left);
    Branches right = Find(*either.right);
    // A filter makes no branches: beside it, one condition on the sort key is not two that overlap.
    if (SaysNothing(all) && SaysNothing(right)) return Anything();
    if (all.size() + right.size() > kMaxBranches) return Anything();
    std::move(right.begin(), right.end(), std::back_inserter(all));
    return all;
  }

  Branches operator()(const Not& inverse) const {
    Branches any = Anything();
    const auto names = TopLevelAttributes(*inverse.condition);
    any.front().negated_sort =
        range_ != nullptr && std::find(names.begin(), names.end(), *range_) != names.end();
    return any;
  }

  Branches operator()(const Comparison& comparison) const {
    Branches found = Anything();
    const auto key = AsKeyComparison(comparison);
    if (!key) return found;
    if (comparison.comparator == Comparator::kNotEqual) {
      found.front().negated_sort = IsRange(*key->attribute);
      return found;
    }
    const Operator op = SortOperatorOf(comparison.comparator);
    if (*key->attribute == hash_ && op == Operator::kEqual) {
      found.front().partitions = {*key->value};
    } else if (IsRange(*key->attribute)) {
      found.front().sort = SortCondition{key->mirrored ? Mirrored(op) : op, *key->value, {}};
    }
    return found;
  }

  Branches operator()(const In& in) const {
    const std::string* const attribute = AttributeOf(in.value);
    std::vector<AttributeValue> values;
    for (const Operand& operand : in.list) {
      const auto* const value = std::get_if<AttributeValue>(&operand);
      if (value == nullptr) return Anything();
      AddUnique(values, *value);
    }
    if (attribute == nullptr || values.empty()) return Anything();
    if (*attribute == hash_) {
      Branches found = Anything();
      found.front().partitions = std::move(values);
      return found;
    }
    if (!IsRange(*attribute)) return Anything();
    Branches found;
    for (AttributeValue& value : values) {
      found.push_back({{}, SortCondition{Operator::kEqual, std::move(value), {}}, false});
    }
    return found;
  }

  Branches operator()(const Between& between) const {
    Branches found = Anything();
    const std::string* const attribute = AttributeOf(between.value);
    const auto* const low = std::get_if<AttributeValue>(&between.low);
    const auto* const high = std::get_if<AttributeValue>(&between.high);
    if (attribute == nullptr || !IsRange(*attribute) || low == nullptr || high == nullptr) {
      return found;
    }
    found.front().sort = SortCondition{Operator::kBetween, *low, *high};
    return found;
  }

  Branches operator()(const BeginsWith& begins_with) const {
    Branches found = Anything();
    const std::string* const attribute = AttributeOf(begins_with.value);
    const auto* const prefix = std::get_if<AttributeValue>(&begins_with.prefix);
    // An empty prefix is no key; every sort key begins with it.
    if (attribute == nullptr || !IsRange(*attribute) || prefix == nullptr ||
        ValueSizeBytes(*prefix) == 0) {
      return found;
    }
    found.front().sort = SortCondition{Operator::kBeginsWith, *prefix, {}};
    return found;
  }

  Branches operator()(const Contains&) const { return Anything(); }
  Branches operator()(const AttributeTypeIs&) const { return Anything(); }
  Branches operator()(const AttributeExists&) const { return Anything(); }

 private:
  bool IsRange(const std::string& name) const { return range_ != nullptr && *range_ == name; }

  const std::string& hash_;
  const std::string* range_;
};

/// The text is that of too many other values; where AWS says it was not measured.
Result<void> CheckPartitionCount(const Branch& branch) {
  if (branch.partitions->size() <= kMaxInPartitions) return Ok();
  return problems::Invalid(pumice::problems::TooManyInOperands(branch.partitions->size()));
}

Result<void> CheckTypes(const Branch& branch, const KeySchema& schema) {
  for (const AttributeValue& value : *branch.partitions) {
    PUMICE_TRY(CheckKeyType(schema.hash.front(), value));
  }
  if (!branch.sort) return Ok();
  PUMICE_TRY(CheckKeyType(schema.range.front(), branch.sort->low));
  if (branch.sort->op == Operator::kBetween) {
    return CheckKeyType(schema.range.front(), branch.sort->high);
  }
  return Ok();
}

// ---- overlap of sort key conditions

struct Bound {
  AttributeValue value;
  bool inclusive = true;
};
struct Interval {
  std::optional<Bound> low;
  std::optional<Bound> high;
};

/// The first bytes behind all that begin with `prefix`; none: there are no such.
std::optional<std::string> BehindPrefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) prefix.pop_back();
  if (prefix.empty()) return std::nullopt;
  prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

Interval PrefixInterval(const AttributeValue& prefix) {
  Interval interval{Bound{prefix, true}, {}};
  if (const auto* const text = prefix.As<std::string>()) {
    if (auto behind = BehindPrefix(*text)) interval.high = Bound{*std::move(behind), false};
  } else if (const auto* const binary = prefix.As<Binary>()) {
    if (auto behind = BehindPrefix(binary->bytes)) {
      interval.high = Bound{Binary{*std::move(behind)}, false};
    }
  }
  return interval;
}

Interval IntervalOf(const std::optional<SortCondition>& sort) {
  if (!sort) return {};
  switch (sort->op) {
    case Operator::kEqual: return {Bound{sort->low}, Bound{sort->low}};
    case Operator::kLess: return {{}, Bound{sort->low, false}};
    case Operator::kLessOrEqual: return {{}, Bound{sort->low}};
    case Operator::kGreater: return {Bound{sort->low, false}, {}};
    case Operator::kGreaterOrEqual: return {Bound{sort->low}, {}};
    case Operator::kBetween: return {Bound{sort->low}, Bound{sort->high}};
    case Operator::kBeginsWith: return PrefixInterval(sort->low);
  }
  return {};
}

/// Whether all that `high` admits lies below what `low` admits.
bool Below(const std::optional<Bound>& high, const std::optional<Bound>& low) {
  if (!high || !low) return false;
  const auto order = Compare(high->value, low->value);
  if (!order) return false;
  return *order < 0 || (*order == 0 && !(high->inclusive && low->inclusive));
}

bool Overlap(const Branch& a, const Branch& b) {
  if (a.negated_sort || b.negated_sort || (!a.sort && !b.sort)) return false;
  const bool shared =
      std::any_of(a.partitions->begin(), a.partitions->end(), [&](const AttributeValue& partition) {
        return std::find(b.partitions->begin(), b.partitions->end(), partition) !=
               b.partitions->end();
      });
  if (!shared) return false;
  const Interval one = IntervalOf(a.sort);
  const Interval two = IntervalOf(b.sort);
  return !Below(one.high, two.low) && !Below(two.high, one.low);
}

Result<void> CheckNoOverlap(const Branches& branches) {
  for (std::size_t later = 1; later < branches.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      if (!Overlap(branches[earlier], branches[later])) continue;
      return problems::Invalid(
          "Overlapping conditions with range keys are not supported in where clause");
    }
  }
  return Ok();
}

/// Disjoint ranges: a partition that some branch wants as a whole is read as a whole.
std::vector<KeyRange> RangesOf(const Branches& branches) {
  std::vector<AttributeValue> partitions;
  for (const Branch& branch : branches) {
    for (const AttributeValue& value : *branch.partitions) AddUnique(partitions, value);
  }
  std::vector<KeyRange> ranges;
  for (const AttributeValue& partition : partitions) {
    const std::size_t first = ranges.size();
    bool whole = false;
    for (const Branch& branch : branches) {
      const auto& wanted = *branch.partitions;
      if (std::find(wanted.begin(), wanted.end(), partition) == wanted.end()) continue;
      whole = whole || branch.negated_sort || !branch.sort;
      ranges.push_back({partition, branch.sort});
    }
    if (!whole) continue;
    ranges.resize(first);
    ranges.push_back({partition, std::nullopt});
  }
  return ranges;
}

void CollectConjuncts(const Condition& condition, std::vector<const Condition*>& conjuncts) {
  const auto* const both = std::get_if<And>(&condition.node);
  if (both == nullptr) {
    conjuncts.push_back(&condition);
    return;
  }
  CollectConjuncts(*both->left, conjuncts);
  CollectConjuncts(*both->right, conjuncts);
}

const AttributeValue* FindEquality(const std::vector<const Condition*>& conjuncts,
                                   const std::string& attribute) {
  for (const Condition* const conjunct : conjuncts) {
    const auto* const comparison = std::get_if<Comparison>(&conjunct->node);
    if (comparison == nullptr || comparison->comparator != Comparator::kEqual) continue;
    const auto key = AsKeyComparison(*comparison);
    if (key && *key->attribute == attribute) return key->value;
  }
  return nullptr;
}

}  // namespace

Result<void> CheckKeyType(const KeyAttribute& key, const AttributeValue& value) {
  if (value.type() == key.type) return Ok();
  return problems::Invalid(fmt::format(
      "Key attribute's data type should match its data type in table's schema: Key {}", key.name));
}

Result<std::optional<std::vector<KeyRange>>> FindKeyRanges(const Condition& where,
                                                           const KeySchema& schema) {
  const Branches branches = BranchFinder(schema).Find(where);
  for (const Branch& branch : branches) {
    if (!branch.partitions) return std::optional<std::vector<KeyRange>>();
  }
  for (const Branch& branch : branches) {
    PUMICE_TRY(CheckPartitionCount(branch));
    PUMICE_TRY(CheckTypes(branch, schema));
  }
  PUMICE_TRY(CheckNoOverlap(branches));
  return std::optional<std::vector<KeyRange>>(RangesOf(branches));
}

Result<std::optional<KeyEquality>> FindKeyEquality(const Condition& where,
                                                   const KeySchema& schema) {
  std::vector<const Condition*> conjuncts;
  CollectConjuncts(where, conjuncts);
  const AttributeValue* const partition = FindEquality(conjuncts, schema.hash.front().name);
  const AttributeValue* const sort =
      schema.range.empty() ? nullptr : FindEquality(conjuncts, schema.range.front().name);
  if (partition == nullptr || (sort == nullptr && !schema.range.empty())) {
    return std::optional<KeyEquality>();
  }
  PUMICE_TRY(CheckKeyType(schema.hash.front(), *partition));
  KeyEquality found{{*partition, std::nullopt}, conjuncts.size() == (sort != nullptr ? 2U : 1U)};
  if (sort != nullptr) {
    PUMICE_TRY(CheckKeyType(schema.range.front(), *sort));
    found.key.sort = *sort;
  }
  return std::optional<KeyEquality>(std::move(found));
}

bool HasOr(const Condition& condition) {
  if (std::holds_alternative<Or>(condition.node)) return true;
  if (const auto* const both = std::get_if<And>(&condition.node)) {
    return HasOr(*both->left) || HasOr(*both->right);
  }
  const auto* const inverse = std::get_if<Not>(&condition.node);
  return inverse != nullptr && HasOr(*inverse->condition);
}

}  // namespace pumice::partiql
