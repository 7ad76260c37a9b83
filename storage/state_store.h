// SPDX-License-Identifier: Apache-2.0
#pragma once
// StateStore: small named values that must survive a restart and belong to no table (handlers'
// checkpoints, the definitions of functions). Thread rule: any thread.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "storage/engine.h"

namespace pumice {

class StateStore {
 public:
  explicit StateStore(Engine& engine) : engine_(engine) {}

  Result<std::optional<std::string>> Get(std::string_view name) const;
  /// All whose names begin with `prefix`, in the order of their names.
  Result<std::vector<std::pair<std::string, std::string>>> List(std::string_view prefix) const;
  Result<void> Put(std::string_view name, std::string_view value);
  Result<void> Delete(std::string_view name);

 private:
  Engine& engine_;
};

}  // namespace pumice
