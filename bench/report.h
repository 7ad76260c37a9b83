// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a bench run found, as a table for people and as JSON for programs.

#include <cstdint>
#include <string>
#include <vector>

#include "bench/http_load.h"

namespace pumice::bench {

struct SeedResult {
  std::string server;
  double items_per_second = 0;      // BatchWriteItem of 25, one connection
  double server_cpu_us = 0;         // per item
  std::int64_t resident_bytes = 0;  // after the load
};

struct Row {
  std::string pattern;
  std::size_t connections = 0;
  std::string server;
  bool is_echo = false;
  Measurement measurement;
};

struct Report {
  std::size_t item_count = 0;
  double seconds = 0;  // of each run
  std::vector<SeedResult> seeds;
  std::vector<Row>
      rows;  // rows of one pattern and client count stand together, the echo server's last
};

/// "AMD EPYC, 2 cores, Linux 6.1.0"
std::string MachineName();

std::string TableText(const Report& report);
std::string JsonText(const Report& report);

}  // namespace pumice::bench
