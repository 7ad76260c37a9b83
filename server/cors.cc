// SPDX-License-Identifier: Apache-2.0
#include "server/cors.h"

#include <algorithm>

namespace pumice {
namespace {

constexpr std::string_view kMaxAge = "Access-Control-Max-Age: 172800\r\n";  // as AWS

void AddHeader(HttpResponse& response, std::string_view name, std::string_view value) {
  response.headers += name;
  response.headers += value;
  response.headers += "\r\n";
}

/// What Access-Control-Allow-Origin says to this origin; empty: nothing.
std::string_view AllowedOrigin(const CorsPolicy& policy, std::string_view origin) {
  const auto holds = [&policy](std::string_view wanted) {
    return std::find(policy.origins.begin(), policy.origins.end(), wanted) != policy.origins.end();
  };
  if (policy.origins.empty() || holds("*")) return "*";
  if (holds(origin)) return origin;
  // The list may name domains without a scheme.
  const auto slashes = origin.find("://");
  return slashes != std::string_view::npos && holds(origin.substr(slashes + 3))
             ? origin
             : std::string_view();
}

}  // namespace

CorsPolicy CorsPolicy::FromList(std::string_view list) {
  CorsPolicy policy;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view origin = list.substr(0, comma);
    while (origin.starts_with(' ')) origin.remove_prefix(1);
    while (origin.ends_with(' ')) origin.remove_suffix(1);
    if (!origin.empty()) policy.origins.emplace_back(origin);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return policy;
}

void AddCorsHeaders(const CorsPolicy& policy, const HttpRequest& request, HttpResponse& response) {
  const std::string_view origin = request.Header("origin");
  if (origin.empty()) return;
  const std::string_view allowed = AllowedOrigin(policy, origin);
  if (allowed.empty()) return;
  AddHeader(response, "Access-Control-Allow-Origin: ", allowed);
  if (allowed != "*") AddHeader(response, "Vary: ", "Origin");
}

bool AnswerPreflight(const CorsPolicy& policy, const HttpRequest& request, HttpResponse& response) {
  const std::string_view origin = request.Header("origin");
  if (request.method != "OPTIONS" || origin.empty()) return false;
  response.status = 200;
  if (AllowedOrigin(policy, origin).empty()) return true;
  if (const auto names = request.Header("access-control-request-headers"); !names.empty()) {
    AddHeader(response, "Access-Control-Allow-Headers: ", names);
  }
  if (const auto method = request.Header("access-control-request-method"); !method.empty()) {
    AddHeader(response, "Access-Control-Allow-Methods: ", method);
  }
  response.headers += kMaxAge;
  return true;
}

}  // namespace pumice
