// SPDX-License-Identifier: Apache-2.0
#pragma once
// pumice dump: a table, or all tables, of any endpoint as text that pumice load and --init read.

#include <string>
#include <vector>

namespace pumice {

/// The command: exit code 0 if all is written, 1 if the endpoint or the file fails, 2 for a wrong
/// command line.
int Dump(const std::vector<std::string>& arguments);

}  // namespace pumice
