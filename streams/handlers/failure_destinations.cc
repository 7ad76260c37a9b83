// SPDX-License-Identifier: Apache-2.0
#include "streams/handlers/failure_destinations.h"

#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/uuid.h"
#include "streams/handlers/utc_text.h"

namespace pumice {
namespace {

struct Destination {
  std::string service;  // "sqs", "sns", "s3"
  std::string name;
};

/// arn:<partition>:<service>:<region>:<account>:<name>
std::optional<Destination> ParseDestination(std::string_view arn) {
  Destination destination;
  for (int part = 0; part < 5; ++part) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view value = arn.substr(0, colon);
    if (part == 0 && value != "arn") return std::nullopt;
    if (part == 2) destination.service = value;
    arn.remove_prefix(colon + 1);
  }
  const std::string& service = destination.service;
  if (service != "sqs" && service != "sns" && service != "s3") return std::nullopt;
  if (!LocalQueues::IsName(arn)) return std::nullopt;
  destination.name = arn;
  return destination;
}

void NameFunction(FailureRecord& record, const std::string& key, const std::string& region) {
  record.function_arn = fmt::format("arn:aws:lambda:{}:000000000000:function:{}", region, key);
  if (const std::size_t colon = key.find(':'); colon != std::string::npos) {
    record.executed_version = key.substr(colon + 1);
  }
}

Error NoFolder() {
  return Error(ErrorCode::kValidation, {}, "there is no folder for destinations");
}

/// Whole or not at all: written beside, then named.
Result<void> WriteFile(const std::filesystem::path& path, const std::string& text) {
  const auto fail = [&](std::string_view why) {
    return Error(ErrorCode::kInternal, {}, fmt::format("{}: {}", path.string(), why));
  };
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) return fail(error.message());
  const std::filesystem::path beside = path.string() + ".part";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) {
    std::filesystem::remove(beside, error);
    return fail("it cannot be written");
  }
  std::filesystem::rename(beside, path, error);
  if (error) return fail(error.message());
  return Ok();
}

}  // namespace

Result<void> CheckFailureDestination(std::string_view arn) {
  if (ParseDestination(arn)) return Ok();
  return Error(ErrorCode::kValidation,
               "must be the ARN of an SQS queue, an SNS topic or an S3 bucket, such as "
               "arn:aws:sqs:us-east-1:000000000000:failed");
}

Result<void> LocalFailureDestinations::Send(const MappingConfig& mapping, FailureRecord record,
                                            const std::string& event) {
  const auto destination = ParseDestination(mapping.on_failure);
  if (!destination) {
    return Error(ErrorCode::kValidation, {}, mapping.on_failure + " is no destination");
  }
  NameFunction(record, mapping.function_name, parts_.region);
  if (record.request_id.empty()) record.request_id = NewUuid(parts_.random);
  if (destination->service == "s3") {
    return WriteObject(mapping, destination->name, record, FailureRecordJson(record, event));
  }
  LocalQueues& queues = destination->service == "sqs" ? parts_.queues : parts_.topics;
  PUMICE_TRY(queues.Append(destination->name, FailureRecordJson(record, {})));
  return Ok();
}

/// aws/lambda/<UUID>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>
Result<void> LocalFailureDestinations::WriteObject(const MappingConfig& mapping,
                                                   std::string_view bucket,
                                                   const FailureRecord& record,
                                                   const std::string& text) {
  if (parts_.s3_folder.empty()) return NoFolder();
  // A mapping of handlers.json has no UUID.
  const std::string& uuid = mapping.uuid.empty() ? mapping.function_name : mapping.uuid;
  const std::string key = fmt::format("aws/lambda/{}/{}/{}-{}", uuid, record.shard.shard_id,
                                      UtcObjectName(record.time), NewUuid(parts_.random));
  return WriteFile(parts_.s3_folder / bucket / key, text);
}

}  // namespace pumice
