// SPDX-License-Identifier: Apache-2.0
#pragma once
// Signs requests as AWS asks for: "Signature Version 4 for API requests". Only requests without a
// query string, which DynamoDB has none of.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pumice::patterns {

struct Credentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  // "": none
};

/// Names in lower case, sorted; values without blanks around them.
using SignedHeaders = std::vector<std::pair<std::string_view, std::string_view>>;

struct RequestToSign {
  std::string_view method;
  std::string_view path;
  const SignedHeaders& headers;  // x-amz-date among them
  std::string_view body;
  std::string_view time;  // that of x-amz-date: 20150830T123600Z
};

/// Thread rule: one thread; it keeps the key of the day.
class Signer {
 public:
  Signer(Credentials credentials, std::string region, std::string service);

  /// The value of the header Authorization.
  std::string Authorization(const RequestToSign& request);

 private:
  const std::string& KeyOf(std::string_view day);

  Credentials credentials_;
  std::string region_;
  std::string service_;
  std::string day_;
  std::string key_;
};

}  // namespace pumice::patterns
