// SPDX-License-Identifier: Apache-2.0
#pragma once
// Writes a file's items into their tables.

#include "bench/patterns/tables.h"

namespace pumice::patterns {

struct LoadTarget {
  const Endpoint& endpoint;
  const Clock& clock;
  const StopFlag& stop;
  std::size_t connections = 1;
};

/// See Tables::Load.
Result<LoadResult> LoadItems(const PatternFile& file, const LoadTarget& target, Progress& progress);

/// The items number `first` to `first + count - 1` of a set (fewer at its end) as requests of
/// BatchWriteItem: {"PutRequest":{"Item":...}},...
std::string PutRequests(const Data& data, const DataSet& set, std::uint64_t first,
                        std::uint64_t count);

/// How many items a set makes.
std::uint64_t ItemCount(const DataSet& set);

}  // namespace pumice::patterns
