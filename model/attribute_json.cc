// SPDX-License-Identifier: Apache-2.0
#include "model/attribute_json.h"

#include <utility>

#include "model/json_text.h"

namespace pumice {
namespace {

template <class Range, class Write>
void AppendJoined(std::string& out, const Range& range, Write write) {
  bool first = true;
  for (const auto& element : range) {
    if (!first) out.push_back(',');
    first = false;
    write(element);
  }
}

void AppendQuotedNumber(std::string& out, const Number& number) {
  out.push_back('"');
  number.AppendTo(out);
  out.push_back('"');
}

void AppendQuotedBase64(std::string& out, std::string_view bytes) {
  out.push_back('"');
  AppendBase64(out, bytes);
  out.push_back('"');
}

/// Writes what stands behind the type's name, with the name in front.
struct JsonWriter {
  std::string& out;

  void operator()(const std::string& text) const {
    out.append(R"("S":)");
    AppendJsonString(out, text);
  }
  void operator()(const Number& number) const {
    out.append(R"("N":)");
    AppendQuotedNumber(out, number);
  }
  void operator()(const Binary& binary) const {
    out.append(R"("B":)");
    AppendQuotedBase64(out, binary.bytes);
  }
  void operator()(bool value) const { out.append(value ? R"("BOOL":true)" : R"("BOOL":false)"); }
  void operator()(Null) const { out.append(R"("NULL":true)"); }
  void operator()(const StringSet& set) const {
    out.append(R"("SS":[)");
    AppendJoined(out, set.members, [this](const std::string& s) { AppendJsonString(out, s); });
    out.push_back(']');
  }
  void operator()(const NumberSet& set) const {
    out.append(R"("NS":[)");
    AppendJoined(out, set.members, [this](const Number& n) { AppendQuotedNumber(out, n); });
    out.push_back(']');
  }
  void operator()(const BinarySet& set) const {
    out.append(R"("BS":[)");
    AppendJoined(out, set.members, [this](const Binary& b) { AppendQuotedBase64(out, b.bytes); });
    out.push_back(']');
  }
  void operator()(const List& list) const {
    out.append(R"("L":[)");
    AppendJoined(out, list, [this](const AttributeValue& v) { AppendValueJson(out, v); });
    out.push_back(']');
  }
  void operator()(const AttributeMap& map) const {
    out.append(R"("M":)");
    AppendItemJson(out, map);
  }
};

/// Reads canonical text from front to back. Each Read... takes its text off and fills what it is
/// given in place (a value is never moved on the way); on false, reader and value are of no further
/// use.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }

  bool ReadValue(AttributeValue& value) {
    if (++depth_ > kMaxDepth) return false;
    std::string_view name;
    if (!Take('{') || !json_text::TakeString(rest_, name) || !Take(':')) return false;
    const std::optional<AttributeType> type = AttributeTypeFromName(name);
    if (!type || !ReadContent(*type, value.value) || !Take('}')) return false;
    --depth_;
    return true;
  }

  bool ReadMap(AttributeMap& map) {
    return ReadSequence('{', '}', [&] {
      std::string name;
      if (!ReadString(name) || !Take(':')) return false;
      if (!map.empty() && (map.end() - 1)->name >= name) return false;
      if (map.empty()) map.Reserve(kFirstAttributes);
      return ReadValue(map.Set(std::move(name), AttributeValue()));
    });
  }

 private:
  // Far above what AWS lets in; keeps damaged text from using up the stack.
  static constexpr int kMaxDepth = 128;
  // Saves most items the first three growths of their container.
  static constexpr std::size_t kFirstAttributes = 8;

  bool Take(char wanted) { return json_text::TakeChar(rest_, wanted); }

  bool TakeWord(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  template <class ReadElement>
  bool ReadSequence(char open, char close, ReadElement read_element) {
    if (!Take(open)) return false;
    if (Take(close)) return true;
    do {
      if (!read_element()) return false;
    } while (Take(','));
    return Take(close);
  }

  bool ReadString(std::string& out) {
    std::string_view escaped;
    return json_text::TakeString(rest_, escaped) && json_text::AppendUnescaped(out, escaped);
  }

  bool ReadNumber(Number& out) {
    std::string_view text;
    if (!json_text::TakeString(rest_, text)) return false;
    const auto parsed = Number::Parse(text);
    const Number* const number = std::get_if<Number>(&parsed);
    if (number == nullptr) return false;
    out = *number;
    return true;
  }

  bool ReadBinary(Binary& out) {
    std::string_view text;
    if (!json_text::TakeString(rest_, text)) return false;
    std::optional<std::string> bytes = DecodeBase64(text);
    if (!bytes) return false;
    out.bytes = std::move(*bytes);
    return true;
  }

  bool ReadBool(bool& out) {
    out = TakeWord("true");
    return out || TakeWord("false");
  }

  /// Members out of order or twice are no text of ours.
  template <class Member>
  bool ReadSet(std::vector<Member>& members, bool (JsonReader::*read)(Member&)) {
    return ReadSequence('[', ']', [&] {
      if (!(this->*read)(members.emplace_back())) return false;
      return members.size() == 1 || members[members.size() - 2] < members.back();
    });
  }

  bool ReadList(List& list) {
    return ReadSequence('[', ']', [&] { return ReadValue(list.emplace_back()); });
  }

  bool ReadContent(AttributeType type, AttributeValue::Variant& out) {
    switch (type) {
      case AttributeType::kS: return ReadString(out.emplace<std::string>());
      case AttributeType::kN: return ReadNumber(out.emplace<Number>());
      case AttributeType::kB: return ReadBinary(out.emplace<Binary>());
      case AttributeType::kBool: return ReadBool(out.emplace<bool>());
      case AttributeType::kNull: out.emplace<Null>(); return TakeWord("true");
      case AttributeType::kSs:
        return ReadSet(out.emplace<StringSet>().members, &JsonReader::ReadString);
      case AttributeType::kNs:
        return ReadSet(out.emplace<NumberSet>().members, &JsonReader::ReadNumber);
      case AttributeType::kBs:
        return ReadSet(out.emplace<BinarySet>().members, &JsonReader::ReadBinary);
      case AttributeType::kL: return ReadList(out.emplace<List>());
      case AttributeType::kM: return ReadMap(out.emplace<AttributeMap>());
    }
    return false;
  }

  std::string_view rest_;
  int depth_ = 0;
};

}  // namespace

void AppendValueJson(std::string& out, const AttributeValue& value) {
  out.push_back('{');
  std::visit(JsonWriter{out}, value.value);
  out.push_back('}');
}

void AppendItemJson(std::string& out, const Item& item) {
  out.push_back('{');
  AppendJoined(out, item, [&](const Attribute& attribute) {
    AppendJsonString(out, attribute.name);
    out.push_back(':');
    AppendValueJson(out, attribute.value);
  });
  out.push_back('}');
}

std::string ItemJson(const Item& item) {
  std::string out;
  out.reserve(256);  // most items fit, so most need one allocation
  AppendItemJson(out, item);
  return out;
}

std::optional<AttributeValue> ReadValueJson(std::string_view text) {
  JsonReader reader(text);
  std::optional<AttributeValue> value(std::in_place);
  if (!reader.ReadValue(*value) || !reader.AtEnd()) value.reset();
  return value;
}

std::optional<Item> ReadItemJson(std::string_view text) {
  JsonReader reader(text);
  std::optional<Item> item(std::in_place);
  if (!reader.ReadMap(*item) || !reader.AtEnd()) item.reset();
  return item;
}

ItemJsonWalker::ItemJsonWalker(std::string_view item_text) : rest_(item_text) {
  damaged_ = !json_text::TakeChar(rest_, '{');
}

std::optional<AttributeTextView> ItemJsonWalker::Next() {
  if (damaged_ || ended_) return std::nullopt;
  if (json_text::TakeChar(rest_, '}')) {
    ended_ = true;
    damaged_ = !rest_.empty();
    return std::nullopt;
  }
  if (!first_ && !json_text::TakeChar(rest_, ',')) return Damaged();
  first_ = false;
  AttributeTextView attribute;
  if (!json_text::TakeString(rest_, attribute.name) || !json_text::TakeChar(rest_, ':') ||
      !json_text::TakeObject(rest_, attribute.value)) {
    return Damaged();
  }
  return attribute;
}

std::optional<AttributeTextView> ItemJsonWalker::Damaged() {
  damaged_ = true;
  return std::nullopt;
}

std::optional<TypedTextView> SplitValueJson(std::string_view value_text) {
  std::string_view name;
  if (!json_text::TakeChar(value_text, '{') || !json_text::TakeString(value_text, name) ||
      !json_text::TakeChar(value_text, ':') || value_text.size() < 2 || value_text.back() != '}') {
    return std::nullopt;
  }
  const std::optional<AttributeType> type = AttributeTypeFromName(name);
  if (!type) return std::nullopt;
  value_text.remove_suffix(1);
  return TypedTextView{*type, value_text};
}

}  // namespace pumice
