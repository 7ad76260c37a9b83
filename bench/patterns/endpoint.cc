// SPDX-License-Identifier: Apache-2.0
#include "bench/patterns/endpoint.h"

#include <cstdlib>
#include <sstream>
#include <utility>

#include <boost/property_tree/ini_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <fmt/core.h>

namespace pumice::patterns {
namespace {

constexpr std::string_view kDefaultRegion = "us-east-1";
// Any do, except on AWS; DynamoDB Local wants letters and digits only.
constexpr std::string_view kMadeUpKey = "pumicebench";

Error NoUrl(const UrlFlag& flag, std::string_view text) {
  return Error(ErrorCode::kValidation,
               fmt::format("{} {}: a URL like http://localhost:8000 is needed{}", flag.name, text,
                           flag.takes_names ? ", or name=http://localhost:8000" : ""));
}

bool IsAws(const Endpoint& endpoint) {
  return endpoint.host.ends_with(".amazonaws.com") ||
         endpoint.host.ends_with(".amazonaws.com.cn") || endpoint.host.ends_with(".api.aws");
}

/// dynamodb.eu-west-1.amazonaws.com -> eu-west-1.
std::optional<std::string> RegionOfHost(const Endpoint& endpoint) {
  constexpr std::string_view kService = "dynamodb.";
  const std::size_t at = endpoint.host.find(kService);
  if (!IsAws(endpoint) || at == std::string::npos) return std::nullopt;
  const std::size_t from = at + kService.size();
  return endpoint.host.substr(from, endpoint.host.find('.', from) - from);
}

/// false: it is none.
bool ReadAuthority(std::string_view authority, Endpoint& endpoint) {
  std::string_view host = authority.substr(0, authority.find(':'));
  if (authority.starts_with('[')) host = authority.substr(0, authority.find(']') + 1);
  std::string_view port = authority.substr(host.size());
  if (port.starts_with(':')) port.remove_prefix(1);
  const bool digits = port.find_first_not_of("0123456789") == port.npos;
  if (host.empty() || !digits || port.size() > 5) return false;
  endpoint.host_header = authority;
  endpoint.port = port.empty() ? (endpoint.tls ? "443" : "80") : std::string(port);
  const bool brackets = host.starts_with('[') && host.size() > 2;
  endpoint.host = brackets ? host.substr(1, host.size() - 2) : host;
  return true;
}

/// Nothing: it is no URL.
std::optional<Endpoint> ReadUrl(std::string_view text, bool takes_names) {
  Endpoint endpoint;
  std::string_view url = text;
  const std::size_t equals = text.find('=');
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == text.npos) return std::nullopt;
  if (takes_names && equals < scheme_end) {
    endpoint.name = text.substr(0, equals);
    url = text.substr(equals + 1);
  }
  endpoint.url = url;
  if (endpoint.name.empty()) endpoint.name = url;
  endpoint.tls = url.starts_with("https://");
  if (!endpoint.tls && !url.starts_with("http://")) return std::nullopt;
  const std::string_view rest = url.substr(url.find("://") + 3);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  endpoint.path = slash == rest.size() ? "/" : std::string(rest.substr(slash));
  if (!ReadAuthority(rest.substr(0, slash), endpoint)) return std::nullopt;
  return endpoint;
}

std::optional<Credentials> OfEnvironment(const Environment& environment) {
  auto key = environment("AWS_ACCESS_KEY_ID");
  auto secret = environment("AWS_SECRET_ACCESS_KEY");
  if (!key || !secret) return std::nullopt;
  return Credentials{*key, *secret, environment("AWS_SESSION_TOKEN").value_or("")};
}

/// ~/.aws/credentials, as the AWS CLI writes it.
std::optional<Credentials> OfSharedFile(const Environment& environment) {
  const std::string path = environment("AWS_SHARED_CREDENTIALS_FILE")
                               .value_or(environment("HOME").value_or("") + "/.aws/credentials");
  boost::property_tree::ptree tree;
  try {
    boost::property_tree::read_ini(path, tree);
  } catch (const boost::property_tree::ptree_error&) {
    return std::nullopt;
  }
  const auto profile = tree.get_child_optional(environment("AWS_PROFILE").value_or("default"));
  if (!profile) return std::nullopt;
  const auto value = [&](const char* name) { return profile->get<std::string>(name, ""); };
  Credentials found{value("aws_access_key_id"), value("aws_secret_access_key"),
                    value("aws_session_token")};
  if (found.access_key.empty() || found.secret_key.empty()) return std::nullopt;
  return found;
}

}  // namespace

std::optional<std::string> ProcessEnvironment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

Result<Endpoint> ReadEndpoint(const UrlFlag& flag, std::string_view text, const std::string& region,
                              const Environment& environment) {
  std::optional<Endpoint> url = ReadUrl(text, flag.takes_names);
  if (!url) return NoUrl(flag, text);
  Endpoint endpoint = *std::move(url);
  std::optional<std::string> known = region.empty() ? RegionOfHost(endpoint) : region;
  if (!known) known = environment("AWS_REGION");
  if (!known) known = environment("AWS_DEFAULT_REGION");
  endpoint.region = known.value_or(std::string(kDefaultRegion));
  std::optional<Credentials> credentials = OfEnvironment(environment);
  if (!credentials) credentials = OfSharedFile(environment);
  if (!credentials && IsAws(endpoint)) {
    return Error(ErrorCode::kValidation,
                 fmt::format("{}: AWS needs credentials: set AWS_ACCESS_KEY_ID and "
                             "AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or AWS_PROFILE",
                             endpoint.url));
  }
  const std::string made_up(kMadeUpKey);
  endpoint.credentials = credentials.value_or(Credentials{made_up, made_up, {}});
  return endpoint;
}

}  // namespace pumice::patterns
