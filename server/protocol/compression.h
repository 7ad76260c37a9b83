// SPDX-License-Identifier: Apache-2.0
#pragma once
// Content codings, both ways, and the checksum of what goes out.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace pumice {

/// Replaces a compressed request body by its text. Codings: gzip (several members may follow one
/// another), deflate (zlib format), identity and none. Errors, both as AWS answers them: Internal
/// for damaged or empty compressed data and for an unknown coding; RequestTooLarge when the text
/// has more than max_bytes.
Result<void> Decompress(std::string_view content_encoding, std::string& body,
                        std::size_t max_bytes);

enum class ContentCoding : std::uint8_t { kIdentity, kGzip, kDeflate };

/// The coding of an answer: the one that the client's Accept-Encoding likes best, gzip among
/// equals.
ContentCoding ChooseCoding(std::string_view accept_encoding);
/// Not for kIdentity.
std::string Compress(ContentCoding coding, std::string_view text);

/// CRC-32 as in x-amz-crc32.
std::uint32_t Crc32(std::string_view bytes);

}  // namespace pumice
