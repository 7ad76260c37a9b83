// SPDX-License-Identifier: Apache-2.0
#include "server/operations/table_settings.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "base/uuid.h"
#include "server/operations/key_schema.h"
#include "server/operations/table_name.h"

namespace pumice {
namespace {

constexpr std::array<StreamViewType, 4> kViewTypes{
    StreamViewType::kNewImage, StreamViewType::kOldImage, StreamViewType::kNewAndOldImages,
    StreamViewType::kKeysOnly};

StreamViewType ViewTypeOf(std::string_view word) {
  const auto found = std::find_if(kViewTypes.begin(), kViewTypes.end(), [&](StreamViewType type) {
    return StreamViewTypeName(type) == word;
  });
  return found == kViewTypes.end() ? StreamViewType::kNewImage : *found;
}

}  // namespace

Result<void> CheckStreamOfNewTable(const std::optional<SentStream>& stream) {
  if (!stream) return Ok();
  if (*stream->enabled && !stream->view_type) {
    return InvalidValues(
        "Table is being created with a stream enabled, UpdateViewType is required");
  }
  if (!*stream->enabled && stream->view_type) {
    return InvalidValues(
        "Table is being created with a stream disabled, UpdateViewType should not be specified");
  }
  return Ok();
}

Result<void> CheckStreamOfTable(const std::optional<SentStream>& stream) {
  if (!stream) return Ok();
  if (*stream->enabled && !stream->view_type) {
    return InvalidValues("If stream is being enabled then UpdateViewType is required");
  }
  if (!*stream->enabled && stream->view_type) {
    return InvalidValues("If stream is being disabled, then UpdateViewType must not be specified");
  }
  return Ok();
}

std::optional<TableStream> ToStream(const std::optional<SentStream>& stream) {
  if (!stream || !*stream->enabled) return std::nullopt;
  TableStream wanted;
  wanted.view_type = ViewTypeOf(*stream->view_type);
  wanted.enabled = true;
  return wanted;
}

Result<void> CheckEncryption(const std::optional<SentEncryption>& encryption) {
  if (!encryption) return Ok();
  const bool enabled = encryption->enabled.value_or(false);
  if (!enabled && (encryption->type || encryption->key_id)) {
    return InvalidValues("SSEType and KMSMasterKeyId can only be specified when SSE is enabled");
  }
  if (encryption->type == "AES256") return InvalidValues("SSEType AES256 is not supported");
  return Ok();
}

std::optional<SseDescription> ToEncryption(const std::optional<SentEncryption>& encryption,
                                           const Identity& identity, RandomSource& random) {
  if (!encryption || !encryption->enabled.value_or(false)) return std::nullopt;
  SseDescription description;
  description.enabled = true;
  if (encryption->key_id && IsArn(*encryption->key_id)) {
    description.kms_master_key_arn = *encryption->key_id;
    return description;
  }
  description.kms_master_key_arn =
      fmt::format("arn:aws:kms:{}:{}:key/{}", identity.region, identity.account_id,
                  encryption->key_id ? *encryption->key_id : NewUuid(random));
  return description;
}

TableClass ToTableClass(const std::string& word) {
  return word == "STANDARD" ? TableClass::kStandard : TableClass::kStandardInfrequentAccess;
}

}  // namespace pumice
