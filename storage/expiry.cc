// SPDX-License-Identifier: Apache-2.0
#include "storage/expiry.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <system_error>

#include "storage/bytes.h"
#include "storage/key_format.h"

namespace pumice {
namespace {

constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kSecondsBytes = 8;

/// AWS: "Items with an expiration time older than five years are not deleted".
constexpr std::chrono::years kOldest{5};

std::uint64_t SecondsOf(std::chrono::seconds since_1970) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, since_1970.count()));
}

std::string Prefix(ExpiryId id, std::uint64_t seconds) {
  std::string key;
  AppendU32(key, id.value());
  AppendU64(key, seconds);
  return key;
}

}  // namespace

std::optional<std::uint64_t> ExpirySeconds(const EncodedItemView& item,
                                           std::string_view attribute) {
  // Canonical wire text: {"N":"1700000000.5"}, plain decimal.
  constexpr std::string_view kBefore = R"({"N":")";
  const std::optional<std::string_view> json = item.FindJson(attribute);
  if (!json || !json->starts_with(kBefore)) return std::nullopt;
  const std::string_view text = json->substr(kBefore.size());
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc()) return std::nullopt;
  const bool has_fraction = *end == '.';
  if (has_fraction && seconds == UINT64_MAX) return std::nullopt;
  return seconds + (has_fraction ? 1 : 0);
}

ExpiredSeconds ExpiredAt(TimePoint now) {
  const auto since_1970 = now.time_since_epoch();
  return {SecondsOf(std::chrono::ceil<std::chrono::seconds>(since_1970 - kOldest)),
          SecondsOf(std::chrono::ceil<std::chrono::seconds>(since_1970))};
}

std::string ExpiryKey(ExpiryId id, std::uint64_t seconds, std::string_view item_key_bytes) {
  std::string key = Prefix(id, seconds);
  key.append(item_key_bytes.substr(kIdBytes));
  return key;
}

KeyRange ExpiryRange(ExpiryId id, const ExpiredSeconds& seconds) {
  return {Prefix(id, seconds.begin), Prefix(id, seconds.end)};
}

std::string ItemKeyOfExpiry(TableId table, std::string_view expiry_key) {
  std::string key;
  AppendU32(key, table.value());
  key.append(expiry_key.substr(kIdBytes + kSecondsBytes));
  return key;
}

void UpdateExpiry(Transaction& transaction, const TimeToLive& time_to_live,
                  const ExpiryTransition& transition) {
  const auto seconds_of = [&](const EncodedItemView* state) {
    return state != nullptr ? ExpirySeconds(*state, time_to_live.attribute_name) : std::nullopt;
  };
  const std::optional<std::uint64_t> old = seconds_of(transition.old);
  const std::optional<std::uint64_t> now = seconds_of(transition.item);
  // An item from before the enabling may lack its entry: the filling comes to it.
  if (old == now) return;
  if (old) {
    transaction.Delete(Family::kExpiry,
                       ExpiryKey(time_to_live.id, *old, transition.item_key_bytes));
  }
  if (now) {
    transaction.Put(Family::kExpiry, ExpiryKey(time_to_live.id, *now, transition.item_key_bytes),
                    {});
  }
}

}  // namespace pumice
