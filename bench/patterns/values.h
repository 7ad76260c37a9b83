// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a value of a row, or of a call, is drawn from: `uuid`, {number: [1, 500]}, {one_of: [...]},
// and so on (docs/patterns.md lists them). Pure but for reading the file's nodes.

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "bench/patterns/random.h"
#include "bench/patterns/yaml_node.h"

namespace pumice::patterns {

struct UuidValue {};
struct NumberValue {  // {number: [first, last]}
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};
struct SequenceValue {  // {sequence: {from: 1, step: 1, digits: 6}}: by the number of the row or
                        // call
  std::uint64_t from = 0;
  std::uint64_t step = 1;
  std::uint64_t digits = 0;  // filled with zeros up to that
};
struct TimeValue {  // {time: {from: 2026-01-01T00:00:00Z, step: 90}}: step seconds a row or call
  std::chrono::sys_seconds from;
  std::uint64_t step_microseconds = 0;
};
struct OneOfValue {
  std::vector<std::string> texts;
};
struct WordsValue {  // {words: [5, 20]}
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};
struct TextValue {  // {text: 300}: letters and digits
  std::uint64_t length = 0;
};
struct RowOfValue {  // {row_of: users}: not a text, but a row whose values have names behind a dot
  std::string set;
  std::size_t set_index = 0;  // filled in when all sets are known
};

using ValueSource = std::variant<UuidValue, NumberValue, SequenceValue, TimeValue, OneOfValue,
                                 WordsValue, TextValue, RowOfValue>;

/// Errors: Validation, at the line of the mistake.
Result<ValueSource> ReadValueSource(const YamlNode& node);

/// The text of row or call `number`; `random` is for this value alone. A RowOfValue has none.
std::string DrawText(const ValueSource& source, std::uint64_t number, RandomNumbers random);

}  // namespace pumice::patterns
