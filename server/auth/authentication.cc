// SPDX-License-Identifier: Apache-2.0
#include "server/auth/authentication.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "base/percent_decode.h"

namespace pumice {
namespace {

constexpr std::string_view kDefaultRegion = "us-east-1";
constexpr std::string_view kDefaultAccount = "000000000000";
constexpr std::string_view kBlanks = " \t";
constexpr int kScopeParts = 4;  // date/region/service/aws4_request, behind the access key
constexpr int kRegionPart = 1;

std::string_view Trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Objects, not functions: a call for each character of every request's signature would be felt.
constexpr auto kSeparatesHeaderParts = [](char c) { return c == ',' || c == ' ' || c == '\t'; };
constexpr auto kSeparatesQueryParts = [](char c) { return c == '&'; };

/// Calls visit(name, value) for each name=value; a part without '=' is a name without value. (Not
/// with find_first_of, which looks at each character with a call.)
template <class Separates, class Visit>
void ForEachPart(std::string_view text, Separates separates, Visit visit) {
  while (!text.empty()) {
    const auto end =
        static_cast<std::size_t>(std::find_if(text.begin(), text.end(), separates) - text.begin());
    const std::string_view part = text.substr(0, end);
    const auto equals = std::min(part.find('='), part.size());
    if (!part.empty())
      visit(part.substr(0, equals), part.substr(std::min(equals + 1, part.size())));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

struct SignatureParts {
  std::string_view credential;
  std::string_view signature;
  std::string_view signed_headers;
};

SignatureParts ReadHeaderParts(std::string_view authorization) {
  SignatureParts parts;
  ForEachPart(authorization, kSeparatesHeaderParts,
              [&](std::string_view name, std::string_view value) {
                if (name == "Credential") parts.credential = value;
                if (name == "Signature") parts.signature = value;
                if (name == "SignedHeaders") parts.signed_headers = value;
              });
  return parts;
}

std::optional<std::string_view> QueryValue(std::string_view query, std::string_view wanted) {
  std::optional<std::string_view> found;
  ForEachPart(query, kSeparatesQueryParts, [&](std::string_view name, std::string_view value) {
    if (name == wanted && !found) found = value;
  });
  return found;
}

/// An access key may itself hold slashes, so the scope is counted from the right.
Result<Caller> CallerOf(std::string_view credential) {
  std::array<std::string_view, kScopeParts> scope;
  for (int i = kScopeParts; i-- > 0;) {
    const auto slash = credential.rfind('/');
    if (slash == std::string_view::npos) break;
    scope[static_cast<std::size_t>(i)] = credential.substr(slash + 1);
    credential = credential.substr(0, slash);
  }
  if (credential.empty()) {
    return Error(ErrorCode::kUnrecognizedClient,
                 "The security token included in the request is invalid.");
  }
  const bool is_account = credential.size() == kDefaultAccount.size() &&
                          credential.find_first_not_of("0123456789") == std::string_view::npos;
  const std::string_view region = scope[kRegionPart].empty() ? kDefaultRegion : scope[kRegionPart];
  return Caller{std::string(credential), std::string(region),
                std::string(is_account ? credential : kDefaultAccount)};
}

Error IncompleteHeader(const SignatureParts& parts, bool has_date, std::string_view authorization) {
  std::string text;
  const auto require = [&text](std::string_view name, bool is_there) {
    if (is_there) return;
    text += "Authorization header requires '";
    text += name;
    text += "' parameter. ";
  };
  require("Credential", !parts.credential.empty());
  require("Signature", !parts.signature.empty());
  require("SignedHeaders", !parts.signed_headers.empty());
  if (!has_date) {
    text += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  text += "Authorization=";
  text += authorization;
  return Error(ErrorCode::kIncompleteSignature, std::move(text));
}

Result<Caller> CallerOfHeader(std::string_view authorization, const HttpRequest& request) {
  const SignatureParts parts = ReadHeaderParts(authorization);
  const bool has_date = !request.Header("x-amz-date").empty() || !request.Header("date").empty();
  const bool complete = has_date && !parts.credential.empty() && !parts.signature.empty() &&
                        !parts.signed_headers.empty();
  if (!complete) return IncompleteHeader(parts, has_date, authorization);
  return CallerOf(parts.credential);
}

Result<Caller> CallerOfQuery(std::string_view query) {
  std::string missing;
  for (const std::string_view name : {"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature",
                                      "X-Amz-SignedHeaders", "X-Amz-Date"}) {
    if (!QueryValue(query, name).value_or(std::string_view()).empty()) continue;
    missing += "AWS query-string parameters must include '";
    missing += name;
    missing += "'. ";
  }
  if (missing.empty()) return CallerOf(PercentDecode(*QueryValue(query, "X-Amz-Credential")));
  missing += "Re-examine the query-string parameters.";
  return Error(ErrorCode::kIncompleteSignature, std::move(missing));
}

}  // namespace

Result<Caller> Authenticate(const HttpRequest& request) {
  const std::string_view authorization = Trimmed(request.Header("authorization"));
  const bool in_query = QueryValue(request.query, "X-Amz-Algorithm").has_value();
  if (!authorization.empty() && in_query) {
    return Error(ErrorCode::kInvalidSignature,
                 "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP "
                 "header.");
  }
  if (in_query) return CallerOfQuery(request.query);
  if (!authorization.starts_with("AWS4-")) {
    return Error(ErrorCode::kMissingAuthenticationToken, "Request is missing Authentication Token");
  }
  return CallerOfHeader(authorization, request);
}

}  // namespace pumice
