// SPDX-License-Identifier: Apache-2.0
#include "yaml/yaml_documents.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

namespace pumice {
namespace {

std::string Wrong(const std::string& text) {
  const auto documents = ReadYamlDocuments(text, {"f.yaml", 4, "no YAML: "});
  return documents ? "it was read" : documents.error().client_text();
}

TEST(YamlDocuments, AreAllThatTheTextHas) {
  const auto documents = ReadYamlDocuments("---\n---\na: 1\n---\n- b\n", {"f.yaml", 4});
  ASSERT_TRUE(documents) << documents.error().client_text();
  ASSERT_EQ(documents.value().size(), 3U);
  EXPECT_TRUE(documents.value()[0].IsNull());
  EXPECT_EQ(LineOf(documents.value()[1]), 3U);
  EXPECT_EQ(LineOf(documents.value()[2]), 5U);
}

TEST(YamlDocuments, MistakesAreToldWithTheirLine) {
  EXPECT_EQ(Wrong("a: [\n"), "f.yaml:2: no YAML: end of sequence flow not found");
  EXPECT_EQ(Wrong("a: 1\n---\nb: *none\n"),
            "f.yaml:3: no YAML: the referenced anchor is not defined");
}

TEST(YamlDocuments, LevelsHaveABound) {
  EXPECT_EQ(Wrong("[[[x]]]"), "it was read");
  const std::string told = "f.yaml: more than 4 levels, or an alias inside of what it names";
  EXPECT_EQ(Wrong("[[[[x]]]]"), told);
  EXPECT_EQ(Wrong("{a: {b: {c: {d: x}}}}"), told);
  EXPECT_EQ(Wrong("a: &a [*a]\n"), told);
  EXPECT_EQ(Wrong("&a {b: *a}\n"), told);
  EXPECT_EQ(Wrong("&a {? *a : b}\n"), told);
}

/// A parser that recursed into them all would have no stack left.
TEST(YamlDocuments, LevelsThatNoAliasMakesAreRefusedByTheParser) {
  EXPECT_TRUE(Wrong(std::string(100'000, '[')).starts_with("f.yaml:1: no YAML: "));
}

TEST(YamlDocuments, AliasesThatGrowWithoutEndAreRefused) {
  const auto list = [](std::string_view element) {
    std::string text = "[";
    for (int i = 0; i < 1000; ++i) text += fmt::format("{}, ", element);
    return text + "]";
  };
  EXPECT_EQ(Wrong(fmt::format("a: &a {}\nb: {}\n", list("x"), list("*a"))),
            "f.yaml:1: more than a million values");
}

}  // namespace
}  // namespace pumice
