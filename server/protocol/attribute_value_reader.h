// SPDX-License-Identifier: Apache-2.0
#pragma once
// DynamoDB's typed JSON -> AttributeValue. Used by json_reader.cc alone; see json_reader.h for what
// a problem is.

#include "server/protocol/json_reader.h"
#include "server/protocol/json_scalars.h"

namespace pumice {

/// {"S":"x"}. value: not null. Errors: Serialization.
Result<ParsedValue> ReadAttributeValue(json::Value& value, ValueTexts texts,
                                       std::size_t max_levels);
/// {"pk":{"S":"x"},…}. Errors: Serialization.
Result<ParsedItem> ReadAttributeMap(json::Value& value, ValueTexts texts);

}  // namespace pumice
