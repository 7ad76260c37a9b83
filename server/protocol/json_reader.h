// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads a request's JSON straight into typed values (simdjson On-Demand behind it, no tree). A
// value of the wrong JSON type is SerializationException with AWS's text, broken JSON
// SerializationException without text; both are final. What is well-typed but not acceptable (a
// number that is none, an empty set, …) does not stop the reading: it is kept as the value's
// `problem`, which the operation raises when its turn in AWS's order comes. Thread rule: one
// request, one thread; the parser behind it is per thread, so only one ReadRequest at a time.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"
#include "model/attribute_value.h"
#include "model/limits.h"

namespace pumice {

/// Whose wording a bad value gets: see operation.h, ValidationLayer.
enum class ValueTexts : std::uint8_t { kNewer, kOlder };

struct ParsedValue {
  AttributeValue value;
  std::optional<Error> problem;    // the first in document order, depth first; bare text
  std::size_t nesting_levels = 1;  // deepest; beyond the limit `problem` says so where it was met
};

struct ParsedItem {
  Item item;
  std::optional<Error> problem;
  std::size_t nesting_levels = 1;  // of the deepest attribute value
};

class JsonValue;
using MemberVisitor = FunctionRef<Result<void>(std::string_view name, JsonValue& value)>;
using ElementVisitor = FunctionRef<Result<void>(JsonValue& element)>;

/// One value of the request, to be read once, by exactly one of these. A value that no one reads is
/// skipped (syntax is checked). Never null: such a member counts as absent, an element is refused.
class JsonValue {
 public:
  JsonValue(const JsonValue&) = delete;
  JsonValue& operator=(const JsonValue&) = delete;

  Result<std::string> String();
  Result<std::int64_t> Integer();  // Java's Integer: decimals are cut off, out of range see AWS
  Result<std::int64_t> Long();
  Result<double> Double();
  Result<bool> Boolean();

  /// A structure: visit gets each member (the last of equal names wins: visit is called for each in
  /// order). shape: AWS's name of the structure, for the error text ("Projection", "WriteRequest").
  Result<void> Structure(std::string_view shape, MemberVisitor visit);
  /// A map with string keys. value_type: Java's text of the value type, for the error text, e.g.
  /// "com.amazonaws.dynamodb.v20120810.AttributeValue" or "java.lang.String".
  Result<void> Map(std::string_view value_type, MemberVisitor visit);
  Result<void> List(ElementVisitor visit);

  /// max_levels: how deep the value may be before that is its problem.
  Result<ParsedValue> Value(ValueTexts texts, std::size_t max_levels = kMaxNestingLevels);
  Result<ParsedItem> ItemMap(ValueTexts texts);

  /// The value's own text, compact; for error echoes. Cold path.
  Result<std::string> CompactJson();

 private:
  friend class JsonReaderAccess;
  struct Impl;
  explicit JsonValue(Impl& impl) : impl_(impl) {}
  Impl& impl_;
};

/// The whole body, which must be one JSON object. `body` gets spare capacity for the parser if it
/// has none; of its text only escapes of lone surrogates are changed, to escapes of
/// '?'. Errors: Serialization.
Result<void> ReadRequest(std::string& body, MemberVisitor visit);

/// Whether the body is well-formed JSON at all (for requests that are refused before an operation
/// reads them).
bool IsJson(std::string& body);

}  // namespace pumice
