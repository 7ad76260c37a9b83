// SPDX-License-Identifier: Apache-2.0
#include "server/init/init_step.h"

#include <algorithm>
#include <array>

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr std::array<std::string_view, 10> kTypes = {"S",  "N",  "B",  "BOOL", "NULL",
                                                     "SS", "NS", "BS", "L",    "M"};

}  // namespace

bool IsAttributeType(std::string_view name) {
  return std::find(kTypes.begin(), kTypes.end(), name) != kTypes.end();
}

Error WrongAt(std::string_view path, std::size_t line, std::string_view text) {
  return Error(ErrorCode::kValidation, fmt::format("{}:{}: {}", path, line, text));
}

InitStep PutStep(std::string table, std::string_view item, std::size_t line) {
  return {WriteStep{std::move(table), fmt::format(R"({{"PutRequest":{{"Item":{}}}}})", item)},
          line};
}

}  // namespace pumice
