// SPDX-License-Identifier: Apache-2.0
#include "server/commands/replay_range.h"

#include <gtest/gtest.h>

#include "streams/record_json.h"

namespace pumice {
namespace {

using namespace std::chrono_literals;

constexpr auto kTenOClock = std::chrono::seconds(1'795'255'200);  // 2026-11-21T10:00:00Z

std::chrono::seconds TimeOf(const std::string& text) {
  return std::get<std::chrono::seconds>(ReadRangeEnd("--from", text).value());
}

TEST(ReplayRange, ReadsTimes) {
  EXPECT_EQ(TimeOf("2026-11-21T10:00:00Z"), kTenOClock);
  EXPECT_EQ(TimeOf("2026-11-21T10:00:00"), kTenOClock);
  EXPECT_EQ(TimeOf("2026-11-21T10:00"), kTenOClock);
  EXPECT_EQ(TimeOf("2026-11-21T10:00:00.999Z"), kTenOClock);
  EXPECT_EQ(TimeOf("2026-11-21T11:30:00+01:30"), kTenOClock);
  EXPECT_EQ(TimeOf("2026-11-21T05:00-05:00"), kTenOClock);
  EXPECT_EQ(TimeOf("2026-11-21"), kTenOClock - 10h);
}

TEST(ReplayRange, ReadsSequenceNumbers) {
  const RangeEnd end = ReadRangeEnd("--to", "100000000000000000001").value();
  EXPECT_EQ(std::get<SequenceText>(end).digits, "100000000000000000001");
}

TEST(ReplayRange, SaysWhatItCannotRead) {
  for (const char* text : {"yesterday", "12345", "2026-11-21T10:00:00X", "2026-13-01", ""}) {
    const auto refused = ReadRangeEnd("--from", text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().client_text(),
              std::string("--from ") + text +
                  ": a time like 2026-11-21T10:00:00Z or a sequence number of 21 to 40 digits is "
                  "needed (pumice replay -help tells more)");
  }
}

StreamRecord Record(std::int64_t created, const std::string& sequence) {
  return {{"dynamodb", {{"ApproximateCreationDateTime", created}, {"SequenceNumber", sequence}}}};
}

TEST(ReplayRange, BothEndsBelongToIt) {
  const ReplayRange times{10s, 20s};
  EXPECT_TRUE(times.IsBefore(Record(9, "1")));
  EXPECT_FALSE(times.IsBefore(Record(10, "1")));
  EXPECT_FALSE(times.IsBehind(Record(20, "1")));
  EXPECT_TRUE(times.IsBehind(Record(21, "1")));
  // Longer ones are greater.
  const ReplayRange numbers{SequenceText{"900000000000000000009"},
                            SequenceText{"1000000000000000000010"}};
  EXPECT_TRUE(numbers.IsBefore(Record(0, "800000000000000000008")));
  EXPECT_FALSE(numbers.IsBefore(Record(0, "900000000000000000009")));
  EXPECT_FALSE(numbers.IsBehind(Record(0, "1000000000000000000010")));
  EXPECT_TRUE(numbers.IsBehind(Record(0, "1100000000000000000011")));
  EXPECT_FALSE(ReplayRange().IsBefore(Record(0, "1")));
  EXPECT_FALSE(ReplayRange().IsBehind(Record(0, "1")));
}

// What the event source mapping sends, made of what GetRecords answers.
TEST(ReplayRange, ARecordIsTheOneOfTheFirstDelivery) {
  StreamDescription stream;
  stream.arn = StreamArn("arn:aws:dynamodb:eu-west-1:000000000000:table/t/stream/2026");
  stream.view_type = StreamViewType::kNewAndOldImages;
  ChangeRecord record;
  record.sequence = SequenceNumber(7);
  record.kind = ChangeKind::kRemove;
  record.actor = ChangeActor::kTimeToLive;
  record.created = TimePoint(kTenOClock);
  record.event_id = "e2fd9c34eff2d779b297b26f5fef4206";
  record.size_bytes = 46;
  record.keys = R"({"pk":{"S":"é\"\\\n"}})";
  record.old_image = R"({"b":{"B":"AQ=="},"n":{"N":"1.5"},"pk":{"S":"é\"\\\n"}})";
  std::string answered;
  AppendStreamRecordJson(answered, stream, record);
  std::string delivered;
  AppendLambdaRecordJson(delivered, stream, record);
  EXPECT_EQ(LambdaRecordText(StreamRecord::parse(answered), stream.arn.value()), delivered);
}

}  // namespace
}  // namespace pumice
