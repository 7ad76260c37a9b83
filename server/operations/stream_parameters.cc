// SPDX-License-Identifier: Apache-2.0
#include "server/operations/stream_parameters.h"

namespace pumice {
namespace {

void CheckLength(const std::string& sent, std::string_view path, std::size_t least,
                 std::size_t most, ConstraintErrors& errors) {
  if (sent.size() < least) errors.AddValue(sent, path, LengthAtLeast(least));
  if (sent.size() > most) errors.AddValue(sent, path, LengthAtMost(most));
}

}  // namespace

void CheckStreamArn(const std::optional<std::string>& sent, std::string_view path,
                    ConstraintErrors& errors) {
  if (!sent) return errors.AddNull(path);
  CheckLength(*sent, path, 37, 1024, errors);
}

void CheckShardId(const std::optional<std::string>& sent, std::string_view path,
                  ConstraintErrors& errors) {
  if (sent) CheckLength(*sent, path, 28, 65, errors);
}

void CheckLimit(const std::optional<std::int64_t>& sent, std::int64_t most,
                ConstraintErrors& errors) {
  if (!sent) return;
  if (*sent < 1) errors.AddValue(std::to_string(*sent), "limit", ValueAtLeast(1));
  if (*sent > most) errors.AddValue(std::to_string(*sent), "limit", ValueAtMost(most));
}

Result<void> CheckStreamArnForm(std::string_view arn) {
  const bool fits = arn.starts_with("arn:") && arn.find(":dynamodb:") != std::string_view::npos &&
                    arn.find(":table/") != std::string_view::npos &&
                    arn.find("/stream/") != std::string_view::npos;
  if (fits) return Ok();
  return Error(ErrorCode::kValidation, "Invalid StreamArn: " + std::string(arn));
}

}  // namespace pumice
