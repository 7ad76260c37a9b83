# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where, and the Debian package that CPack makes of that (packaging/deb).
include(GNUInstallDirs)
# The server alone is built for a package, not the unit tests.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)

install(TARGETS pumice)
install(FILES CHANGELOG.md packaging/deb/README.md packaging/deb/copyright TYPE DOC)
install(FILES docs/coverage.md docs/differences.md docs/handlers.md docs/streams.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)

# Libraries whose code is inside the program; where they are Debian's, their licences go with it. (Boost's asks for no
# notice beside a program.)
foreach(library
    libbz2-dev libcli11-dev libdeflate-dev libfmt-dev liblz4-dev librocksdb-dev libsimdjson-dev
    libsnappy-dev libspdlog-dev libxxhash-dev libzstd-dev nlohmann-json3-dev zlib1g-dev)
  install(FILES /usr/share/doc/${library}/copyright
    DESTINATION ${CMAKE_INSTALL_DOCDIR}/libraries RENAME ${library} OPTIONAL)
endforeach()

set(manual ${PROJECT_BINARY_DIR}/package/pumice.1)
configure_file(packaging/deb/pumice.1.in ${manual} @ONLY)
execute_process(COMMAND gzip --best --no-name --force ${manual} COMMAND_ERROR_IS_FATAL ANY)
install(FILES ${manual}.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "The Pumice authors <pumice@pumice.invalid>")  # until the project has an address
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "local server that speaks Amazon DynamoDB's protocol")
set(CPACK_PACKAGE_DESCRIPTION
"A server for development, tests and measurements that answers the APIs of
DynamoDB and DynamoDB Streams, without an AWS account and without a JVM. It
takes DynamoDB Local's flags, gives AWS's answers and error texts, keeps what
it acknowledged, and runs the handlers of streams itself.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "awscli, python3")  # python3 runs stream handlers
include(CPack)
