// SPDX-License-Identifier: Apache-2.0
#pragma once
// ItemStore: reads and writes items. A write is one atomic unit: the item, its index entries, its
// change record and the totals are committed together or not at all. Thread rule: any thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "model/change_record.h"
#include "model/item_key.h"
#include "model/table.h"
#include "storage/engine.h"
#include "storage/item_codec.h"
#include "storage/range_reader.h"

namespace pumice {

/// What becomes of an item.
struct ItemChange {
  std::optional<std::string> encoded;  // EncodeItem() of the new item; none: the item is deleted
};

/// Decides under the key's lock what a write does. old: the stored item, null if there is none; it
/// lives during the call. Answers the change, none to leave things as they are, or the error that
/// refuses the write. Pure: it may run twice.
using ChangeFunction = FunctionRef<Result<std::optional<ItemChange>>(const EncodedItemView* old)>;

struct ItemWrite {
  const TableDescription& table;
  const ItemKey& key;
  ChangeFunction change;
  ChangeActor actor = ChangeActor::kClient;
  bool index_keys_checked = false;  // what is written has been checked against `table`'s indexes
};

/// Write units that one index was charged (only indexes whose stored view changed are named).
struct IndexUnits {
  IndexId index;
  std::int64_t write_units = 0;
};

struct WriteOutcome {
  std::optional<std::string> old_item;  // encoded; none if there was no item
  std::int64_t larger_size_bytes =
      0;  // the larger of old and new item; what table write units are made from
  std::vector<IndexUnits> index_units;
};

/// What makes a transaction idempotent. Views of what the caller keeps.
struct TransactionTokenView {
  std::string_view token;       // ClientRequestToken, not empty
  std::string_view parameters;  // equal for equal requests
};

struct ItemTransaction {
  std::span<const ItemWrite> writes;  // distinct keys
  std::optional<TransactionTokenView> token;
};

struct TransactionOutcome {
  bool replayed = false;  // the token's transaction was done before: nothing is written
  std::vector<WriteOutcome> outcomes;          // one a write, in order; none if replayed or refused
  std::vector<std::optional<Error>> refusals;  // one a write; empty if nothing refused it
};

struct ItemRead {
  const TableDescription& table;
  const ItemKey& key;
};

class ItemStore {
 public:
  virtual ~ItemStore() = default;

  /// The stored item's bytes (see EncodedItemView), none if there is none.
  virtual Result<std::optional<std::string>> Get(const TableDescription& table,
                                                 const ItemKey& key) const = 0;
  /// One answer per key, in order.
  virtual Result<std::vector<std::optional<std::string>>> MultiGet(
      const TableDescription& table, std::span<const ItemKey> keys) const = 0;

  /// As MultiGet over several tables, all of one state of the database: no write, and no part of a
  /// transaction, lies between two of the answers.
  virtual Result<std::vector<std::optional<std::string>>> GetTogether(
      std::span<const ItemRead> reads) const = 0;

  /// All writes of the call are one atomic unit; the first refusal refuses them all. Distinct keys.
  /// New index key values are checked, unless the write says that they were and the table is still
  /// the same: wrong type, empty or too long refuses the write with AWS's text (Validation).
  /// Errors: those of change; Validation as said; ResourceNotFound "Requested resource not found"
  /// if the table was deleted meanwhile; Internal (disk).
  virtual Result<std::vector<WriteOutcome>> Write(std::span<const ItemWrite> writes) = 0;
  /// The same for one item, without the vectors. Errors also: TransactionConflict, the item belongs
  /// to a transaction that runs now (only to a client's write; the server's own wait).
  virtual Result<WriteOutcome> Write(const ItemWrite& write) = 0;

  /// A transaction: all writes or none, and all that refuse are told, not only the first. Its items
  /// are its own while it runs: another transaction, or a client's Write() of one of them, is
  /// refused with TransactionConflict. A Write() that is already under way is waited for.
  /// Refusals: the errors of change; Validation of index keys as in Write(); TransactionConflict.
  /// Errors (nothing is written): ResourceNotFound, Internal as in Write(); TransactionInProgress,
  /// a transaction with the token runs; IdempotentParameterMismatch, one with other parameters was
  /// done in the last ten minutes. The token is stored with the items.
  virtual Result<TransactionOutcome> Transact(const ItemTransaction& transaction) = 0;
  /// Whether the item belongs to a transaction that runs now.
  virtual bool InTransaction(const TableDescription& table, const ItemKey& key) const = 0;
  /// Removes the tokens that count no more: a bounded piece of work, no more than `max_tokens` are
  /// looked at. Answers whether there are more. One call at a time. Errors: Internal.
  virtual Result<bool> ForgetOldTokens(std::size_t max_tokens) = 0;

  /// Opens a reader over a key range of the table or one of its indexes, on one snapshot.
  virtual Result<std::unique_ptr<RangeReader>> Read(const RangeRequest& request) const = 0;
};

}  // namespace pumice
