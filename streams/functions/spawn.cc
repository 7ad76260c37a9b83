// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

namespace pumice {
namespace {

struct Pipe {
  OwnedDescriptor read;
  OwnedDescriptor write;
};

Error SystemError(std::string_view what, int number) {
  const bool no_resources =
      number == EAGAIN || number == ENOMEM || number == EMFILE || number == ENFILE;
  return Error(no_resources ? ErrorCode::kLimitExceeded : ErrorCode::kInternal, {},
               fmt::format("{}: {}", what, std::strerror(number)));
}

Result<Pipe> MakePipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return SystemError("pipe", errno);
  return Pipe{OwnedDescriptor(ends[0]), OwnedDescriptor(ends[1])};
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

/// All that the child needs, made before the fork: between fork and exec nothing may allocate.
struct ExecPlan {
  const char* program;
  char* const* arguments;
  char* const* environment;
  const char* folder;
  int output;
  int error_output;
  int report;  // where the reason goes if exec fails
  std::size_t memory_limit_bytes;
  pid_t parent;
};

void MarkInheritedDescriptorsCloseOnExec() {
  constexpr unsigned kFirst = 3;
  constexpr int kHighestTried = 4096;  // for kernels before 5.11
  if (::close_range(kFirst, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  for (int descriptor = kFirst; descriptor < kHighestTried; ++descriptor) {
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  }
}

void ResetSignals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(signal, SIG_DFL);
}

// Not RLIMIT_AS: V8 and Go reserve far more addresses than they use, and would not even start.
void LimitMemory(std::size_t bytes) {
  if (bytes == 0) return;
  const rlimit limit{bytes, bytes};
  ::setrlimit(RLIMIT_DATA, &limit);
}

/// Runs in the child, which shares nothing with our other threads: async-signal-safe calls only.
[[noreturn]] void ExecuteInChild(const ExecPlan& plan) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != plan.parent) ::_exit(127);  // the parent died before it could be told
  ResetSignals();
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(plan.output, STDOUT_FILENO);
  ::dup2(plan.error_output, STDERR_FILENO);
  MarkInheritedDescriptorsCloseOnExec();
  LimitMemory(plan.memory_limit_bytes);
  if (::chdir(plan.folder) == 0) ::execve(plan.program, plan.arguments, plan.environment);
  const int reason = errno;
  [[maybe_unused]] const auto written = ::write(plan.report, &reason, sizeof(reason));
  ::_exit(127);
}

/// Waits until the child has executed its program (the pipe closes) or has said why not.
int ReadExecFailure(int descriptor) {
  int reason = 0;
  ssize_t got = 0;
  do {
    got = ::read(descriptor, &reason, sizeof(reason));
  } while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof(reason)) ? reason : 0;
}

}  // namespace

OwnedDescriptor& OwnedDescriptor::operator=(OwnedDescriptor&& other) noexcept {
  if (this != &other) {
    Close();
    descriptor_ = other.Release();
  }
  return *this;
}

int OwnedDescriptor::Release() { return std::exchange(descriptor_, -1); }

void OwnedDescriptor::Close() {
  if (descriptor_ >= 0) ::close(Release());
}

Result<SpawnedProcess> Spawn(const ChildOptions& options) {
  PUMICE_TRY(Pipe output, MakePipe());
  PUMICE_TRY(Pipe error_output, MakePipe());
  PUMICE_TRY(Pipe report, MakePipe());
  std::vector<std::string> arguments{options.program.string()};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  const std::vector<char*> argument_pointers = Pointers(arguments);
  const std::vector<char*> environment_pointers = Pointers(options.environment);
  const ExecPlan plan{.program = options.program.c_str(),
                      .arguments = argument_pointers.data(),
                      .environment = environment_pointers.data(),
                      .folder = options.folder.c_str(),
                      .output = output.write.get(),
                      .error_output = error_output.write.get(),
                      .report = report.write.get(),
                      .memory_limit_bytes = options.memory_limit_bytes,
                      .parent = ::getpid()};
  const pid_t pid = ::fork();
  if (pid < 0) return SystemError("fork", errno);
  if (pid == 0) ExecuteInChild(plan);

  ::setpgid(pid, pid);  // the child does it too; whoever is first, the group is there when we go on
  report.write.Close();
  if (const int reason = ReadExecFailure(report.read.get()); reason != 0) {
    ::waitpid(pid, nullptr, 0);
    return SystemError(fmt::format("{} in {}", options.program.string(), options.folder.string()),
                       reason);
  }
  return SpawnedProcess{pid, std::move(output.read), std::move(error_output.read)};
}

}  // namespace pumice
