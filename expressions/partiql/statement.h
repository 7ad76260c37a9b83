// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a PartiQL statement means: finished values, parameters in place. Conditions and updates are
// those of expressions/ast.h, so that they are evaluated there.
// Thread rule: immutable once made.

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "expressions/ast.h"
#include "expressions/partiql/syntax.h"
#include "model/attribute_value.h"

namespace pumice::partiql {

/// "table" or "table"."index".
struct Source {
  std::string table;
  std::optional<std::string> index;
};

/// One column of a SELECT; it is answered under the last name of its path and what follows it: m.z
/// as z, m.k[1] as k[1].
struct Column {
  DocumentPath path;
  std::string name;
};

struct OrderKey {
  std::string attribute;
  bool descending = false;
};

struct Select {
  Source source;
  std::vector<Column> columns;  // empty: *
  std::optional<Condition> where;
  std::vector<OrderKey> order_by;
  /// What is wrong with the columns, which AWS tells after it has looked at table and WHERE; empty:
  /// nothing.
  std::string column_problem;
};

struct Insert {
  std::string table;
  Item item;
};

struct Update {
  Source source;
  UpdateExpression update;
  std::optional<Condition> where;
  Returning returning = Returning::kNothing;
};

struct Delete {
  Source source;
  std::optional<Condition> where;
  Returning returning = Returning::kNothing;
};

/// EXISTS(SELECT …): the condition of a transaction.
struct Exists {
  Select select;
};

struct Statement {
  std::variant<Select, Insert, Update, Delete, Exists> node;

  bool reads() const { return std::holds_alternative<Select>(node); }
};

}  // namespace pumice::partiql
