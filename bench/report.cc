// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <nlohmann/json.hpp>

namespace pumice::bench {
namespace {

/// A server may answer what is no UTF-8.
std::string Line(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string JsonLine(const LoadResult& result, int repeat) {
  return Line({{"kind", "load"},
               {"repeat", repeat},
               {"server", result.server},
               {"items", result.item_count},
               {"items_per_second", result.items_per_second},
               {"server_cpu_us", result.server_cpu_us},
               {"resident_bytes", result.resident_bytes},
               {"failure", result.failure}});
}

std::string JsonLine(const RunResult& result, int repeat) {
  const Measurement& m = result.measurement;
  return Line({{"kind", "run"},
               {"repeat", repeat},
               {"server", result.server},
               {"pattern", result.pattern},
               {"clients", result.connections},
               {"rate", result.rate},
               {"requests", m.requests},
               {"requests_per_second", m.requests_per_second},
               {"p50_us", m.p50_us},
               {"p99_us", m.p99_us},
               {"server_cpu_us", m.server_cpu_us},
               {"answer_bytes", m.answer_bytes},
               {"driver_load", m.driver_load},
               {"failures", m.failures},
               {"failure", m.first_failure}});
}

}  // namespace pumice::bench
