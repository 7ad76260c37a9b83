// SPDX-License-Identifier: Apache-2.0
#pragma once
// HandlerService: the functions of one database and the event source mappings that call them with
// its change records, as AWS Lambda does. Both come and go while it runs.
//
// Thread rule: any thread but its own. All work is done on one thread of its own; a writer only
// wakes that thread after its commit. Lifetime: the database, clock, random source and log outlive
// it. Start it once the server's port is known, Stop it before the database is closed.

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "storage/database.h"
#include "streams/functions/function_command.h"
#include "streams/functions/function_sink.h"
#include "streams/functions/process_sink.h"
#include "streams/handlers/destination_folder.h"
#include "streams/handlers/handler_config.h"
#include "streams/handlers/mapping_status.h"

namespace pumice {

struct HandlerServiceParts {
  Database& database;
  FunctionPlace place;  // its runtime_port is not read
  const Clock& clock;
  RandomSource& random;
  Log& log;
  /// Where failed batches are told to; outlives the service. Null: a temporary one of its own.
  DestinationFolder* destinations = nullptr;
};

class HandlerService {
 public:
  /// Takes the database's ChangeLog listener. Errors: Internal (no thread can be made).
  static Result<std::unique_ptr<HandlerService>> Start(HandlerServiceParts parts);
  ~HandlerService();  // Stop()

  /// All of a handlers.json, then WarmUp() of its functions.
  void Put(const HandlerConfig& config);

  /// New, or instead of the function with the same Key(): invocations that come later see this one,
  /// those that wait or run end with the old one.
  void PutFunction(FunctionConfig config);
  /// Invocations that wait or run come to their end. No such function: nothing happens.
  void RemoveFunction(const std::string& key);
  std::optional<FunctionReport> Report(const std::string& function_key) const;

  /// `done` is called on the service's own thread, and never if the service stops before.
  void Invoke(const std::string& function_key, Invocation invocation, InvocationDone done);

  /// New, or instead of the mapping with the same Key(), whose checkpoints it goes on from. Its
  /// function need not exist. A new one is in force when this returns: what is written from then on
  /// is behind LATEST. Instead of another one: nothing more is invoked with the old parameters, and
  /// the new ones hold once what is in flight has ended; ReportMapping tells Updating, Enabling or
  /// Disabling until then.
  void PutMapping(MappingConfig config);
  /// What is in flight is not waited for. Its checkpoints are forgotten, too.
  void RemoveMapping(const std::string& key);
  /// None: no such mapping.
  std::optional<MappingReport> ReportMapping(const std::string& key) const;

  /// Ends all functions with their process groups and waits for them, at most about a second each.
  /// A batch in flight keeps its place: it is delivered again after the next start. Twice is once.
  void Stop();

  /// {"EventSourceMappings":[…],"Functions":[…]}: states, last errors and counts.
  std::string StatusJson() const;

 private:
  class Impl;
  explicit HandlerService(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace pumice
