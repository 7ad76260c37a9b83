// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/loader.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/mutex.h"

namespace pumice::patterns {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::uint64_t kBatchItems = 25;  // BatchWriteItem takes no more
constexpr int kOk = 200;
constexpr int kServerErrors = 500;
constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{5000};
constexpr int kMostTries = 60;  // some five minutes

bool IsThrottled(const Answer& answer) {
  if (answer.status >= kServerErrors) return true;
  const std::string name = ErrorNameOf(answer);
  return name == "ProvisionedThroughputExceededException" || name == "ThrottlingException" ||
         name == "RequestLimitExceeded";
}

/// Shared by the threads that load.
struct Work {
  const PatternFile& file;
  std::vector<std::uint64_t> first_batches;  // of each set, and of all at the end
  std::atomic<std::uint64_t> next_batch{0};
  std::atomic<std::uint64_t> items{0};
  std::atomic<bool> failed{false};
  Mutex mutex{};
  std::string problem GUARDED_BY(mutex){};
};

/// One thread and its connection.
class Loader {
 public:
  Loader(Work& work, const LoadTarget& target)
      : work_(work), target_(target), client_(target.endpoint, target.clock, target.stop) {}

  void Run() {
    while (!target_.stop.is_set() && !work_.failed) {
      const std::uint64_t batch = work_.next_batch.fetch_add(1);
      if (batch >= work_.first_batches.back()) return;
      const Result<void> written = WriteBatch(batch);
      if (written || target_.stop.is_set()) continue;
      const MutexLock lock(work_.mutex);
      work_.problem = written.error().client_text();
      work_.failed = true;
    }
  }

 private:
  Result<void> WriteBatch(std::uint64_t batch) {
    const auto& firsts = work_.first_batches;
    const auto after = std::upper_bound(firsts.begin(), firsts.end(), batch);
    const auto index = static_cast<std::size_t>(after - firsts.begin()) - 1;
    const DataSet& set = work_.file.data.sets[index];
    const std::uint64_t first = (batch - firsts[index]) * kBatchItems;
    const std::string puts = PutRequests(work_.file.data, set, first, kBatchItems);
    PUMICE_TRY(Write(fmt::format(R"({{"RequestItems":{{{}:[{}]}}}})", JsonLine(set.table), puts)));
    work_.items += std::min(kBatchItems, ItemCount(set) - first);
    return Ok();
  }

  Result<void> Write(std::string body) {
    std::chrono::milliseconds pause = kFirstPause;
    for (int tries = 0; tries < kMostTries && !target_.stop.is_set(); ++tries) {
      PUMICE_TRY(const Answer answer, client_.Call("BatchWriteItem", body));
      if (answer.status != kOk && !IsThrottled(answer)) {
        return Error(ErrorCode::kInternal, ErrorTextOf(answer));
      }
      if (answer.status == kOk) {
        const auto json = nlohmann::json::parse(answer.body, nullptr, false);
        if (!json.contains("UnprocessedItems") || json["UnprocessedItems"].empty()) return Ok();
        body = nlohmann::json{{"RequestItems", json["UnprocessedItems"]}}.dump();
      }
      std::this_thread::sleep_for(pause);
      pause = std::min(pause * 2, kLongestPause);
    }
    return Error(ErrorCode::kInternal, "the endpoint throttles; nothing more is accepted");
  }

  Work& work_;
  const LoadTarget& target_;
  DynamoDbClient client_;
};

void ShowUntilDone(const Work& work, std::uint64_t total, SteadyClock::time_point start,
                   Progress& progress) {
  const std::chrono::duration<double> seconds = SteadyClock::now() - start;
  const std::uint64_t items = work.items;
  progress.Update(static_cast<double>(items) / static_cast<double>(total),
                  fmt::format("{} of {} items, {:.0f} a second", items, total,
                              static_cast<double>(items) / seconds.count()));
}

std::uint64_t AllItems(const Data& data) {
  std::uint64_t items = 0;
  for (const DataSet& set : data.sets) items += ItemCount(set);
  return items;
}

}  // namespace

std::uint64_t ItemCount(const DataSet& set) {
  return set.texts.empty() ? set.row_count * set.items.size() : set.texts.size();
}

std::string PutRequests(const Data& data, const DataSet& set, std::uint64_t first,
                        std::uint64_t count) {
  std::string requests;
  const std::uint64_t end = std::min(first + count, ItemCount(set));
  for (std::uint64_t i = first; i < end; ++i) {
    requests += i == first ? R"({"PutRequest":{"Item":)" : R"(,{"PutRequest":{"Item":)";
    if (set.texts.empty()) {
      const std::uint64_t row = i / set.items.size();
      set.items[i % set.items.size()].AppendTo(requests, data, Draw{{&set, row}, {}});
    } else {
      requests += set.texts[i];
    }
    requests += "}}";
  }
  return requests;
}

Result<LoadResult> LoadItems(const PatternFile& file, const LoadTarget& target,
                             Progress& progress) {
  Work work{file, {}};
  std::uint64_t batches = 0;
  for (const DataSet& set : file.data.sets) {
    work.first_batches.push_back(batches);
    batches += (ItemCount(set) + kBatchItems - 1) / kBatchItems;
  }
  work.first_batches.push_back(batches);
  const std::uint64_t total = AllItems(file.data);
  progress.Start(fmt::format("{}: loading", target.endpoint.name));
  const SteadyClock::time_point start = SteadyClock::now();
  std::atomic<std::size_t> running{target.connections};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < target.connections; ++i) {
    threads.emplace_back([&] {
      Loader(work, target).Run();
      --running;
    });
  }
  while (running > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ShowUntilDone(work, std::max<std::uint64_t>(total, 1), start, progress);
  }
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> seconds = SteadyClock::now() - start;
  progress.Done(fmt::format("{} items in {:.1f} s", work.items.load(), seconds.count()));
  const MutexLock lock(work.mutex);
  if (work.failed) {
    return Error(ErrorCode::kInternal,
                 fmt::format("{}: loading: {}", target.endpoint.name, work.problem));
  }
  return LoadResult{work.items, seconds.count()};
}

}  // namespace pumice::patterns
