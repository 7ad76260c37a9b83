// SPDX-License-Identifier: Apache-2.0
#include "storage/index_entry.h"

#include <gtest/gtest.h>

#include "storage/key_format.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

TEST(IndexEntry, WritesTheBytesThatTheFormatNames) {
  const std::string item_key = ItemKeyBytes(TableId(7), {S("a"), S("b")});
  const std::string reference = ReferenceTo(item_key);
  // 02, the hash of the item's key, and the length of: a 00 01 b 00 01
  EXPECT_EQ(reference, "\x02" + item_key.substr(4, 8) + "\x06");
}

TEST(IndexEntry, RefersToItsItem) {
  for (const ItemKey& key : {ItemKey{S("partition"), S("sort")}, ItemKey{N(-17), std::nullopt},
                             ItemKey{B(std::string("\0\x01", 2)), N(3)},
                             ItemKey{S(std::string(2048, 'p')), S(std::string(1024, 's'))}}) {
    const std::string item_key = ItemKeyBytes(TableId(7), key);
    IndexEntryKey entry(IndexId(9));
    entry.AddHash(S("group"));
    entry.EndHash();
    const std::string entry_key = std::move(entry).Finish(TableKeyPart(item_key));
    const std::string reference = ReferenceTo(item_key);
    ASSERT_TRUE(IsReference(reference));
    EXPECT_EQ(ReferredItemKey(TableId(7), entry_key, reference), item_key);
  }
}

TEST(IndexEntry, AnItemIsNoReference) {
  EXPECT_FALSE(IsReference(EncodeItem({{"pk", S("a")}})));
  EXPECT_FALSE(IsReference({}));
}

TEST(IndexEntry, RefersToNothingWhereBytesAreMissing) {
  const std::string reference = ReferenceTo(ItemKeyBytes(TableId(7), {S("a"), std::nullopt}));
  for (std::size_t length = 1; length < reference.size(); ++length) {
    EXPECT_EQ(ReferredItemKey(TableId(7), "entry key", reference.substr(0, length)), std::nullopt);
  }
  EXPECT_EQ(ReferredItemKey(TableId(7), "ab", reference), std::nullopt);  // three bytes are named
}

}  // namespace
}  // namespace pumice
