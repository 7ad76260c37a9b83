// SPDX-License-Identifier: Apache-2.0
#include "storage/engine_range_reader.h"

#include <string>
#include <utility>

#include "storage/key_format.h"

namespace pumice {
namespace {

std::uint32_t IdOf(const TableDescription& table, const IndexDescription* index) {
  return index != nullptr ? index->id.value() : table.id.value();
}

class EngineRangeReader final : public RangeReader {
 public:
  explicit EngineRangeReader(std::unique_ptr<Cursor> cursor) : cursor_(std::move(cursor)) {}

  Result<bool> Next() override {
    if (started_ && cursor_->Valid()) cursor_->Next();
    started_ = true;
    if (!cursor_->Valid()) {
      PUMICE_TRY(cursor_->status());
      return false;
    }
    if (!IsEncodedItem(cursor_->value())) {
      return Error(ErrorCode::kInternal, "The stored data is damaged.", "a stored item is damaged");
    }
    return true;
  }
  EncodedItemView item() const override { return EncodedItemView(cursor_->value()); }

 private:
  std::unique_ptr<Cursor> cursor_;  // null: an empty range
  bool started_ = false;
};

}  // namespace

Result<KeyRange> RangeOf(const RangeRequest& request) {
  const std::uint32_t id = IdOf(request.table, request.index);
  const ScanSegment segment = request.segment.value_or(ScanSegment());
  KeyRange range = request.condition != nullptr ? ConditionRange(id, *request.condition)
                                                : SegmentRange(id, segment.segment, segment.total);
  if (request.exclusive_start_key == nullptr) return range;
  const std::optional<std::string> position =
      PositionKey(request.table, request.index, *request.exclusive_start_key);
  if (!position) {
    return Error(ErrorCode::kInternal, {}, "a start key lacks key attributes");
  }
  return Behind(std::move(range), *position, request.direction);
}

Result<std::unique_ptr<RangeReader>> OpenRangeReader(const Engine& engine,
                                                     const RangeRequest& request) {
  PUMICE_TRY(const KeyRange range, RangeOf(request));
  const Family family = request.index != nullptr ? Family::kIndexes : Family::kItems;
  return std::unique_ptr<RangeReader>(
      std::make_unique<EngineRangeReader>(engine.NewCursor(family, range, request.direction)));
}

bool InSegment(const TableDescription& table, const IndexDescription* index, const Item& start_key,
               const ScanSegment& segment) {
  const std::optional<std::string> position = PositionKey(table, index, start_key);
  if (!position) return false;
  const KeyRange range = SegmentRange(IdOf(table, index), segment.segment, segment.total);
  return *position >= range.begin && (range.end.empty() || *position < range.end);
}

}  // namespace pumice
