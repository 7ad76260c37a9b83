// SPDX-License-Identifier: Apache-2.0
#include "server/operations/item_parameters.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

constexpr std::string_view kKey = R"("pk":{"S":"a"},"sk":{"S":"1"})";

/// "part(0),part(1),..." in an order of its own.
template <class Part>
std::string Shuffled(int count, Part part) {
  std::vector<int> order(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) order[static_cast<std::size_t>(i)] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  std::string text;
  for (const int i : order) {
    if (!text.empty()) text += ',';
    text += part(i);
  }
  return text;
}

class ItemParametersTest : public ::testing::TestWithParam<int>, protected TestService {
 protected:
  void SetUp() override { MakeTable(); }
};

// Few placeholders and many are looked through in different ways.
TEST_P(ItemParametersTest, OfNamesThatAreRepeatedTheLastWins) {
  const int count = GetParam();
  std::string item(kKey);
  for (int i = 0; i < count; ++i) item += fmt::format(R"(,"a{:03}":{{"N":"{}"}})", i, i);
  ASSERT_EQ(Call("PutItem", fmt::format(R"({{"TableName":"table","Item":{{{},)"
                                        R"("other":{{"S":"x"}}}}}})",
                                        item)),
            "{}");
  std::string names = R"("#n0":"a001")";  // the first #n0 of three
  std::string projection = "pk,sk";
  for (int i = 0; i < count; ++i) {
    names += fmt::format(R"(,"#n{}":"a{:03}")", i, i);
    projection += fmt::format(",#n{}", i);
  }
  names += R"(,"#n0":"other")";
  std::string wanted;
  for (int i = 1; i < count; ++i) wanted += fmt::format(R"(,"a{:03}":{{"N":"{}"}})", i, i);
  EXPECT_EQ(Call("GetItem", fmt::format(R"({{"TableName":"table","Key":{{{}}},)"
                                        R"("ProjectionExpression":"{}",)"
                                        R"("ExpressionAttributeNames":{{{}}}}})",
                                        kKey, projection, names)),
            fmt::format(R"({{"Item":{{{},"other":{{"S":"x"}}{}}}}})", kKey, wanted));
}

TEST_P(ItemParametersTest, OfValuesThatAreRepeatedTheLastWins) {
  const int count = GetParam();
  std::string values = R"(":v0":{"S":"first"})";
  std::string update = "SET ";
  for (int i = 0; i < count; ++i) {
    values += fmt::format(R"(,":v{}":{{"N":"{}"}})", i, i);
    update += fmt::format("{}a{:03} = :v{}", i == 0 ? "" : ", ", i, i);
  }
  values += R"(,":v0":{"S":"last"})";
  std::string wanted = R"("a000":{"S":"last"})";
  for (int i = 1; i < count; ++i) wanted += fmt::format(R"(,"a{:03}":{{"N":"{}"}})", i, i);
  EXPECT_EQ(Call("UpdateItem", fmt::format(R"({{"TableName":"table","Key":{{{}}},)"
                                           R"("UpdateExpression":"{}",)"
                                           R"("ExpressionAttributeValues":{{{}}},)"
                                           R"("ReturnValues":"UPDATED_NEW"}})",
                                           kKey, update, values)),
            fmt::format(R"({{"Attributes":{{{}}}}})", wanted));
}

INSTANTIATE_TEST_SUITE_P(FewAndMany, ItemParametersTest, ::testing::Values(3, 30, 33, 200));

// Once the time for these grew with the square of their number: minutes.
class LargeRequestTest : public ::testing::Test, protected TestService {
 protected:
  void SetUp() override { MakeTable(); }
};

TEST_F(LargeRequestTest, MegabytesOfAttributesInAnyOrder) {
  const std::string members =
      Shuffled(500'000, [](int i) { return fmt::format(R"("a{}":{{"N":"1"}})", i); });
  EXPECT_EQ(
      Call("PutItem", fmt::format(R"({{"TableName":"table","Item":{{{},{}}}}})", members, kKey)),
      "ValidationException: Item size has exceeded the maximum allowed size");
}

TEST_F(LargeRequestTest, MegabytesOfNestedMembersInAnyOrder) {
  const std::string members =
      Shuffled(500'000, [](int i) { return fmt::format(R"("a{}":{{"N":"1"}})", i); });
  EXPECT_EQ(
      Call("PutItem", fmt::format(R"({{"TableName":"table","Item":{{{},"m":{{"M":{{{}}}}}}}}})",
                                  kKey, members)),
      "ValidationException: Item size has exceeded the maximum allowed size");
}

TEST_F(LargeRequestTest, MegabytesOfPlaceholders) {
  const std::string names =
      Shuffled(500'000, [](int i) { return fmt::format(R"("#n{}":"a")", i); });
  EXPECT_EQ(Call("GetItem", fmt::format(R"({{"TableName":"table","Key":{{{}}},)"
                                        R"("ProjectionExpression":"#n0",)"
                                        R"("ExpressionAttributeNames":{{{}}}}})",
                                        kKey, names)),
            "ValidationException: ExpressionAttributeNames exceeds max size");
}

}  // namespace
}  // namespace pumice
