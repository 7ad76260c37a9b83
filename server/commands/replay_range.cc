// SPDX-License-Identifier: Apache-2.0
#include "server/commands/replay_range.h"

#include <algorithm>
#include <ctime>

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr std::size_t kMinSequenceDigits = 21;
constexpr std::size_t kMaxSequenceDigits = 40;

bool IsDigits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// By number: they have no leading zeros, and not all the same length.
bool IsLess(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

/// 10:00:00.123Z -> 10:00:00Z: records have whole seconds.
std::string WithoutFraction(std::string text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) return text;
  const std::size_t end = std::min(text.find_first_not_of("0123456789", dot + 1), text.size());
  return text.erase(dot, end - dot);
}

std::optional<std::chrono::seconds> ReadTime(const std::string& given) {
  const std::string text = WithoutFraction(given);
  for (const char* format : {"%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M%z",
                             "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
    std::tm parts{};
    const char* const end = strptime(text.c_str(), format, &parts);
    if (end == nullptr || *end != '\0') continue;
    const std::chrono::seconds offset(parts.tm_gmtoff);  // timegm clears it
    return std::chrono::seconds(timegm(&parts)) - offset;
  }
  return std::nullopt;
}

/// Negative: the record is before it; 0: at it.
int Compare(const StreamRecord& record, const RangeEnd& end) {
  if (const auto* time = std::get_if<std::chrono::seconds>(&end)) {
    const std::chrono::seconds created = CreatedAt(record);
    return created < *time ? -1 : static_cast<int>(created > *time);
  }
  const std::string sequence = SequenceNumberOf(record);
  const std::string& wanted = std::get<SequenceText>(end).digits;
  return IsLess(sequence, wanted) ? -1 : static_cast<int>(IsLess(wanted, sequence));
}

}  // namespace

Result<RangeEnd> ReadRangeEnd(std::string_view flag, const std::string& text) {
  if (text.size() >= kMinSequenceDigits && text.size() <= kMaxSequenceDigits && IsDigits(text)) {
    return RangeEnd(SequenceText{text});
  }
  if (const auto time = ReadTime(text)) return RangeEnd(*time);
  return Error(
      ErrorCode::kValidation,
      fmt::format("{} {}: a time like 2026-11-21T10:00:00Z or a sequence number of 21 to 40 "
                  "digits is needed (pumice replay -help tells more)",
                  flag, text));
}

bool ReplayRange::IsBefore(const StreamRecord& record) const {
  return from && Compare(record, *from) < 0;
}

bool ReplayRange::IsBehind(const StreamRecord& record) const {
  return to && Compare(record, *to) > 0;
}

std::chrono::seconds CreatedAt(const StreamRecord& record) {
  const auto change = record.find("dynamodb");
  if (change == record.end()) return {};
  const auto created = change->find("ApproximateCreationDateTime");
  if (created == change->end() || !created->is_number()) return {};
  return std::chrono::seconds(static_cast<std::int64_t>(created->get<double>()));
}

std::string LambdaRecordText(StreamRecord record, std::string_view stream_arn) {
  if (const auto change = record.find("dynamodb"); change != record.end()) {
    const auto created = change->find("ApproximateCreationDateTime");
    if (created != change->end() && created->is_number()) *created = created->get<double>();
  }
  if (const auto identity = record.find("userIdentity"); identity != record.end()) {
    StreamRecord lower;
    if (identity->contains("Type")) lower["type"] = (*identity)["Type"];
    if (identity->contains("PrincipalId")) lower["principalId"] = (*identity)["PrincipalId"];
    *identity = std::move(lower);
  }
  record["eventSourceARN"] = stream_arn;
  return record.dump();
}

}  // namespace pumice
