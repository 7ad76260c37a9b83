// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "server/operations/operation.h"
#include "streams/shard_reader.h"

namespace pumice {

/// GetRecords: change records from an iterator's place on, up to 1,000 or 1 MB, and the iterator to
/// go on with.
///
/// Errors: Validation (not an iterator), ExpiredIterator, TrimmedDataAccess, ResourceNotFound.
/// AWS: API_streams_GetRecords.
struct GetRecords {
  static constexpr std::string_view kName = "GetRecords";
  static constexpr Api kApi = Api::kDynamoDbStreams;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    ShardIterator iterator;
    std::size_t limit = kMaxRecordsPerRead;
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    ShardPage page;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
