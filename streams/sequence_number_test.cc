// SPDX-License-Identifier: Apache-2.0
#include "streams/sequence_number.h"

#include <limits>

#include <gtest/gtest.h>

namespace pumice {
namespace {

TEST(SequenceNumber, HasTwentyOneToFortyDigits) {
  EXPECT_EQ(SequenceNumberText(SequenceNumber(1)), "100000000000000000001");
  EXPECT_EQ(SequenceNumberText(SequenceNumber(25746)), "2574600000000000000025746");
  EXPECT_EQ(SequenceNumberText(SequenceNumber(std::numeric_limits<std::uint64_t>::max())),
            "1844674407370955161518446744073709551615");
}

TEST(SequenceNumber, ReadsWhatItWrote) {
  for (const std::uint64_t number :
       {std::uint64_t{1}, std::uint64_t{999}, std::numeric_limits<std::uint64_t>::max()}) {
    EXPECT_EQ(ParseSequenceNumber(SequenceNumberText(SequenceNumber(number))),
              SequenceNumber(number));
  }
}

TEST(SequenceNumber, ReadsNothingElse) {
  for (const char* text : {"", "1", "00000000000000000001", "100000000000000000002",
                           "0100000000000000000001", "x00000000000000000001",
                           "1000000000000000000 1", "9999999999999999999999999999999999999999",
                           "+100000000000000000001", "-100000000000000000001"}) {
    EXPECT_EQ(ParseSequenceNumber(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace pumice
