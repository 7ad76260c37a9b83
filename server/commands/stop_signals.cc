// SPDX-License-Identifier: Apache-2.0
#include "server/commands/stop_signals.h"

#include <signal.h>

namespace pumice {
namespace {

/// The only thing that a signal handler may reach.
patterns::StopFlag stop_flag;

}  // namespace

const patterns::StopFlag& StopOnSignals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_flag.Set(); };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return stop_flag;
}

}  // namespace pumice
