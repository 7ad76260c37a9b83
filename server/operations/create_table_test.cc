// SPDX-License-Identifier: Apache-2.0
#include "server/operations/create_table.h"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/operations/operation_test_support.h"

namespace pumice {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr std::string_view kInvalid =
    "ValidationException: One or more parameter values were invalid: ";

/// The members of a legal request, to be changed one by one.
struct Sent {
  std::string name = R"("TableName":"table")";
  std::string definitions =
      R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}])";
  std::string keys = R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}])";
  std::string billing = R"("BillingMode":"PAY_PER_REQUEST")";
  std::string more;

  std::string Json() const {
    std::string json = "{";
    for (const std::string& member : {name, definitions, keys, billing, more}) {
      if (member.empty()) continue;
      if (json.size() > 1) json += ',';
      json += member;
    }
    return json + "}";
  }
};

std::string Definitions(const std::vector<std::string>& names) {
  std::string json = R"("AttributeDefinitions":[)";
  for (const std::string& name : names) {
    if (json.back() != '[') json += ',';
    json += R"({"AttributeName":")" + name + R"(","AttributeType":"S"})";
  }
  return json + "]";
}

/// "pk HASH", "sk RANGE" -> "KeySchema":[…]
std::string Keys(const std::vector<std::pair<std::string, std::string>>& keys) {
  std::string json = R"("KeySchema":[)";
  for (const auto& [name, type] : keys) {
    if (json.back() != '[') json += ',';
    json += R"({"AttributeName":")" + name + R"(","KeyType":")" + type + R"("})";
  }
  return json + "]";
}

std::string Index(const std::string& name, const std::string& keys,
                  const std::string& projection = R"({"ProjectionType":"ALL"})") {
  return R"({"IndexName":")" + name + "\"," + keys + R"(,"Projection":)" + projection + "}";
}

const std::string kByG = Keys({{"g", "HASH"}});
const std::string kUnits =
    R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":4})";

Sent WithGlobal(const std::string& indexes, const std::vector<std::string>& names = {"pk", "g"}) {
  Sent sent;
  sent.definitions = Definitions(names);
  sent.more = R"("GlobalSecondaryIndexes":[)" + indexes + "]";
  return sent;
}

Sent WithLocal(const std::string& indexes,
               const std::vector<std::string>& names = {"pk", "sk", "l"}) {
  Sent sent;
  sent.definitions = Definitions(names);
  sent.keys = Keys({{"pk", "HASH"}, {"sk", "RANGE"}});
  sent.more = R"("LocalSecondaryIndexes":[)" + indexes + "]";
  return sent;
}

std::string Answer(const Sent& sent) {
  TestService service;
  return service.Call("CreateTable", sent.Json());
}

TEST(CreateTable, DescribesAnOnDemandTable) {
  EXPECT_THAT(
      Answer({}),
      MatchesRegex(
          R"re(\{"TableDescription":\{"TableName":"table","TableStatus":"CREATING",)re"
          R"re("TableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/table",)re"
          R"re("TableId":"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",)re"
          R"re("ProvisionedThroughput":\{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,)re"
          R"re("WriteCapacityUnits":0\},"TableSizeBytes":0,"ItemCount":0,)re"
          R"re("BillingModeSummary":\{"BillingMode":"PAY_PER_REQUEST",)re"
          R"re("LastUpdateToPayPerRequestDateTime":1790000000\.000\},)re"
          R"re("TableThroughputModeSummary":\{"TableThroughputMode":"PAY_PER_REQUEST",)re"
          R"re("LastUpdateToPayPerRequestDateTime":1790000000\.000\},)re"
          R"re("DeletionProtectionEnabled":false,"CreationDateTime":1790000000\.000,)re"
          R"re("KeySchema":\[\{"AttributeName":"pk","KeyType":"HASH"\}\],)re"
          R"re("AttributeDefinitions":\[\{"AttributeName":"pk","AttributeType":"S"\}\],)re"
          R"re("WarmThroughput":\{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,)re"
          R"re("Status":"CREATING"\}\}\})re"));
}

TEST(CreateTable, ShowsNoBillingSummaryOfAProvisionedTable) {
  Sent sent;
  sent.billing = kUnits;
  const std::string answer = Answer(sent);
  EXPECT_THAT(answer, HasSubstr(R"("ReadCapacityUnits":5,"WriteCapacityUnits":4)"));
  EXPECT_THAT(answer, Not(HasSubstr("BillingModeSummary")));
}

TEST(CreateTable, DescribesIndexes) {
  Sent sent = WithLocal(Index("by_l", Keys({{"pk", "HASH"}, {"l", "RANGE"}}),
                              R"({"ProjectionType":"INCLUDE","NonKeyAttributes":["x","y"]})"));
  sent.more += R"(,"GlobalSecondaryIndexes":[)" + Index("by_g", Keys({{"l", "HASH"}})) + "]";
  const std::string answer = Answer(sent);
  EXPECT_THAT(
      answer,
      HasSubstr(
          R"("GlobalSecondaryIndexes":[{"IndexName":"by_g","KeySchema":[{"AttributeName":"l","KeyType":"HASH"}],)"
          R"("Projection":{"ProjectionType":"ALL"},"IndexStatus":"CREATING",)"
          R"("ProvisionedThroughput":{"NumberOfDecreasesToday":0,"ReadCapacityUnits":0,"WriteCapacityUnits":0},)"
          R"("WarmThroughput":{"ReadUnitsPerSecond":12000,"WriteUnitsPerSecond":4000,"Status":"CREATING"},)"
          R"("IndexSizeBytes":0,"ItemCount":0,)"
          R"("IndexArn":"arn:aws:dynamodb:us-east-1:000000000000:table/table/index/by_g"}])"));
  EXPECT_THAT(
      answer,
      HasSubstr(
          R"("LocalSecondaryIndexes":[{"IndexName":"by_l","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},)"
          R"({"AttributeName":"l","KeyType":"RANGE"}],)"
          R"("Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x","y"]},"IndexSizeBytes":0,)"
          R"("ItemCount":0,"IndexArn":"arn:aws:dynamodb:us-east-1:000000000000:table/table/index/by_l"}])"));
}

TEST(CreateTable, AcceptsEightKeyAttributesOfAGlobalIndex) {
  const Sent sent = WithGlobal(Index("wide", Keys({{"a", "HASH"},
                                                   {"b", "HASH"},
                                                   {"c", "HASH"},
                                                   {"d", "HASH"},
                                                   {"e", "RANGE"},
                                                   {"f", "RANGE"},
                                                   {"g", "RANGE"},
                                                   {"h", "RANGE"}})),
                               {"pk", "a", "b", "c", "d", "e", "f", "g", "h"});
  EXPECT_THAT(Answer(sent), HasSubstr(R"({"AttributeName":"h","KeyType":"RANGE"}],"Projection")"));
}

TEST(CreateTable, OpensAStream) {
  Sent sent;
  sent.more = R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"})";
  EXPECT_THAT(
      Answer(sent),
      HasSubstr(
          R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"KEYS_ONLY"},)"
          R"("LatestStreamLabel":"2026-09-21T14:13:20.000",)"
          R"("LatestStreamArn":"arn:aws:dynamodb:us-east-1:000000000000:table/table/stream/2026-09-21T14:13:20.000")"));
}

TEST(CreateTable, ShowsNoStreamMemberOfATableWithout) {
  for (const std::string more : {"", R"("StreamSpecification":{"StreamEnabled":false})"}) {
    Sent sent;
    sent.more = more;
    EXPECT_THAT(Answer(sent), Not(HasSubstr("Stream")));
  }
}

TEST(CreateTable, KeepsSettings) {
  Sent sent;
  sent.more = R"("DeletionProtectionEnabled":true,"TableClass":"STANDARD_INFREQUENT_ACCESS",
    "SSESpecification":{"Enabled":true,"KMSMasterKeyId":"my-key"},
    "OnDemandThroughput":{"MaxReadRequestUnits":10},"WarmThroughput":{"ReadUnitsPerSecond":13000},
    "Tags":[{"Key":"team","Value":"cruddur"}],"ResourcePolicy":"{}")";
  const std::string answer = Answer(sent);
  EXPECT_THAT(answer, HasSubstr(R"("DeletionProtectionEnabled":true)"));
  EXPECT_THAT(answer,
              HasSubstr(R"("TableClassSummary":{"TableClass":"STANDARD_INFREQUENT_ACCESS"})"));
  EXPECT_THAT(answer,
              HasSubstr(R"("SSEDescription":{"Status":"ENABLED","SSEType":"KMS",)"
                        R"("KMSMasterKeyArn":"arn:aws:kms:us-east-1:000000000000:key/my-key"})"));
  EXPECT_THAT(
      answer,
      HasSubstr(R"("OnDemandThroughput":{"MaxReadRequestUnits":10,"MaxWriteRequestUnits":-1})"));
  EXPECT_THAT(
      answer,
      HasSubstr(R"("WarmThroughput":{"ReadUnitsPerSecond":13000,"WriteUnitsPerSecond":4000)"));
}

TEST(CreateTable, AcceptsAnArnAsItsName) {
  Sent sent;
  sent.name = R"("TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/named")";
  EXPECT_THAT(Answer(sent), HasSubstr(R"("TableName":"named")"));
}

TEST(CreateTable, RefusesATakenNameAfterAllElse) {
  TestService service;
  service.Call("CreateTable", Sent().Json());
  EXPECT_EQ(service.Call("CreateTable", Sent().Json()),
            "ResourceInUseException: Table already exists: table");
  Sent bad;
  bad.keys = Keys({{"pk", "RANGE"}});
  EXPECT_EQ(
      service.Call("CreateTable", bad.Json()),
      "ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
}

TEST(CreateTable, RefusesWhatBreaksConstraints) {
  const std::string value = std::string(kEnvelopeError) + "Value ";
  const std::string fails = " failed to satisfy constraint: Member must ";
  const auto changed = [](auto change) {
    Sent sent;
    change(sent);
    return Answer(sent);
  };
  EXPECT_EQ(changed([](Sent& sent) { sent.name = ""; }),
            "ValidationException: The parameter 'TableName' is required but was not present in the "
            "request");
  EXPECT_EQ(changed([](Sent& sent) { sent.name = R"("TableName":"ab")"; }),
            value + "'ab' at 'tableName'" + fails + "have length greater than or equal to 3");
  EXPECT_EQ(changed([](Sent& sent) { sent.name = R"("TableName":"a b c")"; }),
            value + "'a b c' at 'tableName'" + fails +
                "satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
  EXPECT_EQ(changed([](Sent& sent) { sent.keys = ""; }),
            value + "null at 'keySchema'" + fails + "not be null");
  EXPECT_EQ(changed([](Sent& sent) { sent.keys = R"("KeySchema":[])"; }),
            value + "'[]' at 'keySchema'" + fails + "have length greater than or equal to 1");
  EXPECT_EQ(
      changed([](Sent& sent) {
        sent.keys = Keys({{"pk", "HASH"}, {"sk", "RANGE"}, {"x", "RANGE"}});
      }),
      value +
          "'[KeySchemaElement(attributeName=pk, keyType=HASH), KeySchemaElement(attributeName=sk, "
          "keyType=RANGE), KeySchemaElement(attributeName=x, keyType=RANGE)]' at 'keySchema'" +
          fails + "have length less than or equal to 2");
  EXPECT_EQ(changed([](Sent& sent) {
              sent.keys = Keys({{"pk", "SORT"}});
            }),
            value + "'SORT' at 'keySchema.1.member.keyType'" + fails +
                "satisfy enum value set: [HASH, RANGE]");
  EXPECT_EQ(changed([](Sent& sent) {
              sent.definitions =
                  R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"BOOL"}])";
            }),
            value + "'BOOL' at 'attributeDefinitions.1.member.attributeType'" + fails +
                "satisfy enum value set: [B, N, S]");
  EXPECT_EQ(changed([](Sent& sent) { sent.billing = R"("BillingMode":"FREE")"; }),
            value + "'FREE' at 'billingMode'" + fails +
                "satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]");
  EXPECT_EQ(changed([](Sent& sent) {
              sent.billing =
                  R"("ProvisionedThroughput":{"ReadCapacityUnits":0,"WriteCapacityUnits":1})";
            }),
            value + "'0' at 'provisionedThroughput.readCapacityUnits'" + fails +
                "have value greater than or equal to 1");
  EXPECT_EQ(changed([](Sent& sent) {
              sent.more = R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"ALL"})";
            }),
            value + "'ALL' at 'streamSpecification.streamViewType'" + fails +
                "satisfy enum value set: [NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY]");
  EXPECT_EQ(changed([](Sent& sent) { sent.more = R"("Tags":[{"Key":"","Value":"x"}])"; }),
            value + "'' at 'tags.1.member.key'" + fails + "have length greater than or equal to 1");
  EXPECT_EQ(Answer(WithGlobal(Index("by_g", kByG, R"({"ProjectionType":"SOME"})"))),
            value + "'SOME' at 'globalSecondaryIndexes.1.member.projection.projectionType'" +
                fails + "satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]");
}

TEST(CreateTable, ReportsGlobalIndexesBeforeLocalOnes) {
  Sent sent = WithLocal(Index("l1", Keys({{"pk", "HASH"}, {"l", "RANGE"}})));
  sent.more += R"(,"GlobalSecondaryIndexes":[)" + Index("g1", Keys({{"l", "HASH"}})) + "]";
  EXPECT_EQ(
      Answer(sent),
      "ValidationException: 2 validation errors detected: Value 'g1' at "
      "'globalSecondaryIndexes.1.member.indexName' failed to satisfy constraint: Member must have "
      "length greater than or equal to 3; Value 'l1' at 'localSecondaryIndexes.1.member.indexName' "
      "failed to satisfy constraint: Member must have length greater than or equal to 3");
}

TEST(CreateTable, ReportsConstraintsBeforeStaticErrors) {
  Sent sent;
  sent.name = R"("TableName":"ab")";
  sent.billing = "";
  EXPECT_THAT(Answer(sent), HasSubstr("Value 'ab' at 'tableName'"));
}

TEST(CreateTable, RefusesThroughputThatDoesNotFitTheMode) {
  Sent sent;
  sent.more = kUnits;
  EXPECT_EQ(Answer(sent),
            std::string(kInvalid) +
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                "BillingMode is PAY_PER_REQUEST");
  for (const std::string billing : {"", R"("BillingMode":"PROVISIONED")"}) {
    Sent without;
    without.billing = billing;
    EXPECT_EQ(Answer(without),
              std::string(kInvalid) +
                  "ReadCapacityUnits and WriteCapacityUnits must both be specified when "
                  "BillingMode is PROVISIONED");
  }
  Sent absurd;
  absurd.billing =
      R"("ProvisionedThroughput":{"ReadCapacityUnits":1000000000001,"WriteCapacityUnits":1})";
  EXPECT_EQ(
      Answer(absurd),
      "ValidationException: Given value 1000000000001 for ReadCapacityUnits is out of bounds");
  Sent index = WithGlobal(Index("by_g", kByG));
  index.billing = kUnits;
  EXPECT_EQ(Answer(index),
            std::string(kInvalid) + "ProvisionedThroughput is not specified for index: by_g");
}

TEST(CreateTable, RefusesKeysThatDoNotFit) {
  const auto refused = [](const std::vector<std::string>& names,
                          const std::vector<std::pair<std::string, std::string>>& keys) {
    Sent sent;
    sent.definitions = Definitions(names);
    sent.keys = Keys(keys);
    return Answer(sent);
  };
  const std::string error = "ValidationException: ";
  EXPECT_EQ(refused({"other"}, {{"pk", "HASH"}}),
            error + "Invalid KeySchema: Some index key attribute have no definition");
  EXPECT_EQ(refused({"pk"}, {{"pk", "HASH"}, {"pk", "RANGE"}}),
            error + "Invalid KeySchema: Some index key attribute have no definition");
  EXPECT_EQ(
      refused({"pk", "sk"}, {{"pk", "HASH"}, {"pk", "RANGE"}}),
      error + "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  EXPECT_EQ(refused({"pk"}, {{"pk", "RANGE"}}),
            error + "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  EXPECT_EQ(refused({"pk", "sk"}, {{"pk", "HASH"}, {"sk", "HASH"}}),
            error + "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  EXPECT_EQ(refused({"pk", "other"}, {{"pk", "HASH"}}),
            std::string(kInvalid) +
                "Number of attributes in KeySchema does not exactly match number of attributes "
                "defined in "
                "AttributeDefinitions");
  EXPECT_EQ(refused({"pk", "pk"}, {{"pk", "HASH"}}), error + "Attribute Name is duplicated: pk");
}

TEST(CreateTable, RefusesLocalIndexesThatDoNotFit) {
  const std::string good = Keys({{"pk", "HASH"}, {"l", "RANGE"}});
  EXPECT_EQ(Answer(WithLocal("", {"pk", "sk"})),
            std::string(kInvalid) + "List of LocalSecondaryIndexes is empty");
  Sent no_range = WithLocal(Index("by_l", good), {"pk", "l"});
  no_range.keys = Keys({{"pk", "HASH"}});
  EXPECT_EQ(Answer(no_range),
            std::string(kInvalid) +
                "Table KeySchema does not have a range key, which is required when "
                "specifying a LocalSecondaryIndex");
  EXPECT_EQ(Answer(WithLocal(Index("by_l", Keys({{"pk", "HASH"}})), {"pk", "sk"})),
            std::string(kInvalid) + "Index KeySchema does not have a range key for index: by_l");
  EXPECT_EQ(
      Answer(WithLocal(Index("by_l", Keys({{"l", "HASH"}, {"sk", "RANGE"}})))),
      std::string(kInvalid) +
          "Index KeySchema does not have the same leading hash key as table KeySchema for index: "
          "by_l. index hash key: l, table hash key: pk");
  std::string six;
  for (int i = 0; i < 6; ++i) six += (i > 0 ? "," : "") + Index("local" + std::to_string(i), good);
  EXPECT_EQ(Answer(WithLocal(six)),
            std::string(kInvalid) + "Number of LocalSecondaryIndexes exceeds per-table limit of 5");
}

TEST(CreateTable, RefusesGlobalIndexesThatDoNotFit) {
  const auto projected = [](const std::string& projection) {
    return Answer(WithGlobal(Index("by_g", kByG, projection)));
  };
  const std::string invalid(kInvalid);
  EXPECT_EQ(Answer(WithGlobal("", {"pk"})), invalid + "List of GlobalSecondaryIndexes is empty");
  EXPECT_EQ(Answer(WithGlobal(Index("by_g", kByG), {"pk"})),
            invalid +
                "Some index key attributes are not defined in AttributeDefinitions. Keys: [g], "
                "AttributeDefinitions: [pk]");
  EXPECT_EQ(
      Answer(WithGlobal(Index("by_g", kByG), {"pk", "g", "x"})),
      invalid +
          "Some AttributeDefinitions are not used. AttributeDefinitions: [pk, g, x], keys used: "
          "[pk, g]");
  EXPECT_EQ(projected("{}"), invalid + "Unknown ProjectionType: null");
  EXPECT_EQ(projected(R"({"ProjectionType":"ALL","NonKeyAttributes":["x"]})"),
            invalid + "ProjectionType is ALL, but NonKeyAttributes is specified");
  EXPECT_EQ(projected(R"({"ProjectionType":"INCLUDE"})"),
            invalid + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  EXPECT_EQ(projected(R"({"ProjectionType":"INCLUDE","NonKeyAttributes":["x","x"]})"),
            invalid + "Duplicate element in NonKeyAttributes: x");
  EXPECT_EQ(Answer(WithGlobal(Index("same", kByG) + "," + Index("same", kByG))),
            invalid + "Duplicate index name: same");
  std::string many;
  for (int i = 0; i < 21; ++i)
    many += (i > 0 ? "," : "") + Index("global" + std::to_string(i), kByG);
  EXPECT_EQ(Answer(WithGlobal(many)),
            invalid + "GlobalSecondaryIndex count exceeds the per-table limit of 20");
}

TEST(CreateTable, RefusesMultiAttributeKeysThatDoNotFit) {
  const std::vector<std::string> names{"pk", "a", "b", "c", "d", "e"};
  const std::string invalid(kInvalid);
  EXPECT_EQ(Answer(WithGlobal(Index("wide", Keys({{"a", "HASH"}, {"b", "RANGE"}, {"c", "HASH"}})),
                              {"pk", "a", "b", "c"})),
            invalid + "All HASH key attributes must precede RANGE key attributes in the KeySchema");
  EXPECT_EQ(
      Answer(WithGlobal(
          Index("wide",
                Keys({{"a", "HASH"}, {"b", "HASH"}, {"c", "HASH"}, {"d", "HASH"}, {"e", "HASH"}})),
          names)),
      invalid + "The KeySchema exceeds the maximum allowed number of HASH key attributes");
  EXPECT_EQ(
      Answer(WithGlobal(Index("wide", Keys({{"a", "HASH"}, {"b", "HASH"}, {"a", "RANGE"}})),
                        {"pk", "a", "b"})),
      "ValidationException: The KeySchema contains multiple key attributes with the same name");
}

TEST(CreateTable, RefusesStreamsAndTagsThatDoNotFit) {
  const auto with = [](const std::string& more) {
    Sent sent;
    sent.more = more;
    return Answer(sent);
  };
  EXPECT_EQ(with(R"("StreamSpecification":{"StreamEnabled":true})"),
            std::string(kInvalid) +
                "Table is being created with a stream enabled, UpdateViewType is required");
  EXPECT_EQ(
      with(R"("StreamSpecification":{"StreamEnabled":false,"StreamViewType":"NEW_IMAGE"})"),
      std::string(kInvalid) +
          "Table is being created with a stream disabled, UpdateViewType should not be specified");
  EXPECT_EQ(with(R"("Tags":[{"Key":"aws:x","Value":""}])"),
            "ValidationException: Tag Key cannot be prefixed with aws:, Key: aws:x");
  EXPECT_EQ(with(R"("Tags":[{"Key":"a#b","Value":""}])"),
            "ValidationException: The Tag Key provided is invalid, Key: a#b");
  EXPECT_THAT(with(R"("Tags":[])"), HasSubstr("CREATING"));
}

TEST(CreateTable, RefusesVectorIndexesOfALaterRelease) {
  Sent sent;
  sent.more = R"("VectorIndexes":[{}])";
  EXPECT_EQ(Answer(sent),
            "ValidationException: VectorIndexes is not supported by this release of Pumice");
}

TEST(CreateTable, RefusesWrongJsonTypes) {
  Sent sent;
  sent.keys = R"("KeySchema":"pk")";
  EXPECT_EQ(Answer(sent), "SerializationException: Unexpected field type");
  sent.keys = R"("KeySchema":["pk"])";
  EXPECT_EQ(Answer(sent), "SerializationException: Unexpected value type in payload");
}

}  // namespace
}  // namespace pumice
