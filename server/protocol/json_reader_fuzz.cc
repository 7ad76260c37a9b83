// SPDX-License-Identifier: Apache-2.0
// libFuzzer entry: any bytes get an answer, what is accepted is well-formed, and values that were
// read without a problem survive being written and read again. Built with -DPUMICE_FUZZ=ON (Clang).

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "model/attribute_json.h"
#include "server/protocol/json_reader.h"

namespace {

using namespace pumice;

Result<void> ReadMember(std::string_view name, JsonValue& value);

void CheckRoundTrip(const Item& item) {
  const auto again = ReadItemJson(ItemJson(item));
  if (!again || !(*again == item)) std::abort();
}

Result<void> ReadItem(JsonValue& value, ValueTexts texts) {
  PUMICE_TRY(const auto parsed, value.ItemMap(texts));
  if (!parsed.problem) CheckRoundTrip(parsed.item);
  return Ok();
}

template <class T>
Result<void> Forget(Result<T> read) {
  PUMICE_TRY(std::move(read));
  return Ok();
}

/// The member's first letter says how it is read; unknown letters leave it unread.
Result<void> ReadMember(std::string_view name, JsonValue& value) {
  const auto read_member = [](std::string_view member, JsonValue& inner) {
    return ReadMember(member, inner);
  };
  switch (name.empty() ? ' ' : name.front()) {
    case 'i': return ReadItem(value, ValueTexts::kNewer);
    case 'o': return ReadItem(value, ValueTexts::kOlder);
    case 's': return Forget(value.String());
    case 'n': return Forget(value.Integer());
    case 'l': return Forget(value.Long());
    case 'd': return Forget(value.Double());
    case 'b': return Forget(value.Boolean());
    case 'c': return Forget(value.CompactJson());
    case 'm': return value.Map("java.lang.String", read_member);
    case 't': return value.Structure("Projection", read_member);
    case 'a':
      return value.List([](JsonValue& element) { return ReadItem(element, ValueTexts::kNewer); });
    default: return Ok();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string body(reinterpret_cast<const char*>(data), size);
  const auto result = ReadRequest(
      body, [](std::string_view name, JsonValue& value) { return ReadMember(name, value); });
  if (result && !IsJson(body)) std::abort();
  return 0;
}
