// SPDX-License-Identifier: Apache-2.0
#include "server/command_line.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/core.h>

namespace pumice {
namespace {

/// -sharedDb -> --sharedDb: the library would read a single dash as a row of one-letter flags.
std::string WithTwoDashes(std::string argument) {
  const bool one_dash = argument.size() > 2 && argument[0] == '-' && argument[1] != '-';
  const bool letter = one_dash && std::isalpha(static_cast<unsigned char>(argument[1])) != 0;
  return letter ? "-" + argument : argument;
}

/// What no option took, as the caller wrote it.
std::string AsGiven(const std::string& extra, const std::vector<std::string>& arguments) {
  const auto found = std::find_if(arguments.begin(), arguments.end(),
                                  [&](const auto& given) { return WithTwoDashes(given) == extra; });
  return found == arguments.end() ? extra : *found;
}

}  // namespace

Error WrongCommandLine(std::string text) {
  text += " (pumice -help lists all flags)";
  return Error(ErrorCode::kValidation, std::move(text));
}

Result<void> ReadCommandLine(CLI::App& app, const std::vector<std::string>& arguments) {
  app.allow_extras();
  std::vector<std::string> reversed;  // as the library wants them
  for (const std::string& argument : arguments) reversed.push_back(WithTwoDashes(argument));
  std::reverse(reversed.begin(), reversed.end());
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& error) {
    return WrongCommandLine(error.what());
  }
  for (const std::string& extra : app.remaining()) {
    const std::string shown = AsGiven(extra, arguments);
    return WrongCommandLine(shown.starts_with('-') ? fmt::format("Unknown flag {}", shown)
                                                   : fmt::format("'{}' belongs to no flag", shown));
  }
  return Ok();
}

void Print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

int Fail(int exit_code, const std::string& text) {
  std::fprintf(stderr, "pumice: %s\n", text.c_str());
  return exit_code;
}

}  // namespace pumice
