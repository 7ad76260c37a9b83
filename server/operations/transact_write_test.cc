// SPDX-License-Identifier: Apache-2.0
// What PartiQL's transactions ask of the core beyond TransactWriteItems.
#include "server/operations/transact_write.h"

#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

class TransactWriteTest : public testing::Test {
 protected:
  TransactWriteTest() {
    service_.MakeTable();
    service_.Call("PutItem", R"({"TableName":"table","Item":{"pk":{"S":"a"},"sk":{"S":"there"}}})");
  }

  static TransactAction ActionOn(TransactAction::Kind kind, std::string sk) {
    TransactAction action;
    action.table_name = "table";
    action.kind = kind;
    action.item_or_key = {{"pk", AttributeValue(std::string("a"))},
                          {"sk", AttributeValue(std::move(sk))}};
    return action;
  }
  static TransactAction Insert(std::string sk) {
    TransactAction action = ActionOn(TransactAction::Kind::kPut, std::move(sk));
    action.existing = TransactAction::Existing::kForbidden;
    return action;
  }
  static TransactAction Update(std::string sk) {
    TransactAction action = ActionOn(TransactAction::Kind::kUpdate, std::move(sk));
    action.existing = TransactAction::Existing::kRequired;
    return action;
  }

  /// The reasons, or "done".
  template <class... Actions>
  std::string Transact(Actions... actions) {
    TransactWriteRequest request;
    (request.actions.push_back(std::move(actions)), ...);
    SystemRandom random;
    RequestNotes notes;
    const Identity identity{"key", "us-east-1", "000000000000"};
    const ServiceOptions options;
    OperationContext context{service_.database(), identity, options,
                             service_.clock(),    random,   notes};
    const auto outcome = TransactWrite(request, context);
    return outcome ? "done" : outcome.error().detail_members();
  }
  std::string Get(std::string_view sk) {
    return service_.Call("GetItem", R"({"TableName":"table","Key":{"pk":{"S":"a"},"sk":{"S":")" +
                                        std::string(sk) + R"("}}})");
  }

  TestService service_;
};

TEST_F(TransactWriteTest, AnInsertMeetsNoItem) {
  EXPECT_EQ(Transact(Insert("new"), Insert("there")),
            R"("CancellationReasons":[{"Code":"None"},{"Code":"DuplicateItem",)"
            R"("Message":"Duplicate primary key exists in table"}])");
  EXPECT_EQ(Get("new"), "{}");
  EXPECT_EQ(Transact(Insert("new")), "done");
  EXPECT_NE(Get("new"), "{}");
}

TEST_F(TransactWriteTest, AnUpdateNeedsItsItem) {
  EXPECT_EQ(Transact(Update("there"), Update("none")),
            R"("CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed",)"
            R"("Message":"The conditional request failed"}])");
  EXPECT_EQ(Get("none"), "{}");
  EXPECT_EQ(Transact(Update("there")), "done");
}

TEST_F(TransactWriteTest, ADuplicateIsToldBesideAFailedCondition) {
  EXPECT_EQ(
      Transact(Insert("there"), Update("none")),
      R"("CancellationReasons":[{"Code":"DuplicateItem",)"
      R"("Message":"Duplicate primary key exists in table"},{"Code":"ConditionalCheckFailed",)"
      R"("Message":"The conditional request failed"}])");
}

}  // namespace
}  // namespace pumice
