// SPDX-License-Identifier: Apache-2.0
#pragma once
// Attribute values as DynamoDB's JSON text: what goes to the client and what is stored. The text is
// canonical (no blanks, names sorted, sets sorted, numbers in plain decimal), so equal values have
// equal bytes. Reading here is for text that this file wrote; requests are read by server/protocol.

#include <optional>
#include <string>
#include <string_view>

#include "model/attribute_value.h"

namespace pumice {

/// "…" with JSON's escapes; `text` is UTF-8 and goes out as UTF-8.
void AppendJsonString(std::string& out, std::string_view text);
void AppendBase64(std::string& out, std::string_view bytes);
/// Strict standard base64 with padding and canonical tail bits; none otherwise.
std::optional<std::string> DecodeBase64(std::string_view text);

/// {"S":"x"}
void AppendValueJson(std::string& out, const AttributeValue& value);
/// {"pk":{"S":"x"},…}
void AppendItemJson(std::string& out, const Item& item);
std::string ItemJson(const Item& item);

/// Reads text written by AppendValueJson / AppendItemJson. None: it is not such text (damaged
/// store).
std::optional<AttributeValue> ReadValueJson(std::string_view text);
std::optional<Item> ReadItemJson(std::string_view text);

// --- Stored text without building values
// ----------------------------------------------------------------- For projections and filters,
// which look at few attributes of an item. Nothing here allocates except EscapedJson and
// UnescapedJson. The views live on the text that was given.

/// What AppendJsonString writes, without the quotes: the form in which stored text holds a name.
std::string EscapedJson(std::string_view text);
/// The reverse, for what stands between the quotes in stored text. None: it is not such text.
std::optional<std::string> UnescapedJson(std::string_view escaped);

struct AttributeTextView {
  std::string_view name;   // still escaped, without quotes: compare with EscapedJson(wanted)
  std::string_view value;  // {"S":"x"}
};

/// Walks the attributes of {"pk":{"S":"x"},…}: an item's text, or the content of an M.
///   for (ItemJsonWalker walker(text); auto attribute = walker.Next();) …
/// The order is that of the names' own bytes, not of their escaped form. Values are skipped, not
/// checked.
class ItemJsonWalker {
 public:
  explicit ItemJsonWalker(std::string_view item_text);

  /// None at the end and where the text is damaged; damaged() tells which.
  std::optional<AttributeTextView> Next();
  bool damaged() const { return damaged_; }

 private:
  std::optional<AttributeTextView> Damaged();

  std::string_view rest_;
  bool first_ = true;
  bool ended_ = false;
  bool damaged_ = false;
};

struct TypedTextView {
  AttributeType type = AttributeType::kS;
  std::string_view content;  // as it stands: "x" with its quotes, true, […], {…}
};

/// Takes {"M":{…}} apart into kM and {…}. None: it is not such text. The content is not checked.
std::optional<TypedTextView> SplitValueJson(std::string_view value_text);

}  // namespace pumice
