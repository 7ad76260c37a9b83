// SPDX-License-Identifier: Apache-2.0
// item   = 01 · size-bytes:varint · table-length:varint · table · json
// table  = (name-length:varint · value-length:varint)*      in the order of the json's members
// json   = {"name":value,"name":value}                      canonical (model/attribute_json.h)
// name-length counts the bytes between the quotes (escapes as written), value-length those of the
// value: from them every attribute's place follows, so that one can be found without reading the
// others.
#include "storage/item_codec.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "model/attribute_json.h"
#include "storage/bytes.h"

namespace pumice {
namespace {

constexpr char kVersion = '\x01';

struct Parts {
  std::uint64_t size_bytes = 0;
  std::string_view table;
  std::string_view json;
};

std::optional<Parts> Split(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != kVersion) return std::nullopt;
  bytes.remove_prefix(1);
  const std::optional<std::uint64_t> size = TakeVarint(bytes);
  if (!size) return std::nullopt;
  const std::optional<std::string_view> table = TakeBlock(bytes);
  if (!table) return std::nullopt;
  return Parts{*size, *table, bytes};
}

struct Member {
  std::string_view escaped_name;
  std::string_view value;
};

/// Walks the members of an item's json by its table.
class MemberWalk {
 public:
  explicit MemberWalk(const Parts& parts) : table_(parts.table), json_(parts.json) {}

  /// None at the end, or where the table does not fit the json.
  std::optional<Member> Next() {
    if (table_.empty()) return std::nullopt;
    const std::optional<std::uint64_t> name_length = TakeVarint(table_);
    const std::optional<std::uint64_t> value_length = TakeVarint(table_);
    if (!name_length || !value_length) return std::nullopt;
    // {"name":value,"name":value}: two bytes before a name, two behind it.
    const std::size_t name_at = at_ + 2;
    const std::size_t value_at = name_at + *name_length + 2;
    if (*name_length > json_.size() || *value_length > json_.size() ||
        value_at + *value_length >= json_.size()) {
      return std::nullopt;
    }
    at_ = value_at + *value_length;
    return Member{json_.substr(name_at, *name_length), json_.substr(value_at, *value_length)};
  }

  /// Where the walk stands: before the ',' or '}' behind the last member.
  std::size_t position() const { return at_; }
  bool table_read() const { return table_.empty(); }

 private:
  std::string_view table_;
  std::string_view json_;
  std::size_t at_ = 0;
};

bool NeedsEscape(std::string_view name) {
  return std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == '\x7f';
  });
}

/// The name as it stands between the quotes: escapes have one form, so equal names have equal
/// bytes.
class EscapedName {
 public:
  explicit EscapedName(std::string_view name) : plain_(name) {
    if (!NeedsEscape(name)) return;
    AppendJsonString(quoted_, name);
    plain_ = std::string_view(quoted_).substr(1, quoted_.size() - 2);
  }
  std::string_view get() const { return plain_; }

 private:
  std::string quoted_;
  std::string_view plain_;
};

std::string AssembleItem(std::uint64_t size_bytes, std::string_view table, std::string_view json) {
  std::string out;
  out.reserve(1 + 5 + 5 + table.size() + json.size());
  out.push_back(kVersion);
  AppendVarint(out, size_bytes);
  AppendBlock(out, table);
  out.append(json);
  return out;
}

/// A name as it is: what EscapedName undoes.
class PlainName {
 public:
  explicit PlainName(std::string_view escaped) : plain_(escaped) {
    if (escaped.find('\\') == std::string_view::npos) return;
    unescaped_ = UnescapedJson(escaped).value_or(std::string(escaped));
    plain_ = unescaped_;
  }
  PlainName(const PlainName&) = delete;
  PlainName& operator=(const PlainName&) = delete;
  std::string_view get() const { return plain_; }

 private:
  std::string unescaped_;
  std::string_view plain_;
};

/// Puts an item together, a member at a time in the order of their names. One a thread at a time:
/// its buffers are kept between calls, and copied out once, with the exact size.
class ItemWriter {
 public:
  ItemWriter() {
    table_.clear();
    json_.clear();
  }

  void Add(const Attribute& attribute) {
    Separate();
    const std::size_t name_at = json_.size();
    AppendJsonString(json_, attribute.name);
    AppendVarint(table_, json_.size() - name_at - 2);
    json_.push_back(':');
    const std::size_t value_at = json_.size();
    AppendValueJson(json_, attribute.value);
    AppendVarint(table_, json_.size() - value_at);
  }

  void Copy(const Member& member) {
    Separate();
    AppendVarint(table_, member.escaped_name.size());
    AppendVarint(table_, member.value.size());
    // "name":value, as it stands.
    const char* const begin = member.escaped_name.data() - 1;
    json_.append(begin, member.value.data() + member.value.size());
  }

  std::string Finish(std::uint64_t size_bytes) {
    json_.append(json_.empty() ? "{}" : "}");
    return AssembleItem(size_bytes, table_, json_);
  }

 private:
  void Separate() { json_.push_back(json_.empty() ? '{' : ','); }

  static thread_local std::string table_;
  static thread_local std::string json_;
};

thread_local std::string ItemWriter::table_;
thread_local std::string ItemWriter::json_;

}  // namespace

std::size_t EncodedItemView::size_bytes() const {
  const std::optional<Parts> parts = Split(bytes_);
  return parts ? parts->size_bytes : 0;
}

std::string_view EncodedItemView::json() const {
  const std::optional<Parts> parts = Split(bytes_);
  return parts ? parts->json : std::string_view("{}");
}

bool EncodedItemView::Has(std::string_view name) const { return FindJson(name).has_value(); }

std::optional<std::string_view> EncodedItemView::FindJson(std::string_view name) const {
  const std::optional<Parts> parts = Split(bytes_);
  if (!parts) return std::nullopt;
  const EscapedName wanted(name);
  MemberWalk walk(*parts);
  while (const std::optional<Member> member = walk.Next()) {
    if (member->escaped_name == wanted.get()) return member->value;
  }
  return std::nullopt;
}

std::optional<AttributeValue> EncodedItemView::Find(std::string_view name) const {
  const std::optional<std::string_view> text = FindJson(name);
  return text ? ReadValueJson(*text) : std::nullopt;
}

Item EncodedItemView::Decode() const { return ReadItemJson(json()).value_or(Item()); }

Item EncodedItemView::DecodeOnly(std::span<const std::string> names) const {
  Item item;
  const std::optional<Parts> parts = Split(bytes_);
  if (!parts) return item;
  item.Reserve(names.size());
  MemberWalk walk(*parts);
  while (const std::optional<Member> member = walk.Next()) {
    const PlainName name(member->escaped_name);
    if (std::find(names.begin(), names.end(), name.get()) == names.end()) continue;
    std::optional<AttributeValue> value = ReadValueJson(member->value);
    if (value) item.Set(std::string(name.get()), *std::move(value));
  }
  return item;
}

std::string EncodeItem(const Item& item) {
  ItemWriter writer;
  for (const Attribute& attribute : item) writer.Add(attribute);
  return writer.Finish(ItemSizeBytes(item));
}

std::string EncodeReplaced(const EncodedItemView& stored, const Item& before, const Item& after) {
  const std::optional<Parts> parts = Split(stored.bytes());
  if (!parts) return EncodeItem(after);
  ItemWriter writer;
  MemberWalk walk(*parts);
  const Attribute* next = after.begin();
  while (const std::optional<Member> member = walk.Next()) {
    const PlainName name(member->escaped_name);
    for (; next != after.end() && next->name < name.get(); ++next) writer.Add(*next);
    if (before.Find(name.get()) == nullptr) writer.Copy(*member);
  }
  for (; next != after.end(); ++next) writer.Add(*next);
  return writer.Finish(parts->size_bytes - ItemSizeBytes(before) + ItemSizeBytes(after));
}

bool IsEncodedItem(std::string_view bytes) {
  const std::optional<Parts> parts = Split(bytes);
  if (!parts || parts->json.size() < 2) return false;
  if (parts->table.empty()) return parts->json == "{}";
  MemberWalk walk(*parts);
  while (const std::optional<Member> member = walk.Next()) {
    const char* name = member->escaped_name.data();
    if (name[-1] != '"' || name[member->escaped_name.size()] != '"') return false;
    if (name[member->escaped_name.size() + 1] != ':') return false;
    if (member->value.empty() || member->value.front() != '{') return false;
  }
  return walk.table_read() && walk.position() + 1 == parts->json.size() &&
         parts->json.front() == '{' && parts->json.back() == '}';
}

}  // namespace pumice
