// SPDX-License-Identifier: Apache-2.0
#include "streams/functions/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "streams/functions/callback_guard.h"
#include "streams/functions/line_splitter.h"
#include "streams/functions/spawn.h"

namespace pumice {
namespace {

using boost::system::error_code;
using Descriptor = boost::asio::posix::stream_descriptor;

constexpr std::chrono::milliseconds kExitPollInterval{20};
constexpr std::size_t kMaxTakenBytes = 1024 * 1024;

/// One of the child's two outputs.
class OutputReader {
 public:
  OutputReader(boost::asio::io_context& context, OwnedDescriptor pipe,
               const std::function<void(std::string_view)>& line)
      : line_(line), splitter_(kMaxLineBytes), pipe_(context, pipe.Release()) {
    error_code ignored;
    pipe_.non_blocking(true, ignored);
    Read();
  }

  /// What is in the pipe now, up to a bound: somebody may go on writing for ever.
  void Take() {
    for (std::size_t total = 0; total < kMaxTakenBytes;) {
      const ssize_t got = ::read(pipe_.native_handle(), bytes_.data(), bytes_.size());
      if (got <= 0) break;
      splitter_.Add({bytes_.data(), static_cast<std::size_t>(got)}, line_);
      total += static_cast<std::size_t>(got);
    }
    splitter_.Finish(line_);
  }

 private:
  void Read() {
    pipe_.async_read_some(boost::asio::buffer(bytes_),
                          guard_.Wrap([this](error_code error, std::size_t got) {
                            splitter_.Add({bytes_.data(), got}, line_);
                            if (!error) Read();
                          }));
  }

  const std::function<void(std::string_view)>& line_;
  LineSplitter splitter_;
  std::array<char, 16 * 1024> bytes_;
  Descriptor pipe_;
  CallbackGuard guard_;
};

/// As Lambda's own log says it: "signal: segmentation fault".
std::string DescribeStatus(int status) {
  if (WIFSIGNALED(status)) {
    const char* known = ::sigdescr_np(WTERMSIG(status));
    std::string name = known == nullptr ? std::to_string(WTERMSIG(status)) : known;
    name.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(name.front())));
    return "signal: " + name;
  }
  return fmt::format("exit status {}", WEXITSTATUS(status));
}

bool HasEnded(pid_t pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid;
}

/// None: it could not be waited for in time.
std::optional<int> ReapWithin(pid_t pid, std::chrono::milliseconds limit) {
  constexpr timespec kPause{0, 1'000'000};
  for (auto waited = std::chrono::milliseconds(0); waited < limit;
       waited += std::chrono::milliseconds(1)) {
    int status = 0;
    const pid_t reaped = ::waitpid(pid, &status, WNOHANG);
    if (reaped == pid) return status;
    if (reaped < 0 && errno != EINTR) return std::nullopt;
    ::nanosleep(&kPause, nullptr);
  }
  return std::nullopt;
}

}  // namespace

class ChildProcess::Impl {
 public:
  Impl(boost::asio::io_context& context, SpawnedProcess process, ChildEvents events)
      : events_(std::move(events)),
        pid_(process.pid),
        output_(context, std::move(process.output), events_.line),
        error_output_(context, std::move(process.error_output), events_.line),
        exit_(context),
        poll_(context) {
    const long descriptor = ::syscall(SYS_pidfd_open, pid_, 0);
    if (descriptor >= 0) {
      ::fcntl(static_cast<int>(descriptor), F_SETFD, FD_CLOEXEC);
      exit_.assign(static_cast<int>(descriptor));
      exit_.async_wait(Descriptor::wait_read, guard_.Wrap([this](error_code error) {
        if (!error) Ended();
      }));
    } else {
      PollForExit();
    }
  }

  ~Impl() {
    if (pid_ == 0) return;
    ::kill(-pid_, SIGKILL);
    [[maybe_unused]] const auto status = ReapWithin(pid_, std::chrono::seconds(1));
  }

  pid_t pid() const { return pid_; }

  void TakeOutput() {
    output_.Take();
    error_output_.Take();
  }

 private:
  // Kernels before 5.3 cannot say when a process ends but by a signal to the whole program.
  void PollForExit() {
    poll_.expires_after(kExitPollInterval);
    poll_.async_wait(guard_.Wrap([this](error_code) { HasEnded(pid_) ? Ended() : PollForExit(); }));
  }

  /// The group goes before the process is reaped: until then its number cannot be given to another.
  void Ended() {
    ::kill(-pid_, SIGKILL);
    const auto status = ReapWithin(std::exchange(pid_, 0), std::chrono::seconds(1));
    TakeOutput();
    const auto ended = std::move(events_.ended);
    ended(status ? DescribeStatus(*status) : "an unknown status");
  }

  ChildEvents events_;
  pid_t pid_;  // 0: reaped
  OutputReader output_;
  OutputReader error_output_;
  Descriptor exit_;
  boost::asio::steady_timer poll_;
  CallbackGuard guard_;
};

Result<std::unique_ptr<ChildProcess>> ChildProcess::Start(boost::asio::io_context& context,
                                                          const ChildOptions& options,
                                                          ChildEvents events) {
  PUMICE_TRY(SpawnedProcess process, Spawn(options));
  auto impl = std::make_unique<Impl>(context, std::move(process), std::move(events));
  return std::unique_ptr<ChildProcess>(new ChildProcess(std::move(impl)));
}

ChildProcess::ChildProcess(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChildProcess::~ChildProcess() = default;
pid_t ChildProcess::pid() const { return impl_->pid(); }
void ChildProcess::TakeOutput() { impl_->TakeOutput(); }

}  // namespace pumice
