// SPDX-License-Identifier: Apache-2.0
#include "server/request_log.h"

namespace pumice {
namespace {

std::string_view OrDash(std::string_view text) { return text.empty() ? "-" : text; }

}  // namespace

void LogRequest(Log& log, const RequestRecord& record, std::chrono::microseconds time) {
  log.Debug("{} table={} status={} time={}us units={} id={}", OrDash(record.operation),
            OrDash(record.notes.table), record.status, time.count(), record.notes.capacity_units,
            record.request_id);
}

void LogInternalError(Log& log, const RequestRecord& record, const Error& error) {
  log.Error("{} failed inside the server: {} {} (table={} id={})", OrDash(record.operation),
            OrDash(error.log_text()), error.client_text(), OrDash(record.notes.table),
            record.request_id);
}

}  // namespace pumice
