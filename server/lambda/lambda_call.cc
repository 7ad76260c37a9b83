// SPDX-License-Identifier: Apache-2.0
#include "server/lambda/lambda_call.h"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/percent_decode.h"

namespace pumice {
namespace {

using nlohmann::json;

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::map<std::string, std::string, std::less<>> ReadQuery(std::string_view query) {
  std::map<std::string, std::string, std::less<>> found;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(part.find('='), part.size());
    std::string name = PercentDecode(part.substr(0, equals));
    std::string value = PercentDecode(part.substr(std::min(equals + 1, part.size())));
    // Lists (tagKeys) are repeated: kept with a line break between, which no tag key can hold.
    if (auto [at, added] = found.emplace(std::move(name), value); !added) {
      at->second += '\n' + value;
    }
  }
  return found;
}

std::string Value(const std::map<std::string, std::string, std::less<>>& values,
                  std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? std::string() : found->second;
}

}  // namespace

const std::string& LambdaCall::PathParameter(std::string_view name) const {
  static const std::string kNone;
  const auto found = path_parameters.find(name);
  return found == path_parameters.end() ? kNone : found->second;
}

std::string LambdaCall::Query(std::string_view name) const { return Value(query, name); }

std::string LambdaCall::Header(std::string_view name) const { return Value(headers, name); }

LambdaCall ReadCall(HttpRequest& request, LambdaCaller caller) {
  LambdaCall call;
  call.method = request.method;
  call.path = request.path;
  call.query = ReadQuery(request.query);
  for (const auto& [name, value] : request.headers) {
    std::string lower = LowerCase(name);
    if (lower.starts_with("x-amz-")) call.headers.emplace(std::move(lower), value);
  }
  call.body = std::move(request.body);
  call.host = request.Header("host");
  call.caller = std::move(caller);
  return call;
}

LambdaResult<void> ReadDocument(LambdaCall& call) {
  if (call.body.empty()) return Ok();
  call.document = json::parse(call.body, nullptr, false);
  if (call.document.is_object()) return Ok();
  // AWS goes on with the words of its own parser.
  return LambdaError(kInvalidRequestContent,
                     "Could not parse request body into json: it is no JSON object");
}

LambdaReply JsonReply(int status, const json& body) {
  return {.status = status, .body = body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

LambdaReply EmptyReply(int status) { return {.status = status, .content_type = {}}; }

LambdaReply ErrorReply(const LambdaError& error) {
  const LambdaException& exception = error.exception();
  json body = {{std::string(exception.message_member), error.message()}};
  if (!exception.type.empty()) body["Type"] = exception.type;
  LambdaReply reply = JsonReply(exception.status, body);
  reply.headers = fmt::format("x-amzn-ErrorType: {}\r\n", exception.name);
  return reply;
}

void FillResponse(LambdaReply reply, std::string_view request_id, HttpResponse& response) {
  response.status = reply.status;
  response.content_type = reply.content_type;
  response.headers =
      fmt::format("x-amzn-RequestId: {}\r\n{}", request_id, reply.headers) + response.headers;
  response.body = std::move(reply.body);
}

}  // namespace pumice
