// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/sigv4.h"

#include <array>

#include <fmt/core.h>
#include <mbedtls/md.h>
#include <mbedtls/sha256.h>

namespace pumice::patterns {
namespace {

constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kDayBytes = 8;  // of 20150830T123600Z

const unsigned char* BytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string Hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string Sha256(std::string_view text) {
  std::array<unsigned char, kHashBytes> hash{};
  mbedtls_sha256_ret(BytesOf(text), text.size(), hash.data(), 0);
  return {hash.begin(), hash.end()};
}

std::string HmacSha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, kHashBytes> hash{};
  mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), BytesOf(key), key.size(),
                  BytesOf(text), text.size(), hash.data());
  return {hash.begin(), hash.end()};
}

std::string NamesOf(const SignedHeaders& headers) {
  std::string names;
  for (const auto& [name, value] : headers) {
    if (!names.empty()) names += ';';
    names += name;
  }
  return names;
}

std::string CanonicalRequest(const RequestToSign& request, std::string_view names) {
  std::string headers;
  for (const auto& [name, value] : request.headers) {
    headers += fmt::format("{}:{}\n", name, value);
  }
  // The empty line in the middle is the query string.
  return fmt::format("{}\n{}\n\n{}\n{}\n{}", request.method, request.path, headers, names,
                     Hex(Sha256(request.body)));
}

}  // namespace

Signer::Signer(Credentials credentials, std::string region, std::string service)
    : credentials_(std::move(credentials)),
      region_(std::move(region)),
      service_(std::move(service)) {}

const std::string& Signer::KeyOf(std::string_view day) {
  if (day_ != day) {
    day_ = day;
    const std::string of_day = HmacSha256("AWS4" + credentials_.secret_key, day);
    const std::string of_region = HmacSha256(of_day, region_);
    key_ = HmacSha256(HmacSha256(of_region, service_), "aws4_request");
  }
  return key_;
}

std::string Signer::Authorization(const RequestToSign& request) {
  const std::string_view day = request.time.substr(0, kDayBytes);
  const std::string names = NamesOf(request.headers);
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", day, region_, service_);
  const std::string to_sign = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", request.time, scope,
                                          Hex(Sha256(CanonicalRequest(request, names))));
  return fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
                     credentials_.access_key, scope, names, Hex(HmacSha256(KeyOf(day), to_sign)));
}

}  // namespace pumice::patterns
