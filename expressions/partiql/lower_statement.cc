// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "expressions/partiql/lower.h"
#include "expressions/partiql/parse.h"
#include "expressions/partiql/problems.h"

namespace pumice::partiql {
namespace {

Result<Source> LowerSource(const SourceSyntax& syntax) {
  if (syntax.has_alias) return problems::Invalid("Aliasing is not supported");
  if (syntax.components.size() > 2) {
    return problems::Invalid("A path may contain at most 2 components in the FROM clause");
  }
  for (const std::string& component : syntax.components) {
    if (component.empty()) return problems::Invalid("Path component cannot be an empty string");
  }
  Source source{syntax.components.front(), std::nullopt};
  if (syntax.components.size() == 2) source.index = syntax.components.back();
  return source;
}

Result<std::optional<Condition>> LowerWhere(const std::optional<Term>& where,
                                            Parameters parameters) {
  if (!where) return std::optional<Condition>();
  PUMICE_TRY(auto condition, LowerCondition(*where, parameters));
  return std::optional<Condition>(std::move(condition));
}

/// The last name of the path and the indexes behind it.
std::string ColumnName(const DocumentPath& path) {
  std::string name;
  for (const PathElement& element : path.elements) {
    if (const auto* const step = std::get_if<std::string>(&element)) {
      name = *step;
    } else {
      name += '[' + std::to_string(std::get<std::size_t>(element)) + ']';
    }
  }
  return name;
}

Result<void> LowerColumns(const SelectSyntax& syntax, Select& select) {
  for (const Term& column : syntax.columns) {
    if (column.kind != TermKind::kPath) {
      if (select.column_problem.empty()) {
        select.column_problem = problems::UnexpectedPathComponent(column.position).client_text();
      }
      continue;
    }
    PUMICE_TRY(CheckPath(column.path));
    std::string name = ColumnName(column.path);
    const bool known = std::any_of(select.columns.begin(), select.columns.end(),
                                   [&](const Column& other) { return other.name == name; });
    if (known) {
      return problems::Invalid(fmt::format("Duplicate identifiers in select clause: {}", name));
    }
    select.columns.push_back({column.path, std::move(name)});
  }
  return Ok();
}

Result<Select> LowerSelect(const SelectSyntax& syntax, Parameters parameters) {
  if (syntax.unsupported) {
    return problems::UnsupportedClause(syntax.unsupported->clause, syntax.unsupported->position);
  }
  if (syntax.several_sources) {  // DynamoDB Local's words
    return problems::Invalid("Only select from a single table or index is supported.");
  }
  if (syntax.column_alias) return problems::Invalid("Aliasing is not supported");
  Select select;
  PUMICE_TRY(select.source, LowerSource(syntax.source));
  PUMICE_TRY(LowerColumns(syntax, select));
  PUMICE_TRY(select.where, LowerWhere(syntax.where, parameters));
  for (const OrderKeySyntax& order : syntax.order_by) {
    if (order.key.kind != TermKind::kPath || !order.key.path.IsTopLevel()) {
      return problems::UnexpectedPathComponent(order.key.position);  // not measured
    }
    select.order_by.push_back({order.key.path.attribute(), order.descending});
  }
  return select;
}

Result<Insert> LowerInsert(const InsertSyntax& syntax, Parameters parameters) {
  if (syntax.source.components.size() > 1) {
    // The first eight words are measured; all of it is DynamoDB Local's.
    return problems::Invalid(
        "FROM clause may only contain a single table name in data manipulation statements");
  }
  PUMICE_TRY(auto source, LowerSource(syntax.source));
  Insert insert{std::move(source.table), {}};
  if (syntax.value.kind == TermKind::kMap) {
    for (std::size_t i = 0; i + 1 < syntax.value.children.size(); i += 2) {
      const Term& key = syntax.value.children[i];
      if (key.kind != TermKind::kString) {
        return problems::KeyOfTuple(OperationName(key), "root", key.position);
      }
      if (key.text.empty()) return problems::Invalid("Empty attribute name");
      PUMICE_TRY(auto value, LowerValue(syntax.value.children[i + 1], parameters));
      insert.item.Set(key.text, std::move(value));
    }
    return insert;
  }
  PUMICE_TRY(auto value, LowerValue(syntax.value, parameters));
  auto* const item = value.As<AttributeMap>();
  if (item == nullptr) {
    return problems::UnsupportedDataType(AttributeTypeName(value.type()), "root",
                                         syntax.value.position);  // not measured
  }
  insert.item = std::move(*item);
  return insert;
}

Result<Update> LowerUpdateStatement(const UpdateSyntax& syntax, Parameters parameters) {
  Update update;
  PUMICE_TRY(update.source, LowerSource(syntax.source));
  PUMICE_TRY(update.update, LowerUpdate(syntax.assignments, parameters));
  PUMICE_TRY(update.where, LowerWhere(syntax.where, parameters));
  update.returning = syntax.returning;
  return update;
}

std::string_view ReturningText(Returning returning) {
  switch (returning) {
    case Returning::kNothing: return "";
    case Returning::kAllOld: return "ALL OLD";
    case Returning::kAllNew: return "ALL NEW";
    case Returning::kModifiedOld: return "MODIFIED OLD";
    case Returning::kModifiedNew: return "MODIFIED NEW";
  }
  return "";
}

Result<Delete> LowerDelete(const DeleteSyntax& syntax, Parameters parameters) {
  Delete del;
  PUMICE_TRY(del.source, LowerSource(syntax.source));
  if (syntax.returning != Returning::kNothing && syntax.returning != Returning::kAllOld) {
    return problems::Invalid(
        fmt::format("Invalid returning clause: RETURNING {} *. Only RETURNING ALL OLD * is allowed "
                    "in DELETE statements.",
                    ReturningText(syntax.returning)));
  }
  PUMICE_TRY(del.where, LowerWhere(syntax.where, parameters));
  del.returning = syntax.returning;
  return del;
}

struct StatementLowering {
  Parameters parameters;

  Result<Statement> operator()(const SelectSyntax& syntax) const {
    PUMICE_TRY(auto select, LowerSelect(syntax, parameters));
    return Statement{std::move(select)};
  }
  Result<Statement> operator()(const InsertSyntax& syntax) const {
    PUMICE_TRY(auto insert, LowerInsert(syntax, parameters));
    return Statement{std::move(insert)};
  }
  Result<Statement> operator()(const UpdateSyntax& syntax) const {
    PUMICE_TRY(auto update, LowerUpdateStatement(syntax, parameters));
    return Statement{std::move(update)};
  }
  Result<Statement> operator()(const DeleteSyntax& syntax) const {
    PUMICE_TRY(auto del, LowerDelete(syntax, parameters));
    return Statement{std::move(del)};
  }
  Result<Statement> operator()(const ExistsSyntax& syntax) const {
    PUMICE_TRY(auto select, LowerSelect(syntax.select, parameters));
    return Statement{Exists{std::move(select)}};
  }
  Result<Statement> operator()(const ExpressionSyntax& syntax) const {
    return problems::UnsupportedOperation(OperationName(syntax.term));
  }
};

}  // namespace

Result<Statement> LowerStatement(const StatementSyntax& syntax, Parameters parameters) {
  if (parameters.size() < syntax.parameter_count) {
    return problems::Invalid("Number of parameters in request and statement don't match.");
  }
  return std::visit(StatementLowering{parameters}, syntax.node);
}

}  // namespace pumice::partiql
