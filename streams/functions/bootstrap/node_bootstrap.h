// SPDX-License-Identifier: Apache-2.0
#pragma once
// node_bootstrap.cjs as text, for node -e. The text is put into the program by CMake.

namespace pumice {

extern const char* const kNodeBootstrap;

}  // namespace pumice
