// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/constraint_errors.h"

#include <algorithm>

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace pumice {
namespace {
constexpr std::size_t kMaxReported = 10;
}

void ConstraintErrors::AddValue(std::string_view echo, std::string_view path,
                                std::string_view constraint) {
  texts_.push_back(
      fmt::format("Value '{}' at '{}' failed to satisfy constraint: {}", echo, path, constraint));
}

void ConstraintErrors::AddNull(std::string_view path) {
  texts_.push_back(fmt::format(
      "Value null at '{}' failed to satisfy constraint: Member must not be null", path));
}

void ConstraintErrors::AddAt(std::string_view path, std::string_view constraint) {
  texts_.push_back(fmt::format("Value at '{}' failed to satisfy constraint: {}", path, constraint));
}

void ConstraintErrors::AddText(std::string text) { texts_.push_back(std::move(text)); }

Result<void> ConstraintErrors::Check() const {
  if (texts_.empty()) return Ok();
  const std::size_t count = std::min(texts_.size(), kMaxReported);
  return Error(ErrorCode::kValidation,
               fmt::format("{} validation error{} detected: {}", count, count == 1 ? "" : "s",
                           fmt::join(texts_.begin(),
                                     texts_.begin() + static_cast<std::ptrdiff_t>(count), "; ")));
}

std::string LengthAtLeast(std::size_t n) {
  return fmt::format("Member must have length greater than or equal to {}", n);
}
std::string LengthAtMost(std::size_t n) {
  return fmt::format("Member must have length less than or equal to {}", n);
}
std::string ValueAtLeast(std::int64_t n) {
  return fmt::format("Member must have value greater than or equal to {}", n);
}
std::string ValueAtMost(std::int64_t n) {
  return fmt::format("Member must have value less than or equal to {}", n);
}
std::string OneOf(std::string_view comma_separated) {
  return fmt::format("Member must satisfy enum value set: [{}]", comma_separated);
}

}  // namespace pumice
