// SPDX-License-Identifier: Apache-2.0
#pragma once
// For the tests of this folder: values from their JSON text, the text of an error.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "expressions/placeholders.h"
#include "model/attribute_json.h"

namespace pumice::test {

/// Canonical text only, as model/attribute_json.h writes it.
inline AttributeValue Value(std::string_view json) { return ReadValueJson(json).value(); }
inline Item ItemOf(std::string_view json) { return ReadItemJson(json).value(); }

struct Named {
  std::string placeholder;
  std::string meaning;  // an attribute name, or a value's JSON text
};

inline Placeholders PlaceholdersOf(std::initializer_list<Named> names,
                                   std::initializer_list<Named> values) {
  Placeholders::Names all_names;
  for (const Named& name : names) all_names.emplace_back(name.placeholder, name.meaning);
  Placeholders::Values all_values;
  for (const Named& value : values) {
    all_values.emplace_back(value.placeholder, Value(value.meaning));
  }
  return {std::move(all_names), std::move(all_values)};
}

/// :s "abc", :n 5, :m 3, :b the bytes "ab", and one of every other type; #n -> "n", #d -> "data".
inline Placeholders UsualPlaceholders() {
  return PlaceholdersOf({{"#n", "n"}, {"#d", "data"}, {"#dot", "a.b"}, {"#a", "a"}},
                        {{":s", R"({"S":"abc"})"},
                         {":n", R"({"N":"5"})"},
                         {":m", R"({"N":"3"})"},
                         {":b", R"({"B":"YWI="})"},
                         {":bool", R"({"BOOL":true})"},
                         {":null", R"({"NULL":true})"},
                         {":ss", R"({"SS":["x","y"]})"},
                         {":ns", R"({"NS":["1","2"]})"},
                         {":bs", R"({"BS":["YQ=="]})"},
                         {":l", R"({"L":[{"N":"1"}]})"},
                         {":map", R"({"M":{"x":{"N":"1"}}})"},
                         {":type", R"({"S":"NS"})"}});
}

/// "" where there is no error; every error of this folder is a Validation error.
template <class T>
std::string ErrorOf(const Result<T>& result) {
  if (result.has_value()) return "";
  if (result.error().code() != ErrorCode::kValidation) return "not a ValidationException";
  return result.error().client_text();
}

}  // namespace pumice::test
