// SPDX-License-Identifier: Apache-2.0
#pragma once
// For the tests of this folder: a database in memory and the registry in front of it.

#include <chrono>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "server/operations/operation.h"
#include "server/operations/registry.h"
#include "server/operations/throttle.h"
#include "storage/database.h"

namespace pumice {

class TestService {
 public:
  /// transient_delay: as -delayTransientStatuses, but for this long; new tables are CREATING for
  /// kTransientDelay.
  explicit TestService(std::chrono::microseconds transient_delay = {});

  /// The answer's JSON, or "<Exception>: <text>" (with the detail members behind it, if there are
  /// any).
  std::string Call(std::string_view operation, std::string_view json);

  /// A table with key pk (S) and sk (S), a global index "gsi" (gpk S, gsk N, ALL) and a local index
  /// "lsi" (lsk S, INCLUDE "x").
  void MakeTable(std::string_view name = "table");

  Database& database() { return *database_; }
  ManualClock& clock() { return clock_; }
  const RequestNotes& notes() const { return notes_; }
  ServiceOptions& options() { return options_; }
  void EnforceThroughput() { throttle_.emplace(clock_); }

 private:
  ManualClock clock_;
  SystemRandom random_;
  Log log_;
  std::unique_ptr<Database> database_;
  RequestNotes notes_;
  ServiceOptions options_;
  std::optional<Throttle> throttle_;
};

/// For tables of refused requests: what is sent and what Call() answers.
struct Refusal {
  std::string_view members;
  std::string_view answer;
};
inline void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.members; }

inline constexpr std::string_view kEnvelopeError =
    "ValidationException: 1 validation error detected: ";

}  // namespace pumice
