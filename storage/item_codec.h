// SPDX-License-Identifier: Apache-2.0
#pragma once
// How an item is stored: a short header (its size by AWS's accounting, where its attributes stand)
// and its wire text, ready to be answered. Equal items have equal bytes. Thread rule: values and
// views, none.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/attribute_value.h"

namespace pumice {

/// An item's stored bytes, seen through. Lives on the bytes it was made from.
class EncodedItemView {
 public:
  explicit EncodedItemView(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes() const { return bytes_; }
  std::size_t size_bytes() const;  // item size by AWS's accounting
  std::string_view json() const;   // {"pk":{"S":"a"},…}

  bool Has(std::string_view name) const;
  /// The wire text of one attribute's value, {"S":"a"}; none if the item lacks it.
  std::optional<std::string_view> FindJson(std::string_view name) const;
  std::optional<AttributeValue> Find(std::string_view name) const;
  Item Decode() const;
  /// Only the attributes of these names; those the item lacks are left out.
  Item DecodeOnly(std::span<const std::string> names) const;

 private:
  std::string_view bytes_;
};

std::string EncodeItem(const Item& item);

/// What EncodeItem gives for `stored` with the attributes `before` taken out and `after` put in;
/// the others are copied as they stand. `before`: attributes of `stored` with their stored values.
/// `after` has none of the others' names.
std::string EncodeReplaced(const EncodedItemView& stored, const Item& before, const Item& after);

/// Whether these bytes have the form that EncodeItem gives (for bytes read from disk).
bool IsEncodedItem(std::string_view bytes);

}  // namespace pumice
