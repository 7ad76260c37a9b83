// SPDX-License-Identifier: Apache-2.0
#pragma once
// Steps over JSON text that attribute_json.cc wrote: no blanks, no control characters. Used only
// there. Each Take... removes what it names from the front of `rest`; on false, `rest` is of no
// further use.

#include <string>
#include <string_view>

namespace pumice::json_text {

inline bool TakeChar(std::string_view& rest, char wanted) {
  if (rest.empty() || rest.front() != wanted) return false;
  rest.remove_prefix(1);
  return true;
}

/// "…": `escaped` becomes what stands between the quotes.
bool TakeString(std::string_view& rest, std::string_view& escaped);

/// {…}: `object` becomes all of it. Braces are counted, the rest is not checked.
bool TakeObject(std::string_view& rest, std::string_view& object);

/// What stands between the quotes, without its escapes. False: an escape that AppendJsonString
/// never writes.
bool AppendUnescaped(std::string& out, std::string_view escaped);

}  // namespace pumice::json_text
