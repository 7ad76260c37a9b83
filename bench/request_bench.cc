// SPDX-License-Identifier: Apache-2.0
// The whole way of a request without sockets: bytes -> RequestParser -> RequestPath -> the bytes of
// the answer, over a database in memory that is the same at every start. Prints the time a request;
// bench/instructions counts, under callgrind, what runs inside MeasureRequests().
//   request_bench get 500

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "base/clock.h"
#include "base/log.h"
#include "bench/cruddur_requests.h"
#include "server/http/request_parser.h"
#include "server/http/response_head.h"
#include "server/request_path.h"
#include "storage/databases.h"

namespace pumice::bench {
namespace {

constexpr std::size_t kItems = 4'000;
constexpr std::size_t kWarmUp = 100;

// The same at every start, so that nothing depends on when it was.
class CountingRandom final : public RandomSource {
 public:
  std::uint64_t Next() override { return next_ += 0x9E3779B97F4A7C15u; }

 private:
  std::uint64_t next_ = 0;
};

/// A server without sockets.
class Service {
 public:
  /// The answer's bytes; they live until the next call.
  const std::string& Call(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto space = parser_.Space();
      const std::size_t count = std::min(space.size(), bytes.size());
      std::memcpy(space.data(), bytes.data(), count);
      parser_.Filled(count);
      bytes.remove_prefix(count);
      if (parser_.Parse() == RequestParser::State::kRefused) break;
    }
    response_.status = 200;
    response_.headers.clear();
    response_.body.clear();
    path_.Handle(parser_.request(), response_);
    out_.clear();
    AppendResponseHead(out_, response_, date_.At(clock_.Now()), true);
    out_ += response_.body;
    parser_.Next();
    return out_;
  }

 private:
  ManualClock clock_{TimePoint(std::chrono::seconds(1'795'228'250))};
  CountingRandom random_;
  Log log_{LogLevel::kOff};
  Databases databases_{{{}, Durability::kMemory, true}, clock_, random_, log_};
  RequestPath path_{{databases_, clock_, random_, log_}, {}};
  HttpLimits limits_;
  RequestParser parser_{limits_};
  HttpResponse response_;
  DateText date_;
  std::string out_;
};

bool IsGood(const Request& request, std::string_view answer) {
  if (answer.starts_with("HTTP/1.1 200 ") && IsRightAnswer(request, answer)) return true;
  fmt::print(stderr, "{}\n{}\n", request.bytes, answer);
  return false;
}

bool Fill(Service& service) {
  if (!service.Call(CreateTableRequest(true)).starts_with("HTTP/1.1 200 ")) return false;
  for (std::size_t batch = 0; batch < kItems / kBatchSize; ++batch) {
    const Request seed = SeedRequest(batch, kItems);
    if (!IsGood(seed, service.Call(seed.bytes))) return false;
  }
  return true;
}

/// Has a name that callgrind finds: it counts from here to the return, and only this thread.
__attribute__((noinline)) std::size_t MeasureRequests(Service& service, const Workload& workload,
                                                      std::size_t begin, std::size_t count) {
  std::size_t bytes = 0;
  for (std::size_t i = begin; i < begin + count; ++i) {
    bytes += service.Call(workload.requests[i].bytes).size();
  }
  return bytes;
}

bool CheckAnswers(Service& service, const Workload& workload) {
  for (std::size_t i = 0; i < kWarmUp; ++i) {
    if (!IsGood(workload.requests[i], service.Call(workload.requests[i].bytes))) return false;
  }
  return true;
}

int Main(std::string_view pattern, std::size_t count) {
  Service service;
  if (!Fill(service)) return EXIT_FAILURE;
  Workload workload = MakeWorkload(pattern, kItems, kWarmUp + count);
  if (workload.requests.size() < kWarmUp + count) {
    fmt::print(stderr, "no fixed sequence of requests for {}\n", pattern);
    return EXIT_FAILURE;
  }
  for (std::size_t i = 0; i < kWarmUp + count; ++i) StampCounter(workload.requests[i], i);
  if (!CheckAnswers(service, workload)) return EXIT_FAILURE;
  const auto start = std::chrono::steady_clock::now();
  const std::size_t bytes = MeasureRequests(service, workload, kWarmUp, count);
  const std::chrono::duration<double, std::micro> taken = std::chrono::steady_clock::now() - start;
  fmt::print("{}: {:.2f} us a request, {} bytes an answer\n", pattern,
             taken.count() / static_cast<double>(count), bytes / count);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace pumice::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: request_bench <pattern> <requests>\n");
    return EXIT_FAILURE;
  }
  return pumice::bench::Main(argv[1], static_cast<std::size_t>(std::atoi(argv[2])));
}
