// SPDX-License-Identifier: Apache-2.0
#pragma once
// What AWS says of attribute values that are well-typed JSON but no DynamoDB values. All are
// ValidationException, without envelope. Measured on AWS, July-October 2026.

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/attribute_value.h"
#include "model/number.h"
#include "server/protocol/json_reader.h"

namespace pumice {

Error NumberProblem(NumberError error, std::string_view text, ValueTexts texts);
/// set: kSs, kNs or kBs.
Error EmptySetProblem(AttributeType set);
/// A set with a JSON null among its members.
Error NullInSetProblem(AttributeType set);
/// members: as sent.
Error DuplicatesProblem(std::span<const std::string> members, ValueTexts texts);
Error DuplicatesProblem(std::span<const Number> members, ValueTexts texts);
Error DuplicatesProblem(std::span<const Binary> members, ValueTexts texts);
Error NullNotTrueProblem();
Error EmptyValueProblem();
Error SeveralDatatypesProblem();
Error EmptyAttributeNameProblem();
Error AttributeNameTooLargeProblem();
Error NestingProblem();

}  // namespace pumice
