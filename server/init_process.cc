// SPDX-License-Identifier: Apache-2.0
#include "server/init_process.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include <sys/prctl.h>
#include <sys/wait.h>

namespace pumice {
namespace {

int ExitCodeOf(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Collects all who have ended; leaves when the server is among them.
void CollectChildren(pid_t server) {
  int status = 0;
  for (pid_t ended = 0; (ended = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (ended == server) _exit(ExitCodeOf(status));
  }
}

[[noreturn]] void RunInit(pid_t server, const sigset_t& signals) {
  for (;;) {
    siginfo_t received{};
    if (sigwaitinfo(&signals, &received) <= 0) continue;
    if (received.si_signo == SIGCHLD) {
      CollectChildren(server);
    } else if (received.si_code != SI_KERNEL) {
      kill(server, received.si_signo);  // what a terminal sends reaches the server by itself
    }
  }
}

}  // namespace

void BecomeInit() {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, &before);
  const pid_t server = fork();
  if (server > 0) RunInit(server, all);
  if (server == 0) prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace pumice
