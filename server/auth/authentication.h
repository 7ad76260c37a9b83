// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who asks? Reads the credential scope of a signed request, in a header or in the query string.
// Whether the signature is right is not looked at: any access key is as good as another. Pure. AWS:
// "Signature Version 4 for API requests"; texts and order of checks measured on AWS.

#include <string>

#include "base/result.h"
#include "server/http/message.h"

namespace pumice {

struct Caller {
  std::string access_key;  // not empty
  std::string region;      // of the credential scope; us-east-1 where that has none
  std::string account_id;  // the access key where it is 12 digits, else 000000000000
};

/// Errors, in this order: InvalidSignature (signed in both ways), MissingAuthenticationToken (in
/// neither), IncompleteSignature (a part is missing: all that are, in one text), UnrecognizedClient
/// (empty access key).
Result<Caller> Authenticate(const HttpRequest& request);

}  // namespace pumice
