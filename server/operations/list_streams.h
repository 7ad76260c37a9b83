// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/operations/operation.h"
#include "storage/change_log.h"

namespace pumice {

/// ListStreams: the streams of all tables or of one, also those that were disabled less than 24
/// hours ago.
///
/// Errors: Validation. A table without a stream, or no such table, gives an empty list.
/// AWS: API_streams_ListStreams.
struct ListStreams {
  static constexpr std::string_view kName = "ListStreams";
  static constexpr Api kApi = Api::kDynamoDbStreams;
  static constexpr ValidationLayer kLayer = ValidationLayer::kOlder;

  struct Request {
    std::string table_name;  // empty: all tables
    std::size_t limit = 100;
    std::string exclusive_start_stream_arn;  // empty: from the start
    static Result<Request> FromJson(std::string& body);
  };
  struct Response {
    std::vector<StreamPtr> streams;
    bool full_page = false;
    void AppendJson(std::string& out) const;
  };
  static Result<Response> Run(const Request& request, OperationContext& context);
};

}  // namespace pumice
