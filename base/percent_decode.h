// SPDX-License-Identifier: Apache-2.0
#pragma once
// Percent-encoding as URIs have it. RFC 3986, section 2.1. Thread rule: free function, any thread.

#include <string>
#include <string_view>

namespace pumice {

/// "%2F" becomes "/"; a percent sign that two hexadecimal digits do not follow stays.
std::string PercentDecode(std::string_view text);

}  // namespace pumice
