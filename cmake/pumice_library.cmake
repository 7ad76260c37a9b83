# SPDX-License-Identifier: Apache-2.0
# pumice_library(NAME <name> SOURCES <...> DEPS <...>)   one library a folder; every header compiles alone
# pumice_test(NAME <name> SOURCES <...> DEPS <...>)      one test program a folder, found by ctest
include_guard()
if(PUMICE_TESTS)
  include(GoogleTest)
endif()

function(pumice_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${ARG_NAME} STATIC ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PUBLIC pumice_compiler ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
endfunction()

# What no request of the data plane runs through: in the image its size counts for more than its speed.
function(pumice_small)
  if(PUMICE_STATIC)
    foreach(target IN LISTS ARGN)
      target_compile_options(${target} PRIVATE -Os)
    endforeach()
  endif()
endfunction()

function(pumice_test)
  if(NOT PUMICE_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "NAME" "SOURCES;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  # What is tested is optimised, the tests themselves are not: they compile a third faster.
  target_compile_options(${ARG_NAME} PRIVATE $<$<CONFIG:Release>:-O0>)
  gtest_discover_tests(${ARG_NAME} DISCOVERY_TIMEOUT 60)
endfunction()
