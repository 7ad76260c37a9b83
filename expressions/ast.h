// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an expression means: finished values, placeholders resolved, nothing left to look up.
// Thread rule: immutable once made.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "model/attribute_value.h"

namespace pumice {

/// a.b[0].c : a name or a list index a step; the first is always a name.
using PathElement = std::variant<std::string, std::size_t>;
struct DocumentPath {
  std::vector<PathElement> elements;
  const std::string& attribute() const { return std::get<std::string>(elements.front()); }
  bool IsTopLevel() const { return elements.size() == 1; }
  friend bool operator==(const DocumentPath&, const DocumentPath&) = default;
};
/// "[a, b, [0]]" as AWS prints paths in errors.
std::string PathForErrors(const DocumentPath& path);

// ---- conditions
// ------------------------------------------------------------------------------------------

/// size(path) or size(:value) as an operand of a comparison.
struct SizeOf {
  std::variant<DocumentPath, AttributeValue> of;
};
using Operand = std::variant<DocumentPath, AttributeValue, SizeOf>;

enum class Comparator : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual
};

struct Condition;
using ConditionPtr = std::unique_ptr<const Condition>;

struct Comparison {
  Comparator comparator;
  Operand left;
  Operand right;
};
struct Between {
  Operand value;
  Operand low;
  Operand high;
};
struct In {
  Operand value;
  std::vector<Operand> list;
};
struct AttributeExists {
  DocumentPath path;
  bool exists = true;  // false: attribute_not_exists
};
struct AttributeTypeIs {
  Operand value;
  AttributeType type;
};
struct BeginsWith {
  Operand value;
  Operand prefix;
};
struct Contains {
  Operand container;
  Operand element;
};
struct And {
  ConditionPtr left;
  ConditionPtr right;
};
struct Or {
  ConditionPtr left;
  ConditionPtr right;
};
struct Not {
  ConditionPtr condition;
};

struct Condition {
  std::variant<Comparison, Between, In, AttributeExists, AttributeTypeIs, BeginsWith, Contains, And,
               Or, Not>
      node;
};

// ---- updates
// ---------------------------------------------------------------------------------------------

struct SetValue;
using SetValuePtr = std::unique_ptr<const SetValue>;

struct Sum {
  SetValuePtr left;
  SetValuePtr right;
  bool subtract = false;
};
struct IfNotExists {
  DocumentPath path;
  SetValuePtr otherwise;
};
struct ListAppend {
  SetValuePtr front;
  SetValuePtr back;
};
struct SetValue {
  std::variant<DocumentPath, AttributeValue, Sum, IfNotExists, ListAppend> node;
};

struct SetAction {
  DocumentPath target;
  SetValue value;
};
struct RemoveAction {
  DocumentPath target;
};
struct AddAction {
  DocumentPath target;
  AttributeValue value;  // N, SS, NS or BS (a legacy ADD may give L)
};
struct DeleteAction {
  DocumentPath target;
  AttributeValue value;  // SS, NS or BS
};

struct UpdateExpression {
  std::vector<SetAction> set;
  std::vector<RemoveAction> remove;
  std::vector<AddAction> add;
  std::vector<DeleteAction> del;
  // Written as AttributeUpdates: no statement is charged, and wrong types have their own text.
  bool from_attribute_updates = false;

  /// All targets, in the order set, remove, add, del.
  std::vector<const DocumentPath*> Targets() const;
  /// An update that can only take away does not create an item.
  bool CreatesItem() const {
    return !set.empty() || !add.empty() || (remove.empty() && del.empty());
  }
};

// ---- projections
// -----------------------------------------------------------------------------------------

struct ProjectionExpression {
  std::vector<DocumentPath> paths;  // in the order of the text; none overlaps another
};

}  // namespace pumice
