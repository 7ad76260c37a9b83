// SPDX-License-Identifier: Apache-2.0
#include "storage/engine_item_store.h"

#include <algorithm>
#include <utility>

#include "model/attribute_json.h"
#include "storage/engine_range_reader.h"
#include "storage/expiry.h"
#include "storage/index_keys.h"
#include "storage/index_maintainer.h"
#include "storage/key_format.h"

namespace pumice {
namespace {

std::int64_t SizeOf(const EncodedItemView* item) {
  return item != nullptr ? static_cast<std::int64_t>(item->size_bytes()) : 0;
}

/// The keys of a change record: their wire text and their size.
struct KeysText {
  std::string json;
  std::int64_t size_bytes = 0;
};

KeysText TextOfKeys(const KeySchema& schema, const ItemKey& key) {
  struct Named {
    std::string_view name;
    const AttributeValue* value;
  };
  Named members[2] = {{schema.hash.front().name, &key.partition}, {{}, nullptr}};
  std::size_t count = 1;
  if (key.sort && !schema.range.empty()) members[count++] = {schema.range.front().name, &*key.sort};
  // Wire text has its names sorted.
  if (count == 2 && members[1].name < members[0].name) std::swap(members[0], members[1]);
  KeysText keys;
  for (std::size_t i = 0; i < count; ++i) {
    keys.json.push_back(i == 0 ? '{' : ',');
    AppendJsonString(keys.json, members[i].name);
    keys.json.push_back(':');
    AppendValueJson(keys.json, *members[i].value);
    keys.size_bytes +=
        static_cast<std::int64_t>(members[i].name.size() + ValueSizeBytes(*members[i].value));
  }
  keys.json.push_back('}');
  return keys;
}

bool ShowsNew(StreamViewType view) {
  return view == StreamViewType::kNewImage || view == StreamViewType::kNewAndOldImages;
}
bool ShowsOld(StreamViewType view) {
  return view == StreamViewType::kOldImage || view == StreamViewType::kNewAndOldImages;
}

ChangeKind KindOf(const EncodedItemView* old, const EncodedItemView* item) {
  if (old == nullptr) return ChangeKind::kInsert;
  return item == nullptr ? ChangeKind::kRemove : ChangeKind::kModify;
}

Error Conflict() {
  return Error(ErrorCode::kTransactionConflict, "Transaction is ongoing for the item");
}

/// Whether an error is one item's, or the failure of the whole transaction.
bool RefusesItsItem(const Error& error) {
  return error.code() != ErrorCode::kInternal && error.code() != ErrorCode::kResourceNotFound;
}

}  // namespace

Result<std::optional<std::string>> EngineItemStore::Get(const TableDescription& table,
                                                        const ItemKey& key) const {
  return engine_.Get(Family::kItems, ItemKeyBytes(table.id, key));
}

Result<std::vector<std::optional<std::string>>> EngineItemStore::MultiGet(
    const TableDescription& table, std::span<const ItemKey> keys) const {
  std::vector<std::string> bytes;
  bytes.reserve(keys.size());
  for (const ItemKey& key : keys) bytes.push_back(ItemKeyBytes(table.id, key));
  return engine_.MultiGet(Family::kItems, bytes);
}

Result<std::vector<std::optional<std::string>>> EngineItemStore::GetTogether(
    std::span<const ItemRead> reads) const {
  std::vector<std::string> bytes;
  bytes.reserve(reads.size());
  for (const ItemRead& read : reads) bytes.push_back(ItemKeyBytes(read.table.id, read.key));
  const std::unique_ptr<Snapshot> snapshot = engine_.TakeSnapshot();
  return engine_.MultiGet(Family::kItems, bytes, snapshot.get());
}

Result<WriteOutcome> EngineItemStore::Write(const ItemWrite& write) {
  const std::string key_bytes = ItemKeyBytes(write.table.id, write.key);
  if (guard_.Busy() && write.actor == ChangeActor::kClient && guard_.IsMarked(key_bytes)) {
    return Conflict();
  }
  const std::string stripe = StripeKey(write.table.id, key_bytes);
  const std::string_view lock_key = stripe;
  WriteOutcome outcome;
  ChangeLogStore::Lease lease(changes_);
  PUMICE_TRY(engine_.Transact({&lock_key, 1}, [&](Transaction& transaction) -> Result<void> {
    lease.Restart();
    std::vector<TotalsDelta> deltas;
    PUMICE_TRY(outcome, Apply({transaction, lease, write, key_bytes, deltas}));
    return deltas.empty() ? Result<void>(Ok()) : AddToTotals(transaction, stripe, deltas);
  }));
  return outcome;
}

EngineItemStore::Places EngineItemStore::PlacesOf(std::span<const ItemWrite> writes) {
  Places places;
  places.keys.reserve(writes.size());
  places.stripes.reserve(writes.size());
  for (const ItemWrite& write : writes) {
    places.keys.push_back(ItemKeyBytes(write.table.id, write.key));
    places.stripes.push_back(StripeKey(write.table.id, places.keys.back()));
  }
  places.lock_keys.assign(places.stripes.begin(), places.stripes.end());
  return places;
}

Result<std::vector<WriteOutcome>> EngineItemStore::Write(std::span<const ItemWrite> writes) {
  const Places places = PlacesOf(writes);
  std::vector<WriteOutcome> outcomes;
  ChangeLogStore::Lease lease(changes_);
  PUMICE_TRY(engine_.Transact(places.lock_keys, [&](Transaction& transaction) -> Result<void> {
    lease.Restart();
    outcomes.clear();
    TotalsOfStripes totals;
    for (std::size_t i = 0; i < writes.size(); ++i) {
      PUMICE_TRY(auto outcome, Apply({transaction, lease, writes[i], places.keys[i],
                                      totals.Of(places.stripes[i])}));
      outcomes.push_back(std::move(outcome));
    }
    return totals.AddTo(transaction);
  }));
  return outcomes;
}

Result<TransactionOutcome> EngineItemStore::Transact(const ItemTransaction& transaction) {
  TransactionOutcome outcome;
  Places places = PlacesOf(transaction.writes);
  std::string token_key;
  TransactionGuard::Hold hold(guard_);
  if (const auto& token = transaction.token) {
    PUMICE_TRY(hold.TakeToken(token->token));
    // Before the items are looked at: a repetition of what was done must not be told of a conflict.
    PUMICE_TRY(outcome.replayed, tokens_.WasDone(token->token, token->parameters));
    if (outcome.replayed) return outcome;
    token_key = TransactionTokens::LockKey(token->token);
    places.lock_keys.push_back(token_key);
  }
  for (const bool taken : hold.Mark(places.keys)) {
    outcome.refusals.push_back(taken ? std::optional(Conflict()) : std::nullopt);
  }
  if (!outcome.refusals.empty()) return outcome;

  ChangeLogStore::Lease lease(changes_);
  Result<void> done = engine_.Transact(places.lock_keys, [&](Transaction& work) {
    lease.Restart();
    return ApplyAll({work, lease, transaction, places}, outcome);
  });
  if (!done && outcome.refusals.empty()) return std::move(done).error();
  return outcome;
}

Result<void> EngineItemStore::ApplyAll(const AllSteps& steps, TransactionOutcome& outcome) const {
  const auto& [work, lease, transaction, places] = steps;
  outcome = TransactionOutcome();
  if (const auto& token = transaction.token) {
    PUMICE_TRY(outcome.replayed, tokens_.WasDone(work, token->token, token->parameters));
    if (outcome.replayed) return Ok();
    tokens_.Record(work, token->token, token->parameters);
  }
  TotalsOfStripes totals;
  std::vector<std::optional<Error>> refusals(transaction.writes.size());
  bool refused = false;
  for (std::size_t i = 0; i < transaction.writes.size(); ++i) {
    auto applied =
        Apply({work, lease, transaction.writes[i], places.keys[i], totals.Of(places.stripes[i])});
    if (applied) {
      outcome.outcomes.push_back(std::move(applied).value());
      continue;
    }
    if (!RefusesItsItem(applied.error())) return std::move(applied).error();
    refusals[i] = std::move(applied).error();
    refused = true;
  }
  if (!refused) return totals.AddTo(work);
  outcome = {.replayed = false, .outcomes = {}, .refusals = std::move(refusals)};
  return Error(ErrorCode::kTransactionCanceled);  // so that nothing is committed
}

bool EngineItemStore::InTransaction(const TableDescription& table, const ItemKey& key) const {
  return guard_.Busy() && guard_.IsMarked(ItemKeyBytes(table.id, key));
}

Result<WriteOutcome> EngineItemStore::Apply(const Step& step) const {
  const LiveTablePtr live = catalog_.Current(step.write.table.id);
  if (live == nullptr) {
    return Error(ErrorCode::kResourceNotFound, "Requested resource not found");
  }
  WriteOutcome outcome;
  PUMICE_TRY(outcome.old_item, step.transaction.Get(Family::kItems, step.key_bytes));
  const EncodedItemView old_view(outcome.old_item ? *outcome.old_item : std::string_view());
  const EncodedItemView* old = outcome.old_item ? &old_view : nullptr;
  PUMICE_TRY(const auto change, step.write.change(old));
  outcome.larger_size_bytes = SizeOf(old);
  if (!change) return outcome;
  const EncodedItemView new_view(change->encoded ? *change->encoded : std::string_view());
  const EncodedItemView* item = change->encoded ? &new_view : nullptr;
  outcome.larger_size_bytes = std::max(SizeOf(old), SizeOf(item));
  const bool same = outcome.old_item == change->encoded;
  if (!same) {
    PUMICE_TRY(outcome.index_units, Store(step, *live, old, item));
  }
  return outcome;
}

Result<std::vector<IndexUnits>> EngineItemStore::Store(const Step& step, const LiveTable& live,
                                                       const EncodedItemView* old,
                                                       const EncodedItemView* item) const {
  const TableDescription& table = *live.description;
  std::vector<IndexUnits> units;
  if (item != nullptr) {
    const bool checked = step.write.index_keys_checked && &step.write.table == &table;
    if (!checked) {
      PUMICE_TRY(CheckIndexKeys(table, old, *item));
    }
    step.transaction.Put(Family::kItems, step.key_bytes, item->bytes());
  } else {
    step.transaction.Delete(Family::kItems, step.key_bytes);
  }
  AddDelta(step, {table.id.value(), (item != nullptr ? 1 : 0) - (old != nullptr ? 1 : 0),
                  SizeOf(item) - SizeOf(old)});
  if (!table.indexes.empty()) {
    PUMICE_TRY(const auto effects,
               UpdateIndexes(step.transaction, {table, live.filling, step.key_bytes, old, item}));
    for (const IndexEffect& effect : effects) {
      units.push_back({effect.index, effect.write_units});
      AddDelta(step, {effect.index.value(), effect.count_delta, effect.size_delta_bytes});
    }
  }
  if (table.TimeToLiveEnabled()) {
    UpdateExpiry(step.transaction, *table.time_to_live, {step.key_bytes, old, item});
  }
  if (table.StreamEnabled()) LogChange(step, table, old, item);
  return units;
}

void EngineItemStore::AddDelta(const Step& step, const TotalsDelta& delta) {
  if (delta.item_count != 0 || delta.size_bytes != 0) step.deltas.push_back(delta);
}

void EngineItemStore::LogChange(const Step& step, const TableDescription& table,
                                const EncodedItemView* old, const EncodedItemView* item) const {
  const StreamViewType view = table.stream->view_type;
  const KeysText keys = TextOfKeys(table.key_schema, step.write.key);
  ChangeRecordView record;
  record.kind = KindOf(old, item);
  record.actor = step.write.actor;
  record.created = clock_.Now();
  record.size_bytes = keys.size_bytes;
  record.keys = keys.json;
  if (item != nullptr && ShowsNew(view)) {
    record.new_image = item->json();
    record.size_bytes += SizeOf(item);
  }
  if (old != nullptr && ShowsOld(view)) {
    record.old_image = old->json();
    record.size_bytes += SizeOf(old);
  }
  step.lease.Append(step.transaction, table.stream->id, KeyHash(step.key_bytes), record);
}

Result<std::unique_ptr<RangeReader>> EngineItemStore::Read(const RangeRequest& request) const {
  return OpenRangeReader(engine_, request);
}

}  // namespace pumice
