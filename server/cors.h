// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which web pages may call the server from a browser.

#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.h"

namespace pumice {

struct CorsPolicy {
  std::vector<std::string> origins;  // empty, or one of them "*": any; else exactly these

  /// From -cors: domains separated by commas.
  static CorsPolicy FromList(std::string_view list);
};

/// Adds what a request with an Origin header gets on every answer. Without Origin, or if the origin
/// is not allowed: nothing.
void AddCorsHeaders(const CorsPolicy& policy, const HttpRequest& request, HttpResponse& response);

/// Answers the question that a browser asks before the request itself: OPTIONS with an Origin.
/// False: it is no such question.
bool AnswerPreflight(const CorsPolicy& policy, const HttpRequest& request, HttpResponse& response);

}  // namespace pumice
