// SPDX-License-Identifier: Apache-2.0
#pragma once
// As much of SQS as it takes to read what mappings gave up, and to try it again: CreateQueue,
// GetQueueUrl, ListQueues, SendMessage, ReceiveMessage, DeleteMessage, GetQueueAttributes,
// PurgeQueue, in SQS's JSON protocol. Queues are the destinations' own (streams/handlers); one that
// was never sent to is remembered by its name. Thread rule: the thread of LambdaService.

#include <chrono>
#include <string>
#include <string_view>

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaReply AnswerQueueCall(std::string_view operation, const LambdaCall& call,
                            LambdaDatabase& database);

/// How long a ReceiveMessage may wait for its first message; 0: it is no such call.
std::chrono::seconds WaitTimeOf(std::string_view operation, const LambdaCall& call);
/// Whether an answer to it holds no message.
bool IsEmptyReceive(const LambdaReply& reply);

}  // namespace pumice
