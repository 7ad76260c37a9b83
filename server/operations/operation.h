// SPDX-License-Identifier: Apache-2.0
#pragma once
// What an API operation is. Each operation is one file pair here: a struct with its name, its
// target, the validation layer it speaks, a Request that reads itself from JSON, a Response that
// writes itself as JSON, and Run(), an ordinary function on the I/O thread that read the request.
// registry.cc lists them all.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "storage/database.h"

namespace pumice {

/// The two APIs of the port. The X-Amz-Target prefix is DynamoDB_20120810 or
/// DynamoDBStreams_20120810.
enum class Api : std::uint8_t { kDynamoDb, kDynamoDbStreams };

/// AWS moves its operations one by one from an older request validator to a newer one, so the
/// wording of one mistake depends on the operation. Measured on AWS us-east-1, October 2026. When
/// AWS moves an operation, the one word in its struct changes.
enum class ValidationLayer : std::uint8_t {
  kEnveloped,  // newer texts, static errors start with "1 validation error detected: "
  kBare,       // newer texts, no envelope
  kOlder,      // older texts, no envelope; bad expression values are wrapped
};

/// Who asks, as far as the request says: any non-empty access key is accepted.
struct Identity {
  std::string access_key;
  std::string region;
  std::string account_id;  // a 12-digit access key, else 000000000000
};

struct ServiceOptions {
  bool delay_transient_statuses = false;
};

/// What an operation tells the request log.
struct RequestNotes {
  std::string table;
  double capacity_units = 0;
};

class Throttle;

struct OperationContext {
  Database& database;
  const Identity& identity;
  const ServiceOptions& options;
  const Clock& clock;
  RandomSource& random;
  RequestNotes& notes;
  std::string_view host = {};    // the request's Host header; lives as long as the request
  Throttle* throttle = nullptr;  // null: throughput is not enforced
};

template <class T>
concept ApiOperation = requires(std::string& body, const typename T::Request& request,
                                typename T::Response&& response, OperationContext& context,
                                std::string& out) {
  { T::kName } -> std::convertible_to<std::string_view>;
  { T::kApi } -> std::convertible_to<Api>;
  { T::kLayer } -> std::convertible_to<ValidationLayer>;
  { T::Request::FromJson(body) } -> std::same_as<Result<typename T::Request>>;
  { T::Run(request, context) } -> std::same_as<Result<typename T::Response>>;
  {std::move(response).AppendJson(out)};
};

}  // namespace pumice
