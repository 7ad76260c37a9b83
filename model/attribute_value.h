// SPDX-License-Identifier: Apache-2.0
#pragma once
// AttributeValue: one finished DynamoDB value, a closed sum of the ten types. Item (=
// AttributeMap): a flat container of attributes sorted by the bytes of their names. Plain values,
// no JSON tree behind them. Invariant of sets: members sorted (SS, BS by bytes, NS by value) and
// unique, so == compares as sets do.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/number.h"

namespace pumice {

enum class AttributeType : std::uint8_t { kS, kN, kB, kBool, kNull, kSs, kNs, kBs, kL, kM };

/// "S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M".
std::string_view AttributeTypeName(AttributeType type);
/// The long names of update errors: "STRING", "NUMBER", "BINARY", "BOOLEAN", "NULL", "STRING_SET",
/// "NUMBER_SET", "BINARY_SET", "LIST", "MAP".
std::string_view AttributeTypeLongName(AttributeType type);
std::optional<AttributeType> AttributeTypeFromName(std::string_view name);

struct AttributeValue;
struct Attribute;

struct Null {
  friend bool operator==(Null, Null) = default;
};
struct Binary {
  std::string bytes;  // decoded
  friend auto operator<=>(const Binary&, const Binary&) = default;
};
struct StringSet {
  std::vector<std::string> members;
  friend bool operator==(const StringSet&, const StringSet&) = default;
};
struct NumberSet {
  std::vector<Number> members;
  friend bool operator==(const NumberSet&, const NumberSet&) = default;
};
struct BinarySet {
  std::vector<Binary> members;
  friend bool operator==(const BinarySet&, const BinarySet&) = default;
};

using List = std::vector<AttributeValue>;

/// Attributes sorted by name, each name once.
class AttributeMap {
 public:
  AttributeMap();
  AttributeMap(std::initializer_list<Attribute> attributes);
  /// Of attributes with one name the last wins. For a request's maps, which may be of any size and
  /// order: n log n where Set() in a loop would be n squared.
  static AttributeMap FromUnsorted(std::vector<Attribute> attributes);
  AttributeMap(const AttributeMap&);
  AttributeMap(AttributeMap&&) noexcept;
  AttributeMap& operator=(const AttributeMap&);
  AttributeMap& operator=(AttributeMap&&) noexcept;
  ~AttributeMap();

  bool empty() const;
  std::size_t size() const;
  const Attribute* begin() const;
  const Attribute* end() const;
  Attribute* begin();
  Attribute* end();

  const AttributeValue* Find(std::string_view name) const;
  AttributeValue* Find(std::string_view name);

  /// Inserts, or replaces the value under that name (the last one wins, as in AWS's reading of
  /// JSON).
  AttributeValue& Set(std::string name, AttributeValue value);
  bool Erase(std::string_view name);
  void Reserve(std::size_t count);

  friend bool operator==(const AttributeMap& a, const AttributeMap& b);

 private:
  std::vector<Attribute> attributes_;
};

using Item = AttributeMap;

struct AttributeValue {
  // Alternatives stand in the order of AttributeType.
  using Variant = std::variant<std::string, Number, Binary, bool, Null, StringSet, NumberSet,
                               BinarySet, List, AttributeMap>;
  Variant value;

  AttributeValue() = default;  // S ""
  template <class T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, AttributeValue> &&
           (std::is_same_v<std::remove_cvref_t<T>, bool> ||
            !std::is_arithmetic_v<std::remove_cvref_t<T>>)&&std::is_constructible_v<Variant, T>)
      AttributeValue(T&& v)
      : value(std::forward<T>(v)) {}  // NOLINT: a finished value is what it holds

  AttributeType type() const { return static_cast<AttributeType>(value.index()); }
  template <class T>
  const T* As() const {
    return std::get_if<T>(&value);
  }
  template <class T>
  T* As() {
    return std::get_if<T>(&value);
  }

  friend bool operator==(const AttributeValue& a, const AttributeValue& b) {
    return a.value == b.value;
  }
};

struct Attribute {
  std::string name;
  AttributeValue value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// Order within one of the types S, N, B. None: types differ or have no order.
std::optional<std::strong_ordering> Compare(const AttributeValue& a, const AttributeValue& b);

/// Levels of nesting: a scalar or set 1, an empty list 1, a list of scalars 2, ...
/// AWS accepts an attribute whose value has up to 32 (31 containers around a scalar).
std::size_t NestingLevels(const AttributeValue& value);

// AWS's accounting.
std::size_t ValueSizeBytes(const AttributeValue& value);
std::size_t ItemSizeBytes(const Item& item);  // sum of UTF-8 name length + value

}  // namespace pumice
