// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a request's headers say about its API: the operation's name and the kind of JSON.

#include <optional>
#include <string_view>

namespace pumice {

inline constexpr std::string_view kDynamoDbTarget = "DynamoDB_20120810";
inline constexpr std::string_view kDynamoDbStreamsTarget = "DynamoDBStreams_20120810";

/// Views on the X-Amz-Target header.
struct TargetView {
  std::string_view prefix;     // DynamoDB_20120810
  std::string_view operation;  // PutItem
};

/// Split at the first dot. None: there is no dot.
std::optional<TargetView> ParseTarget(std::string_view header);

/// The Content-Type that the answer mirrors: application/x-amz-json-1.0 or application/json,
/// without the parameters that may stand behind a ';'. None: AWS does not know any other.
std::optional<std::string_view> JsonContentType(std::string_view header);

inline constexpr std::string_view kAmzJson = "application/x-amz-json-1.0";

}  // namespace pumice
