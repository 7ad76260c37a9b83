// SPDX-License-Identifier: Apache-2.0
#pragma once
// Requests printed as AWS's older validator prints Java objects in its constraint errors:
// AttributeValue(s=x, n=null, …). Measured on AWS us-east-1, October 2026.

#include <string>

#include "model/attribute_value.h"

namespace pumice {

/// {pk=AttributeValue(s=x, n=null, …), …}
std::string JavaEcho(const Item& item);
std::string JavaEcho(const AttributeValue& value);

}  // namespace pumice
