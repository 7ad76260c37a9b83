// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/compression.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

constexpr std::size_t kMax = 1000;

std::string Decompressed(std::string_view coding, std::string body) {
  const auto done = Decompress(coding, body, kMax);
  EXPECT_TRUE(done) << (done ? "" : done.error().log_text());
  return body;
}

ErrorCode Refusal(std::string_view coding, std::string body) {
  const auto done = Decompress(coding, body, kMax);
  return done ? ErrorCode::kValidation : done.error().code();
}

TEST(Compression, ComesBackAsItWas) {
  const std::string text = R"({"TableName":"Music"})";
  EXPECT_EQ(Decompressed("gzip", Compress(ContentCoding::kGzip, text)), text);
  EXPECT_EQ(Decompressed("DEFLATE", Compress(ContentCoding::kDeflate, text)), text);
  EXPECT_EQ(Decompressed("identity", text), text);
  EXPECT_EQ(Decompressed("", text), text);
}

TEST(Decompression, JoinsSeveralGzipMembers) {
  EXPECT_EQ(Decompressed(" gzip ", Compress(ContentCoding::kGzip, "ab") +
                                       Compress(ContentCoding::kGzip, "cd")),
            "abcd");
}

TEST(Decompression, TakesExactlyTheLimit) {
  const std::string text(kMax, 'x');
  EXPECT_EQ(Decompressed("gzip", Compress(ContentCoding::kGzip, text)), text);
}

TEST(Decompression, RefusesMoreThanTheLimit) {
  EXPECT_EQ(Refusal("gzip", Compress(ContentCoding::kGzip, std::string(kMax + 1, 'x'))),
            ErrorCode::kRequestTooLarge);
  EXPECT_EQ(Refusal("gzip", Compress(ContentCoding::kGzip, std::string(kMax, 'x')) +
                                Compress(ContentCoding::kGzip, "y")),
            ErrorCode::kRequestTooLarge);
}

TEST(Decompression, RefusesDamagedDataAndUnknownCodings) {
  const std::string good = Compress(ContentCoding::kGzip, "hello, hello, hello");
  EXPECT_EQ(Refusal("gzip", ""), ErrorCode::kInternal);
  EXPECT_EQ(Refusal("gzip", "{}"), ErrorCode::kInternal);
  EXPECT_EQ(Refusal("gzip", good.substr(0, good.size() - 1)), ErrorCode::kInternal);
  EXPECT_EQ(Refusal("gzip", good + "garbage"), ErrorCode::kInternal);
  EXPECT_EQ(Refusal("deflate", good), ErrorCode::kInternal);
  EXPECT_EQ(Refusal("br", "{}"), ErrorCode::kInternal);
}

TEST(ContentCoding, IsWhatTheClientLikesBest) {
  struct Case {
    std::string_view accept;
    ContentCoding coding;
  };
  for (const Case& c : {Case{"", ContentCoding::kIdentity},
                        {"identity", ContentCoding::kIdentity},
                        {"br", ContentCoding::kIdentity},
                        {"gzip", ContentCoding::kGzip},
                        {"GZIP, deflate", ContentCoding::kGzip},
                        {"deflate", ContentCoding::kDeflate},
                        {"gzip;q=0.5, deflate;q=0.8", ContentCoding::kDeflate},
                        {"gzip; q=0", ContentCoding::kIdentity},
                        {"gzip;q=0.2, identity;q=0.5", ContentCoding::kIdentity},
                        {"*", ContentCoding::kGzip},
                        {"gzip;q=0, *", ContentCoding::kDeflate},
                        {"gzip;q=x", ContentCoding::kIdentity}}) {
    EXPECT_EQ(ChooseCoding(c.accept), c.coding) << c.accept;
  }
}

TEST(Crc32, IsTheUsualOne) {
  EXPECT_EQ(Crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(Crc32(""), 0U);
}

}  // namespace
}  // namespace pumice
