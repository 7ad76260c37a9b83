// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/digest.h"

#include <fmt/core.h>
#include <mbedtls/md5.h>
#include <mbedtls/sha256.h>

#include "model/attribute_json.h"

namespace pumice {
namespace {

constexpr std::size_t kSha256Bytes = 32;
constexpr std::size_t kMd5Bytes = 16;

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  std::string hash(kSha256Bytes, '\0');
  mbedtls_sha256_ret(BytesOf(bytes), bytes.size(), reinterpret_cast<unsigned char*>(hash.data()),
                     0);
  return hash;
}

std::string Sha256Base64(std::string_view bytes) {
  std::string out;
  AppendBase64(out, Sha256(bytes));
  return out;
}

std::string Sha256Hex(std::string_view bytes) { return Hex(Sha256(bytes)); }

std::string Md5Hex(std::string_view bytes) {
  std::string hash(kMd5Bytes, '\0');
  mbedtls_md5_ret(BytesOf(bytes), bytes.size(), reinterpret_cast<unsigned char*>(hash.data()));
  return Hex(hash);
}

}  // namespace pumice
