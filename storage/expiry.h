// SPDX-License-Identifier: Apache-2.0
#pragma once
// Expiry entries: which items of a table with time to live expire when, in the order of that time.
// A write keeps them in its own batch, so that entries and items never disagree.
//   entry = expiry-id:U32 · seconds:U64 · hash:U64 · partition · [sort] -> nothing
//   (what follows the seconds is the item's key without its table id)
// An item expires by the attribute that the table names, if that is a number: seconds since 1970.
// Thread rule: free functions, any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "model/table.h"
#include "storage/engine.h"
#include "storage/item_codec.h"

namespace pumice {

/// Whole seconds since 1970; fractions are rounded up. None: the item never expires (no such
/// attribute, another type, before 1970, or beyond 64 bits).
std::optional<std::uint64_t> ExpirySeconds(const EncodedItemView& item, std::string_view attribute);

/// Which times an item must have to be deleted now: begin <= seconds < end. What passed more than
/// five years ago is left alone, as AWS does.
struct ExpiredSeconds {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool Contains(std::uint64_t seconds) const { return begin <= seconds && seconds < end; }
};
ExpiredSeconds ExpiredAt(TimePoint now);

std::string ExpiryKey(ExpiryId id, std::uint64_t seconds, std::string_view item_key_bytes);
KeyRange ExpiryRange(ExpiryId id, const ExpiredSeconds& seconds);
/// The key of the item that an entry of this table names.
std::string ItemKeyOfExpiry(TableId table, std::string_view expiry_key);

/// Two states of one item; null: not there.
struct ExpiryTransition {
  std::string_view item_key_bytes;
  const EncodedItemView* old = nullptr;
  const EncodedItemView* item = nullptr;
};

/// Writes the difference between the entries of the two states.
void UpdateExpiry(Transaction& transaction, const TimeToLive& time_to_live,
                  const ExpiryTransition& transition);

}  // namespace pumice
