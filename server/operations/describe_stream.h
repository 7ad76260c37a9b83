// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/operations/operation.h"
#include "storage/change_log.h"

namespace pumice {

/// DescribeStream: a stream and its shards, a page a call.
///
/// Errors: Validation, ResourceNotFound (no such stream).
/// AWS: API_streams_DescribeStream.
struct DescribeStream {
  static constexpr std::string_view kName = "DescribeStream";
  static constexpr Api kApi = Api::kDynamoDbStreams;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    std::string stream_arn;
    std::size_t limit = 100;  // shards, 1..100
    std::optional<std::string> exclusive_start_shard_id;
    std::optional<std::string> children_of;  // ShardFilter CHILD_SHARDS: the parent's id
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    StreamPtr stream;
    std::vector<ShardDescription> shards;
    std::optional<ShardId> last_evaluated_shard_id;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
