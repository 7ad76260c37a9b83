// SPDX-License-Identifier: Apache-2.0
#pragma once
// RocksDB writes a file of all its options when it opens and at each change of its families, and
// reads it back to compare: more than half of a server's start. Nothing here reads such a file, the
// options stand in options.cc; so none is made. Thread rule: any thread.

#include <memory>
#include <string_view>

#include <rocksdb/env.h>

namespace pumice {

/// `env` with its files, but without OPTIONS-…; the rest of it is the system's.
std::unique_ptr<rocksdb::Env> WithoutOptionsFiles(const rocksdb::Env& env);

/// Whether RocksDB's warning only tells that it could not write one.
bool IsAboutOptionsFile(std::string_view warning);

}  // namespace pumice
