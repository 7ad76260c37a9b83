// SPDX-License-Identifier: Apache-2.0
#pragma once
// FunctionStore: the functions of one database, in memory and in its StateStore.
//   name:  lambda/function/<name>
//   value: FunctionRecord as JSON
// Thread rule: one thread. Lifetime: the store outlives it.

#include <map>
#include <string>
#include <string_view>

#include "server/lambda/function_record.h"
#include "storage/state_store.h"

namespace pumice {

class FunctionStore {
 public:
  using Functions = std::map<std::string, FunctionRecord, std::less<>>;

  explicit FunctionStore(StateStore& state) : state_(state) {}

  /// Reads what is stored. Errors: Service (disk; a record that cannot be read).
  LambdaResult<void> Load();

  const Functions& all() const { return functions_; }
  const FunctionRecord* Find(std::string_view name) const;
  /// Errors: ResourceNotFound, with the ARN that the caller meant.
  LambdaResult<const FunctionRecord*> Need(const FunctionName& name,
                                           const LambdaCaller& caller) const;
  /// Likewise for a change. Errors: as Need; InvalidParameterValue: it is of handlers.json.
  LambdaResult<FunctionRecord> NeedForChange(const FunctionName& name,
                                             const LambdaCaller& caller) const;

  /// New, or instead of the one with its name. Errors: Service (disk); nothing has changed then.
  LambdaResult<void> Put(FunctionRecord record);
  LambdaResult<void> Remove(const std::string& name);

 private:
  StateStore& state_;
  Functions functions_;
};

}  // namespace pumice
