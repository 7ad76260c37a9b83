// SPDX-License-Identifier: Apache-2.0
#pragma once
// PartiQL: text -> meaning, in two steps, because AWS judges the parameters of a request between
// them.
// Thread rule: pure.

#include <span>
#include <string_view>

#include "base/result.h"
#include "expressions/partiql/statement.h"
#include "expressions/partiql/syntax.h"

namespace pumice::partiql {

/// The grammar of one statement. Errors (Validation): "Statement wasn't well formed, can't be
/// processed: …".
Result<StatementSyntax> ParseStatement(std::string_view text);

/// Puts the parameters in, makes the literals and says what the statement means. `parameters` may
/// hold more than the statement asks for. Errors (Validation): all that AWS finds before it looks
/// at a table.
Result<Statement> LowerStatement(const StatementSyntax& syntax,
                                 std::span<const AttributeValue> parameters);

}  // namespace pumice::partiql
