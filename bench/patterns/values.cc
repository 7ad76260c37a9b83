// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/values.h"

#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include <fmt/core.h>

namespace pumice::patterns {
namespace {

constexpr std::uint64_t kMaxNumber = 1'000'000'000'000'000;  // exact as a double
constexpr std::uint64_t kMaxTextBytes = 400 * 1024;          // an item has no more
constexpr std::uint64_t kMaxWords = 10'000;
constexpr std::uint64_t kMicroseconds = 1'000'000;

constexpr std::array<std::string_view, 24> kWords = {
    "have", "you",   "ever", "watched", "this",  "season",  "of",    "the",
    "show", "about", "a",    "station", "near",  "planet",  "where", "people",
    "meet", "trade", "and",  "argue",   "until", "morning", "comes", "again"};

Result<std::pair<std::uint64_t, std::uint64_t>> ReadRange(const YamlNode& node,
                                                          std::uint64_t most) {
  PUMICE_TRY(const std::vector<YamlNode> ends, node.Elements());
  if (ends.size() != 2) return node.Wrong("two numbers are needed here: [first, last]");
  PUMICE_TRY(const std::uint64_t first, ends[0].Count(0, most));
  PUMICE_TRY(const std::uint64_t last, ends[1].Count(0, most));
  if (last < first) return node.Wrong("the last number is less than the first");
  return std::pair(first, last);
}

Result<ValueSource> ReadNumber(const YamlNode& node) {
  PUMICE_TRY(const auto range, ReadRange(node, kMaxNumber));
  return NumberValue{range.first, range.second};
}

Result<ValueSource> ReadWords(const YamlNode& node) {
  PUMICE_TRY(const auto range, ReadRange(node, kMaxWords));
  return WordsValue{range.first, range.second};
}

Result<ValueSource> ReadSequence(const YamlNode& node) {
  PUMICE_TRY(node.CheckMembers({"from", "step", "digits"}));
  SequenceValue sequence;
  if (const auto from = node.Find("from")) {
    PUMICE_TRY(sequence.from, from->Count(0, kMaxNumber));
  }
  if (const auto step = node.Find("step")) {
    PUMICE_TRY(sequence.step, step->Count(1, kMaxNumber));
  }
  if (const auto digits = node.Find("digits")) {
    PUMICE_TRY(sequence.digits, digits->Count(1, 38));
  }
  return sequence;
}

Result<ValueSource> ReadTime(const YamlNode& node) {
  PUMICE_TRY(node.CheckMembers({"from", "step"}));
  PUMICE_TRY(const YamlNode from, node.Member("from"));
  PUMICE_TRY(const std::string text, from.Text());
  PUMICE_TRY(const YamlNode step, node.Member("step"));
  PUMICE_TRY(const double seconds, step.Number());
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  if (end == nullptr || *end != '\0') {
    return from.Wrong("a time like 2026-01-01T00:00:00Z is needed here");
  }
  TimeValue time;
  time.from = std::chrono::sys_seconds(std::chrono::seconds(timegm(&parts)));
  time.step_microseconds = static_cast<std::uint64_t>(std::llround(seconds * kMicroseconds));
  return time;
}

Result<ValueSource> ReadOneOf(const YamlNode& node) {
  PUMICE_TRY(const std::vector<YamlNode> elements, node.Elements());
  if (elements.empty()) return node.Wrong("one_of needs at least one text");
  OneOfValue one_of;
  for (const YamlNode& element : elements) {
    PUMICE_TRY(std::string text, element.Text());
    one_of.texts.push_back(std::move(text));
  }
  return one_of;
}

Result<ValueSource> ReadText(const YamlNode& node) {
  PUMICE_TRY(const std::uint64_t length, node.Count(1, kMaxTextBytes));
  return TextValue{length};
}

Result<ValueSource> ReadRowOf(const YamlNode& node) {
  PUMICE_TRY(std::string set, node.Text());
  return RowOfValue{std::move(set)};
}

struct Kind {
  std::string_view name;
  Result<ValueSource> (*read)(const YamlNode& node);
};

constexpr std::array kKinds = {
    Kind{"number", ReadNumber},     Kind{"one_of", ReadOneOf}, Kind{"row_of", ReadRowOf},
    Kind{"sequence", ReadSequence}, Kind{"text", ReadText},    Kind{"time", ReadTime},
    Kind{"words", ReadWords},
};

std::string Uuid(RandomNumbers& random) {
  const std::uint64_t high = random.Next();
  const std::uint64_t low = random.Next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                     high & 0xfff, 0x8000 | ((low >> 48) & 0x3fff), low & 0xffff'ffff'ffff);
}

/// 2026-01-01T00:00:00.000000+00:00: text order is time order.
std::string IsoTime(const TimeValue& time, std::uint64_t number) {
  const std::uint64_t microseconds = time.step_microseconds * number;
  const std::time_t seconds =
      (time.from + std::chrono::seconds(microseconds / kMicroseconds)).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}+00:00", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     microseconds % kMicroseconds);
}

std::string Words(const WordsValue& words, RandomNumbers& random) {
  const std::uint64_t count = words.least + random.Below(words.most - words.least + 1);
  std::string text;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i > 0) text += ' ';
    text += kWords[random.Below(kWords.size())];
  }
  return text;
}

std::string Letters(std::uint64_t length, RandomNumbers& random) {
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string text(length, ' ');
  for (char& letter : text) letter = kLetters[random.Below(kLetters.size())];
  return text;
}

struct Drawing {
  std::uint64_t number;
  RandomNumbers random;

  std::string operator()(const UuidValue&) { return Uuid(random); }
  std::string operator()(const NumberValue& value) {
    return std::to_string(value.first + random.Below(value.last - value.first + 1));
  }
  std::string operator()(const SequenceValue& value) {
    return fmt::format("{:0{}}", value.from + number * value.step, value.digits);
  }
  std::string operator()(const TimeValue& value) { return IsoTime(value, number); }
  std::string operator()(const OneOfValue& value) {
    return value.texts[random.Below(value.texts.size())];
  }
  std::string operator()(const WordsValue& value) { return Words(value, random); }
  std::string operator()(const TextValue& value) { return Letters(value.length, random); }
  std::string operator()(const RowOfValue&) { return {}; }
};

Error UnknownKind(const YamlNode& node) {
  std::vector<std::string> names = {"uuid"};
  for (const Kind& kind : kKinds) names.push_back(fmt::format("{{{}: ...}}", kind.name));
  return node.Wrong("a value is one of " + JoinedByComma(names));
}

}  // namespace

Result<ValueSource> ReadValueSource(const YamlNode& node) {
  if (node.is_scalar()) {
    PUMICE_TRY(const std::string text, node.Text());
    if (text == "uuid") return ValueSource(UuidValue());
    return UnknownKind(node);
  }
  PUMICE_TRY(const std::vector<YamlNode::Entry> entries, node.Entries());
  if (entries.size() != 1) return UnknownKind(node);
  for (const Kind& kind : kKinds) {
    if (kind.name == entries[0].name) return kind.read(entries[0].value);
  }
  return UnknownKind(node);
}

std::string DrawText(const ValueSource& source, std::uint64_t number, RandomNumbers random) {
  return std::visit(Drawing{number, random}, source);
}

}  // namespace pumice::patterns
