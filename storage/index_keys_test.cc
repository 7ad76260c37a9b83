// SPDX-License-Identifier: Apache-2.0
#include "storage/index_keys.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

IndexDescription Index(std::string name, IndexKind kind, KeySchema schema) {
  IndexDescription index;
  index.name = IndexName(std::move(name));
  index.kind = kind;
  index.key_schema = std::move(schema);
  return index;
}

/// "z" and "y" are global indexes, "a" is a local one; all have g (S) as a key.
TableDescription Table() {
  TableDescription table;
  const KeyAttribute g{"g", AttributeType::kS};
  table.key_schema = {{{"pk", AttributeType::kS}}, {{"sk", AttributeType::kS}}};
  table.indexes.push_back(Index("a", IndexKind::kLocal, {{{"pk", AttributeType::kS}}, {g}}));
  table.indexes.push_back(Index("z", IndexKind::kGlobal, {{g}, {}}));
  table.indexes.push_back(Index("y", IndexKind::kGlobal, {{g}, {{"b", AttributeType::kB}}}));
  return table;
}

std::string Checked(const Item& item) {
  const auto result = CheckIndexKeys(Table(), item);
  return result ? "" : result.error().client_text();
}

TEST(CheckIndexKeys, NamesAGlobalIndexBeforeALocalOneThenByName) {
  EXPECT_EQ(Checked({{"g", Number()}}),
            "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S "
            "Actual: N IndexName: y");
}

TEST(CheckIndexKeys, NamesAnIndexThatFailsBeforeOneThatFits) {
  EXPECT_EQ(Checked({{"g", std::string(1025, 'x')}}),
            "One or more parameter values were invalid: Size limit exceeded for Index Key g Actual "
            "Size: 1025 bytes Max Size: 1024 bytes IndexName: a");
}

TEST(CheckIndexKeys, RefusesEmptyValues) {
  EXPECT_EQ(Checked({{"g", std::string()}}),
            "One or more parameter values are not valid. A value specified for a secondary index "
            "key is not supported. The AttributeValue for a key attribute cannot contain an empty "
            "string value. IndexName: y, IndexKey: g");
  EXPECT_EQ(Checked({{"b", Binary()}}),
            "One or more parameter values are not valid. A value specified for a secondary index "
            "key is not supported. The AttributeValue for a key attribute cannot contain an empty "
            "binary value. IndexName: y, IndexKey: b");
}

TEST(CheckIndexKeys, LetsItemsWithoutIndexKeysPass) {
  EXPECT_EQ(Checked({{"x", Number()}}), "");
  EXPECT_EQ(Checked({{"g", std::string("fits")}}), "");
}

TEST(CheckIndexKeys, LeavesWhatWasStoredBeforeAlone) {
  const std::string bad = EncodeItem({{"g", Number()}});
  const std::string same = EncodeItem({{"g", Number()}, {"x", Number()}});
  const EncodedItemView old(bad);
  EXPECT_TRUE(CheckIndexKeys(Table(), &old, EncodedItemView(same)));
  EXPECT_FALSE(CheckIndexKeys(Table(), nullptr, EncodedItemView(same)));
}

}  // namespace
}  // namespace pumice
