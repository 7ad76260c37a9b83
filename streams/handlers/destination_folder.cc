// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/destination_folder.h"

#include <system_error>
#include <utility>

#include "base/uuid.h"

namespace pumice {
namespace {

std::filesystem::path TemporaryPath(RandomSource& random) {
  std::error_code ignored;
  return std::filesystem::temp_directory_path(ignored) / ("pumice-" + NewUuid(random));
}

}  // namespace

DestinationFolder::DestinationFolder(std::filesystem::path folder, const Clock& clock,
                                     RandomSource& random)
    : temporary_(folder.empty()),
      path_(temporary_ ? TemporaryPath(random) : std::move(folder)),
      queues_(path_ / "queues", clock, random),
      topics_(path_ / "topics", clock, random) {}

DestinationFolder::~DestinationFolder() {
  std::error_code ignored;
  if (temporary_) std::filesystem::remove_all(path_, ignored);
}

}  // namespace pumice
