// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "expressions/partiql/parse.h"
#include "expressions/partiql/problems.h"
#include "expressions/partiql/term_parser.h"

namespace pumice::partiql {
namespace {

class StatementParser {
 public:
  explicit StatementParser(std::vector<Token> tokens)
      : tokens_(std::move(tokens)), terms_(tokens_) {}

  Result<StatementSyntax> Read() {
    StatementSyntax statement;
    PUMICE_TRY(ReadNode(statement));
    tokens_.TakeSymbol(";");
    if (!tokens_.AtEnd()) return problems::NotWellFormed("Unexpected token after expression");
    statement.parameter_count = terms_.parameter_count();
    return statement;
  }

 private:
  Result<void> ReadNode(StatementSyntax& statement);
  Result<SelectSyntax> ReadSelect();
  Result<void> ReadColumns(SelectSyntax& select);
  Result<void> ReadFrom(SelectSyntax& select);
  Result<void> ReadOrderBy(SelectSyntax& select);
  Result<void> ReadUnsupportedClauses(SelectSyntax& select);
  Result<InsertSyntax> ReadInsert();
  Result<UpdateSyntax> ReadUpdate();
  Result<UpdateSyntax> ReadFromUpdate();
  Result<DeleteSyntax> ReadDelete();
  Result<ExistsSyntax> ReadExists();

  Result<SourceSyntax> ReadSource(std::string_view what_is_missing, bool alias);
  Result<void> ReadWhere(std::optional<Term>& where);
  Result<void> ReadAssignments(UpdateSyntax& update);
  Result<void> ReadAssignment(UpdateSyntax& update);
  Result<void> ReadReturning(Returning& returning);

  TokenReader tokens_;
  TermParser terms_;
};

Result<void> StatementParser::ReadNode(StatementSyntax& statement) {
  const bool exists = tokens_.AtKeyword("exists") && tokens_.next().text == "(";
  if (tokens_.AtKeyword("select")) {
    PUMICE_TRY(statement.node, ReadSelect());
  } else if (tokens_.AtKeyword("insert")) {
    PUMICE_TRY(statement.node, ReadInsert());
  } else if (tokens_.AtKeyword("update")) {
    PUMICE_TRY(statement.node, ReadUpdate());
  } else if (tokens_.AtKeyword("from")) {
    PUMICE_TRY(statement.node, ReadFromUpdate());
  } else if (tokens_.AtKeyword("delete")) {
    PUMICE_TRY(statement.node, ReadDelete());
  } else if (exists) {
    PUMICE_TRY(statement.node, ReadExists());
  } else {
    PUMICE_TRY(auto term, terms_.ReadTerm());
    statement.node = ExpressionSyntax{std::move(term)};
  }
  return Ok();
}

Result<SelectSyntax> StatementParser::ReadSelect() {
  tokens_.Advance();
  SelectSyntax select;
  if (tokens_.AtKeyword("distinct")) {
    select.unsupported = {"DISTINCT", tokens_.current().position};
    tokens_.Advance();
  }
  PUMICE_TRY(ReadColumns(select));
  PUMICE_TRY(ReadFrom(select));
  PUMICE_TRY(ReadWhere(select.where));
  PUMICE_TRY(ReadUnsupportedClauses(select));
  PUMICE_TRY(ReadOrderBy(select));
  PUMICE_TRY(ReadUnsupportedClauses(select));
  return select;
}

Result<void> StatementParser::ReadColumns(SelectSyntax& select) {
  if (tokens_.TakeSymbol("*")) return Ok();
  while (true) {
    PUMICE_TRY(auto column, terms_.ReadTerm());
    select.columns.push_back(std::move(column));
    const bool as = tokens_.TakeKeyword("as");
    if (tokens_.AtName()) {
      select.column_alias = true;
      tokens_.Advance();
    } else if (as) {
      return problems::NotWellFormed("Expected identifier for alias");  // not measured
    }
    if (!tokens_.TakeSymbol(",")) return Ok();
  }
}

Result<void> StatementParser::ReadFrom(SelectSyntax& select) {
  if (!tokens_.TakeKeyword("from")) {
    return problems::NotWellFormed("Expected FROM after SELECT list");  // not measured
  }
  PUMICE_TRY(select.source, ReadSource("Unexpected term", true));
  while (tokens_.TakeSymbol(",") || tokens_.TakeKeyword("join")) {
    PUMICE_TRY(ReadSource("Unexpected term", true));
    select.several_sources = true;
  }
  return Ok();
}

/// GROUP BY, HAVING, LIMIT and OFFSET are in the grammar and not in DynamoDB. AWS names the place
/// of what the clause asks for.
Result<void> StatementParser::ReadUnsupportedClauses(SelectSyntax& select) {
  while (true) {
    std::string clause;
    if (tokens_.TakeKeyword("group")) {
      clause = "GROUP BY";
      if (!tokens_.TakeKeyword("by")) return problems::NotWellFormed("Expected BY");
    } else if (tokens_.TakeKeyword("having")) {
      clause = "HAVING";
    } else if (tokens_.TakeKeyword("limit")) {
      clause = "LIMIT";
    } else {
      return Ok();
    }
    const Position position = tokens_.current().position;
    do {
      PUMICE_TRY(terms_.ReadTerm());
    } while (tokens_.TakeSymbol(","));
    if (!select.unsupported) select.unsupported = {clause, position};
  }
}

Result<void> StatementParser::ReadOrderBy(SelectSyntax& select) {
  if (!tokens_.TakeKeyword("order")) return Ok();
  if (!tokens_.TakeKeyword("by")) return problems::NotWellFormed("Expected BY");  // not measured
  do {
    OrderKeySyntax order;
    PUMICE_TRY(order.key, terms_.ReadTerm());
    order.descending = tokens_.TakeKeyword("desc");
    if (!order.descending) tokens_.TakeKeyword("asc");
    select.order_by.push_back(std::move(order));
  } while (tokens_.TakeSymbol(","));
  return Ok();
}

Result<SourceSyntax> StatementParser::ReadSource(std::string_view what_is_missing, bool alias) {
  SourceSyntax source;
  if (!tokens_.AtName()) {
    const bool keyword =
        tokens_.current().kind == TokenKind::kKeyword && what_is_missing == "Unexpected term";
    return problems::NotWellFormed(keyword ? "Unexpected keyword" : what_is_missing);
  }
  do {
    if (!tokens_.AtName()) return problems::NotWellFormed("Invalid path dot component");
    source.components.push_back(tokens_.current().text);
    tokens_.Advance();
  } while (tokens_.TakeSymbol("."));
  if (!alias) return source;
  const bool as = tokens_.TakeKeyword("as");
  if (tokens_.AtName()) {
    source.has_alias = true;
    tokens_.Advance();
  } else if (as) {
    return problems::NotWellFormed("Expected identifier for alias");  // not measured
  }
  return source;
}

Result<void> StatementParser::ReadWhere(std::optional<Term>& where) {
  if (!tokens_.TakeKeyword("where")) return Ok();
  PUMICE_TRY(where, terms_.ReadTerm());
  return Ok();
}

Result<InsertSyntax> StatementParser::ReadInsert() {
  tokens_.Advance();
  InsertSyntax insert;
  if (!tokens_.TakeKeyword("into")) return problems::NotWellFormed("Expected INTO");
  PUMICE_TRY(insert.source, ReadSource("Expected identifier for simple path", false));
  // Without VALUE, AWS takes what follows for the bag of a bulk insert.
  if (!tokens_.TakeKeyword("value") && !tokens_.AtSymbol("<<")) {
    return problems::NotWellFormed("Unexpected token after expression");
  }
  PUMICE_TRY(insert.value, terms_.ReadTerm());
  return insert;
}

Result<UpdateSyntax> StatementParser::ReadUpdate() {
  tokens_.Advance();
  UpdateSyntax update;
  PUMICE_TRY(update.source, ReadSource("Expected identifier for simple path", true));
  PUMICE_TRY(ReadAssignments(update));
  PUMICE_TRY(ReadWhere(update.where));
  PUMICE_TRY(ReadReturning(update.returning));
  return update;
}

Result<UpdateSyntax> StatementParser::ReadFromUpdate() {
  tokens_.Advance();
  UpdateSyntax update;
  PUMICE_TRY(update.source, ReadSource("Unexpected term", true));
  PUMICE_TRY(ReadWhere(update.where));
  PUMICE_TRY(ReadAssignments(update));
  PUMICE_TRY(ReadReturning(update.returning));
  return update;
}

Result<void> StatementParser::ReadAssignments(UpdateSyntax& update) {
  if (!tokens_.AtKeyword("set") && !tokens_.AtKeyword("remove")) {
    return problems::NotWellFormed("Expected data manipulation");
  }
  while (true) {
    if (tokens_.TakeKeyword("remove")) {
      PUMICE_TRY(auto target, terms_.ReadSimplePath());
      update.assignments.push_back({std::move(target), std::nullopt});
    } else if (tokens_.TakeKeyword("set")) {
      do {
        PUMICE_TRY(ReadAssignment(update));
      } while (tokens_.TakeSymbol(","));
    } else {
      return Ok();
    }
  }
}

Result<void> StatementParser::ReadAssignment(UpdateSyntax& update) {
  PUMICE_TRY(auto target, terms_.ReadSimplePath());
  if (!tokens_.TakeSymbol("=")) return problems::NotWellFormed("Expected '='");  // not measured
  PUMICE_TRY(auto value, terms_.ReadTerm());
  update.assignments.push_back({std::move(target), std::move(value)});
  return Ok();
}

Result<DeleteSyntax> StatementParser::ReadDelete() {
  tokens_.Advance();
  DeleteSyntax del;
  if (!tokens_.TakeKeyword("from")) return problems::NotWellFormed("Expected FROM");
  PUMICE_TRY(del.source, ReadSource("Expected identifier for simple path", true));
  PUMICE_TRY(ReadWhere(del.where));
  PUMICE_TRY(ReadReturning(del.returning));
  return del;
}

Result<void> StatementParser::ReadReturning(Returning& returning) {
  if (!tokens_.TakeKeyword("returning")) return Ok();
  const bool all = tokens_.TakeKeyword("all");
  // Not measured: what AWS says of an incomplete clause.
  if (!all && !tokens_.TakeKeyword("modified")) {
    return problems::NotWellFormed("Expected ALL or MODIFIED after RETURNING");
  }
  const bool old = tokens_.TakeKeyword("old");
  if (!old && !tokens_.TakeKeyword("new")) {
    return problems::NotWellFormed("Expected OLD or NEW after RETURNING");
  }
  if (!tokens_.TakeSymbol("*")) return problems::NotWellFormed("Expected * after RETURNING");
  if (all) {
    returning = old ? Returning::kAllOld : Returning::kAllNew;
  } else {
    returning = old ? Returning::kModifiedOld : Returning::kModifiedNew;
  }
  return Ok();
}

Result<ExistsSyntax> StatementParser::ReadExists() {
  tokens_.Advance();
  tokens_.Advance();
  if (!tokens_.AtKeyword("select")) {
    return problems::NotWellFormed("Unexpected term");  // not measured
  }
  PUMICE_TRY(auto select, ReadSelect());
  if (!tokens_.TakeSymbol(")")) return problems::NotWellFormed("Expected RIGHT_PAREN");
  return ExistsSyntax{std::move(select)};
}

}  // namespace

Result<StatementSyntax> ParseStatement(std::string_view text) {
  PUMICE_TRY(auto tokens, ReadTokens(text));
  return StatementParser(std::move(tokens)).Read();
}

}  // namespace pumice::partiql
