// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "server/operations/operation.h"
#include "streams/shard_reader.h"

namespace pumice {

/// GetShardIterator: a place in a shard to read from; valid for 15 minutes, also over a restart.
///
/// Errors: Validation, ResourceNotFound (no such stream or shard), TrimmedDataAccess (records older
/// than 24 hours). AWS: API_streams_GetShardIterator.
struct GetShardIterator {
  static constexpr std::string_view kName = "GetShardIterator";
  static constexpr Api kApi = Api::kDynamoDbStreams;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    std::string stream_arn;
    std::string shard_id;
    ShardIteratorType type = ShardIteratorType::kTrimHorizon;
    std::optional<SequenceNumber> sequence;  // there iff the type asks for one
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::string shard_iterator;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
