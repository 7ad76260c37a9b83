// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the WHERE of a statement says of the key: the access path. The condition itself is evaluated
// as a whole on whatever is read, so a range may be wider than what matches, never narrower.
// Thread rule: pure.

#include <optional>
#include <vector>

#include "base/result.h"
#include "expressions/ast.h"
#include "model/item_key.h"
#include "model/table.h"

namespace pumice::partiql {

/// One partition, or one range of its sort keys.
struct KeyRange {
  AttributeValue partition;
  std::optional<SortCondition> sort;
};

/// The ranges that hold everything that can match, disjoint, in the order of the statement; none if
/// not every OR branch has an equality or IN on the partition key: then all has to be scanned.
/// `schema` has one HASH attribute. Errors (Validation): "Key attribute's data type should match
/// its data type in table's schema: Key <a>", "Overlapping conditions with range keys are not
/// supported in where clause", more than 50 partitions in one IN.
Result<std::optional<std::vector<KeyRange>>> FindKeyRanges(const Condition& where,
                                                           const KeySchema& schema);

/// Errors (Validation): the value is not of the type that the key attribute has, in PartiQL's
/// words.
Result<void> CheckKeyType(const KeyAttribute& key, const AttributeValue& value);

struct KeyEquality {
  ItemKey key;
  bool alone = false;  // WHERE says nothing else
};

/// The one item that WHERE asks for with an equality on each key attribute; none if it does not.
/// Errors (Validation): the type of a key attribute, as above.
Result<std::optional<KeyEquality>> FindKeyEquality(const Condition& where, const KeySchema& schema);

/// Whether the condition has an OR anywhere.
bool HasOr(const Condition& condition);

}  // namespace pumice::partiql
