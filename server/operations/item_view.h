// SPDX-License-Identifier: Apache-2.0
#pragma once
// Writes what a read shows of a stored item: all of it (bytes are copied, nothing is parsed), or a
// projection.

#include <string>

#include "expressions/ast.h"
#include "storage/item_codec.h"

namespace pumice {

/// projection null: the whole item. A projection that selects nothing gives {}.
void AppendProjected(std::string& out, const EncodedItemView& item,
                     const ProjectionExpression* projection);

}  // namespace pumice
