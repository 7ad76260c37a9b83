// SPDX-License-Identifier: Apache-2.0
#include "streams/record_json.h"

#include <chrono>
#include <iterator>
#include <string_view>

#include <fmt/core.h>

#include "model/table.h"
#include "streams/sequence_number.h"

namespace pumice {
namespace {

/// arn:aws:dynamodb:<region>:…
std::string_view RegionOf(std::string_view arn) {
  for (int colons = 0; colons < 3; ++colons) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    arn.remove_prefix(colon + 1);
  }
  return arn.substr(0, arn.find(':'));
}

void AppendImage(std::string& out, std::string_view name, const std::optional<std::string>& image) {
  if (!image) return;
  out += ",\"";
  out += name;
  out += "\":";
  out += *image;
}

/// All that both forms have, up to the closing brace of "dynamodb".
void AppendCommon(std::string& out, const StreamDescription& stream, const ChangeRecord& record,
                  std::string_view fraction) {
  const auto created =
      std::chrono::floor<std::chrono::seconds>(record.created).time_since_epoch().count();
  auto end = std::back_inserter(out);
  fmt::format_to(
      end,
      R"({{"eventID":"{}","eventName":"{}","eventVersion":"1.1","eventSource":"aws:dynamodb",)"
      R"("awsRegion":"{}","dynamodb":{{"ApproximateCreationDateTime":{}{},"Keys":{})",
      record.event_id, ChangeKindName(record.kind), RegionOf(stream.arn.value()), created, fraction,
      record.keys);
  AppendImage(out, "NewImage", record.new_image);
  AppendImage(out, "OldImage", record.old_image);
  fmt::format_to(end, R"(,"SequenceNumber":"{}","SizeBytes":{},"StreamViewType":"{}"}})",
                 SequenceNumberText(record.sequence), record.size_bytes,
                 StreamViewTypeName(stream.view_type));
}

}  // namespace

void AppendStreamRecordJson(std::string& out, const StreamDescription& stream,
                            const ChangeRecord& record) {
  AppendCommon(out, stream, record, "");
  if (record.actor == ChangeActor::kTimeToLive) {
    out += R"(,"userIdentity":{"Type":"Service","PrincipalId":"dynamodb.amazonaws.com"})";
  }
  out += '}';
}

void AppendLambdaRecordJson(std::string& out, const StreamDescription& stream,
                            const ChangeRecord& record) {
  AppendCommon(out, stream, record, ".0");
  if (record.actor == ChangeActor::kTimeToLive) {
    out += R"(,"userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"})";
  }
  out += R"(,"eventSourceARN":")";
  out += stream.arn.value();
  out += "\"}";
}

}  // namespace pumice
