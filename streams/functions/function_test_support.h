// SPDX-License-Identifier: Apache-2.0
#pragma once
// A function whose code the test writes; it tells what it saw by writing files into its folder.

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

#include "streams/functions/asio_scheduler.h"
#include "streams/functions/function.h"

namespace pumice {

inline constexpr const char* kEvent = R"({"Records":[{"n":1}]})";

class FunctionTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "pumice-function-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    config_.name = "group";
    config_.handler = "own.handle";
    config_.code_path = folder_;
    config_.timeout = std::chrono::seconds(30);
  }
  void TearDown() override {
    function_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  void WriteProgram(const std::string& name, const std::string& text) {
    Write(name, text);
    std::filesystem::permissions(folder_ / name, std::filesystem::perms::owner_all);
  }
  std::string Read(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  template <class Condition>
  void RunUntil(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!condition() && std::chrono::steady_clock::now() < end) {
      context_.run_one_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(condition());
  }

  void Start() {
    function_ =
        std::make_unique<LambdaFunction>(config_, FunctionPlace{.server_port = 8000},
                                         SinkParts{context_, scheduler_, clock_, random_, log_});
  }

  /// Begins one; its outcome comes behind the others in outcomes_, in the order of their ends.
  void Begin(Invocation invocation) {
    if (function_ == nullptr) Start();
    function_->Invoke(std::move(invocation), [this](InvocationOutcome outcome) {
      outcomes_.push_back(std::move(outcome));
    });
  }
  void WaitFor(std::size_t outcome_count) {
    RunUntil([&] { return outcomes_.size() >= outcome_count; });
  }

  InvocationOutcome Call(Invocation invocation = {.event = kEvent}) {
    outcomes_.clear();
    Begin(std::move(invocation));
    WaitFor(1);
    return outcomes_.empty() ? InvocationOutcome{} : std::move(outcomes_.front());
  }

  /// None: accepted.
  std::optional<FunctionError> Invoke(const std::string& event = kEvent) {
    return Call({.event = event}).error;
  }

  FunctionError FailingInvoke() {
    auto error = Invoke();
    EXPECT_TRUE(error.has_value());
    return error ? *error : FunctionError{};
  }

  std::filesystem::path folder_;
  FunctionConfig config_;
  boost::asio::io_context context_;
  // Threads of ours post to it.
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      context_.get_executor()};
  AsioScheduler scheduler_{context_};
  SystemClock clock_;
  SystemRandom random_;
  Log log_{LogLevel::kOff};
  std::unique_ptr<LambdaFunction> function_;
  std::vector<InvocationOutcome> outcomes_;
};

}  // namespace pumice
