// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/event_pattern.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "streams/handlers/event_condition.h"

namespace pumice {

using Kind = EventJson::Kind;

/// One object of a pattern.
struct EventPattern::Fields {
  struct Field {
    std::string name;
    std::unique_ptr<const Fields> nested = nullptr;  // null: the conditions
    std::vector<EventCondition> conditions = {};
  };
  std::vector<Field> fields;
  std::vector<std::vector<Fields>> ors;  // of each "$or" one must match
};

namespace {

using Fields = EventPattern::Fields;

constexpr std::string_view kOr = "$or";
constexpr std::string_view kOperators[] = {"anything-but", "cidr",    "equals-ignore-case",
                                           "exists",       "numeric", "prefix",
                                           "suffix",       "wildcard"};

Error Invalid(std::string reason) {
  return Error(ErrorCode::kValidation, "Invalid filter pattern definition.", std::move(reason));
}

bool IsOperator(std::string_view name) {
  return std::find(std::begin(kOperators), std::end(kOperators), name) != std::end(kOperators);
}

/// Of two objects: all members of both. Of anything else the later one counts, as JSON's readers
/// have it.
void Merge(EventJson& into, EventJson&& value) {
  if (into.kind != Kind::kObject || value.kind != Kind::kObject) {
    into = std::move(value);
    return;
  }
  std::move(value.members.begin(), value.members.end(), std::back_inserter(into.members));
}

void MergeDuplicates(EventJson& value) {
  std::vector<std::pair<std::string, EventJson>> merged;
  for (auto& [name, member] : value.members) {
    const auto first = std::find_if(merged.begin(), merged.end(),
                                    [&](const auto& other) { return other.first == name; });
    if (first == merged.end()) {
      merged.emplace_back(std::move(name), std::move(member));
    } else {
      Merge(first->second, std::move(member));
    }
  }
  value.members = std::move(merged);
  for (auto& [name, member] : value.members) MergeDuplicates(member);
  for (EventJson& element : value.elements) MergeDuplicates(element);
}

// --- Reading conditions
// ----------------------------------------------------------------------------

using TextForm = TextCondition::Form;

std::optional<TextForm> FormOf(std::string_view name) {
  if (name == "prefix") return TextForm::kPrefix;
  if (name == "suffix") return TextForm::kSuffix;
  if (name == "wildcard") return TextForm::kWildcard;
  return std::nullopt;
}

/// `value` of {"prefix": value} and its like.
Result<TextCondition> ReadText(std::string_view name, const EventJson& value) {
  TextCondition condition{.form = FormOf(name).value_or(TextForm::kWhole),
                          .ignore_case = name == "equals-ignore-case",
                          .text = value.text};
  const bool may_nest = name == "prefix" || name == "suffix";
  if (may_nest && value.kind == Kind::kObject && value.members.size() == 1 &&
      value.members[0].first == "equals-ignore-case") {
    condition.ignore_case = true;
    condition.text = value.members[0].second.text;
    if (value.members[0].second.kind == Kind::kString) return condition;
  }
  if (value.kind != Kind::kString) return Invalid(fmt::format("\"{}\" needs a text", name));
  if (condition.form == TextForm::kWildcard && !IsWildcard(value.text)) {
    return Invalid("a wildcard holds ** or a \\ that escapes nothing");
  }
  return condition;
}

Result<LiteralCondition> ReadExcluded(const EventJson& value) {
  if (value.kind != Kind::kString && value.kind != Kind::kNumber) {
    return Invalid("\"anything-but\" needs texts or numbers");
  }
  return LiteralCondition{value.kind, value.text};
}

/// {"prefix": "a"}, {"prefix": ["a", "b"]}
Result<AnythingButCondition> ReadAnythingButNested(const EventJson& value) {
  const auto& [name, nested] = value.members[0];
  if (value.members.size() != 1 || (name != "equals-ignore-case" && !FormOf(name))) {
    return Invalid("\"anything-but\" holds an operator that it does not know");
  }
  AnythingButCondition condition;
  if (nested.kind != Kind::kArray) {
    PUMICE_TRY(auto but, ReadText(name, nested));
    condition.but.emplace_back(std::move(but));
    return condition;
  }
  for (const EventJson& element : nested.elements) {
    PUMICE_TRY(auto but, ReadText(name, element));
    condition.but.emplace_back(std::move(but));
  }
  if (condition.but.empty()) return Invalid("\"anything-but\" has an empty list");
  return condition;
}

Result<AnythingButCondition> ReadAnythingBut(const EventJson& value) {
  if (value.kind == Kind::kObject && !value.members.empty()) return ReadAnythingButNested(value);
  AnythingButCondition condition;
  if (value.kind != Kind::kArray) {
    PUMICE_TRY(auto but, ReadExcluded(value));
    condition.but.emplace_back(std::move(but));
    return condition;
  }
  for (const EventJson& element : value.elements) {
    PUMICE_TRY(auto but, ReadExcluded(element));
    condition.but.emplace_back(std::move(but));
    if (element.kind != value.elements[0].kind) return Invalid("\"anything-but\" mixes its kinds");
  }
  if (condition.but.empty()) return Invalid("\"anything-but\" has an empty list");
  return condition;
}

Result<NumericCondition::Bound> ReadBound(const EventJson& value, bool inclusive) {
  NumericCondition::Bound bound{.value = 0, .inclusive = inclusive};
  const char* const end = value.text.data() + value.text.size();
  if (value.kind != Kind::kNumber ||
      std::from_chars(value.text.data(), end, bound.value).ec != std::errc()) {
    return Invalid("\"numeric\" needs a number behind each operator");
  }
  return bound;
}

/// One operator and its number, of ["=", 1], [">", 0, "<=", 5].
Result<void> AddBound(NumericCondition& condition, const EventJson& name, const EventJson& value) {
  PUMICE_TRY(const auto bound, ReadBound(value, name.text.ends_with('=')));
  const bool lower = name.text == ">" || name.text == ">=";
  const bool upper = name.text == "<" || name.text == "<=";
  const bool known = name.kind == Kind::kString && (lower || upper || name.text == "=");
  const bool taken = condition.high || (condition.low && !upper);
  if (!known || taken) return Invalid("\"numeric\" has an operator that does not fit");
  if (!upper) condition.low = bound;
  if (!lower) condition.high = bound;
  return Ok();
}

Result<NumericCondition> ReadNumeric(const EventJson& value) {
  const auto& terms = value.elements;
  if (value.kind != Kind::kArray || (terms.size() != 2 && terms.size() != 4)) {
    return Invalid("\"numeric\" needs a list of one or two operators with their numbers");
  }
  NumericCondition condition;
  for (std::size_t i = 0; i < terms.size(); i += 2) {
    PUMICE_TRY(AddBound(condition, terms[i], terms[i + 1]));
  }
  if (terms.size() == 4 && condition.low->value >= condition.high->value) {
    return Invalid("\"numeric\" has bounds between which there is no number");
  }
  return condition;
}

Result<CidrCondition> ReadCidr(const EventJson& value) {
  const auto condition =
      value.kind == Kind::kString ? CidrCondition::Parse(value.text) : std::nullopt;
  if (!condition) return Invalid("\"cidr\" needs an address, or a network and its length");
  return *condition;
}

/// {"operator": …}
Result<EventCondition> ReadOperator(const EventJson& object) {
  if (object.members.size() != 1) return Invalid("an operator stands alone in its object");
  const auto& [name, value] = object.members[0];
  if (!IsOperator(name)) return Invalid(fmt::format("\"{}\" is no operator", name));
  if (name == "anything-but") {
    PUMICE_TRY(EventCondition condition, ReadAnythingBut(value));
    return condition;
  }
  if (name == "numeric") {
    PUMICE_TRY(EventCondition condition, ReadNumeric(value));
    return condition;
  }
  if (name == "cidr") {
    PUMICE_TRY(EventCondition condition, ReadCidr(value));
    return condition;
  }
  if (name == "exists") {
    if (value.kind != Kind::kBool) return Invalid("\"exists\" needs true or false");
    return EventCondition(ExistsCondition{value.text == "true"});
  }
  PUMICE_TRY(EventCondition condition, ReadText(name, value));
  return condition;
}

Result<std::vector<EventCondition>> ReadConditions(const EventJson& list) {
  std::vector<EventCondition> conditions;
  for (const EventJson& element : list.elements) {
    if (element.kind == Kind::kArray) return Invalid("a list stands within a list");
    if (element.kind != Kind::kObject) {
      conditions.emplace_back(LiteralCondition{element.kind, element.text});
      continue;
    }
    PUMICE_TRY(auto condition, ReadOperator(element));
    conditions.push_back(std::move(condition));
  }
  if (conditions.empty()) return Invalid("a list is empty");
  return conditions;
}

// --- Reading objects
// -------------------------------------------------------------------------------

/// Otherwise "$or" is a field like others.
bool IsOr(const EventJson& value) {
  const auto is_pattern = [](const EventJson& element) {
    return element.kind == Kind::kObject && !element.members.empty() &&
           std::none_of(element.members.begin(), element.members.end(),
                        [](const auto& member) { return IsOperator(member.first); });
  };
  return value.elements.size() >= 2 &&
         std::all_of(value.elements.begin(), value.elements.end(), is_pattern);
}

Result<Fields> ReadFields(const EventJson& object);

Result<std::vector<Fields>> ReadOr(const EventJson& list) {
  std::vector<Fields> alternatives;
  for (const EventJson& element : list.elements) {
    PUMICE_TRY(auto fields, ReadFields(element));
    alternatives.push_back(std::move(fields));
  }
  return alternatives;
}

Result<Fields::Field> ReadField(const std::string& name, const EventJson& value) {
  if (value.kind == Kind::kObject) {
    PUMICE_TRY(auto fields, ReadFields(value));
    return Fields::Field{.name = name, .nested = std::make_unique<const Fields>(std::move(fields))};
  }
  if (value.kind != Kind::kArray) {
    return Invalid(fmt::format("\"{}\" must be an object or a list", name));
  }
  PUMICE_TRY(auto conditions, ReadConditions(value));
  return Fields::Field{.name = name, .conditions = std::move(conditions)};
}

Result<Fields> ReadFields(const EventJson& object) {
  if (object.kind != Kind::kObject || object.members.empty()) {
    return Invalid("an object is missing or empty");
  }
  Fields fields;
  for (const auto& [name, value] : object.members) {
    if (name == kOr && IsOr(value)) {
      PUMICE_TRY(auto alternatives, ReadOr(value));
      fields.ors.push_back(std::move(alternatives));
      continue;
    }
    PUMICE_TRY(auto field, ReadField(name, value));
    fields.fields.push_back(std::move(field));
  }
  return fields;
}

// --- Matching
// --------------------------------------------------------------------------------------

using Values = std::vector<const EventJson*>;

/// What stands behind `name` in these objects, out of the arrays around it.
void Crush(const EventJson& value, Values& out) {
  if (value.kind != Kind::kArray) {
    out.push_back(&value);
    return;
  }
  for (const EventJson& element : value.elements) Crush(element, out);
}

Values Behind(std::string_view name, const Values& objects) {
  Values values;
  for (const EventJson* object : objects) {
    if (const EventJson* value = object->Find(name); value != nullptr) Crush(*value, values);
  }
  return values;
}

/// Where an event is matched: in this object (or in none), while `all` are its neighbours in the
/// arrays on the way here, among them itself.
struct Place {
  const EventJson* here;
  const Values& all;
};

bool MatchesFields(const Fields& fields, const Place& place);

bool MatchesConditions(const std::vector<EventCondition>& conditions, const Values& here,
                       const Values& all) {
  const auto is_scalar = [](const EventJson* value) { return value->IsScalar(); };
  return std::any_of(conditions.begin(), conditions.end(), [&](const EventCondition& condition) {
    const auto* exists = std::get_if<ExistsCondition>(&condition);
    if (exists != nullptr && !exists->wanted) {
      return std::none_of(all.begin(), all.end(), is_scalar);
    }
    return std::any_of(here.begin(), here.end(), [&](const EventJson* value) {
      return value->IsScalar() && Meets(*value, condition);
    });
  });
}

bool MatchesField(const Fields::Field& field, const Place& place) {
  Values here;
  if (place.here != nullptr) here = Behind(field.name, {place.here});
  const Values all = Behind(field.name, place.all);
  if (field.nested == nullptr) return MatchesConditions(field.conditions, here, all);
  // Where there is nothing, {"exists": false} may still match.
  if (here.empty()) here.push_back(nullptr);
  return std::any_of(here.begin(), here.end(), [&](const EventJson* object) {
    return MatchesFields(*field.nested, {object, all});
  });
}

bool MatchesFields(const Fields& fields, const Place& place) {
  const bool matches =
      std::all_of(fields.fields.begin(), fields.fields.end(),
                  [&](const Fields::Field& field) { return MatchesField(field, place); });
  return matches && std::all_of(fields.ors.begin(), fields.ors.end(), [&](const auto& or_) {
           return std::any_of(or_.begin(), or_.end(), [&](const Fields& alternative) {
             return MatchesFields(alternative, place);
           });
         });
}

}  // namespace

EventPattern::EventPattern(std::unique_ptr<const Fields> fields) : fields_(std::move(fields)) {}
EventPattern::~EventPattern() = default;
EventPattern::EventPattern(EventPattern&&) noexcept = default;
EventPattern& EventPattern::operator=(EventPattern&&) noexcept = default;

Result<EventPattern> EventPattern::Parse(std::string_view text) {
  auto json = ParseEventJson(text);
  if (!json) return Invalid("it is no JSON");
  MergeDuplicates(*json);
  PUMICE_TRY(auto fields, ReadFields(*json));
  return EventPattern(std::make_unique<const Fields>(std::move(fields)));
}

bool EventPattern::Matches(const EventJson& event) const {
  const Values all{&event};
  return MatchesFields(*fields_, {&event, all});
}

Result<EventFilter> EventFilter::Parse(const std::vector<std::string>& patterns) {
  EventFilter filter;
  for (const std::string& text : patterns) {
    PUMICE_TRY(auto pattern, EventPattern::Parse(text));
    filter.patterns_.push_back(std::move(pattern));
  }
  return filter;
}

bool EventFilter::Passes(std::string_view event) const {
  if (patterns_.empty()) return true;
  const auto json = ParseEventJson(event);
  return json && std::any_of(patterns_.begin(), patterns_.end(),
                             [&](const EventPattern& pattern) { return pattern.Matches(*json); });
}

}  // namespace pumice
