# SPDX-License-Identifier: Apache-2.0
# simdjson for a static program: the source of Debian 12's own package, whose header is installed already.
include(FetchContent)
FetchContent_Declare(simdjson_source
  URL http://deb.debian.org/debian/pool/main/s/simdjson/simdjson_3.0.1.orig.tar.gz
      https://snapshot.debian.org/archive/debian/20230701T000000Z/pool/main/s/simdjson/simdjson_3.0.1.orig.tar.gz
  URL_HASH SHA256=156b1bc5eb0561b2bd166b46d191fd3d95a3e709cc63761477d3b7aec2b6e9ed
  DOWNLOAD_EXTRACT_TIMESTAMP ON)
FetchContent_GetProperties(simdjson_source)
if(NOT simdjson_source_POPULATED)
  FetchContent_Populate(simdjson_source)  # only the files: its own build would bring tests and tools
endif()

add_library(pumice_simdjson STATIC ${simdjson_source_SOURCE_DIR}/singleheader/simdjson.cpp)
