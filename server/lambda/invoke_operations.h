// SPDX-License-Identifier: Apache-2.0
#pragma once
// Invoke and InvokeAsync: they call a function and so take as long as it does. Errors: those of
// API_Invoke. A RequestResponse is answered when the function has returned, an Event at once; see
// event_invoker.h for what becomes of that.

#include <functional>

#include "server/lambda/event_invoker.h"
#include "server/lambda/lambda_database.h"

namespace pumice {

/// Called at most once, on any thread. Dropped when the function is, which answers the caller, too.
using LambdaDone = std::function<void(LambdaReply)>;

struct InvokeParts {
  LambdaDatabase& database;
  EventInvoker& events;
};

void Invoke(const LambdaCall& call, InvokeParts parts, LambdaDone done);
void InvokeAsync(const LambdaCall& call, InvokeParts parts, LambdaDone done);
/// Refused: Pumice streams no answers.
void InvokeWithResponseStream(const LambdaCall& call, InvokeParts parts, LambdaDone done);

}  // namespace pumice
