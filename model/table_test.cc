// SPDX-License-Identifier: Apache-2.0
#include "model/table.h"

#include <gtest/gtest.h>

namespace pumice {
namespace {

KeySchema HashOnly() { return {{{"pk", AttributeType::kS}}, {}}; }
KeySchema HashAndRange() { return {{{"pk", AttributeType::kS}}, {{"sk", AttributeType::kN}}}; }

IndexDescription Index(std::string name, ProjectionType projection) {
  IndexDescription index;
  index.name = IndexName(std::move(name));
  index.key_schema = {{{"gpk", AttributeType::kS}}, {{"gsk", AttributeType::kS}}};
  index.projection.type = projection;
  return index;
}

TEST(KeySchema, FindsItsAttributes) {
  const KeySchema schema = HashAndRange();
  EXPECT_TRUE(schema.Names("pk"));
  EXPECT_TRUE(schema.Names("sk"));
  EXPECT_FALSE(schema.Names("other"));
  ASSERT_NE(schema.Find("sk"), nullptr);
  EXPECT_EQ(schema.Find("sk")->type, AttributeType::kN);
  EXPECT_EQ(schema.Find("other"), nullptr);
}

TEST(IndexDescription, ProjectsEverythingWithAll) {
  EXPECT_TRUE(Index("i", ProjectionType::kAll).Projects("anything", HashAndRange()));
}

TEST(IndexDescription, ProjectsTheKeysOfTableAndIndexWithKeysOnly) {
  const IndexDescription index = Index("i", ProjectionType::kKeysOnly);
  for (const std::string_view name : {"pk", "sk", "gpk", "gsk"}) {
    EXPECT_TRUE(index.Projects(name, HashAndRange())) << name;
  }
  EXPECT_FALSE(index.Projects("other", HashAndRange()));
}

TEST(IndexDescription, ProjectsTheKeysAndTheNamedWithInclude) {
  IndexDescription index = Index("i", ProjectionType::kInclude);
  index.projection.non_key_attributes = {"extra"};
  EXPECT_TRUE(index.Projects("extra", HashAndRange()));
  EXPECT_TRUE(index.Projects("sk", HashAndRange()));
  EXPECT_FALSE(index.Projects("other", HashAndRange()));
}

TEST(StreamViewType, HasAwsNames) {
  EXPECT_EQ(StreamViewTypeName(StreamViewType::kNewImage), "NEW_IMAGE");
  EXPECT_EQ(StreamViewTypeName(StreamViewType::kOldImage), "OLD_IMAGE");
  EXPECT_EQ(StreamViewTypeName(StreamViewType::kNewAndOldImages), "NEW_AND_OLD_IMAGES");
  EXPECT_EQ(StreamViewTypeName(StreamViewType::kKeysOnly), "KEYS_ONLY");
}

TEST(TableDescription, FindsIndexesByName) {
  TableDescription table;
  table.indexes = {Index("one", ProjectionType::kAll), Index("two", ProjectionType::kAll)};
  ASSERT_NE(table.FindIndex("two"), nullptr);
  EXPECT_EQ(table.FindIndex("two")->name, IndexName("two"));
  EXPECT_EQ(table.FindIndex("Two"), nullptr);
}

TEST(TableDescription, KnowsWhetherAnIndexIsLocal) {
  TableDescription table;
  table.indexes = {Index("global", ProjectionType::kAll)};
  EXPECT_FALSE(table.HasLocalIndex());
  table.indexes.push_back(Index("local", ProjectionType::kAll));
  table.indexes.back().kind = IndexKind::kLocal;
  EXPECT_TRUE(table.HasLocalIndex());
}

TEST(TableDescription, StreamsOnlyWhileTheStreamIsEnabled) {
  TableDescription table;
  EXPECT_FALSE(table.StreamEnabled());
  table.stream = TableStream{};
  EXPECT_TRUE(table.StreamEnabled());
  table.stream->enabled = false;
  EXPECT_FALSE(table.StreamEnabled());
}

TEST(ExtractKey, TakesTheKeyAttributes) {
  const Item item{{"pk", std::string("a")}, {"sk", Number(5)}, {"other", true}};
  const auto key = ExtractKey(HashAndRange(), item);
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(*key, (ItemKey{std::string("a"), AttributeValue(Number(5))}));
  EXPECT_EQ(ExtractKey(HashOnly(), item), (ItemKey{std::string("a"), std::nullopt}));
}

TEST(ExtractKey, WantsEveryKeyAttributeWithItsType) {
  EXPECT_EQ(ExtractKey(HashAndRange(), Item{{"pk", std::string("a")}}), std::nullopt);
  EXPECT_EQ(ExtractKey(HashAndRange(), Item{{"sk", Number(5)}}), std::nullopt);
  EXPECT_EQ(ExtractKey(HashAndRange(), Item{{"pk", std::string("a")}, {"sk", std::string("5")}}),
            std::nullopt);
  EXPECT_EQ(ExtractKey(HashOnly(), Item{{"pk", Number(1)}}), std::nullopt);
}

}  // namespace
}  // namespace pumice
