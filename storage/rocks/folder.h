// SPDX-License-Identifier: Apache-2.0
#pragma once
// The folder of a store on disk: made if missing, refused if it is not ours. A file in it says what
// it holds, so that a foreign folder is refused before anything in it is touched. Thread rule: free
// function, any thread.

#include <filesystem>

#include "base/result.h"

namespace pumice {

/// What the marker file is called and says.
inline constexpr char kMarkerFile[] = "PUMICE";
inline constexpr char kMarkerText[] = "pumice store 1\n";

/// Leaves `folder` there with our marker in it. Errors (Internal, with a client_text to print):
/// cannot be made or written; holds something else; holds a newer format. Nothing is touched then.
Result<void> PrepareFolder(const std::filesystem::path& folder);

}  // namespace pumice
