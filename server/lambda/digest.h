// SPDX-License-Identifier: Apache-2.0
#pragma once
// Checksums as AWS shows them. Thread rule: free functions, any thread.

#include <string>
#include <string_view>

namespace pumice {

/// The 32 bytes.
std::string Sha256(std::string_view bytes);
/// CodeSha256.
std::string Sha256Base64(std::string_view bytes);
std::string Sha256Hex(std::string_view bytes);
/// MD5OfBody of a queue's message.
std::string Md5Hex(std::string_view bytes);

}  // namespace pumice
