// SPDX-License-Identifier: Apache-2.0
#pragma once
// LambdaDatabase: the functions and mappings of one database: what is kept of them, and the
// HandlerService that runs them. Thread rule: the thread of LambdaService, except StatusJson.
// Lifetime: all it is given outlives it.

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "server/lambda/code_store.h"
#include "server/lambda/function_store.h"
#include "server/lambda/layer_store.h"
#include "server/lambda/mapping_store.h"
#include "storage/database.h"
#include "streams/handlers/handler_config.h"
#include "streams/handlers/handler_service.h"

namespace pumice {

struct LambdaDatabaseParts {
  Database& database;
  CodeStore& code;
  DestinationFolder& destinations;
  const Clock& clock;
  RandomSource& random;
  Log& log;
};

class LambdaDatabase {
 public:
  /// Reads what is stored and lets it run. `place`: where functions find the server, and as whom.
  /// Errors: Service (disk, no thread).
  static LambdaResult<std::unique_ptr<LambdaDatabase>> Open(LambdaDatabaseParts parts,
                                                            FunctionPlace place);
  /// Ends the functions.
  void Stop() { handlers_->Stop(); }

  /// The functions and mappings of a handlers.json: instead of stored ones with the same names, and
  /// not to be changed by calls.
  void Add(const HandlerConfig& config);

  FunctionStore& functions() { return functions_; }
  MappingStore& mappings() { return mappings_; }
  LayerStore& layers() { return layers_; }
  HandlerService& handlers() { return *handlers_; }
  const HandlerService& handlers() const { return *handlers_; }
  LocalQueues& queues() { return parts_.destinations.queues(); }
  CodeStore& code() { return parts_.code; }
  ChangeLog& changes() { return parts_.database.changes(); }
  StateStore& state() { return parts_.database.state(); }
  TimePoint Now() const { return parts_.clock.Now(); }
  RandomSource& random() { return parts_.random; }
  Log& log() { return parts_.log; }

  /// Stores a function that was changed, and lets it run so: versions that are new or different,
  /// and mappings that name an alias which points elsewhere now. Packages that nobody needs any
  /// more are removed. Errors: Service (disk); nothing has changed then.
  LambdaResult<void> Put(FunctionRecord record);
  LambdaResult<void> Remove(const FunctionRecord& record);

  /// Likewise a mapping.
  LambdaResult<void> Put(MappingRecord record);
  LambdaResult<void> Remove(const MappingRecord& record);

  /// How HandlerService names the function that is meant; it need not exist.
  std::string FunctionKey(const FunctionName& name) const;

 private:
  LambdaDatabase(LambdaDatabaseParts parts, std::unique_ptr<HandlerService> handlers);
  void Run(const FunctionRecord* before, const FunctionRecord& now);
  void Run(const MappingRecord& mapping);
  void RunMappingsOf(const std::string& function);
  void RemoveUnused(const FunctionRecord& before, const FunctionRecord* now);
  FunctionConfig ConfigOf(const FunctionRecord& record, const FunctionVersion& version) const;

  LambdaDatabaseParts parts_;
  std::unique_ptr<HandlerService> handlers_;
  FunctionPlace place_;
  FunctionStore functions_;
  MappingStore mappings_;
  LayerStore layers_;
};

}  // namespace pumice
