// SPDX-License-Identifier: Apache-2.0
#pragma once
// python_bootstrap.py as text, for python3 -c. The text is put into the program by CMake.

namespace pumice {

extern const char* const kPythonBootstrap;

}  // namespace pumice
