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

/// Reads canonical text from front to back. Each Read... takes its text off, or answers none /
/// false and leaves the reader where it is then of no use.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_(text) {}

  bool AtEnd() const { return rest_.empty(); }

  std::optional<AttributeValue> ReadValue() {
    if (++depth_ > kMaxDepth) return std::nullopt;
    std::string_view name;
    if (!Take('{') || !json_text::TakeString(rest_, name) || !Take(':')) return std::nullopt;
    const std::optional<AttributeType> type = AttributeTypeFromName(name);
    if (!type) return std::nullopt;
    std::optional<AttributeValue> value = ReadContent(*type);
    if (!value || !Take('}')) return std::nullopt;
    --depth_;
    return value;
  }

  std::optional<AttributeMap> ReadMap() {
    AttributeMap map;
    const bool complete = ReadSequence('{', '}', [&] {
      std::optional<std::string> name = ReadString();
      if (!name || !Take(':')) return false;
      const bool in_order = map.empty() || (map.end() - 1)->name < *name;
      std::optional<AttributeValue> value = ReadValue();
      if (!value || !in_order) return false;
      map.Set(std::move(*name), std::move(*value));
      return true;
    });
    if (!complete) return std::nullopt;
    return map;
  }

 private:
  // Far above what AWS lets in; keeps damaged text from using up the stack.
  static constexpr int kMaxDepth = 128;

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

  std::optional<std::string> ReadString() {
    std::string_view escaped;
    if (!json_text::TakeString(rest_, escaped)) return std::nullopt;
    return UnescapedJson(escaped);
  }

  std::optional<Number> ReadNumber() {
    std::string_view text;
    if (!json_text::TakeString(rest_, text)) return std::nullopt;
    const auto parsed = Number::Parse(text);
    const Number* const number = std::get_if<Number>(&parsed);
    return number != nullptr ? std::optional(*number) : std::nullopt;
  }

  std::optional<Binary> ReadBinary() {
    std::string_view text;
    if (!json_text::TakeString(rest_, text)) return std::nullopt;
    std::optional<std::string> bytes = DecodeBase64(text);
    if (!bytes) return std::nullopt;
    return Binary{std::move(*bytes)};
  }

  /// Members out of order or twice are no text of ours.
  template <class Set, class Read>
  std::optional<AttributeValue> ReadSet(Read read) {
    Set set;
    const bool complete = ReadSequence('[', ']', [&] {
      auto member = read();
      if (!member || (!set.members.empty() && !(set.members.back() < *member))) return false;
      set.members.push_back(std::move(*member));
      return true;
    });
    if (!complete) return std::nullopt;
    return AttributeValue(std::move(set));
  }

  std::optional<AttributeValue> ReadList() {
    List list;
    const bool complete = ReadSequence('[', ']', [&] {
      std::optional<AttributeValue> element = ReadValue();
      if (!element) return false;
      list.push_back(std::move(*element));
      return true;
    });
    if (!complete) return std::nullopt;
    return AttributeValue(std::move(list));
  }

  template <class T>
  static std::optional<AttributeValue> Wrap(std::optional<T> value) {
    if (!value) return std::nullopt;
    return AttributeValue(std::move(*value));
  }

  std::optional<AttributeValue> ReadContent(AttributeType type) {
    switch (type) {
      case AttributeType::kS: return Wrap(ReadString());
      case AttributeType::kN: return Wrap(ReadNumber());
      case AttributeType::kB: return Wrap(ReadBinary());
      case AttributeType::kBool:
        if (TakeWord("true")) return AttributeValue(true);
        if (TakeWord("false")) return AttributeValue(false);
        return std::nullopt;
      case AttributeType::kNull:
        if (TakeWord("true")) return AttributeValue(Null{});
        return std::nullopt;
      case AttributeType::kSs: return ReadSet<StringSet>([this] { return ReadString(); });
      case AttributeType::kNs: return ReadSet<NumberSet>([this] { return ReadNumber(); });
      case AttributeType::kBs: return ReadSet<BinarySet>([this] { return ReadBinary(); });
      case AttributeType::kL: return ReadList();
      case AttributeType::kM: return Wrap(ReadMap());
    }
    return std::nullopt;
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
  std::optional<AttributeValue> value = reader.ReadValue();
  if (!value || !reader.AtEnd()) return std::nullopt;
  return value;
}

std::optional<Item> ReadItemJson(std::string_view text) {
  JsonReader reader(text);
  std::optional<Item> item = reader.ReadMap();
  if (!item || !reader.AtEnd()) return std::nullopt;
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
