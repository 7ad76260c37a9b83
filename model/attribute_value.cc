// SPDX-License-Identifier: Apache-2.0
#include "model/attribute_value.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pumice {
namespace {

struct TypeNames {
  std::string_view name;
  std::string_view long_name;
};

// In the order of AttributeType.
constexpr std::array<TypeNames, 10> kTypeNames{{{"S", "STRING"},
                                                {"N", "NUMBER"},
                                                {"B", "BINARY"},
                                                {"BOOL", "BOOLEAN"},
                                                {"NULL", "NULL"},
                                                {"SS", "STRING_SET"},
                                                {"NS", "NUMBER_SET"},
                                                {"BS", "BINARY_SET"},
                                                {"L", "LIST"},
                                                {"M", "MAP"}}};

template <class Iterator>
Iterator LowerBound(Iterator begin, Iterator end, std::string_view name) {
  return std::lower_bound(begin, end, name,
                          [](const Attribute& attribute, std::string_view wanted) {
                            return attribute.name.compare(wanted) <
                                   0;  // Clang 14 cannot order a string and a view by <
                          });
}

struct SizeVisitor {
  std::size_t operator()(const std::string& text) const { return text.size(); }
  std::size_t operator()(const Number& number) const { return number.size_bytes(); }
  std::size_t operator()(const Binary& binary) const { return binary.bytes.size(); }
  std::size_t operator()(bool) const { return 1; }
  std::size_t operator()(Null) const { return 1; }
  std::size_t operator()(const StringSet& set) const { return Sum(set.members); }
  std::size_t operator()(const NumberSet& set) const { return Sum(set.members); }
  std::size_t operator()(const BinarySet& set) const { return Sum(set.members); }
  std::size_t operator()(const List& list) const {
    std::size_t size = 3;
    for (const AttributeValue& element : list) size += 1 + ValueSizeBytes(element);
    return size;
  }
  std::size_t operator()(const AttributeMap& map) const {
    return 3 + map.size() + ItemSizeBytes(map);
  }

 private:
  template <class Member>
  std::size_t Sum(const std::vector<Member>& members) const {
    std::size_t size = 0;
    for (const Member& member : members) size += (*this)(member);
    return size;
  }
};

}  // namespace

std::string_view AttributeTypeName(AttributeType type) {
  return kTypeNames[static_cast<std::size_t>(type)].name;
}

std::string_view AttributeTypeLongName(AttributeType type) {
  return kTypeNames[static_cast<std::size_t>(type)].long_name;
}

// By letters and not by the table: every value that is read comes through here.
std::optional<AttributeType> AttributeTypeFromName(std::string_view name) {
  if (name.size() == 1) {
    switch (name[0]) {
      case 'S': return AttributeType::kS;
      case 'N': return AttributeType::kN;
      case 'B': return AttributeType::kB;
      case 'L': return AttributeType::kL;
      case 'M': return AttributeType::kM;
      default: return std::nullopt;
    }
  }
  if (name.size() == 2 && name[1] == 'S') {
    switch (name[0]) {
      case 'S': return AttributeType::kSs;
      case 'N': return AttributeType::kNs;
      case 'B': return AttributeType::kBs;
      default: return std::nullopt;
    }
  }
  if (name == "BOOL") return AttributeType::kBool;
  if (name == "NULL") return AttributeType::kNull;
  return std::nullopt;
}

AttributeMap::AttributeMap() = default;
AttributeMap::AttributeMap(const AttributeMap&) = default;
AttributeMap::AttributeMap(AttributeMap&&) noexcept = default;
AttributeMap& AttributeMap::operator=(const AttributeMap&) = default;
AttributeMap& AttributeMap::operator=(AttributeMap&&) noexcept = default;
AttributeMap::~AttributeMap() = default;

AttributeMap::AttributeMap(std::initializer_list<Attribute> attributes) {
  Reserve(attributes.size());
  for (const Attribute& attribute : attributes) Set(attribute.name, attribute.value);
}

AttributeMap AttributeMap::FromUnsorted(std::vector<Attribute> attributes) {
  AttributeMap map;
  const auto not_after = [](const Attribute& a, const Attribute& b) { return a.name >= b.name; };
  if (std::adjacent_find(attributes.begin(), attributes.end(), not_after) == attributes.end()) {
    map.attributes_ = std::move(attributes);
    return map;
  }
  // Pointers are sorted, not attributes: moving one of those costs as much as several comparisons.
  // Of equal names the one that came later stands later.
  std::vector<Attribute*> sorted;
  sorted.reserve(attributes.size());
  for (Attribute& attribute : attributes) sorted.push_back(&attribute);
  std::sort(sorted.begin(), sorted.end(), [](const Attribute* a, const Attribute* b) {
    const int order = a->name.compare(b->name);
    return order != 0 ? order < 0 : a < b;
  });
  map.attributes_.reserve(sorted.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const bool replaced = i + 1 < sorted.size() && sorted[i]->name == sorted[i + 1]->name;
    if (!replaced) map.attributes_.push_back(std::move(*sorted[i]));
  }
  return map;
}

bool AttributeMap::empty() const { return attributes_.empty(); }
std::size_t AttributeMap::size() const { return attributes_.size(); }
const Attribute* AttributeMap::begin() const { return attributes_.data(); }
const Attribute* AttributeMap::end() const { return attributes_.data() + attributes_.size(); }
Attribute* AttributeMap::begin() { return attributes_.data(); }
Attribute* AttributeMap::end() { return attributes_.data() + attributes_.size(); }

const AttributeValue* AttributeMap::Find(std::string_view name) const {
  const Attribute* const found = LowerBound(begin(), end(), name);
  return found != end() && found->name == name ? &found->value : nullptr;
}

AttributeValue* AttributeMap::Find(std::string_view name) {
  return const_cast<AttributeValue*>(std::as_const(*this).Find(name));
}

AttributeValue& AttributeMap::Set(std::string name, AttributeValue value) {
  // Stored text and most requests bring the names in order.
  if (attributes_.empty() || attributes_.back().name < name) {
    return attributes_.emplace_back(Attribute{std::move(name), std::move(value)}).value;
  }
  const auto found = LowerBound(attributes_.begin(), attributes_.end(), name);
  if (found->name == name) {
    found->value = std::move(value);
    return found->value;
  }
  return attributes_.insert(found, Attribute{std::move(name), std::move(value)})->value;
}

bool AttributeMap::Erase(std::string_view name) {
  const auto found = LowerBound(attributes_.begin(), attributes_.end(), name);
  if (found == attributes_.end() || found->name != name) return false;
  attributes_.erase(found);
  return true;
}

void AttributeMap::Reserve(std::size_t count) { attributes_.reserve(count); }

bool operator==(const AttributeMap& a, const AttributeMap& b) {
  return a.attributes_ == b.attributes_;
}

std::optional<std::strong_ordering> Compare(const AttributeValue& a, const AttributeValue& b) {
  if (a.type() != b.type()) return std::nullopt;
  switch (a.type()) {
    case AttributeType::kS: return *a.As<std::string>() <=> *b.As<std::string>();
    case AttributeType::kN: return *a.As<Number>() <=> *b.As<Number>();
    case AttributeType::kB: return *a.As<Binary>() <=> *b.As<Binary>();
    default: return std::nullopt;
  }
}

std::size_t NestingLevels(const AttributeValue& value) {
  std::size_t below = 0;
  if (const List* const list = value.As<List>()) {
    for (const AttributeValue& element : *list) below = std::max(below, NestingLevels(element));
  } else if (const AttributeMap* const map = value.As<AttributeMap>()) {
    for (const Attribute& entry : *map) below = std::max(below, NestingLevels(entry.value));
  }
  return 1 + below;
}

std::size_t ValueSizeBytes(const AttributeValue& value) {
  return std::visit(SizeVisitor{}, value.value);
}

std::size_t ItemSizeBytes(const Item& item) {
  std::size_t size = 0;
  for (const Attribute& attribute : item) {
    size += attribute.name.size() + ValueSizeBytes(attribute.value);
  }
  return size;
}

}  // namespace pumice
