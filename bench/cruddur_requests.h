// SPDX-License-Identifier: Apache-2.0
#pragma once
// The data and the requests of the bench: messages in conversations, as the chat application
// Cruddur keeps them. About 350 bytes a message by DynamoDB's accounting; each stands in the index
// message-group-sk-index as well. The same count gives the same data on every machine.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace pumice::bench {

inline constexpr std::size_t kMessagesPerConversation = 100;
inline constexpr std::size_t kBatchSize = 25;  // BatchWriteItem's limit
inline constexpr std::size_t kCounterDigits = 6;

/// One request, ready to be sent, and what a right answer holds.
struct Request {
  std::string bytes;
  std::vector<std::string> markers;  // all of them, in this order, in the answer's body
  std::vector<std::size_t>
      counter_offsets;  // where kCounterDigits digits make each sending a new write
};

/// Requests of one kind, sent in turn and again from the start.
struct Workload {
  std::string name;
  std::vector<Request> requests;
};

std::string DeleteTableRequest();
std::string CreateTableRequest();

/// Request number `batch` of those that load messages [0, item_count).
std::string SeedRequest(std::size_t batch, std::size_t item_count);

// The access patterns, spread over all conversations in an order that is random but always the
// same.
Workload GetWorkload(std::size_t item_count);  // GetItem of one message
Workload QueryWorkload(
    std::size_t item_count);  // Query: newest 20 of a conversation, begins_with(sk)
Workload PutWorkload(std::size_t item_count);     // PutItem of a new message
Workload UpdateWorkload(std::size_t item_count);  // UpdateItem: a new text, if the message exists

/// The same requests for the echo server, which answers each with so many bytes.
Workload ForEcho(const Workload& workload, std::size_t answer_bytes);

/// Writes `counter` at the request's offsets.
void StampCounter(Request& request, std::uint64_t counter);

}  // namespace pumice::bench
