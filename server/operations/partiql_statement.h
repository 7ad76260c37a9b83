// SPDX-License-Identifier: Apache-2.0
#pragma once
// One PartiQL statement of a request: how it is read, and everything that AWS finds in it before it
// looks at a table.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expressions/partiql/statement.h"
#include "server/protocol/constraint_errors.h"
#include "server/protocol/json_reader.h"

namespace pumice {

/// Members as they came.
struct SentStatement {
  std::optional<std::string> statement;
  std::optional<std::vector<ParsedValue>> parameters;
  std::optional<bool> consistent_read;
  std::optional<std::string> return_values_on_condition_check_failure;
};

/// Reads one member if it is one of the above; others are left to be skipped.
Result<void> ReadStatementMember(std::string_view name, JsonValue& value, SentStatement& sent);

/// Constraints of Statement and Parameters. prefix: what stands in front of the members' names,
/// "statements.1.member." in a batch.
void CheckStatementConstraints(const SentStatement& sent, std::string_view prefix,
                               ConstraintErrors& errors);

/// A request of several statements, as it came. Its constraints hold.
struct SentStatements {
  std::vector<SentStatement> statements;
  std::optional<std::string> client_request_token;
  std::optional<std::string> return_consumed_capacity;
};

/// What an operation on several statements calls them.
struct StatementList {
  std::string_view member;   // "Statements"
  std::string_view path;     // "statements", in errors
  std::string_view element;  // "BatchStatementRequest", in errors
  std::size_t max_count = 0;
  bool has_token = false;  // ClientRequestToken is a member
};

/// Errors: Serialization, Validation (constraints of the token, of ReturnConsumedCapacity, of the
/// list and of each statement).
Result<SentStatements> ReadStatements(std::string& body, const StatementList& list);

/// The meaning of the statement. Errors (Validation): the grammar, then the parameters, then
/// literals and operands. `prefix` is put in front of all of them but those of the parameters
/// (measured on AWS, October 2026, in transactions). Precondition: the constraints hold.
Result<partiql::Statement> PrepareStatement(const SentStatement& sent,
                                            std::string_view prefix = {});

/// DynamoDB knows EXISTS in transactions only; the text is not measured.
Error ExistsOutsideTransaction();

/// What tells a statement and its parameters from all others, for the tokens of both.
std::string StatementText(const SentStatement& sent);

}  // namespace pumice
