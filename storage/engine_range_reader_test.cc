// SPDX-License-Identifier: Apache-2.0
#include "storage/engine_range_reader.h"

#include <algorithm>
#include <functional>
#include <random>

#include "storage/hash.h"
#include "storage/key_format.h"
#include "storage/test_kit.h"

namespace pumice {
namespace {

using Operator = SortCondition::Operator;
constexpr Operator kOperators[] = {
    Operator::kEqual,          Operator::kLess,    Operator::kLessOrEqual, Operator::kGreater,
    Operator::kGreaterOrEqual, Operator::kBetween, Operator::kBeginsWith};

using Random = std::mt19937;

std::string RandomBytes(Random& random, std::size_t max_length) {
  constexpr char kAlphabet[] = {'\0', '\x01', 'a', 'b', '\xff'};
  std::string bytes(random() % max_length + 1, 'a');
  for (char& c : bytes) c = kAlphabet[random() % sizeof kAlphabet];
  return bytes;
}

AttributeValue RandomValue(Random& random, AttributeType type) {
  if (type == AttributeType::kB) return B(RandomBytes(random, 4));
  if (type == AttributeType::kN) return N(static_cast<int>(random() % 401) - 200);
  std::string text;
  for (char c : RandomBytes(random, 4)) text += c == '\xff' ? "\xc3\xa4" : std::string(1, c);
  return S(std::move(text));
}

std::string_view BytesOf(const AttributeValue& value) {
  if (const auto* text = value.As<std::string>()) return *text;
  return value.As<Binary>()->bytes;
}

/// What a sort condition means, told without keys.
bool Holds(const SortCondition& condition, const AttributeValue& value) {
  if (condition.op == Operator::kBeginsWith) {
    return BytesOf(value).starts_with(BytesOf(condition.low));
  }
  const auto low = *Compare(value, condition.low);
  switch (condition.op) {
    case Operator::kEqual: return low == 0;
    case Operator::kLess: return low < 0;
    case Operator::kLessOrEqual: return low <= 0;
    case Operator::kGreater: return low > 0;
    case Operator::kGreaterOrEqual: return low >= 0;
    default: return low >= 0 && *Compare(value, condition.high) <= 0;
  }
}

bool Less(const AttributeValue& a, const AttributeValue& b) { return *Compare(a, b) < 0; }

/// A condition on one of a few partitions, with any operator that the type has.
SortCondition RandomCondition(Random& random, AttributeType type) {
  const std::size_t count = type == AttributeType::kN ? 6 : 7;
  SortCondition condition{kOperators[random() % count], RandomValue(random, type),
                          RandomValue(random, type)};
  if (condition.op == Operator::kBetween && Less(condition.high, condition.low)) {
    std::swap(condition.low, condition.high);
  }
  return condition;
}

class RangeReaderTest : public MemoryDatabaseTest,
                        public ::testing::WithParamInterface<AttributeType> {};

INSTANTIATE_TEST_SUITE_P(SortTypes, RangeReaderTest,
                         ::testing::Values(AttributeType::kS, AttributeType::kN,
                                           AttributeType::kB));

std::vector<AttributeValue> SortKeys(Database& database, const RangeRequest& request) {
  std::vector<AttributeValue> values;
  const auto reader = database.items().Read(request).value();
  while (reader->Next().value()) values.push_back(*reader->item().Find("sk"));
  return values;
}

TEST_P(RangeReaderTest, AnswersAsASortedListDoes) {
  TableDescription description = Table("t");
  description.key_schema = {{Key("pk")}, {Key("sk", GetParam())}};
  const TablePtr table = Create(description);
  Random random(1);
  std::map<std::string, std::vector<AttributeValue>> model;
  for (int i = 0; i < 400; ++i) {
    const std::string partition(1, static_cast<char>('a' + random() % 3));
    const AttributeValue sort = RandomValue(random, GetParam());
    ASSERT_TRUE(PutItem(*database_, *table, {{"pk", S(partition)}, {"sk", sort}}));
    auto& values = model[partition];
    const auto at = std::lower_bound(values.begin(), values.end(), sort, Less);
    if (at == values.end() || *at != sort) values.insert(at, sort);
  }
  for (int i = 0; i < 500; ++i) {
    const std::string partition(1, static_cast<char>('a' + random() % 4));
    KeyCondition condition{{S(partition)}, {}, RandomCondition(random, GetParam())};
    RangeRequest request{*table, nullptr, &condition, {}, Direction::kForward, nullptr};
    request.direction = random() % 2 == 0 ? Direction::kForward : Direction::kBackward;
    const Item start = {{"pk", S(partition)}, {"sk", RandomValue(random, GetParam())}};
    if (random() % 2 == 0) request.exclusive_start_key = &start;
    std::vector<AttributeValue> expected;
    for (const AttributeValue& value : model[partition]) {
      const bool forward = request.direction == Direction::kForward;
      const auto order = *Compare(value, *start.Find("sk"));
      const bool behind =
          request.exclusive_start_key == nullptr || (forward ? order > 0 : order < 0);
      if (behind && Holds(*condition.sort, value)) expected.push_back(value);
    }
    if (request.direction == Direction::kBackward) std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(SortKeys(*database_, request), expected);
  }
}

class MultiAttributeTest : public MemoryDatabaseTest {
 protected:
  MultiAttributeTest() {
    table_ = Create(Table("t", {Index("i", {Key("h1"), Key("h2", AttributeType::kN)},
                                      {Key("r1"), Key("r2", AttributeType::kN), Key("r3")})}));
  }
  void Put(std::string sk, std::string r1, int r2, std::string r3) {
    ASSERT_TRUE(PutItem(*database_, *table_,
                        {{"h1", S("h")},
                         {"h2", N(1)},
                         {"pk", S("p")},
                         {"r1", S(r1)},
                         {"r2", N(r2)},
                         {"r3", S(r3)},
                         {"sk", S(sk)}}));
  }
  std::string Query(KeyCondition condition, Direction direction = Direction::kForward) {
    std::string names;
    const auto reader =
        database_->items()
            .Read({*table_, &table_->indexes[0], &condition, {}, direction, nullptr})
            .value();
    while (reader->Next().value()) names += std::get<std::string>(reader->item().Find("sk")->value);
    return names;
  }
  TablePtr table_;
};

TEST_F(MultiAttributeTest, OrdersByTheRangeAttributesOneAfterAnother) {
  Put("c", "x", 10, "a");
  Put("a", "x", 9, "b");
  Put("d", "xa", -5, "a");
  Put("b", "x", 9, "c");
  const std::vector<AttributeValue> hash = {S("h"), N(1)};
  EXPECT_EQ(Query({hash, {}, {}}), "abcd");
  EXPECT_EQ(Query({hash, {}, {}}, Direction::kBackward), "dcba");
  EXPECT_EQ(Query({hash, {S("x")}, {}}), "abc");
  EXPECT_EQ(Query({hash, {S("x"), N(9)}, {}}), "ab");
  EXPECT_EQ(Query({hash, {S("x")}, SortCondition{Operator::kGreater, N(9), {}}}), "c");
  EXPECT_EQ(Query({hash, {S("x"), N(9)}, SortCondition{Operator::kBeginsWith, S("c"), {}}}), "b");
  EXPECT_EQ(Query({hash, {}, SortCondition{Operator::kBeginsWith, S("x"), {}}}), "abcd");
  EXPECT_EQ(Query({hash, {}, SortCondition{Operator::kLessOrEqual, S("x"), {}}}), "abc");
  EXPECT_EQ(Query({{S("h"), N(2)}, {}, {}}), "");
}

TEST_F(MultiAttributeTest, LeavesOutItemsThatLackAKeyAttribute) {
  ASSERT_TRUE(PutItem(*database_, *table_,
                      {{"h1", S("h")},
                       {"h2", N(1)},
                       {"pk", S("p")},
                       {"r1", S("x")},
                       {"r3", S("y")},
                       {"sk", S("a")}}));
  EXPECT_EQ(Query({{S("h"), N(1)}, {}, {}}), "");
}

class ScanTest : public MemoryDatabaseTest {
 protected:
  void FillTable(int count) {
    table_ = Create(Table("t", {Index("i", {Key("g")}, {})}));
    Create(Table("neighbour"));
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(PutItem(
          *database_, *table_,
          {{"g", S(std::to_string(i % 17))}, {"pk", S(std::to_string(i))}, {"sk", S("s")}}));
    }
  }
  TablePtr table_;
};

TEST_F(ScanTest, ReadsEveryItemOnceWhateverTheSegments) {
  FillTable(300);
  std::vector<std::string> whole = ReadJson(*database_, ScanOf(*table_));
  EXPECT_EQ(whole.size(), 300U);
  for (const IndexDescription* index :
       {static_cast<const IndexDescription*>(nullptr), &table_->indexes[0]}) {
    std::vector<std::string> parts;
    for (std::uint32_t segment = 0; segment < 7; ++segment) {
      RangeRequest request = ScanOf(*table_, index);
      request.segment = ScanSegment{segment, 7};
      for (std::string& text : ReadJson(*database_, request)) parts.push_back(std::move(text));
    }
    EXPECT_EQ(parts, ReadJson(*database_, ScanOf(*table_, index)));
  }
}

TEST_F(ScanTest, GoesOnBehindAStartKey) {
  FillTable(50);
  const std::vector<std::string> whole = ReadJson(*database_, ScanOf(*table_));
  std::vector<std::string> paged;
  std::optional<Item> start;
  while (true) {
    RangeRequest request = ScanOf(*table_);
    request.exclusive_start_key = start ? &*start : nullptr;
    const auto reader = database_->items().Read(request).value();
    int count = 0;
    for (; count < 7 && reader->Next().value(); ++count) {
      paged.emplace_back(reader->item().json());
      start = reader->item().DecodeOnly(std::vector<std::string>{"pk", "sk"});
    }
    if (count < 7) break;
  }
  EXPECT_EQ(paged, whole);
}

TEST_F(ScanTest, KnowsTheSegmentOfAStartKey) {
  FillTable(0);
  for (int i = 0; i < 50; ++i) {
    const Item key = {{"pk", S(std::to_string(i))}, {"sk", S("s")}};
    int segments = 0;
    for (std::uint32_t segment = 0; segment < 5; ++segment) {
      segments += InSegment(*table_, nullptr, key, {segment, 5}) ? 1 : 0;
    }
    EXPECT_EQ(segments, 1);
  }
  EXPECT_FALSE(InSegment(*table_, nullptr, {{"pk", S("a")}}, {0, 1}));
}

TEST_F(ScanTest, ReadsOneStateWhileWritesGoOn) {
  FillTable(20);
  const auto reader = database_->items().Read(ScanOf(*table_)).value();
  ASSERT_TRUE(reader->Next().value());
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(PutItem(*database_, *table_,
                        {{"new", N(1)}, {"pk", S(std::to_string(i))}, {"sk", S("s")}}));
  }
  int count = 1;
  for (; reader->Next().value(); ++count) EXPECT_FALSE(reader->item().Has("new"));
  EXPECT_EQ(count, 20);
}

TEST_F(ScanTest, RefusesAStartKeyWithoutTheKeyAttributes) {
  FillTable(1);
  const Item start = {{"pk", S("a")}};
  RangeRequest request = ScanOf(*table_);
  request.exclusive_start_key = &start;
  const auto reader = database_->items().Read(request);
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code(), ErrorCode::kInternal);
}

}  // namespace
}  // namespace pumice
