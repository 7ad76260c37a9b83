// SPDX-License-Identifier: Apache-2.0
#pragma once
// ItemKey: the primary key of one item. KeyCondition: the part of an index (or table) that a Query
// reads.

#include <cstdint>
#include <optional>
#include <vector>

#include "model/attribute_value.h"

namespace pumice {

/// Values of the types S, N or B that fit the table's key schema; sort is there iff the schema has
/// one.
struct ItemKey {
  AttributeValue partition;
  std::optional<AttributeValue> sort;
  friend bool operator==(const ItemKey&, const ItemKey&) = default;
};

/// A condition on the last named sort key attribute.
struct SortCondition {
  enum class Operator : std::uint8_t {
    kEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kBetween,
    kBeginsWith
  };
  Operator op = Operator::kEqual;
  AttributeValue low;   // the only operand, or BETWEEN's lower bound
  AttributeValue high;  // BETWEEN's upper bound, else unused
};

/// Equality on every HASH attribute, in schema order; then equality on the first RANGE attributes
/// without a gap; then at most one further condition on the next RANGE attribute. Types fit the
/// schema.
struct KeyCondition {
  std::vector<AttributeValue> hash;  // 1, or up to 4 for a multi-attribute index
  std::vector<AttributeValue>
      sort_equals;                    // leading RANGE attributes held equal (multi-attribute index)
  std::optional<SortCondition> sort;  // on RANGE attribute number sort_equals.size()
};

}  // namespace pumice
