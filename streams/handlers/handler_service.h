// SPDX-License-Identifier: Apache-2.0
#pragma once
// HandlerService: runs the functions of a handlers.json on the change records of one database, as
// AWS Lambda's event source mappings do. What main.cc composes.
//
// Thread rule: Start and Stop from one thread; StatusJson from any. All work is done on one thread
// of its own; a writer only wakes that thread after its commit. Lifetime: the database, clock,
// random source and log outlive it. Start it once the server's port is known, Stop it before the
// database is closed.

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "storage/database.h"
#include "streams/handlers/handler_config.h"

namespace pumice {

struct HandlerServiceParts {
  Database& database;
  std::uint16_t server_port;  // where functions reach this server, on 127.0.0.1
  const Clock& clock;
  RandomSource& random;
  Log& log;
};

class HandlerService {
 public:
  /// Returns at once; functions are started and streams are looked for on the service's own thread.
  /// Takes the database's ChangeLog listener. Errors: Internal (no thread can be made).
  static Result<std::unique_ptr<HandlerService>> Start(HandlerConfig config,
                                                       HandlerServiceParts parts);
  ~HandlerService();  // Stop()

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
