// SPDX-License-Identifier: Apache-2.0
#include "server/operations/partiql_token.h"

#include <optional>
#include <utility>

#include "model/attribute_json.h"
#include "storage/hash.h"

namespace pumice {
namespace {

// token  := base64(body hash64(body))
// body   := version=1 hash64(statement) range:4 key-json      numbers are little-endian
constexpr char kVersion = 1;
constexpr std::size_t kHashBytes = 8;
constexpr std::size_t kRangeBytes = 4;
constexpr std::size_t kHeaderBytes = 1 + kHashBytes + kRangeBytes;

void AppendNumber(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i) & 0xFF);
}

std::uint64_t ReadNumber(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  return number;
}

Error Invalid() { return Error(ErrorCode::kValidation, "Invalid NextToken"); }

}  // namespace

std::string EncodeNextToken(std::string_view statement, const SelectPosition& position) {
  std::string body(1, kVersion);
  AppendNumber(body, Hash64(statement), kHashBytes);
  AppendNumber(body, position.range, kRangeBytes);
  AppendItemJson(body, position.last_key);
  AppendNumber(body, Hash64(body), kHashBytes);
  std::string token;
  AppendBase64(token, body);
  return token;
}

Result<SelectPosition> DecodeNextToken(std::string_view token, std::string_view statement) {
  const auto bytes = DecodeBase64(token);
  if (!bytes || bytes->size() < kHeaderBytes + kHashBytes || bytes->front() != kVersion) {
    return Invalid();
  }
  const std::string_view all = *bytes;
  const std::string_view body = all.substr(0, all.size() - kHashBytes);
  if (ReadNumber(all.substr(body.size())) != Hash64(body)) return Invalid();
  auto key = ReadItemJson(body.substr(kHeaderBytes));
  if (!key) return Invalid();
  if (ReadNumber(body.substr(1, kHashBytes)) != Hash64(statement)) {
    return Error(ErrorCode::kValidation, "NextToken does not match request");
  }
  const auto range = ReadNumber(body.substr(1 + kHashBytes, kRangeBytes));
  return SelectPosition{static_cast<std::uint32_t>(range), *std::move(key)};
}

}  // namespace pumice
