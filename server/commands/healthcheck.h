// SPDX-License-Identifier: Apache-2.0
#pragma once
// pumice healthcheck: for a container's HEALTHCHECK, where there is no shell and no curl.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace pumice {

/// Where a server listens; `host` as the server's --host takes it, empty for all interfaces.
struct HealthcheckOptions {
  std::string host;
  std::uint16_t port = 8000;
  std::chrono::seconds timeout{5};
};

/// Asks GET / and returns one line that says so, if the answer is AWS's 200 or DynamoDB Local's
/// 400. Errors: Internal, one line: nobody listens, no answer within the time, or another one;
/// Validation: the host is no address.
Result<std::string> CheckHealth(const HealthcheckOptions& options);

/// Where the server listens that was started by `command_line`, in the form of /proc/<pid>/cmdline;
/// nothing if that started no server, or one on any free port.
std::optional<HealthcheckOptions> WhereServerListens(std::string_view command_line);

/// The command: exit code 0 if the server answers, 1 if not, 2 for a wrong command line.
int Healthcheck(const std::vector<std::string>& arguments);

}  // namespace pumice
