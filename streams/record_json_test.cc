// SPDX-License-Identifier: Apache-2.0
#include "streams/record_json.h"

#include <chrono>

#include <gtest/gtest.h>

namespace pumice {
namespace {

using namespace std::chrono_literals;

StreamDescription Stream() {
  StreamDescription stream;
  stream.arn =
      StreamArn("arn:aws:dynamodb:eu-west-1:000000000000:table/t/stream/2026-09-21T14:13:20.000");
  stream.view_type = StreamViewType::kNewAndOldImages;
  return stream;
}

ChangeRecord Record() {
  ChangeRecord record;
  record.sequence = SequenceNumber(7);
  record.kind = ChangeKind::kModify;
  record.created = TimePoint(1'790'000'000s + 999ms);
  record.event_id = "e2fd9c34eff2d779b297b26f5fef4206";
  record.size_bytes = 46;
  record.keys = R"({"pk":{"S":"a"}})";
  record.new_image = R"({"a":{"N":"2"},"pk":{"S":"a"}})";
  record.old_image = R"({"a":{"N":"1"},"pk":{"S":"a"}})";
  return record;
}

const std::string kHead =
    R"({"eventID":"e2fd9c34eff2d779b297b26f5fef4206","eventName":"MODIFY","eventVersion":"1.1",)"
    R"("eventSource":"aws:dynamodb","awsRegion":"eu-west-1","dynamodb":{"ApproximateCreationDateTime":1790000000)";
const std::string kBody =
    R"(,"Keys":{"pk":{"S":"a"}},"NewImage":{"a":{"N":"2"},"pk":{"S":"a"}},)"
    R"("OldImage":{"a":{"N":"1"},"pk":{"S":"a"}},"SequenceNumber":"700000000000000000007","SizeBytes":46,)"
    R"("StreamViewType":"NEW_AND_OLD_IMAGES"})";

TEST(RecordJson, HasTheFormOfGetRecords) {
  std::string out;
  AppendStreamRecordJson(out, Stream(), Record());
  EXPECT_EQ(out, kHead + kBody + "}");
}

TEST(RecordJson, HasTheFormOfALambdaEvent) {
  std::string out;
  AppendLambdaRecordJson(out, Stream(), Record());
  EXPECT_EQ(out, kHead + ".0" + kBody +
                     R"(,"eventSourceARN":"arn:aws:dynamodb:eu-west-1:000000000000:table/t/stream/)"
                     R"(2026-09-21T14:13:20.000"})");
}

TEST(RecordJson, LeavesOutImagesThatAreNotThere) {
  ChangeRecord record = Record();
  record.kind = ChangeKind::kRemove;
  record.new_image.reset();
  record.old_image.reset();
  std::string out;
  AppendStreamRecordJson(out, Stream(), record);
  EXPECT_EQ(out.find("Image\""), std::string::npos);
}

TEST(RecordJson, NamesTheServiceThatDeletedAnExpiredItem) {
  ChangeRecord record = Record();
  record.actor = ChangeActor::kTimeToLive;
  std::string stream_form;
  AppendStreamRecordJson(stream_form, Stream(), record);
  EXPECT_TRUE(stream_form.ends_with(
      R"(,"userIdentity":{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"}})"));
  std::string lambda_form;
  AppendLambdaRecordJson(lambda_form, Stream(), record);
  EXPECT_NE(lambda_form.find(
                R"(,"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},)"),
            std::string::npos);
}

}  // namespace
}  // namespace pumice
