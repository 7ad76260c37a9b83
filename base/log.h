// SPDX-License-Identifier: Apache-2.0
#pragma once
// The server's log: one line an event on stderr, as text or as JSON. Passed by reference; no
// singleton. Thread rule: Write() from any thread; a line is never torn.

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace pumice {

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kOff };
enum class LogFormat : std::uint8_t { kText, kJson };

class Log {
 public:
  explicit Log(LogLevel level = LogLevel::kInfo, LogFormat format = LogFormat::kText);
  ~Log();

  bool Enabled(LogLevel level) const { return level >= level_; }

  template <class... Args>
  void Debug(fmt::format_string<Args...> text, Args&&... args) {
    if (Enabled(LogLevel::kDebug))
      Write(LogLevel::kDebug, fmt::format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void Info(fmt::format_string<Args...> text, Args&&... args) {
    if (Enabled(LogLevel::kInfo))
      Write(LogLevel::kInfo, fmt::format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void Warn(fmt::format_string<Args...> text, Args&&... args) {
    if (Enabled(LogLevel::kWarn))
      Write(LogLevel::kWarn, fmt::format(text, std::forward<Args>(args)...));
  }
  template <class... Args>
  void Error(fmt::format_string<Args...> text, Args&&... args) {
    if (Enabled(LogLevel::kError))
      Write(LogLevel::kError, fmt::format(text, std::forward<Args>(args)...));
  }

  /// `text` may hold any bytes; line breaks inside it are kept in JSON and indented in text.
  void Write(LogLevel level, std::string_view text);

 private:
  struct Sink;  // the library behind it, hidden from everyone who logs

  LogLevel level_;
  LogFormat format_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace pumice
