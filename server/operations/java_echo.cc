// SPDX-License-Identifier: Apache-2.0
#include "server/operations/java_echo.h"

#include <array>
#include <string_view>

namespace pumice {
namespace {

// Java's member names of an AttributeValue, in the order it prints them. Six of them are of types
// that the API does not have.
constexpr std::array<std::string_view, 16> kMembers{
    "s",  "n",      "b",          "iNT",       "dECIMAL", "dOUBLE", "sS",   "nS",
    "bS", "iNTSET", "dECIMALSET", "dOUBLESET", "m",       "l",      "nULL", "bOOL"};

std::string_view MemberOf(AttributeType type) {
  switch (type) {
    case AttributeType::kS: return "s";
    case AttributeType::kN: return "n";
    case AttributeType::kB: return "b";
    case AttributeType::kBool: return "bOOL";
    case AttributeType::kNull: return "nULL";
    case AttributeType::kSs: return "sS";
    case AttributeType::kNs: return "nS";
    case AttributeType::kBs: return "bS";
    case AttributeType::kL: return "l";
    case AttributeType::kM: return "m";
  }
  return "";
}

constexpr std::string_view kByteBuffer = "java.nio.HeapByteBuffer[pos=0 lim=";

std::string Bytes(const Binary& binary) {
  const std::string size = std::to_string(binary.bytes.size());
  return std::string(kByteBuffer) + size + " cap=" + size + "]";
}

template <class Members, class Print>
std::string ListOf(const Members& members, Print print) {
  std::string out = "[";
  for (const auto& member : members) {
    if (out.size() > 1) out += ", ";
    out += print(member);
  }
  return out + "]";
}

struct Printer {
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const Number& number) const { return number.ToString(); }
  std::string operator()(const Binary& binary) const { return Bytes(binary); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(Null) const { return "true"; }
  std::string operator()(const StringSet& set) const { return ListOf(set.members, *this); }
  std::string operator()(const NumberSet& set) const { return ListOf(set.members, *this); }
  std::string operator()(const BinarySet& set) const { return ListOf(set.members, *this); }
  std::string operator()(const List& list) const {
    return ListOf(list, [](const AttributeValue& value) { return JavaEcho(value); });
  }
  std::string operator()(const AttributeMap& map) const { return JavaEcho(map); }
};

}  // namespace

std::string JavaEcho(const AttributeValue& value) {
  const std::string_view set = MemberOf(value.type());
  std::string out = "AttributeValue(";
  for (const std::string_view member : kMembers) {
    if (out.back() != '(') out += ", ";
    out += member;
    out += '=';
    out += member == set ? std::visit(Printer(), value.value) : std::string("null");
  }
  return out + ")";
}

std::string JavaEcho(const Item& item) {
  std::string out = "{";
  for (const Attribute& attribute : item) {
    if (out.size() > 1) out += ", ";
    out += attribute.name + "=" + JavaEcho(attribute.value);
  }
  return out + "}";
}

std::string JavaEcho(const std::optional<ParsedItem>& item) {
  return item ? JavaEcho(item->item) : "null";
}

std::string JavaEcho(const std::optional<std::string>& text) { return text.value_or("null"); }

std::string JavaEchoOfNames(const ExpressionAttributes& attributes) {
  if (!attributes.names_given) return "null";
  std::string out = "{";
  for (const auto& [name, target] : attributes.names) {
    if (out.size() > 1) out += ", ";
    out.append(name).append("=").append(target);
  }
  return out + "}";
}

std::string JavaEchoOfValues(const ExpressionAttributes& attributes) {
  if (!attributes.values_given) return "null";
  std::string out = "{";
  for (const auto& [name, value] : attributes.values) {
    if (out.size() > 1) out += ", ";
    out.append(name).append("=").append(JavaEcho(value));
  }
  return out + "}";
}

}  // namespace pumice
