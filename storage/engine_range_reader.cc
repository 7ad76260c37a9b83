// SPDX-License-Identifier: Apache-2.0
#include "storage/engine_range_reader.h"

#include <string>
#include <utility>

#include "storage/index_entry.h"
#include "storage/key_format.h"

namespace pumice {
namespace {

std::uint32_t IdOf(const TableDescription& table, const IndexDescription* index) {
  return index != nullptr ? index->id.value() : table.id.value();
}

Error Damaged() {
  return Error(ErrorCode::kInternal, "The stored data is damaged.", "a stored item is damaged");
}

/// The items of a table, or the projected items that an index holds.
class EngineRangeReader : public RangeReader {
 public:
  explicit EngineRangeReader(std::unique_ptr<Cursor> cursor) : cursor_(std::move(cursor)) {}

  Result<bool> Next() override {
    bool loaded = false;
    while (!loaded) {
      if (started_ && cursor_->Valid()) cursor_->Next();
      started_ = true;
      if (!cursor_->Valid()) {
        PUMICE_TRY(cursor_->status());
        return false;
      }
      PUMICE_TRY(loaded, Load(*cursor_));
    }
    if (!IsEncodedItem(item().bytes())) return Damaged();
    return true;
  }
  EncodedItemView item() const override { return EncodedItemView(cursor_->value()); }

 private:
  /// Fetches what item() shows, where the cursor does not hold it. False: there is nothing to show.
  virtual Result<bool> Load(const Cursor&) { return true; }

  std::unique_ptr<Cursor> cursor_;
  bool started_ = false;
};

/// An index that projects all: its entries refer to the items, which are read from the same state
/// of the store.
class ReferenceReader final : public EngineRangeReader {
 public:
  ReferenceReader(const Engine& engine, const RangeRequest& request, const KeyRange& range)
      : ReferenceReader(engine, request, range, engine.TakeSnapshot()) {}

  EncodedItemView item() const override { return EncodedItemView(item_); }

 private:
  ReferenceReader(const Engine& engine, const RangeRequest& request, const KeyRange& range,
                  std::unique_ptr<Snapshot> snapshot)
      : EngineRangeReader(
            engine.NewCursor(Family::kIndexes, range, request.direction, snapshot.get())),
        engine_(engine),
        table_(request.table.id),
        snapshot_(std::move(snapshot)) {}

  Result<bool> Load(const Cursor& cursor) override {
    if (!IsReference(cursor.value())) return Damaged();
    const auto key = ReferredItemKey(table_, cursor.key(), cursor.value());
    if (!key) return Damaged();
    PUMICE_TRY(auto item, engine_.Get(Family::kItems, *key, snapshot_.get()));
    // A deleted table's items may be removed before its entries, while a last reader walks them.
    if (!item) return false;
    item_ = *std::move(item);
    return true;
  }

  const Engine& engine_;
  const TableId table_;
  const std::unique_ptr<Snapshot> snapshot_;
  std::string item_;
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
  if (request.index != nullptr && request.index->projection.type == ProjectionType::kAll) {
    return std::unique_ptr<RangeReader>(std::make_unique<ReferenceReader>(engine, request, range));
  }
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
