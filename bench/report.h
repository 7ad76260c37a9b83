// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the driver found, one line of JSON a result, as soon as it is there. bench/run reads them.

#include <cstddef>
#include <cstdint>
#include <string>

#include "bench/http_load.h"

namespace pumice::bench {

struct LoadResult {
  std::string server;
  std::size_t item_count = 0;
  double items_per_second = 0;      // BatchWriteItem of 25, one connection
  double server_cpu_us = 0;         // per item
  std::int64_t resident_bytes = 0;  // after the load
  std::string failure;              // empty: there was none
};

struct RunResult {
  std::string pattern;
  std::size_t connections = 0;
  std::string server;
  double rate = 0;  // asked for; 0: closed loop
  Measurement measurement;
};

/// {"kind":"load",…}; `repeat` counts from 1.
std::string JsonLine(const LoadResult& result, int repeat);
/// {"kind":"run",…}
std::string JsonLine(const RunResult& result, int repeat);

}  // namespace pumice::bench
