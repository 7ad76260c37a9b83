// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/event_invoker.h"

#include <chrono>
#include <utility>

namespace pumice {
namespace {

/// AWS: "Error handling for asynchronous invocation".
std::chrono::seconds PauseBefore(int attempt) {
  return attempt == 1 ? std::chrono::minutes(1) : std::chrono::minutes(2);
}

}  // namespace

void EventInvoker::Invoke(LambdaDatabase& database, Event event) {
  Invocation invocation{.event = event.payload, .client_context = event.client_context};
  const std::string key = event.function_key;
  ++event.attempts;
  database.handlers().Invoke(
      key, std::move(invocation),
      [this, &database, event = std::move(event)](const InvocationOutcome& outcome) {
        thread_.Post([this, &database, event, outcome] { Ended(database, event, outcome); });
      });
}

void EventInvoker::Ended(LambdaDatabase& database, Event event, const InvocationOutcome& outcome) {
  if (!outcome.error) return;
  const bool again = event.retries_left > 0;
  log_.Warn("Event for {} failed: {}: {}{}", event.function_arn, outcome.error->type,
            outcome.error->message, again ? "; it is tried again later" : "; it is dropped");
  if (!again) return;
  --event.retries_left;
  thread_.PostIn(PauseBefore(event.attempts),
                 [this, &database, event = std::move(event)] { Invoke(database, event); });
}

}  // namespace pumice
