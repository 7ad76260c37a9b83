// SPDX-License-Identifier: Apache-2.0
// libFuzzer entry: any text through every grammar, and what was good through evaluation.
//   cmake -DPUMICE_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_CXX_FLAGS=-fsanitize=fuzzer-no-link
//         -DPUMICE_SANITIZE=address,undefined …
//   expressions/expression_fuzz -max_len=4200 -timeout=5
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "expressions/test_support.h"

namespace pumice {
namespace {

void FuzzReads(std::string_view text, Placeholders& placeholders, const Item& item) {
  if (const auto condition = ParseCondition(ConditionKind::kCondition, text, placeholders);
      condition.has_value()) {
    Evaluate(condition.value(), item);
    TopLevelAttributes(condition.value());
  }
  if (const auto projection = ParseProjection(text, placeholders); projection.has_value()) {
    Project(projection.value(), item);
  }
  if (const auto key = ParseKeyCondition(text, placeholders); key.has_value()) {
    const KeySchema schema{{{"a", AttributeType::kS}}, {{"n", AttributeType::kN}}};
    (void)BindKeyCondition(key.value(), schema).has_value();
  }
}

void FuzzUpdate(std::string_view text, Placeholders& placeholders, const Item& item) {
  const auto update = ParseUpdate(text, placeholders);
  if (!update.has_value()) return;
  StatementChargeBytes(update.value());
  TopLevelAttributes(update.value());
  const auto changed = ApplyUpdate(update.value(), item, true);
  if (changed.has_value()) UpdatedPart(update.value(), changed.value());
  (void)ApplyUpdate(update.value(), Item(), false).has_value();
}

}  // namespace
}  // namespace pumice

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  pumice::Placeholders placeholders = pumice::test::UsualPlaceholders();
  const pumice::Item item = pumice::test::ItemOf(
      R"({"a":{"N":"1"},"b":{"L":[{"S":"x"},{"M":{"a":{"L":[]}}}]},"c":{"SS":["x"]},"n":{"M":{}}})");
  pumice::FuzzReads(text, placeholders, item);
  pumice::FuzzUpdate(text, placeholders, item);
  return 0;
}
