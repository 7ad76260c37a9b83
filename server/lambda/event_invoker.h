// SPDX-License-Identifier: Apache-2.0
#pragma once
// EventInvoker: invocations of type Event. A function that fails is called again, twice, one and
// two minutes later, as AWS does; PutFunctionEventInvokeConfig changes how often. Differences from
// AWS: they are kept in memory only, so a stop of the server ends them. Thread rule: the thread of
// LambdaService.

#include <string>

#include "server/lambda/job_thread.h"
#include "server/lambda/lambda_database.h"

namespace pumice {

class EventInvoker {
 public:
  EventInvoker(JobThread& thread, Log& log) : thread_(thread), log_(log) {}

  struct Event {
    std::string function_key;  // as HandlerService names it
    std::string function_arn;
    std::string payload;
    std::string client_context;
    int retries_left = 2;
    int attempts = 0;
  };
  void Invoke(LambdaDatabase& database, Event event);

 private:
  void Ended(LambdaDatabase& database, Event event, const InvocationOutcome& outcome);

  JobThread& thread_;
  Log& log_;
};

}  // namespace pumice
