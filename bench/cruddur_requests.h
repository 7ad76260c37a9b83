// SPDX-License-Identifier: Apache-2.0
#pragma once
// The data and the requests of the bench: messages in conversations, as the chat application
// Cruddur keeps them. About 350 bytes a message by DynamoDB's accounting; each stands in the index
// message-group-sk-index as well. The same count gives the same data on every machine.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
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
std::string DescribeTableRequest();
/// indexed: with message-group-sk-index, which projects everything.
std::string CreateTableRequest(bool indexed);

/// Request number `batch` of those that load messages [0, item_count).
Request SeedRequest(std::size_t batch, std::size_t item_count);

/// The access patterns:
///   get, batch-get-100, query-20 (newest of a conversation, begins_with), scan (a page of 1 MB),
///   put, update (a new text, if the message exists), transact-2 (two puts), batch-write-25,
///   get-put (one after the other).
const std::vector<std::string>& PatternNames();
/// Their requests are spread over all conversations in an order that is random but always the same.
/// request_count: how many different ones; 0: so many that a server cannot live on those it saw
/// last (scan: always one).
Workload MakeWorkload(std::string_view pattern, std::size_t item_count,
                      std::size_t request_count = 0);

/// The same requests for the echo server, which answers each with so many bytes.
Workload ForEcho(const Workload& workload, std::size_t answer_bytes);

/// Whether the answer holds what the request's answer must hold.
bool IsRightAnswer(const Request& request, std::string_view body);

/// Writes `counter` at the request's offsets.
void StampCounter(Request& request, std::uint64_t counter);

}  // namespace pumice::bench
