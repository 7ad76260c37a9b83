// SPDX-License-Identifier: Apache-2.0
#pragma once
// pumice tail: the changes of a table at any endpoint, one JSON object a line, as they come.

#include <string>
#include <vector>

namespace pumice {

/// The command. Exit codes: 0: ended by Ctrl-C, or the stream has ended; 1: the endpoint fails, or
/// there is no stream; 2: a wrong command line.
int Tail(const std::vector<std::string>& arguments);

}  // namespace pumice
