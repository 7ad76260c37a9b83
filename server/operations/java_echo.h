// SPDX-License-Identifier: Apache-2.0
#pragma once
// Requests printed as AWS's older validator prints Java objects in its constraint errors:
// AttributeValue(s=x, n=null, …). Measured on AWS us-east-1, October 2026.

#include <optional>
#include <string>

#include "model/attribute_value.h"
#include "server/operations/item_parameters.h"

namespace pumice {

/// {pk=AttributeValue(s=x, n=null, …), …}
std::string JavaEcho(const Item& item);
std::string JavaEcho(const AttributeValue& value);

/// Members of a structure; "null" for one that was not sent.
std::string JavaEcho(const std::optional<ParsedItem>& item);
std::string JavaEcho(const std::optional<std::string>& text);
std::string JavaEchoOfNames(const ExpressionAttributes& attributes);
std::string JavaEchoOfValues(const ExpressionAttributes& attributes);

}  // namespace pumice
