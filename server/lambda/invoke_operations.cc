// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/invoke_operations.h"

#include <utility>

#include <fmt/core.h>

#include "model/attribute_json.h"

namespace pumice {
namespace {

using nlohmann::json;

// AWS: "Lambda quotas", invocation payload.
constexpr std::size_t kMaxPayloadBytes = 6'291'456;
constexpr std::size_t kMaxEventBytes = 1'048'576;
constexpr std::size_t kMaxClientContextBytes = 3'583;
constexpr std::string_view kTypes = "Event, RequestResponse, DryRun";

/// A call that is found to be all right.
struct Target {
  const FunctionRecord* record;
  std::string version;  // "$LATEST" or a number
  std::string type;
  bool wants_log_tail = false;
  std::string client_context;
};

LambdaError BadChoice(std::string_view value, std::string_view path, std::string_view choices) {
  return {kValidationFailed,
          fmt::format("1 validation error detected: Value '{}' at '{}' failed to satisfy "
                      "constraint: Member must satisfy enum value set: [{}]",
                      value, path, choices)};
}

LambdaResult<void> CheckPayload(const LambdaCall& call, const std::string& type) {
  const std::size_t most = type == "Event" ? kMaxEventBytes : kMaxPayloadBytes;
  if (call.body.size() > most) {
    return LambdaError(
        kRequestTooLarge,
        fmt::format("Request must be smaller than {} bytes for the InvokeFunction operation",
                    most));
  }
  if (call.body.empty() || json::accept(call.body)) return Ok();
  // AWS goes on with the words of its own parser.
  return LambdaError(kInvalidRequestContent,
                     "Could not parse request body into json: Could not parse payload into json");
}

/// By an alias's weights, with a number that is drawn.
std::string RoutedVersion(const FunctionRecord& record, const FunctionName& name,
                          RandomSource& random) {
  const auto alias = record.aliases.find(name.qualifier);
  if (alias == record.aliases.end() || !alias->second.contains("RoutingConfig")) {
    return record.VersionOf(name.qualifier);
  }
  double drawn = static_cast<double>(random.Next() >> 11) * 0x1p-53;
  const json& routing = alias->second["RoutingConfig"];
  for (const auto& [version, weight] : routing.at("AdditionalVersionWeights").items()) {
    drawn -= weight.get<double>();
    if (drawn < 0) return version;
  }
  return record.VersionOf(name.qualifier);
}

LambdaResult<Target> ReadCallOfFunction(const LambdaCall& call, LambdaDatabase& database) {
  PUMICE_TRY(const FunctionName name, NamedFunction(call));
  Target target{.record = nullptr,
                .version = {},
                .type = call.Header("x-amz-invocation-type"),
                .client_context = {}};
  if (target.type.empty()) target.type = "RequestResponse";
  if (target.type != "Event" && target.type != "RequestResponse" && target.type != "DryRun") {
    return BadChoice(target.type, "invocationType", kTypes);
  }
  const std::string log_type = call.Header("x-amz-log-type");
  if (!log_type.empty() && log_type != "Tail" && log_type != "None") {
    return BadChoice(log_type, "logType", "Tail, None");
  }
  target.wants_log_tail = log_type == "Tail";
  if (const std::string context = call.Header("x-amz-client-context"); !context.empty()) {
    const auto decoded = DecodeBase64(context);
    if (!decoded || context.size() > kMaxClientContextBytes || !json::accept(*decoded)) {
      return LambdaError(kInvalidRequestContent,
                         "Client context must be a valid Base64-encoded JSON object.");
    }
    target.client_context = *decoded;
  }
  PUMICE_TRY(target.record, database.functions().Need(name, call.caller));
  target.version = RoutedVersion(*target.record, name, database.random());
  if (target.version.empty()) {
    return FunctionNotFound(FunctionArnOf(call.caller, name.name, name.qualifier));
  }
  PUMICE_TRY(CheckPayload(call, target.type));
  return target;
}

LambdaError Throttled() { return {kTooManyRequests, "Rate Exceeded."}; }

LambdaReply ReplyOf(InvocationOutcome outcome, const std::string& version) {
  if (!outcome.invoked) {
    const FunctionError& error = *outcome.error;
    return ErrorReply({kService, error.hint.empty()
                                     ? error.message
                                     : fmt::format("{} ({})", error.message, error.hint)});
  }
  LambdaReply reply{.body = std::move(outcome.payload), .request_id = outcome.request_id};
  reply.headers = fmt::format("X-Amz-Executed-Version: {}\r\n", version);
  if (outcome.error) reply.headers += "X-Amz-Function-Error: Unhandled\r\n";
  if (!outcome.log_tail.empty()) {
    reply.headers += "X-Amz-Log-Result: ";
    AppendBase64(reply.headers, outcome.log_tail);
    reply.headers += "\r\n";
  }
  return reply;
}

int RetriesOf(const FunctionRecord& record, const std::string& qualifier) {
  const auto config =
      record.event_invoke_configs.find(qualifier.empty() ? std::string(kLatest) : qualifier);
  if (config == record.event_invoke_configs.end()) return 2;
  return config->second.value("MaximumRetryAttempts", 2);
}

}  // namespace

void Invoke(const LambdaCall& call, InvokeParts parts, LambdaDone done) {
  const LambdaResult<Target> found = ReadCallOfFunction(call, parts.database);
  if (!found) return done(ErrorReply(found.error()));
  const Target& target = found.value();
  if (target.type == "DryRun") return done(EmptyReply(204));
  const FunctionRecord& record = *target.record;
  if (record.reserved_concurrency == 0) return done(ErrorReply(Throttled()));
  const std::string qualifier = NamedFunction(call).value().qualifier;
  std::string key = parts.database.FunctionKey({.name = record.name, .qualifier = target.version});
  const std::string payload = call.body.empty() ? "{}" : call.body;
  if (target.type == "Event") {
    parts.events.Invoke(parts.database, {.function_key = std::move(key),
                                         .function_arn = record.Arn(qualifier),
                                         .payload = payload,
                                         .client_context = target.client_context,
                                         .retries_left = RetriesOf(record, qualifier)});
    return done(EmptyReply(202));
  }
  parts.database.handlers().Invoke(
      key,
      {.event = payload,
       .client_context = target.client_context,
       .wants_log_tail = target.wants_log_tail},
      [done = std::move(done), version = target.version](InvocationOutcome outcome) {
        done(ReplyOf(std::move(outcome), version));
      });
}

void InvokeAsync(const LambdaCall& call, InvokeParts parts, LambdaDone done) {
  LambdaCall event = call;
  event.headers["x-amz-invocation-type"] = "Event";
  Invoke(event, parts, [done = std::move(done)](LambdaReply reply) {
    if (reply.status == 202) reply = JsonReply(202, {{"Status", 202}});
    done(std::move(reply));
  });
}

void InvokeWithResponseStream(const LambdaCall&, InvokeParts, LambdaDone done) {
  done(
      ErrorReply(InvalidParameter("Pumice does not stream the answers of functions: call Invoke, "
                                  "which gives the whole answer")));
}

}  // namespace pumice
