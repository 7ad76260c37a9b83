// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the server's own command line and those of its commands have in common: how flags are read,
// how a mistake is told, and where text goes. Thread rule: for the main thread, before there are
// others.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace CLI {
class App;
}

namespace pumice {

constexpr int kBadCommandLine = 2;  // exit code of a command line that cannot be read

/// `text`, with the way to the list of flags behind it.
Error WrongCommandLine(std::string text);

/// Reads `arguments` (without the program's name) into what `app`'s options name. A flag may have
/// one dash or two. Errors: Validation, one line that names the flag that is unknown, lacks its
/// value or has a wrong one.
Result<void> ReadCommandLine(CLI::App& app, const std::vector<std::string>& arguments);

/// To stdout, at once.
void Print(std::string_view text);

/// "pumice: <text>" to stderr. Returns `exit_code`, so that it can stand in a return.
int Fail(int exit_code, const std::string& text);

}  // namespace pumice
