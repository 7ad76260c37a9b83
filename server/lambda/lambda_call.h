// SPDX-License-Identifier: Apache-2.0
#pragma once
// One call of Lambda's API as its operations see it, and what they answer. Plain values: a call
// outlives the HTTP request that it was read from.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "server/http/message.h"
#include "server/lambda/lambda_error.h"

namespace pumice {

/// Whose functions are meant.
struct LambdaCaller {
  std::string access_key;
  std::string region;
  std::string account;  // 12 digits
};

struct LambdaCall {
  std::string method;
  std::string path;  // decoded nowhere: see path_parameters
  std::map<std::string, std::string, std::less<>> path_parameters;  // decoded
  std::map<std::string, std::string, std::less<>> query;            // decoded
  std::map<std::string, std::string, std::less<>> headers;          // X-Amz-…, in lower case
  std::string body;
  nlohmann::json document = nlohmann::json::object();  // the body; {} if there is none
  LambdaCaller caller;
  std::string host;  // the Host header: where the caller reaches this server

  const std::string& PathParameter(std::string_view name) const;
  /// Empty: not given.
  std::string Query(std::string_view name) const;
  std::string Header(std::string_view lower_case_name) const;
};

/// What is meant by a request; its body is moved out of it. The document is not read yet.
LambdaCall ReadCall(HttpRequest& request, LambdaCaller caller);
/// Fills in call.document. Errors: InvalidRequestContent (no JSON, or no object).
LambdaResult<void> ReadDocument(LambdaCall& call);

struct LambdaReply {
  int status = 200;
  std::string body = {};
  std::string headers = {};  // lines, each ended by \r\n
  std::string_view content_type = "application/json";
  std::string request_id = {};  // empty: the call's own
};

LambdaReply JsonReply(int status, const nlohmann::json& body);
LambdaReply EmptyReply(int status);
LambdaReply ErrorReply(const LambdaError& error);

/// Writes a reply over a response: x-amzn-RequestId comes first.
void FillResponse(LambdaReply reply, std::string_view request_id, HttpResponse& response);

}  // namespace pumice
