// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a function's code is, as one text: what handlers.json calls CodeUri and what Lambda's
// control API takes in the places where AWS has an image's or a bucket's name. Pure.
//
//   file:///folder        a folder; a change in it takes effect with the next invocation
//   http://host:port/path an endpoint: each invocation is POSTed to it
//   runtime://host:port   Pumice listens there, and a runtime attaches with AWS_LAMBDA_RUNTIME_API

#include <string>
#include <string_view>

#include "base/result.h"
#include "streams/functions/function_config.h"

namespace pumice {

struct CodeUri {
  enum class Kind : std::uint8_t { kFolder, kHttp, kRuntime };
  Kind kind = Kind::kFolder;
  std::filesystem::path folder = {};  // kFolder: as it is written, maybe relative ("file://./code")
  std::string endpoint = {};          // kHttp, kRuntime: as FunctionConfig::endpoint
};

/// True: the text begins with one of the schemes above or with https://, so that it is meant as
/// one.
bool IsCodeUri(std::string_view text);

/// Errors (Validation; client_text begins with "must" or "is", to stand behind a member's name):
/// another scheme, https, no host, no port or one that is none, no folder. Whether the folder is
/// there is the caller's question.
Result<CodeUri> ParseCodeUri(std::string_view text);

/// Sets code_path and hot_reload, or runtime and endpoint.
void ApplyCodeUri(const CodeUri& uri, FunctionConfig& function);

/// "http://host:port/path" taken apart.
struct HttpEndpoint {
  std::string host;          // without the brackets of an IPv6 address
  std::string port;          // "80" if none is written
  std::string target = "/";  // path and query
};

/// Errors (Validation): as ParseCodeUri.
Result<HttpEndpoint> ParseHttpEndpoint(std::string_view text);

/// "host:port" taken apart; no target. Errors (Validation): no host, no port from 0 to 65535.
Result<HttpEndpoint> ParseListenAddress(std::string_view text);

}  // namespace pumice
