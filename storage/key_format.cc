// SPDX-License-Identifier: Apache-2.0
#include "storage/key_format.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "storage/bytes.h"
#include "storage/hash.h"

namespace pumice {
namespace {

constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kHashBytes = 8;

constexpr char kEscaped = '\xff';
constexpr char kEnd = '\x01';

void AppendEscaped(std::string& out, std::string_view bytes) {
  std::size_t begin = 0;
  while (begin < bytes.size()) {
    const void* zero = std::memchr(bytes.data() + begin, 0, bytes.size() - begin);
    if (zero == nullptr) break;
    const std::size_t at = static_cast<const char*>(zero) - bytes.data();
    out.append(bytes, begin, at + 1 - begin);
    out.push_back(kEscaped);
    begin = at + 1;
  }
  out.append(bytes, begin, bytes.size() - begin);
}

std::string_view TextOf(const AttributeValue& value) {
  if (const auto* text = value.As<std::string>()) return *text;
  if (const auto* binary = value.As<Binary>()) return binary->bytes;
  return {};
}

/// Room for the hash, to be filled when the bytes that it covers are there.
void BeginHashed(std::string& out, std::uint32_t id) {
  AppendU32(out, id);
  out.append(kHashBytes, '\0');
}

void FillHash(std::string& out) {
  std::uint64_t hash = Hash64(std::string_view(out).substr(kIdBytes + kHashBytes));
  for (std::size_t i = kIdBytes + kHashBytes; i-- > kIdBytes;) {
    out[i] = static_cast<char>(hash);
    hash >>= 8;
  }
}

/// The range of the last condition, over keys that begin with `prefix`.
KeyRange SortRange(const std::string& prefix, const SortCondition& condition) {
  using Operator = SortCondition::Operator;
  std::string low = prefix;
  if (condition.op == Operator::kBeginsWith) {
    AppendKeyPrefix(low, condition.low);
    std::string end = AfterPrefix(low);
    return {std::move(low), std::move(end)};
  }
  AppendKeyComponent(low, condition.low);
  switch (condition.op) {
    case Operator::kLess: return {prefix, std::move(low)};
    case Operator::kLessOrEqual: return {prefix, AfterPrefix(std::move(low))};
    case Operator::kGreater: return {AfterPrefix(std::move(low)), AfterPrefix(prefix)};
    case Operator::kGreaterOrEqual: return {std::move(low), AfterPrefix(prefix)};
    case Operator::kBetween: {
      std::string high = prefix;
      AppendKeyComponent(high, condition.high);
      return {std::move(low), AfterPrefix(std::move(high))};
    }
    case Operator::kEqual:
    case Operator::kBeginsWith: break;
  }
  std::string end = AfterPrefix(low);
  return {std::move(low), std::move(end)};
}

/// The first hash of a segment; none: behind the last.
std::optional<std::uint64_t> SegmentBegin(std::uint32_t segment, std::uint32_t total) {
  if (segment >= total) return std::nullopt;
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(segment) << 64) / total);
}

/// Appends the item's values of these attributes; false if one is missing or has another type.
bool AppendAttributes(std::string& out, const std::vector<KeyAttribute>& attributes,
                      const Item& item) {
  return std::all_of(attributes.begin(), attributes.end(), [&](const KeyAttribute& key) {
    const AttributeValue* value = item.Find(key.name);
    if (value == nullptr || value->type() != key.type) return false;
    AppendKeyComponent(out, *value);
    return true;
  });
}

}  // namespace

void AppendKeyComponent(std::string& out, const AttributeValue& value) {
  if (const auto* number = value.As<Number>()) {
    number->AppendOrderedBytes(out);
    return;
  }
  AppendEscaped(out, TextOf(value));
  out.push_back('\0');
  out.push_back(kEnd);
}

void AppendKeyPrefix(std::string& out, const AttributeValue& prefix) {
  AppendEscaped(out, TextOf(prefix));
}

std::string ItemKeyBytes(TableId table, const ItemKey& key) {
  std::string out;
  out.reserve(64);
  BeginHashed(out, table.value());
  AppendKeyComponent(out, key.partition);
  FillHash(out);
  if (key.sort) AppendKeyComponent(out, *key.sort);
  return out;
}

std::string_view TableKeyPart(std::string_view item_key_bytes) {
  return item_key_bytes.substr(kIdBytes + kHashBytes);
}

std::uint64_t KeyHash(std::string_view item_key_bytes) {
  item_key_bytes.remove_prefix(kIdBytes);
  return *TakeU64(item_key_bytes);
}

IndexEntryKey::IndexEntryKey(IndexId index) {
  bytes_.reserve(96);
  BeginHashed(bytes_, index.value());
}

void IndexEntryKey::EndHash() { FillHash(bytes_); }

std::string IndexEntryKey::Finish(std::string_view table_key_part) && {
  bytes_.append(table_key_part);
  return std::move(bytes_);
}

std::string AfterPrefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

KeyRange WholeRange(std::uint32_t id) {
  std::string begin;
  AppendU32(begin, id);
  std::string end = AfterPrefix(begin);
  return {std::move(begin), std::move(end)};
}

KeyRange SegmentRange(std::uint32_t id, std::uint32_t segment, std::uint32_t total) {
  KeyRange range = WholeRange(id);
  if (const auto first = SegmentBegin(segment, total)) AppendU64(range.begin, *first);
  if (const auto behind = SegmentBegin(segment + 1, total)) {
    range.end = range.begin.substr(0, kIdBytes);
    AppendU64(range.end, *behind);
  }
  return range;
}

KeyRange ConditionRange(std::uint32_t id, const KeyCondition& condition) {
  std::string prefix;
  prefix.reserve(96);
  BeginHashed(prefix, id);
  for (const AttributeValue& value : condition.hash) AppendKeyComponent(prefix, value);
  FillHash(prefix);
  for (const AttributeValue& value : condition.sort_equals) AppendKeyComponent(prefix, value);
  if (condition.sort) return SortRange(prefix, *condition.sort);
  std::string end = AfterPrefix(prefix);
  return {std::move(prefix), std::move(end)};
}

std::optional<std::string> PositionKey(const TableDescription& table, const IndexDescription* index,
                                       const Item& start_key) {
  std::string out;
  BeginHashed(out, index != nullptr ? index->id.value() : table.id.value());
  if (index != nullptr) {
    if (!AppendAttributes(out, index->key_schema.hash, start_key)) return std::nullopt;
    FillHash(out);
    if (!AppendAttributes(out, index->key_schema.range, start_key)) return std::nullopt;
  }
  if (!AppendAttributes(out, table.key_schema.hash, start_key)) return std::nullopt;
  if (index == nullptr) FillHash(out);
  if (!AppendAttributes(out, table.key_schema.range, start_key)) return std::nullopt;
  return out;
}

KeyRange Behind(KeyRange range, const std::string& position, Direction direction) {
  if (direction == Direction::kBackward) {
    if (range.end.empty() || position < range.end) range.end = position;
  } else if (position >= range.begin) {
    range.begin = position;
    range.begin.push_back('\0');
  }
  // A position outside the range leaves nothing, and never bounds that cross.
  if (!range.end.empty() && range.end < range.begin) range.end = range.begin;
  return range;
}

std::string StripeKeyAt(TableId table, std::uint32_t stripe) {
  std::string out;
  AppendU32(out, table.value());
  out.push_back(static_cast<char>(stripe));
  return out;
}

std::vector<std::string> AllStripeKeys(TableId table) {
  std::vector<std::string> keys;
  for (std::uint32_t stripe = 0; stripe < kTotalsStripes; ++stripe) {
    keys.push_back(StripeKeyAt(table, stripe));
  }
  return keys;
}

std::string StripeKey(TableId table, std::string_view item_key_bytes) {
  return StripeKeyAt(table, static_cast<std::uint32_t>(Hash64(item_key_bytes) % kTotalsStripes));
}

}  // namespace pumice
