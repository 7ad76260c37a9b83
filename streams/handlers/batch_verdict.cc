// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/batch_verdict.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "streams/sequence_number.h"

namespace pumice {
namespace {

using nlohmann::json;
using Kind = BatchVerdict::Kind;

std::string Describe(const FunctionError& error) {
  std::string text = error.type.empty() ? error.message : error.type + ": " + error.message;
  if (!error.hint.empty()) text += " (" + error.hint + ")";
  if (!error.stack_trace.empty()) text += "\n" + error.stack_trace;
  return text;
}

constexpr const char* kCallFailed = "PROBLEM: Function call failed";

BatchVerdict Failed(std::string problem) {
  return {.kind = Kind::kFailed, .state = {}, .problem = std::move(problem), .result = kCallFailed};
}

/// AWS's text, seen in awslabs/lambda-streams-to-firehose#25, where a request id follows.
std::string NoFunctionResult(const FunctionError& error) {
  return "PROBLEM: " + error.message +
         " (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException)";
}

BatchVerdict FromError(const InvocationOutcome& outcome) {
  BatchVerdict verdict = Failed(Describe(*outcome.error));
  verdict.function_error = outcome.invoked;
  if (outcome.invoked) return verdict;
  verdict.kind = Kind::kNotInvoked;
  if (outcome.error->type == "ResourceNotFoundException") {
    verdict.result = NoFunctionResult(*outcome.error);
  }
  return verdict;
}

/// Where in the batch the record is that one element of batchItemFailures names.
std::optional<std::size_t> Position(const json& failure, std::span<const FeedRecord> records) {
  if (!failure.is_object()) return std::nullopt;
  const auto id = failure.find("itemIdentifier");
  if (id == failure.end() || !id->is_string()) return std::nullopt;
  const auto sequence = ParseSequenceNumber(id->get_ref<const std::string&>());
  const auto found = std::find_if(records.begin(), records.end(), [&](const FeedRecord& record) {
    return record.sequence == sequence;
  });
  if (!sequence || found == records.end()) return std::nullopt;
  return static_cast<std::size_t>(found - records.begin());
}

/// AWS-recorded: [], null, {} and an empty or null list are a success; an identifier that is none
/// fails the whole batch. That other answers than objects fail it is a guess.
BatchVerdict FromAnswer(const json& answer, std::span<const FeedRecord> records) {
  const bool nothing = answer.is_null() || (answer.is_array() && answer.empty());
  if (nothing || answer == "") return {};
  if (!answer.is_object()) return Failed("The function's answer is no object");
  const auto failures = answer.find("batchItemFailures");
  if (failures == answer.end() || failures->is_null()) return {};
  if (!failures->is_array()) return Failed("batchItemFailures in the function's answer is no list");
  if (failures->empty()) return {};
  std::size_t first = records.size();
  for (const json& failure : *failures) {
    const auto position = Position(failure, records);
    if (!position) {
      return Failed("batchItemFailures in the function's answer names no record of the batch: " +
                    failure.dump(-1, ' ', false, json::error_handler_t::replace));
    }
    first = std::min(first, *position);
  }
  return {.kind = Kind::kPartlyFailed,
          .accepted_count = first,
          .state = {},
          .problem = "The function reported records that failed",
          .result = kCallFailed};
}

}  // namespace

BatchVerdict JudgeBatch(const InvocationOutcome& outcome, std::span<const FeedRecord> records,
                        VerdictRules rules) {
  if (outcome.error) return FromError(outcome);
  if (!rules.reports_item_failures && !rules.needs_state) return {};
  const json answer = outcome.payload.empty()
                          ? json()
                          : json::parse(outcome.payload, nullptr, /*allow_exceptions=*/false);
  if (answer.is_discarded()) return Failed("The function's answer is no JSON");
  std::string state;
  if (rules.needs_state) {
    const auto found = answer.is_object() ? answer.find("state") : answer.end();
    if (!answer.is_object() || found == answer.end() || found->is_null()) {
      return Failed("The function's answer has no state, which a tumbling window needs");
    }
    state = found->dump(-1, ' ', false, json::error_handler_t::replace);
  }
  BatchVerdict verdict = rules.reports_item_failures ? FromAnswer(answer, records) : BatchVerdict();
  verdict.state = std::move(state);
  return verdict;
}

}  // namespace pumice
