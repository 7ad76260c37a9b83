// SPDX-License-Identifier: Apache-2.0
#include "server/operations/partiql_statement.h"

#include <utility>

#include <fmt/core.h>

#include "expressions/partiql/parse.h"
#include "model/attribute_json.h"
#include "server/operations/item_parameters.h"
#include "server/operations/transaction.h"

namespace pumice {
namespace {

// AWS: API_ExecuteStatement.
constexpr std::size_t kMaxStatementLength = 8192;

/// Characters, as AWS counts them; the text is UTF-8.
std::size_t LengthOf(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) length += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return length;
}

/// As AWS's older validator might print it: only that it prints the list is known.
std::string Echo(const std::vector<SentStatement>& statements) {
  std::string out = "[";
  for (const SentStatement& sent : statements) {
    if (out.size() > 1) out += ", ";
    out += fmt::format("BatchStatementRequest(statement={})", sent.statement.value_or("null"));
  }
  return out + "]";
}

template <class T>
Result<T> WithPrefix(std::string_view prefix, Result<T> result) {
  if (result || prefix.empty()) return result;
  return std::move(result).error().Prefixed(prefix);
}

Result<void> ReadParameters(JsonValue& value, SentStatement& sent) {
  sent.parameters.emplace();
  return value.List([&](JsonValue& element) -> Result<void> {
    PUMICE_TRY(auto parameter, element.Value(ValueTexts::kOlder));
    sent.parameters->push_back(std::move(parameter));
    return Ok();
  });
}

Result<std::vector<AttributeValue>> ValuesOf(const SentStatement& sent) {
  std::vector<AttributeValue> values;
  if (!sent.parameters) return values;
  values.reserve(sent.parameters->size());
  for (const ParsedValue& parameter : *sent.parameters) {
    if (parameter.problem) {
      return Error(parameter.problem->code(), parameter.problem->client_text());
    }
    values.push_back(parameter.value);
  }
  return values;
}

}  // namespace

Result<void> ReadStatementMember(std::string_view name, JsonValue& value, SentStatement& sent) {
  if (name == "Statement") {
    PUMICE_TRY(sent.statement, value.String());
  } else if (name == "Parameters") {
    return ReadParameters(value, sent);
  } else if (name == "ConsistentRead") {
    PUMICE_TRY(sent.consistent_read, value.Boolean());
  } else if (name == "ReturnValuesOnConditionCheckFailure") {
    PUMICE_TRY(sent.return_values_on_condition_check_failure, value.String());
  }
  return Ok();
}

void CheckStatementConstraints(const SentStatement& sent, std::string_view prefix,
                               ConstraintErrors& errors) {
  const std::string path = std::string(prefix) + "statement";
  if (!sent.statement) {
    errors.AddNull(path);
  } else if (sent.statement->empty()) {
    errors.AddValue(*sent.statement, path, LengthAtLeast(1));
  } else if (LengthOf(*sent.statement) > kMaxStatementLength) {
    errors.AddValue(*sent.statement, path, LengthAtMost(kMaxStatementLength));
  }
  if (sent.parameters && sent.parameters->empty()) {
    errors.AddValue("[]", std::string(prefix) + "parameters", LengthAtLeast(1));
  }
}

namespace {

Result<std::vector<SentStatement>> ReadList(JsonValue& value, std::string_view element) {
  std::vector<SentStatement> statements;
  PUMICE_TRY(value.List([&](JsonValue& each) -> Result<void> {
    SentStatement& sent = statements.emplace_back();
    return each.Structure(element, [&](std::string_view name, JsonValue& member) {
      return ReadStatementMember(name, member, sent);
    });
  }));
  return statements;
}

void CheckList(const std::optional<std::vector<SentStatement>>& sent, const StatementList& list,
               ConstraintErrors& errors) {
  if (!sent) return errors.AddNull(list.path);
  if (sent->empty()) return errors.AddValue("[]", list.path, LengthAtLeast(1));
  if (sent->size() > list.max_count) {
    return errors.AddValue(Echo(*sent), list.path, LengthAtMost(list.max_count));
  }
  for (std::size_t i = 0; i < sent->size(); ++i) {
    const std::string prefix = fmt::format("{}.{}.member.", list.path, i + 1);
    CheckStatementConstraints((*sent)[i], prefix, errors);
    CheckReturnValuesOnConditionCheckFailure((*sent)[i].return_values_on_condition_check_failure,
                                             errors, prefix);
  }
}

}  // namespace

Result<SentStatements> ReadStatements(std::string& body, const StatementList& list) {
  std::optional<std::vector<SentStatement>> statements;
  SentStatements sent;
  PUMICE_TRY(ReadRequest(body, [&](std::string_view name, JsonValue& value) -> Result<void> {
    if (name == list.member) {
      PUMICE_TRY(statements, ReadList(value, list.element));
    } else if (list.has_token && name == "ClientRequestToken") {
      PUMICE_TRY(sent.client_request_token, value.String());
    } else if (name == "ReturnConsumedCapacity") {
      PUMICE_TRY(sent.return_consumed_capacity, value.String());
    }
    return Ok();
  }));
  ConstraintErrors errors;
  CheckClientRequestToken(sent.client_request_token, errors);
  CheckReturnConsumedCapacity(sent.return_consumed_capacity, errors);
  CheckList(statements, list, errors);
  PUMICE_TRY(errors.Check());
  sent.statements = *std::move(statements);
  return sent;
}

Result<partiql::Statement> PrepareStatement(const SentStatement& sent, std::string_view prefix) {
  PUMICE_TRY(const auto syntax, WithPrefix(prefix, partiql::ParseStatement(*sent.statement)));
  PUMICE_TRY(const auto parameters, ValuesOf(sent));
  return WithPrefix(prefix, partiql::LowerStatement(syntax, parameters));
}

Error ExistsOutsideTransaction() {
  return Error(ErrorCode::kValidation, "EXISTS is supported in ExecuteTransaction only");
}

std::string StatementText(const SentStatement& sent) {
  std::string text = *sent.statement;
  text += '\0';
  if (!sent.parameters) return text;
  for (const ParsedValue& parameter : *sent.parameters) AppendValueJson(text, parameter.value);
  return text;
}

}  // namespace pumice
