// SPDX-License-Identifier: Apache-2.0
#pragma once
// CreateTable's static checks of throughput, keys, definitions and indexes, in AWS's order, and
// what they define.

#include "base/result.h"
#include "model/table.h"
#include "server/operations/table_parameters.h"

namespace pumice {

/// The description as far as the request alone tells it: throughput, keys, definitions, indexes.
/// The constraints hold already. Errors: Validation.
Result<TableDescription> DefineTable(const TableParameters& parameters);

}  // namespace pumice
