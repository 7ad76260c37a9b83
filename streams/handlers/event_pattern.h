// SPDX-License-Identifier: Apache-2.0
#pragma once
// EventPattern: one Pattern of FilterCriteria, and whether a record matches it. AWS: "Control which
// events Lambda sends to your function"; the language is EventBridge's.
//   pattern:    {"field": pattern | [condition, …], …}   all fields, of each list one condition
//   condition:  "text" | number | true | false | null
//             | {"prefix"|"suffix": "text" | {"equals-ignore-case": "text"}}
//             | {"equals-ignore-case": "text"} | {"wildcard": "a*b"} | {"cidr": "10.0.0.0/24"}
//             | {"numeric": [">=", 0, "<", 5]} | {"exists": true|false}
//             | {"anything-but": literal | [literal, …] | {"prefix"|"suffix"|"wildcard"|
//                                "equals-ignore-case": "text" | ["text", …]}}
//   "$or":      [pattern, pattern, …]                    beside other fields
// A field that is named twice means both: their patterns are merged. A path goes through arrays,
// and fields of one pattern below an array must match in the same element. Numbers are equal when
// they are written alike; "numeric" compares their values, and matches no text: DynamoDB's N is
// one. A field with an object behind it has no value: {"exists": true} does not match it. Thread
// rule: a plain value; Matches from any thread.

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "streams/handlers/event_json.h"

namespace pumice {

class EventPattern {
 public:
  /// Errors: Validation ("Invalid filter pattern definition."; log_text says what is wrong).
  static Result<EventPattern> Parse(std::string_view text);
  ~EventPattern();
  EventPattern(EventPattern&&) noexcept;
  EventPattern& operator=(EventPattern&&) noexcept;

  bool Matches(const EventJson& event) const;

  struct Fields;  // for the implementation

 private:
  explicit EventPattern(std::unique_ptr<const Fields> fields);
  std::unique_ptr<const Fields> fields_;
};

/// FilterCriteria.Filters: a record passes if one of them matches, or if there are none.
class EventFilter {
 public:
  /// Errors: as EventPattern::Parse.
  static Result<EventFilter> Parse(const std::vector<std::string>& patterns);

  bool empty() const { return patterns_.empty(); }
  /// `event`: one record as its function would get it, JSON.
  bool Passes(std::string_view event) const;

 private:
  std::vector<EventPattern> patterns_;
};

}  // namespace pumice
