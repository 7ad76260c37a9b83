// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/job_thread.h"

#include <algorithm>
#include <future>
#include <memory>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace pumice {
namespace {

class JobThreadTest : public testing::Test {
 protected:
  void WaitForAll() {
    std::promise<void> reached;
    thread_.Post([&] { reached.set_value(); });
    reached.get_future().wait();
  }

  Log log_{LogLevel::kOff};
  JobThread thread_{log_};
};

TEST_F(JobThreadTest, DoesJobsInTheirOrder) {
  std::vector<int> done;
  for (int i = 0; i < 100; ++i) thread_.Post([&done, i] { done.push_back(i); });
  WaitForAll();
  ASSERT_EQ(done.size(), 100U);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

TEST_F(JobThreadTest, DoesALaterJobBehindThoseThatAreDue) {
  std::vector<int> done;
  std::promise<void> last;
  thread_.Post([&] {
    thread_.PostIn(std::chrono::milliseconds(20), [&] {
      done.push_back(2);
      last.set_value();
    });
    thread_.Post([&] { done.push_back(1); });
  });
  last.get_future().wait();
  EXPECT_EQ(done, (std::vector<int>{1, 2}));
}

TEST_F(JobThreadTest, GoesOnAfterAnException) {
  thread_.Post([] { throw std::runtime_error("no"); });
  WaitForAll();
}

/// Who waits for a job learns from its end that it will not come.
TEST_F(JobThreadTest, DropsWhatItHasNotBegunWhenItStops) {
  const auto held = std::make_shared<int>(0);
  thread_.PostIn(std::chrono::hours(1), [held] {});
  WaitForAll();
  EXPECT_EQ(held.use_count(), 2);
  thread_.Stop();
  EXPECT_EQ(held.use_count(), 1);
  thread_.Post([held] {});
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace pumice
