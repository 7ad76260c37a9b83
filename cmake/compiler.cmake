# SPDX-License-Identifier: Apache-2.0
# Warnings and sanitizers, for our own code only.
set(PUMICE_SANITIZE "" CACHE STRING "Sanitizers to build with: 'address,undefined' or 'thread'")

add_library(pumice_compiler INTERFACE)
target_include_directories(pumice_compiler INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(pumice_compiler INTERFACE
  -Wall -Wextra -Wno-unused-parameter -Werror=unused-result -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(pumice_compiler INTERFACE -Wthread-safety -Werror=thread-safety)
endif()

if(PUMICE_SANITIZE)
  add_compile_options(-fsanitize=${PUMICE_SANITIZE} -fno-sanitize-recover=all -g)
  add_link_options(-fsanitize=${PUMICE_SANITIZE})
else()
  # Static libraries bring more than is called; what is dropped need not be mapped when the server starts.
  add_compile_options(-ffunction-sections -fdata-sections)
  add_link_options(-Wl,--gc-sections)
endif()
