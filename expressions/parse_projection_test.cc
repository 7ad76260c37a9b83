// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <gtest/gtest.h>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

using test::ErrorOf;

std::string Problem(std::string_view text) {
  Placeholders placeholders = test::UsualPlaceholders();
  std::string error = ErrorOf(ParseProjection(text, placeholders));
  constexpr std::string_view kPrefix = "Invalid ProjectionExpression: ";
  if (error.starts_with(kPrefix)) error.erase(0, kPrefix.size());
  return error;
}

std::string Overlap(std::string_view one, std::string_view two) {
  return "Two document paths overlap with each other; must remove or rewrite one of these paths; "
         "path "
         "one: " +
         std::string(one) + ", path two: " + std::string(two);
}

TEST(ParseProjection, ReportsWhatIsWrong) {
  struct Case {
    std::string text;
    std::string problem;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"a", ""},
           {"a.b, a.c", ""},
           {"l[0], l[1]", ""},
           {"l[0].x, l[0].y", ""},
           {"#dot, a.b", ""},
           {"", "The expression can not be empty;"},
           {"a,", "Syntax error; token: \"<EOF>\", near: \",\""},
           {"a b", "Syntax error; token: \"b\", near: \"a b\""},
           {"l[a]", "Syntax error; token: \"a\", near: \"[a]\""},
           {"(a)", "Syntax error; token: \"(\", near: \"(a\""},
           {":n", "Syntax error; token: \":n\", near: \":n\""},
           {"a.and, b", "Syntax error; token: \"and\", near: \".and,\""},
           {"#undef",
            "An expression attribute name used in the document path is not defined; attribute "
            "name: "
            "#undef"},
           {"#undef, data", "Attribute name is a reserved keyword; reserved keyword: data"},
           {"a, a", Overlap("[a]", "[a]")},
           {"a, #a", Overlap("[a]", "[a]")},
           {"a, a.b", Overlap("[a]", "[a, b]")},
           {"a.b, a", Overlap("[a, b]", "[a]")},
           {"l, l[0]", Overlap("[l]", "[l, [0]]")},
           {"l.a, l[0]",
            "Two document paths conflict with each other; must remove or rewrite one of these "
            "paths; "
            "path one: [l, a], path two: [l, [0]]"},
           {"l[2147483648]", "List index is not within the allowable range; index: [2147483648]"},
           {std::string(4097, 'x'),
            "Expression size has exceeded the maximum allowed size; expression size: 4097"},
           {std::string(4096, 'x'), ""},
       }) {
    EXPECT_EQ(Problem(c.text), c.problem) << c.text;
  }
}

std::string Projected(std::string_view text) {
  Placeholders placeholders = test::UsualPlaceholders();
  const Item item = test::ItemOf(
      R"({"a":{"M":{"b":{"L":[{"N":"0"},{"M":{"x":{"N":"1"},"y":{"N":"2"}}},{"N":"3"}]},"c":{"S":"d"}}},)"
      R"("a.b":{"S":"dot"},"n":{"N":"1"}})");
  return ItemJson(Project(ParseProjection(text, placeholders).value(), item));
}

TEST(Project, KeepsTheStructure) {
  EXPECT_EQ(Projected("n"), R"({"n":{"N":"1"}})");
  EXPECT_EQ(Projected("n, a.c"), R"({"a":{"M":{"c":{"S":"d"}}},"n":{"N":"1"}})");
  EXPECT_EQ(Projected("#dot"), R"({"a.b":{"S":"dot"}})");
  EXPECT_EQ(Projected("a.c, a.b[0]"), R"({"a":{"M":{"b":{"L":[{"N":"0"}]},"c":{"S":"d"}}}})");
}

TEST(Project, ClosesUpListElementsInIndexOrder) {
  EXPECT_EQ(Projected("a.b[2], a.b[0]"), R"({"a":{"M":{"b":{"L":[{"N":"0"},{"N":"3"}]}}}})");
  EXPECT_EQ(Projected("a.b[2], a.b[1].y, a.b[9], a.b[1].x"),
            R"({"a":{"M":{"b":{"L":[{"M":{"x":{"N":"1"},"y":{"N":"2"}}},{"N":"3"}]}}}})");
}

TEST(Project, LeavesOutWhatIsNotThere) {
  EXPECT_EQ(Projected("z, a.z, a.b.c, n[0], a.c[0]"), "{}");
  EXPECT_EQ(Projected("n.x, a.b[1].z, a.b[3]"), "{}");
}

}  // namespace
}  // namespace pumice
