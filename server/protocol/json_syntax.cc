// SPDX-License-Identifier: Apache-2.0
#include "server/protocol/json_syntax.h"

#include <nlohmann/json.hpp>

namespace pumice {

bool IsWellFormedJson(std::string_view text) { return nlohmann::json::accept(text); }

}  // namespace pumice
