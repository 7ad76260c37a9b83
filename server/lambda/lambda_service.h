// SPDX-License-Identifier: Apache-2.0
#pragma once
// LambdaService: Lambda's control API, for all databases of the server. A database gets its
// functions' thread with its first call, or when it is opened with functions in it; until then this
// costs nothing. Thread rule: Handle, DatabaseOpened and StatusJson from any thread; Start and Stop
// from the owner's. All work is done on one thread of its own, so that an I/O thread never waits
// for a disk or a function. Lifetime: all it is given outlives it; Stop it before the databases and
// the HTTP server.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "server/http/message.h"
#include "storage/databases.h"
#include "streams/handlers/handler_config.h"

namespace pumice {

/// CreateFunction is the right to run programs: who may.
enum class LambdaAccess : std::uint8_t {
  kLocal,  // programs on this machine, but no web pages
  kAll,
  kOff,
};

struct LambdaCaller;

struct LambdaServiceOptions {
  LambdaAccess access = LambdaAccess::kLocal;
  // code/, and the destinations of failed batches: see DestinationFolder; empty: temporary ones
  std::filesystem::path folder;
};

struct LambdaServiceParts {
  Databases& databases;
  const Clock& clock;
  RandomSource& random;
  Log& log;
};

/// Below which all paths of Lambda's API are: "/2015-03-31/functions". No other API has paths.
inline constexpr std::string_view kLambdaPaths = "/20";
/// What SQS's calls say before their operation in X-Amz-Target.
inline constexpr std::string_view kQueueTarget = "AmazonSQS.";
inline constexpr std::string_view kLambdaPackages = "/_pumice/lambda/code/";

class LambdaService {
 public:
  LambdaService(LambdaServiceParts parts, LambdaServiceOptions options);
  ~LambdaService();

  /// The port where functions find the server. Functions that are stored, or stand in `handlers`,
  /// run from now on. Errors: Internal (no thread, a damaged store).
  Result<void> Start(std::uint16_t port, const HandlerConfig& handlers, std::string region);
  /// Ends all functions; calls that are being answered get an error.
  void Stop();

  /// A request whose path begins with kLambdaPaths; answered later, except for refusals. `caller`:
  /// who signed it, or why nobody did.
  void Handle(HttpRequest& request, HttpResponse& response, Result<LambdaCaller> caller);

  /// A call of SQS, whose X-Amz-Target is kQueueTarget and `operation`. As Handle.
  void HandleQueue(std::string_view operation, HttpRequest& request, HttpResponse& response,
                   Result<LambdaCaller> caller);

  /// GET of a path below kLambdaPackages: a deployment package, as GetFunction says where it is.
  void HandlePackage(HttpRequest& request, HttpResponse& response);

  /// For Databases: it may have functions.
  void DatabaseOpened(Database& database, std::string_view access_key, std::string_view region);

  /// {"Queues":[…],"Topics":[…]} of all databases; with a name the messages of those called so:
  /// {"Messages":[…]}. Errors: Internal (disk).
  Result<std::string> QueuesJson(const std::string& name) const;

  /// {"EventSourceMappings":[…],"Functions":[…]} of all databases.
  std::string StatusJson() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pumice
