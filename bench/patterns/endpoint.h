// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a run goes to: a URL, a name for the reports, region and credentials.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bench/patterns/sigv4.h"

namespace pumice::patterns {

struct Endpoint {
  std::string name;  // as in "name=url", else the URL
  std::string url;
  bool tls = false;
  std::string host;  // without brackets
  std::string port;
  std::string host_header;
  std::string path;
  std::string region;
  Credentials credentials;
  std::chrono::seconds answer_time{30};  // how long an answer may take to come
};

/// Of the process: getenv. Empty texts count as not there.
using Environment = std::function<std::optional<std::string>(const char* name)>;
std::optional<std::string> ProcessEnvironment(const char* name);

/// The flag of a command that a URL stands behind.
struct UrlFlag {
  std::string_view name;     // for the error
  bool takes_names = false;  // "name=https://..." as well
};

/// `text`: "http://host:port", with a name before it where the flag takes names. Region: `region`
/// if not empty, that in the name of an AWS host, AWS_REGION, AWS_DEFAULT_REGION, us-east-1.
/// Credentials: AWS_ACCESS_KEY_ID and its neighbours, the profile AWS_PROFILE (or default) of the
/// shared credentials file, or, except for an AWS host, made-up ones. Errors: Validation: no such
/// URL; AWS without credentials.
Result<Endpoint> ReadEndpoint(const UrlFlag& flag, std::string_view text, const std::string& region,
                              const Environment& environment);

}  // namespace pumice::patterns
