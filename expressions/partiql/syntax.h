// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the grammar says of a statement, before parameters are put in and before anything is known
// of DynamoDB's own limits. Values that own all they hold.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "expressions/ast.h"
#include "expressions/partiql/position.h"

namespace pumice::partiql {

enum class TermKind : std::uint8_t {
  kPath,
  kNumber,   // text: the literal with its sign
  kString,   // text
  kBoolean,  // truth
  kNull,
  kMissing,
  kParameter,  // parameter: its number from 0
  kList,
  kBag,
  kMap,   // children: key, value, key, value, …
  kCall,  // text: the function in lower case; children: operands
  kStar,  // the operand of count(*)
  kAnd,   // two children or more
  kOr,    // two children or more
  kNot,
  kMinus,    // of one operand
  kInfix,    // text: the operator; children: left, right
  kBetween,  // children: value, low, high
  kIn,       // children: value, list
  kIs,       // text: the type in lower case; children: value
  kLike,
};

struct Term {
  TermKind kind = TermKind::kPath;
  Position position;
  std::string text;
  bool truth = false;
  bool negated = false;         // NOT BETWEEN, NOT IN, IS NOT, NOT LIKE
  bool in_parentheses = false;  // an AND or OR that takes no further operands
  std::size_t parameter = 0;
  std::size_t height = 1;  // levels of terms, this one included; bounded by the parser
  DocumentPath path;
  std::vector<Term> children;
};

/// FROM "table"."index" AS alias.
struct SourceSyntax {
  std::vector<std::string> components;
  bool has_alias = false;
};

struct OrderKeySyntax {
  Term key;
  bool descending = false;
};

struct SelectSyntax {
  std::vector<Term> columns;  // empty: *
  bool column_alias = false;
  SourceSyntax source;
  bool several_sources = false;
  std::optional<Term> where;
  std::vector<OrderKeySyntax> order_by;
  struct Unsupported {
    std::string clause;
    Position position;
  };
  std::optional<Unsupported> unsupported;  // the first clause that DynamoDB does not have
};

struct InsertSyntax {
  SourceSyntax source;
  Term value;
};

/// What RETURNING asks for.
enum class Returning : std::uint8_t { kNothing, kAllOld, kAllNew, kModifiedOld, kModifiedNew };

struct AssignmentSyntax {
  DocumentPath target;
  std::optional<Term> value;  // none: REMOVE
};

struct UpdateSyntax {
  SourceSyntax source;
  std::vector<AssignmentSyntax> assignments;
  std::optional<Term> where;
  Returning returning = Returning::kNothing;
};

struct DeleteSyntax {
  SourceSyntax source;
  std::optional<Term> where;
  Returning returning = Returning::kNothing;
};

/// EXISTS(SELECT …) as a statement of its own.
struct ExistsSyntax {
  SelectSyntax select;
};

/// An expression that stands alone is well formed, but nothing that DynamoDB does.
struct ExpressionSyntax {
  Term term;
};

struct StatementSyntax {
  std::variant<SelectSyntax, InsertSyntax, UpdateSyntax, DeleteSyntax, ExistsSyntax,
               ExpressionSyntax>
      node;
  std::size_t parameter_count = 0;
};

}  // namespace pumice::partiql
