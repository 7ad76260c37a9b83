// SPDX-License-Identifier: Apache-2.0
#pragma once
// For the tests that print random expressions and parse them again: random paths and values, the
// text of an expression with the placeholders that it needs, and the structure of a tree as a text
// that is equal for equal trees.

#include <array>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "expressions/ast.h"
#include "expressions/placeholders.h"
#include "expressions/test_support.h"

namespace pumice::test {

inline constexpr auto kScalars = std::to_array<std::string_view>(
    {R"({"S":"abc"})", R"({"S":""})", R"({"N":"5"})", R"({"N":"-0.25"})", R"({"B":"YWI="})"});
inline constexpr auto kLists =
    std::to_array<std::string_view>({R"({"L":[]})", R"({"L":[{"N":"1"},{"S":"x"}]})"});
inline constexpr auto kSets = std::to_array<std::string_view>(
    {R"({"SS":["x","y"]})", R"({"NS":["1","2"]})", R"({"BS":["YQ=="]})"});
inline constexpr auto kNumbers =
    std::to_array<std::string_view>({R"({"N":"0"})", R"({"N":"7"})", R"({"N":"-1.5"})"});
inline constexpr auto kAnyValues = std::to_array<std::string_view>(
    {R"({"S":"abc"})", R"({"N":"5"})", R"({"B":"YWI="})", R"({"BOOL":true})", R"({"NULL":true})",
     R"({"SS":["x","y"]})", R"({"L":[]})", R"({"M":{"x":{"N":"1"}}})"});

class RandomSource {
 public:
  explicit RandomSource(std::uint32_t seed) : random_(seed) {}

  std::size_t Below(std::size_t bound) { return random_() % bound; }
  bool OneIn(std::size_t count) { return Below(count) == 0; }
  AttributeValue ValueOf(std::span<const std::string_view> texts) {
    return Value(texts[Below(texts.size())]);
  }
  /// One to four steps below `attribute`.
  DocumentPath PathUnder(std::string attribute) {
    // The last two cannot be written but as a #name.
    constexpr auto kNames = std::to_array<std::string_view>({"aa", "Bb_1", "c-d", "e.f"});
    DocumentPath path{{std::move(attribute)}};
    while (path.elements.size() < 4 && OneIn(3)) {
      if (OneIn(2)) {
        path.elements.emplace_back(Below(12));
      } else {
        path.elements.emplace_back(std::string(kNames[Below(kNames.size())]));
      }
    }
    return path;
  }

 private:
  std::mt19937 random_;
};

/// Parts of a text, with blanks and spellings of keywords at random.
class Printer {
 public:
  explicit Printer(RandomSource& random) : random_(random) {}

  std::string Text(const DocumentPath& path) {
    std::string text;
    for (const PathElement& element : path.elements) {
      if (const auto* const index = std::get_if<std::size_t>(&element)) {
        text += '[' + std::to_string(*index) + ']';
      } else {
        text += (text.empty() ? "" : ".") + Name(std::get<std::string>(element));
      }
    }
    return text;
  }
  std::string Text(const AttributeValue& value) {
    values_.emplace_back(":v" + std::to_string(values_.size()), value);
    return values_.back().first;
  }
  std::string Blank() { return std::string(random_.Below(2), ' '); }
  std::string Keyword(std::string_view upper) {
    std::string word(upper);
    if (random_.OneIn(2)) {
      for (char& c : word) c = static_cast<char>(c - 'A' + 'a');
    }
    return word;
  }
  std::string Call(std::string_view function, std::initializer_list<std::string> operands) {
    std::string text(function);
    text += '(';
    for (const std::string& operand : operands) {
      if (text.back() != '(') text += Blank() + ',';
      text += Blank() + operand;
    }
    return text + Blank() + ')';
  }
  /// All that the text names, and nothing else.
  Placeholders TakePlaceholders() { return {std::move(names_), std::move(values_)}; }

 private:
  std::string Name(const std::string& name) {
    const bool literal = name.find_first_of("-.") == std::string::npos;
    if (literal && !random_.OneIn(3)) return name;
    names_.emplace_back("#n" + std::to_string(names_.size()), name);
    return names_.back().first;
  }

  RandomSource& random_;
  Placeholders::Names names_;
  Placeholders::Values values_;
};

/// "path:3a.b[0]": names with their length, so that no two paths have one text.
inline std::string Structure(const DocumentPath& path) {
  std::string out = "path";
  for (const PathElement& element : path.elements) {
    if (const auto* const index = std::get_if<std::size_t>(&element)) {
      out += '[' + std::to_string(*index) + ']';
    } else {
      const auto& name = std::get<std::string>(element);
      out += ':' + std::to_string(name.size()) + name;
    }
  }
  return out;
}

inline std::string Structure(const AttributeValue& value) {
  std::string out;
  AppendValueJson(out, value);
  return out;
}

}  // namespace pumice::test
