// SPDX-License-Identifier: Apache-2.0
#pragma once
// The list of all operations, built at compile time. Dispatch, metrics, authorisation names and the
// generated documents read it.

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/operations/operation.h"

namespace pumice {

struct OperationEntry {
  std::string_view name;
  Api api = Api::kDynamoDb;
  ValidationLayer layer = ValidationLayer::kBare;
  /// Reads the body, runs the operation, appends the answer's JSON to `out` (untouched on failure).
  Result<void> (*run)(std::string& body, OperationContext& context, std::string& out) = nullptr;
};

/// Sorted by name; names are unique over both APIs.
std::span<const OperationEntry> Operations();

/// Null: AWS would answer UnknownOperationException.
const OperationEntry* FindOperation(Api api, std::string_view name);

}  // namespace pumice
