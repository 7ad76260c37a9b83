// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/attribute_value_reader.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>
#include <variant>
#include <vector>

#include "model/limits.h"
#include "server/protocol/value_problems.h"

namespace pumice {
namespace {

// Far beyond what AWS tells apart (it has one more distinction at 63 levels); below it values are
// only checked for syntax, so that no request can use up the stack.
constexpr std::size_t kMaxReadLevels = 128;
// Saves most items the first three growths of their container.
constexpr std::size_t kUsualAttributeCount = 8;

/// Sorts a set's members. False, and nothing changed: one is there twice.
template <class T>
bool SortUnique(std::vector<T>& members) {
  const auto not_ascending = [](const T& a, const T& b) { return !(a < b); };
  if (std::adjacent_find(members.begin(), members.end(), not_ascending) == members.end())
    return true;
  std::vector<std::uint32_t> order(members.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return members[a] < members[b]; });
  const auto equal = [&](std::uint32_t a, std::uint32_t b) { return members[a] == members[b]; };
  if (std::adjacent_find(order.begin(), order.end(), equal) != order.end()) return false;
  std::vector<T> sorted;
  sorted.reserve(members.size());
  for (const std::uint32_t index : order) sorted.push_back(std::move(members[index]));
  members = std::move(sorted);
  return true;
}

/// Reads one value and remembers what was wrong with it.
class ValueReader {
 public:
  ValueReader(ValueTexts texts, std::size_t max_levels) : texts_(texts), max_levels_(max_levels) {}

  Result<AttributeValue> Read(json::Value& value, std::size_t level);
  Result<AttributeMap> ReadMap(json::Value& value, std::size_t level);
  void NoteEmptyItemName() { problem_ = EmptyAttributeNameProblem(); }

  std::optional<Error> TakeProblem() { return std::exchange(problem_, std::nullopt); }
  std::size_t nesting_levels() const { return nesting_levels_; }
  bool empty_name_at_top() const { return empty_name_at_top_; }

 private:
  Result<AttributeValue> ReadContent(AttributeType type, json::Value& value, std::size_t level);
  Result<AttributeValue> ReadNull(json::Value& value);
  Result<AttributeValue> ReadList(json::Value& value, std::size_t level);
  Result<void> CheckIsList(json::Value& value) const;
  Result<Number> ReadNumber(json::Value& value);
  template <class Set, class ReadMember>
  Result<AttributeValue> ReadSet(AttributeType type, json::Value& value, ReadMember read_member);

  void Note(Error problem) {
    if (!problem_) problem_ = std::move(problem);
  }
  void NoteNesting();

  ValueTexts texts_;
  std::size_t max_levels_;
  std::optional<Error> problem_;
  bool problem_is_empty_name_ = false;
  bool empty_name_at_top_ = false;
  std::size_t nesting_levels_ = 1;
};

/// AWS looks at the depth before it looks at the names inside: a too deep value beats an empty
/// name.
void ValueReader::NoteNesting() {
  if (problem_is_empty_name_) problem_.reset();
  problem_is_empty_name_ = false;
  Note(NestingProblem());
}

Result<AttributeValue> ValueReader::Read(json::Value& value, std::size_t level) {
  nesting_levels_ = std::max(nesting_levels_, level);
  if (level == max_levels_ + 1) NoteNesting();
  PUMICE_TRY(const auto json_type, json::TypeOf(value));
  if (json_type == json::Type::array) {
    return json::WrongType(
        "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
  }
  if (json_type != json::Type::object) return json::WrongType("Unexpected value type in payload");
  if (level > kMaxReadLevels) {
    PUMICE_TRY(json::Skip(value));
    return AttributeValue();
  }
  AttributeValue result;
  std::optional<AttributeType> seen;
  bool several = false;
  PUMICE_TRY(
      json::ForEachMember(value, [&](std::string_view name, json::Value& member) -> Result<void> {
        const auto type = AttributeTypeFromName(name);
        if (!type) return json::Skip(member);
        PUMICE_TRY(const auto member_type, json::TypeOf(member));
        PUMICE_TRY(const bool is_null, json::TakeNull(member, member_type));
        if (is_null) return Ok();
        PUMICE_TRY(result, ReadContent(*type, member, level));
        several = several || (seen && seen != type);
        seen = type;
        return Ok();
      }));
  if (!seen) Note(EmptyValueProblem());
  if (several) Note(SeveralDatatypesProblem());
  return result;
}

Result<AttributeMap> ValueReader::ReadMap(json::Value& value, std::size_t level) {
  PUMICE_TRY(const auto json_type, json::TypeOf(value));
  if (json_type == json::Type::array) {
    return json::WrongType(
        "Unrecognized collection type java.util.Map<java.lang.String, "
        "com.amazonaws.dynamodb.v20120810.AttributeValue>");
  }
  if (json_type != json::Type::object) return json::WrongType("Unexpected field type");
  std::vector<Attribute> attributes;
  if (level == 1) attributes.reserve(kUsualAttributeCount);
  PUMICE_TRY(
      json::ForEachMember(value, [&](std::string_view name, json::Value& member) -> Result<void> {
        if (name.empty()) {
          if (level == 1) empty_name_at_top_ = true;
          problem_is_empty_name_ = problem_is_empty_name_ || !problem_;
          Note(EmptyAttributeNameProblem());
        } else if (name.size() > kMaxAttributeNameBytes) {
          Note(AttributeNameTooLargeProblem());
        }
        PUMICE_TRY(const auto type, json::TypeOf(member));
        PUMICE_TRY(const bool is_null, json::TakeNull(member, type));
        if (is_null) {
          Note(EmptyValueProblem());
          return Ok();
        }
        PUMICE_TRY(auto attribute, Read(member, level));
        attributes.push_back({std::string(name), std::move(attribute)});
        return Ok();
      }));
  return AttributeMap::FromUnsorted(std::move(attributes));
}

Result<AttributeValue> ValueReader::ReadContent(AttributeType type, json::Value& value,
                                                std::size_t level) {
  const auto read_string = [](json::Value& member) -> Result<std::string> {
    PUMICE_TRY(const auto text, json::TakeStringView(member));
    return std::string(text);
  };
  const auto read_binary = [](json::Value& member) -> Result<Binary> {
    PUMICE_TRY(auto bytes, json::TakeBlob(member));
    return Binary{std::move(bytes)};
  };
  switch (type) {
    case AttributeType::kS: {
      PUMICE_TRY(const auto text, json::TakeStringView(value));
      return AttributeValue(std::string(text));
    }
    case AttributeType::kN: {
      PUMICE_TRY(const auto number, ReadNumber(value));
      return AttributeValue(number);
    }
    case AttributeType::kB: {
      PUMICE_TRY(auto binary, read_binary(value));
      return AttributeValue(std::move(binary));
    }
    case AttributeType::kBool: {
      PUMICE_TRY(const bool truth, json::TakeBoolean(value));
      return AttributeValue(truth);
    }
    case AttributeType::kNull: return ReadNull(value);
    case AttributeType::kSs: return ReadSet<StringSet>(type, value, read_string);
    case AttributeType::kNs:
      return ReadSet<NumberSet>(type, value,
                                [this](json::Value& member) { return ReadNumber(member); });
    case AttributeType::kBs: return ReadSet<BinarySet>(type, value, read_binary);
    case AttributeType::kL: return ReadList(value, level + 1);
    case AttributeType::kM: {
      PUMICE_TRY(auto map, ReadMap(value, level + 1));
      return AttributeValue(std::move(map));
    }
  }
  return json::Malformed();
}

Result<AttributeValue> ValueReader::ReadNull(json::Value& value) {
  PUMICE_TRY(const bool truth, json::TakeBoolean(value));
  if (!truth) Note(NullNotTrueProblem());
  return AttributeValue(Null{});
}

Result<AttributeValue> ValueReader::ReadList(json::Value& value, std::size_t level) {
  PUMICE_TRY(CheckIsList(value));
  List list;
  PUMICE_TRY(json::ForEachElement(value, [&](json::Value& element) -> Result<void> {
    PUMICE_TRY(const auto type, json::TypeOf(element));
    PUMICE_TRY(const bool is_null, json::TakeNull(element, type));
    if (is_null) {
      Note(EmptyValueProblem());
      return Ok();
    }
    PUMICE_TRY(auto member, Read(element, level));
    list.push_back(std::move(member));
    return Ok();
  }));
  return AttributeValue(std::move(list));
}

Result<void> ValueReader::CheckIsList(json::Value& value) const {
  PUMICE_TRY(const auto type, json::TypeOf(value));
  if (type == json::Type::array) return Ok();
  if (type == json::Type::object) {
    return json::WrongType("Start of structure or map found where not expected");
  }
  return json::WrongType("Unexpected field type");
}

Result<Number> ValueReader::ReadNumber(json::Value& value) {
  PUMICE_TRY(const auto text, json::TakeStringView(value));
  const auto parsed =
      Number::Parse(text, texts_ == ValueTexts::kOlder ? NumberSyntax::k32BitExponent
                                                       : NumberSyntax::k64BitExponent);
  if (const auto* number = std::get_if<Number>(&parsed)) return *number;
  Note(NumberProblem(std::get<NumberError>(parsed), text, texts_));
  return Number();
}

template <class Set, class ReadMember>
Result<AttributeValue> ValueReader::ReadSet(AttributeType type, json::Value& value,
                                            ReadMember read_member) {
  PUMICE_TRY(CheckIsList(value));
  Set set;
  const bool fine_before = !problem_;
  PUMICE_TRY(json::ForEachElement(value, [&](json::Value& element) -> Result<void> {
    PUMICE_TRY(const auto element_type, json::TypeOf(element));
    PUMICE_TRY(const bool is_null, json::TakeNull(element, element_type));
    if (is_null) {
      Note(NullInSetProblem(type));
      return Ok();
    }
    PUMICE_TRY(auto member, read_member(element));
    set.members.push_back(std::move(member));
    return Ok();
  }));
  const bool members_fine = !(fine_before && problem_);
  if (!members_fine) return AttributeValue(Set{});
  if (set.members.empty()) Note(EmptySetProblem(type));
  if (!SortUnique(set.members)) {
    Note(DuplicatesProblem(set.members, texts_));
    set.members.clear();  // a value with a problem is never stored, but keeps its type's invariant
  }
  return AttributeValue(std::move(set));
}

}  // namespace

Result<ParsedValue> ReadAttributeValue(json::Value& value, ValueTexts texts,
                                       std::size_t max_levels) {
  ValueReader reader(texts, max_levels);
  PUMICE_TRY(auto read, reader.Read(value, 1));
  return ParsedValue{std::move(read), reader.TakeProblem(), reader.nesting_levels()};
}

Result<ParsedItem> ReadAttributeMap(json::Value& value, ValueTexts texts) {
  ValueReader reader(texts, kMaxNestingLevels);
  PUMICE_TRY(auto item, reader.ReadMap(value, 1));
  // An empty name of the item itself beats all that is wrong with the values (measured on AWS,
  // October 2026).
  if (reader.empty_name_at_top()) reader.NoteEmptyItemName();
  return ParsedItem{std::move(item), reader.TakeProblem(), reader.nesting_levels()};
}

}  // namespace pumice
