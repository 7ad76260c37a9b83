// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the tests of this folder share: files in a folder of their own, steps as text, and a sink
// that answers from a script.

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <fmt/core.h>

#include "server/init/call_sink.h"
#include "server/init/init_file.h"
#include "server/init/init_step.h"

namespace pumice {

class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pumice-init-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string path() const { return path_.string(); }
  /// Returns the path.
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

/// "7: CreateTable users {…}"
inline std::string StepText(const InitStep& step) {
  if (const auto* table = std::get_if<TableStep>(&step.what)) {
    return fmt::format("{}: CreateTable {} {}", step.line, table->table, table->body);
  }
  if (const auto* ttl = std::get_if<TimeToLiveStep>(&step.what)) {
    return fmt::format("{}: UpdateTimeToLive {} {}", step.line, ttl->table, ttl->body);
  }
  const auto& write = std::get<WriteStep>(step.what);
  return fmt::format("{}: {} {}", step.line, write.table, write.request);
}

/// The steps of a file, one a line; or, of a mistake, its text without the folder.
inline std::string StepsOf(const std::string& name, const std::string& text,
                           const ReadOptions& options = {"", "us-east-1", "000000000000"}) {
  const TestFolder folder;
  const std::string path = folder.Write(name, text);
  std::string steps;
  const auto add = [&](const InitStep& step) -> Result<void> {
    steps += StepText(step) + "\n";
    return Ok();
  };
  const Result<void> read = ReadInitFile({path, *InitFileKindOf(path)}, options, add);
  if (read) return steps;
  const std::string& problem = read.error().client_text();
  const std::string prefix = folder.path() + "/";
  return problem.starts_with(prefix) ? problem.substr(prefix.size()) : problem;
}

/// Answers each operation with what was told last for it; {} if nothing was. Remembers all.
class FakeSink final : public CallSink {
 public:
  using Answerer = std::function<CallAnswer(std::string_view body)>;

  void On(const std::string& operation, Answerer answer) {
    answers_[operation] = std::move(answer);
  }
  void On(const std::string& operation, int status, const std::string& body) {
    On(operation, [=](std::string_view) { return CallAnswer{status, body}; });
  }

  Result<CallAnswer> Call(std::string_view operation, std::string_view body) override {
    calls.push_back(fmt::format("{} {}", operation, body));
    const auto found = answers_.find(std::string(operation));
    return found == answers_.end() ? CallAnswer{200, "{}"} : found->second(body);
  }
  Result<void> Wait(std::chrono::milliseconds time) override {
    waits.push_back(static_cast<int>(time.count()));
    return Ok();
  }

  std::vector<std::string> calls;
  std::vector<int> waits;

 private:
  std::map<std::string, Answerer> answers_;
};

}  // namespace pumice
