// SPDX-License-Identifier: Apache-2.0
#include "expressions/legacy/attributes_to_get.h"

#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/core.h>

namespace pumice {

Result<ProjectionExpression> ToProjection(std::vector<std::string> attributes) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& attribute : attributes) {
    if (seen.insert(attribute).second) continue;
    return Error(ErrorCode::kValidation,
                 fmt::format("One or more parameter values were invalid: Duplicate value in "
                             "attribute name: {}",
                             attribute));
  }
  ProjectionExpression projection;
  projection.paths.reserve(attributes.size());
  for (std::string& attribute : attributes) {
    projection.paths.push_back({{std::move(attribute)}});
  }
  return projection;
}

}  // namespace pumice
