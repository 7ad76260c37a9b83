// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/failure_record.h"

#include <nlohmann/json.hpp>

#include "streams/handlers/utc_text.h"
#include "streams/sequence_number.h"

namespace pumice {
namespace {

using Json = nlohmann::ordered_json;

Json ResponseContext(const FailureRecord& record) {
  const Json error = record.function_error ? Json("Unhandled") : Json(nullptr);
  return {
      {"statusCode", 200}, {"executedVersion", record.executed_version}, {"functionError", error}};
}

}  // namespace

std::string FailureRecordJson(const FailureRecord& record, const std::string& payload) {
  const bool too_old = record.reason == GiveUpReason::kRecordAgeExceeded;
  Json json;
  json["requestContext"] = {{"requestId", record.request_id},
                            {"functionArn", record.function_arn},
                            {"condition", too_old ? "RecordAgeExceeded" : "RetryAttemptsExhausted"},
                            {"approximateInvokeCount", record.invoke_count}};
  if (!too_old) json["responseContext"] = ResponseContext(record);
  json["version"] = "1.0";
  json["timestamp"] = UtcMillis(record.time);
  json["DDBStreamBatchInfo"] = {
      {"shardId", record.shard.shard_id},
      {"startSequenceNumber", SequenceNumberText(record.first)},
      {"endSequenceNumber", SequenceNumberText(record.last)},
      {"approximateArrivalOfFirstRecord", UtcSeconds(record.first_arrival)},
      {"approximateArrivalOfLastRecord", UtcSeconds(record.last_arrival)},
      {"batchSize", record.batch_size},
      {"streamArn", record.shard.stream_arn}};
  if (!payload.empty()) json["payload"] = payload;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pumice
