// SPDX-License-Identifier: Apache-2.0
#include "server/operations/partiql_statement.h"

#include <utility>

#include "expressions/partiql/parse.h"
#include "model/attribute_json.h"

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

Result<partiql::Statement> PrepareStatement(const SentStatement& sent, std::string_view prefix) {
  PUMICE_TRY(const auto syntax, WithPrefix(prefix, partiql::ParseStatement(*sent.statement)));
  PUMICE_TRY(const auto parameters, ValuesOf(sent));
  return WithPrefix(prefix, partiql::LowerStatement(syntax, parameters));
}

std::string StatementText(const SentStatement& sent) {
  std::string text = *sent.statement;
  text += '\0';
  if (!sent.parameters) return text;
  for (const ParsedValue& parameter : *sent.parameters) AppendValueJson(text, parameter.value);
  return text;
}

}  // namespace pumice
