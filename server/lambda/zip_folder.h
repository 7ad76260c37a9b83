// SPDX-License-Identifier: Apache-2.0
#pragma once
// A deployment package, unpacked. Thread rule: free functions, any thread.

#include <cstdint>
#include <filesystem>

#include "server/lambda/lambda_error.h"

namespace pumice {

// AWS: "Lambda quotas", deployment package.
inline constexpr std::uint64_t kMaxZippedBytes = 50ULL * 1024 * 1024;
inline constexpr std::uint64_t kMaxUnzippedBytes = 250ULL * 1024 * 1024;

/// Unpacks `zip` into `folder`, which is made. Files keep the modes that the archive gives them, as
/// far as their owner's are concerned, and can be read in any case.
/// Errors (InvalidParameterValue): no zip file, a damaged one, one without files; one that unpacks
/// to more than 250 MB or 100,000 files; a name outside the folder (absolute, or with ..); anything
/// but files and folders; Service: the disk. What was unpacked by then is removed.
LambdaResult<void> Unzip(const std::filesystem::path& zip, const std::filesystem::path& folder);

}  // namespace pumice
