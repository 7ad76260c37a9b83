// SPDX-License-Identifier: Apache-2.0
#pragma once
// pumice load: applies the files of --init to a server from outside, to any endpoint.

#include <string>
#include <vector>

namespace pumice {

/// The command: exit code 0 if all is loaded, 1 if the endpoint fails or refuses something, 2 for a
/// wrong command line or a mistake in a file.
int Load(const std::vector<std::string>& arguments);

}  // namespace pumice
