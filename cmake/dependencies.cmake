# SPDX-License-Identifier: Apache-2.0
# What Pumice stands on, from Debian 12's packages (the list of packages is in ./dev).
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
set(ZLIB_USE_STATIC_LIBS ON)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 2 REQUIRED)
if(PUMICE_TESTS)
  find_package(GTest REQUIRED)
endif()

# Its headers from Debian, its library ours: see fmt_library.cc.
add_library(pumice_fmt STATIC cmake/fmt_library.cc)
get_target_property(PUMICE_FMT_INCLUDES fmt::fmt INTERFACE_INCLUDE_DIRECTORIES)
target_include_directories(pumice_fmt SYSTEM PUBLIC ${PUMICE_FMT_INCLUDES})
# Debian's spdlog asks for the shared fmt as well: whichever stands first on the command line would win.
set_property(TARGET spdlog::spdlog_header_only PROPERTY INTERFACE_LINK_LIBRARIES Threads::Threads)
add_library(pumice_spdlog INTERFACE)
target_link_libraries(pumice_spdlog INTERFACE spdlog::spdlog_header_only pumice_fmt)

add_library(pumice_boost INTERFACE)
target_link_libraries(pumice_boost INTERFACE Boost::headers Threads::Threads)
target_compile_definitions(pumice_boost INTERFACE BOOST_ASIO_NO_DEPRECATED)

# RocksDB and its compressors inside the program: a program that only opens a database in memory starts
# in 4 ms with 8.5 MiB resident, against 8 ms and 13 MiB with the shared library and its dependencies.
# Under a sanitizer the shared one, so that cmake/tsan.supp can tell its code, which is not instrumented.
if(PUMICE_SANITIZE)
  find_library(PUMICE_ROCKSDB rocksdb REQUIRED)
  add_library(pumice_rocksdb SHARED IMPORTED)
  set_target_properties(pumice_rocksdb PROPERTIES IMPORTED_LOCATION ${PUMICE_ROCKSDB})
  target_link_libraries(pumice_rocksdb INTERFACE Threads::Threads)
else()
  find_library(PUMICE_ROCKSDB_A librocksdb.a REQUIRED)
  find_library(PUMICE_SNAPPY_A libsnappy.a REQUIRED)
  find_library(PUMICE_LZ4_A liblz4.a REQUIRED)
  find_library(PUMICE_ZSTD_A libzstd.a REQUIRED)
  find_library(PUMICE_BZ2_A libbz2.a REQUIRED)
  # An imported library, so that what it needs stands behind it on the linker's command line.
  add_library(pumice_rocksdb STATIC IMPORTED)
  set_target_properties(pumice_rocksdb PROPERTIES IMPORTED_LOCATION ${PUMICE_ROCKSDB_A})
  target_link_libraries(pumice_rocksdb INTERFACE
    ${PUMICE_SNAPPY_A} ${PUMICE_LZ4_A} ${PUMICE_ZSTD_A} ${PUMICE_BZ2_A} ZLIB::ZLIB Threads::Threads
    ${CMAKE_DL_LIBS})
endif()

find_library(PUMICE_DEFLATE_A libdeflate.a REQUIRED)
add_library(pumice_deflate INTERFACE)
target_link_libraries(pumice_deflate INTERFACE ${PUMICE_DEFLATE_A})

# Reads the zip files of functions. On zlib, which the server has anyway.
find_library(PUMICE_MINIZIP_A libminizip.a REQUIRED)
add_library(pumice_minizip INTERFACE)
target_link_libraries(pumice_minizip INTERFACE ${PUMICE_MINIZIP_A} ZLIB::ZLIB)

# Files and commands need these two. As static libraries they are inside the program and cost the
# server little but bytes on the disk: what is not called is not mapped; only yaml-cpp's few static objects
# are made at each start.
find_library(PUMICE_YAML_A libyaml-cpp.a REQUIRED)
add_library(pumice_yaml_cpp INTERFACE)
target_link_libraries(pumice_yaml_cpp INTERFACE ${PUMICE_YAML_A})
find_library(PUMICE_MBEDTLS_A libmbedtls.a REQUIRED)
find_library(PUMICE_MBEDX509_A libmbedx509.a REQUIRED)
find_library(PUMICE_MBEDCRYPTO_A libmbedcrypto.a REQUIRED)
add_library(pumice_mbedtls INTERFACE)
target_link_libraries(pumice_mbedtls INTERFACE
  ${PUMICE_MBEDTLS_A} ${PUMICE_MBEDX509_A} ${PUMICE_MBEDCRYPTO_A})

# Debian has it as a shared library only. It needs the shared libstdc++, so the server uses that one too:
# a second, static copy in the same program would only make it larger.
if(PUMICE_STATIC)
  include(cmake/static_simdjson.cmake)
else()
  find_library(PUMICE_SIMDJSON simdjson REQUIRED)
  add_library(pumice_simdjson INTERFACE)
  target_link_libraries(pumice_simdjson INTERFACE ${PUMICE_SIMDJSON})
endif()
