// SPDX-License-Identifier: Apache-2.0
#pragma once
// What can be wrong with a statement, in AWS's words. All are ValidationException. Measured on AWS,
// June to October 2026, unless the text's own comment says otherwise.

#include <string>
#include <string_view>

#include "base/error.h"
#include "expressions/partiql/position.h"
#include "model/attribute_value.h"
#include "model/number.h"

namespace pumice::partiql::problems {

Error Invalid(std::string text);
/// "Statement wasn't well formed, can't be processed: <detail>"; the detail may be empty.
Error NotWellFormed(std::string_view detail);

Error UnsupportedOperation(std::string_view operation);
/// expression: "Condition", "Update".
Error UnsupportedOperator(std::string_view expression, std::string_view op);
Error UnsupportedClause(std::string_view clause, const Position& position);
Error UnrecognizedFunction(std::string_view name, const Position& position);
Error UnexpectedPathComponent(const Position& position);

/// key: the innermost attribute name of the INSERT that the value stands under, "root" if none.
Error UnsupportedDataType(std::string_view what, std::string_view key, const Position& position);
/// A member of a map whose name is no string. type: what it is instead.
Error KeyOfTuple(std::string_view type, std::string_view path, const Position& position);
/// path: "root", "root.x", "root[1]": where in the attribute's value the number stands.
Error NumberOutOfRange(NumberError error, std::string_view path);
Error EmptyBag();
Error MixedBag();
Error UnsupportedInBag();
Error DuplicatesInBag(const AttributeValue& members);
Error TooDeep();

}  // namespace pumice::partiql::problems
