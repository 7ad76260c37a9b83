// SPDX-License-Identifier: Apache-2.0
#pragma once
// Is an answer what its pattern expects? Pure.

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "bench/patterns/dynamodb_client.h"
#include "bench/patterns/pattern_file.h"

namespace pumice::patterns {

/// The first thing that is wrong with `answer`, in one line that says what was expected and what
/// came; nothing if all is right. `json`: the answer's body, read.
std::optional<std::string> FindMistake(const Pattern& pattern, const Data& data, const Draw& draw,
                                       const nlohmann::json& json);

}  // namespace pumice::patterns
