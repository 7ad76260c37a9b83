// SPDX-License-Identifier: Apache-2.0
#pragma once
// A table that is there, as the request that makes it again. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pumice {

struct KeyPart {
  std::string name;
  std::string type;  // S, N or B
  bool operator==(const KeyPart&) const = default;
};

struct TableDefinition {
  std::string table;
  std::string create_table;  // body of CreateTable, on one line
  std::vector<KeyPart> key;

  /// `description`: the member Table of DescribeTable's answer, which is known to be a JSON object.
  /// What describes a state (ARNs, counts, dates, statuses, warm throughput) is left out. Errors:
  /// Validation: it lacks its name or a member is none that AWS's answer has.
  static Result<TableDefinition> OfDescription(std::string_view description);
};

/// Do both requests, or descriptions, mean tables with the same key attributes and key types?
bool HaveSameKeys(std::string_view one, std::string_view other);

}  // namespace pumice
