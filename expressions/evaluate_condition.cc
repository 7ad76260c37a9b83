// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <optional>

#include "expressions/document_path.h"
#include "expressions/evaluate.h"

namespace pumice {
namespace {

/// size() of a string, measured on AWS, 2026: UTF-16 code units.
std::size_t Utf16Length(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) ++length;  // begins a character
    if (byte >= 0xF0) ++length;           // one that takes a surrogate pair
  }
  return length;
}

struct SizeVisitor {
  using Size = std::optional<std::size_t>;
  Size operator()(const std::string& text) const { return Utf16Length(text); }
  Size operator()(const Binary& binary) const { return binary.bytes.size(); }
  Size operator()(const StringSet& set) const { return set.members.size(); }
  Size operator()(const NumberSet& set) const { return set.members.size(); }
  Size operator()(const BinarySet& set) const { return set.members.size(); }
  Size operator()(const List& list) const { return list.size(); }
  Size operator()(const AttributeMap& map) const { return map.size(); }
  Size operator()(const Number&) const { return std::nullopt; }
  Size operator()(bool) const { return std::nullopt; }
  Size operator()(Null) const { return std::nullopt; }
};

/// What an operand stands for in one item: a value there or in the expression, a size, or nothing.
class OperandValue {
 public:
  OperandValue(const Operand& operand, const Item& item) {
    if (const auto* const path = std::get_if<DocumentPath>(&operand)) {
      value_ = FindValue(*path, item);
    } else if (const auto* const value = std::get_if<AttributeValue>(&operand)) {
      value_ = value;
    } else {
      SetSize(std::get<SizeOf>(operand), item);
    }
  }
  OperandValue(const OperandValue&) = delete;
  OperandValue& operator=(const OperandValue&) = delete;

  const AttributeValue* get() const { return value_; }

 private:
  void SetSize(const SizeOf& size_of, const Item& item) {
    const auto* const path = std::get_if<DocumentPath>(&size_of.of);
    const AttributeValue* const of =
        path != nullptr ? FindValue(*path, item) : &std::get<AttributeValue>(size_of.of);
    if (of == nullptr) return;
    const auto size = std::visit(SizeVisitor{}, of->value);
    if (!size) return;
    size_ = Number(static_cast<std::int64_t>(*size));
    value_ = &size_;
  }

  AttributeValue size_;
  const AttributeValue* value_ = nullptr;
};

bool Holds(Comparator comparator, const AttributeValue& left, const AttributeValue& right) {
  if (comparator == Comparator::kEqual) return left == right;
  if (comparator == Comparator::kNotEqual) return !(left == right);
  const auto order = Compare(left, right);
  if (!order) return false;
  switch (comparator) {
    case Comparator::kLess: return *order < 0;
    case Comparator::kLessOrEqual: return *order <= 0;
    case Comparator::kGreater: return *order > 0;
    default: return *order >= 0;
  }
}

bool IsPrefix(const AttributeValue& value, const AttributeValue& prefix) {
  if (const auto* const text = value.As<std::string>()) {
    const auto* const start = prefix.As<std::string>();
    return start != nullptr && text->starts_with(*start);
  }
  const auto* const binary = value.As<Binary>();
  const auto* const start = prefix.As<Binary>();
  return binary != nullptr && start != nullptr && binary->bytes.starts_with(start->bytes);
}

template <class Set, class Member>
bool HasMember(const Set& set, const AttributeValue& element) {
  const Member* const member = element.As<Member>();
  return member != nullptr && std::binary_search(set.members.begin(), set.members.end(), *member);
}

/// contains(container, element).
struct ContainsVisitor {
  const AttributeValue& element;

  bool operator()(const std::string& text) const {
    const auto* const part = element.As<std::string>();
    return part != nullptr && text.find(*part) != std::string::npos;
  }
  bool operator()(const Binary& binary) const {
    const auto* const part = element.As<Binary>();
    return part != nullptr && binary.bytes.find(part->bytes) != std::string::npos;
  }
  bool operator()(const StringSet& set) const {
    return HasMember<StringSet, std::string>(set, element);
  }
  bool operator()(const NumberSet& set) const { return HasMember<NumberSet, Number>(set, element); }
  bool operator()(const BinarySet& set) const { return HasMember<BinarySet, Binary>(set, element); }
  bool operator()(const List& list) const {
    return std::find(list.begin(), list.end(), element) != list.end();
  }
  bool operator()(const Number&) const { return false; }
  bool operator()(bool) const { return false; }
  bool operator()(Null) const { return false; }
  bool operator()(const AttributeMap&) const { return false; }
};

/// Recursion is as deep as the condition; parsing bounds it by the limit of operators.
struct Evaluator {
  const Item& item;

  bool operator()(const Comparison& comparison) const {
    const OperandValue left(comparison.left, item);
    const OperandValue right(comparison.right, item);
    if (left.get() == nullptr || right.get() == nullptr) {
      // A missing attribute differs from everything; the size of one matches nothing.
      const bool of_size = std::holds_alternative<SizeOf>(comparison.left) ||
                           std::holds_alternative<SizeOf>(comparison.right);
      return comparison.comparator == Comparator::kNotEqual && !of_size;
    }
    return Holds(comparison.comparator, *left.get(), *right.get());
  }

  bool operator()(const Between& between) const {
    const OperandValue value(between.value, item);
    const OperandValue low(between.low, item);
    const OperandValue high(between.high, item);
    return value.get() != nullptr && low.get() != nullptr && high.get() != nullptr &&
           Holds(Comparator::kGreaterOrEqual, *value.get(), *low.get()) &&
           Holds(Comparator::kLessOrEqual, *value.get(), *high.get());
  }

  bool operator()(const In& in) const {
    const OperandValue value(in.value, item);
    if (value.get() == nullptr) return false;
    return std::any_of(in.list.begin(), in.list.end(), [&](const Operand& operand) {
      const OperandValue candidate(operand, item);
      return candidate.get() != nullptr && *candidate.get() == *value.get();
    });
  }

  bool operator()(const AttributeExists& exists) const {
    return (FindValue(exists.path, item) != nullptr) == exists.exists;
  }

  bool operator()(const AttributeTypeIs& type_is) const {
    const OperandValue value(type_is.value, item);
    return value.get() != nullptr && value.get()->type() == type_is.type;
  }

  bool operator()(const BeginsWith& begins_with) const {
    const OperandValue value(begins_with.value, item);
    const OperandValue prefix(begins_with.prefix, item);
    return value.get() != nullptr && prefix.get() != nullptr &&
           IsPrefix(*value.get(), *prefix.get());
  }

  bool operator()(const Contains& contains) const {
    const OperandValue container(contains.container, item);
    const OperandValue element(contains.element, item);
    return container.get() != nullptr && element.get() != nullptr &&
           std::visit(ContainsVisitor{*element.get()}, container.get()->value);
  }

  bool operator()(const And& both) const {
    return Evaluate(*both.left, item) && Evaluate(*both.right, item);
  }
  bool operator()(const Or& either) const {
    return Evaluate(*either.left, item) || Evaluate(*either.right, item);
  }
  bool operator()(const Not& inverse) const { return !Evaluate(*inverse.condition, item); }
};

}  // namespace

bool Evaluate(const Condition& condition, const Item& item) {
  return std::visit(Evaluator{item}, condition.node);
}

}  // namespace pumice
