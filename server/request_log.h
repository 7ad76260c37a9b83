// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the log says about a request: at level debug one line for each, at level error one for each
// that failed inside the server.

#include <chrono>
#include <string_view>

#include "base/error.h"
#include "base/log.h"
#include "server/operations/operation.h"

namespace pumice {

struct RequestRecord {
  std::string_view request_id;
  std::string_view operation;  // empty: it was not found out
  int status = 0;
  RequestNotes notes;
  bool put_off = false;  // answered later, and framed by who does it
};

/// PutItem table=Music status=200 time=85us units=1 id=…
void LogRequest(Log& log, const RequestRecord& record, std::chrono::microseconds time);
void LogInternalError(Log& log, const RequestRecord& record, const Error& error);

}  // namespace pumice
