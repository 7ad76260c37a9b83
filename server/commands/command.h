// SPDX-License-Identifier: Apache-2.0
#pragma once
// pumice <command> [flags]: what the program can do besides serving. A command is a function in a
// file pair of its own and one line in command.cc; its first words stand in the server's -help.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pumice {

struct Command {
  std::string_view name;
  /// Does it all, `arguments` being what stands behind the name. Returns the exit code; has told a
  /// failure in one line on stderr.
  int (*run)(const std::vector<std::string>& arguments);
};

/// Sorted by name.
std::span<const Command> Commands();

/// nullptr if there is no such command.
const Command* FindCommand(std::string_view name);

}  // namespace pumice
