// SPDX-License-Identifier: Apache-2.0
#include "storage/rocks/rocks_engine.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/iterator.h>
#include <rocksdb/write_batch.h>

#include "storage/rocks/folder.h"
#include "storage/rocks/lock_stripes.h"
#include "storage/rocks/no_options_files.h"
#include "storage/rocks/options.h"
#include "storage/rocks/rocks_logger.h"
#include "storage/rocks/status.h"

namespace pumice {
namespace {

/// Where an in-memory store stands in its own, empty file system.
constexpr char kMemoryFolder[] = "/memory";

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view FromSlice(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

class RocksSnapshot final : public Snapshot {
 public:
  explicit RocksSnapshot(rocksdb::DB& db) : db_(db), snapshot_(db.GetSnapshot()) {}
  ~RocksSnapshot() override { db_.ReleaseSnapshot(snapshot_); }

  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  rocksdb::DB& db_;
  const rocksdb::Snapshot* snapshot_;
};

rocksdb::ReadOptions ReadOptionsFor(const Snapshot* snapshot) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = static_cast<const RocksSnapshot*>(snapshot)->get();
  return options;
}

class RocksCursor final : public Cursor {
 public:
  RocksCursor(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family, const KeyRange& range,
              Direction direction, const Snapshot* snapshot)
      : range_(range),
        lower_(ToSlice(range_.begin)),
        upper_(ToSlice(range_.end)),
        forward_(direction == Direction::kForward) {
    rocksdb::ReadOptions options = ReadOptionsFor(snapshot);
    options.iterate_lower_bound = &lower_;
    if (!range_.end.empty()) options.iterate_upper_bound = &upper_;
    iterator_.reset(db.NewIterator(options, family));
    if (forward_) {
      iterator_->Seek(lower_);
    } else {
      iterator_->SeekToLast();
    }
  }

  bool Valid() const override { return iterator_->Valid(); }
  void Next() override {
    if (forward_) {
      iterator_->Next();
    } else {
      iterator_->Prev();
    }
  }
  std::string_view key() const override { return FromSlice(iterator_->key()); }
  std::string_view value() const override { return FromSlice(iterator_->value()); }
  Result<void> status() const override {
    return ResultFromRocks(iterator_->status(), "reading a range");
  }

 private:
  // The iterator keeps pointers to the bounds.
  const KeyRange range_;
  const rocksdb::Slice lower_;
  const rocksdb::Slice upper_;
  const bool forward_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

class RocksTransaction final : public Transaction {
 public:
  RocksTransaction(rocksdb::DB& db, std::span<rocksdb::ColumnFamilyHandle* const> families,
                   rocksdb::WriteBatch& batch)
      : db_(db), families_(families), batch_(batch) {}

  Result<std::optional<std::string>> Get(Family family, std::string_view key) override;
  void Put(Family family, std::string_view key, std::string_view value) override {
    Note(batch_.Put(HandleOf(family), ToSlice(key), ToSlice(value)));
  }
  void Delete(Family family, std::string_view key) override {
    Note(batch_.Delete(HandleOf(family), ToSlice(key)));
  }
  void DeleteRange(Family family, const KeyRange& range) override {
    Note(batch_.DeleteRange(HandleOf(family), ToSlice(range.begin), ToSlice(range.end)));
  }
  void OnCommit(std::function<void()> publish) override {
    publishers_.push_back(std::move(publish));
  }

  const rocksdb::Status& status() const { return status_; }
  void Publish() {
    for (const std::function<void()>& publish : publishers_) publish();
  }

 private:
  rocksdb::ColumnFamilyHandle* HandleOf(Family family) const {
    return families_[static_cast<std::size_t>(family)];
  }
  void Note(rocksdb::Status status) {
    if (!status.ok()) status_ = std::move(status);
  }

  rocksdb::DB& db_;
  std::span<rocksdb::ColumnFamilyHandle* const> families_;
  rocksdb::WriteBatch& batch_;
  rocksdb::Status status_;
  std::vector<std::function<void()>> publishers_;
};

Result<std::optional<std::string>> GetFrom(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family,
                                           std::string_view key, const Snapshot* snapshot) {
  std::optional<std::string> value(std::in_place);
  const rocksdb::Status status = db.Get(ReadOptionsFor(snapshot), family, ToSlice(key), &*value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return ErrorFromRocks(status, "reading a key");
  return value;
}

Result<std::optional<std::string>> RocksTransaction::Get(Family family, std::string_view key) {
  return GetFrom(db_, HandleOf(family), key, nullptr);
}

/// The batch that this thread fills; its memory is kept from one write to the next unless it grew
/// large.
rocksdb::WriteBatch& ThreadBatch() {
  constexpr std::size_t kMaxKeptBytes = 1024 * 1024;
  thread_local std::unique_ptr<rocksdb::WriteBatch> batch;
  if (batch == nullptr || batch->Data().capacity() > kMaxKeptBytes) {
    batch = std::make_unique<rocksdb::WriteBatch>();
  } else {
    batch->Clear();
  }
  return *batch;
}

class RocksEngine final : public Engine {
 public:
  RocksEngine(std::unique_ptr<rocksdb::Env> env, WriteSafety safety, Log& log)
      : env_(std::move(env)), log_(log) {
    write_options_.disableWAL = safety == WriteSafety::kInMemory;
    write_options_.sync = safety == WriteSafety::kSynced;
  }
  ~RocksEngine() override;

  rocksdb::Status Open(const std::string& path, bool in_memory);

  Result<std::optional<std::string>> Get(Family family, std::string_view key,
                                         const Snapshot* snapshot) const override {
    return GetFrom(*db_, HandleOf(family), key, snapshot);
  }
  Result<std::vector<std::optional<std::string>>> MultiGet(Family family,
                                                           std::span<const std::string> keys,
                                                           const Snapshot* snapshot) const override;
  std::unique_ptr<Snapshot> TakeSnapshot() const override {
    return std::make_unique<RocksSnapshot>(*db_);
  }
  std::unique_ptr<Cursor> NewCursor(Family family, const KeyRange& range, Direction direction,
                                    const Snapshot* snapshot) const override {
    return std::make_unique<RocksCursor>(*db_, HandleOf(family), range, direction, snapshot);
  }
  Result<void> Transact(std::span<const std::string_view> lock_keys,
                        FunctionRef<Result<void>(Transaction&)> work) override;

 private:
  rocksdb::ColumnFamilyHandle* HandleOf(Family family) const {
    return families_[static_cast<std::size_t>(family)];
  }
  rocksdb::Status Commit(rocksdb::WriteBatch& batch);
  bool Resume();
  void NoteRefusing(const rocksdb::Status& status);

  std::unique_ptr<rocksdb::Env> env_;
  Log& log_;
  rocksdb::WriteOptions write_options_;
  std::unique_ptr<rocksdb::DB> db_;
  rocksdb::ColumnFamilyHandle* default_family_ = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  LockStripes locks_;
  std::mutex resume_mutex_;
  std::atomic<bool> refusing_ = false;
};

RocksEngine::~RocksEngine() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle* family : families_) db_->DestroyColumnFamilyHandle(family);
  if (default_family_ != nullptr) db_->DestroyColumnFamilyHandle(default_family_);
  const rocksdb::Status status = db_->Close();
  if (!status.ok()) log_.Error("closing the store: {}", status.ToString());
}

rocksdb::Status RocksEngine::Open(const std::string& path, bool in_memory) {
  rocksdb::DBOptions options = RocksDbOptions(in_memory);
  options.info_log = std::make_shared<RocksLogger>(log_);
  options.env = env_.get();
  // Requests come first: on a busy machine a compaction waits rather than they do.
  options.env->LowerThreadPoolCPUPriority(rocksdb::Env::Priority::LOW, rocksdb::CpuPriority::kLow);
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = RocksFamilies(in_memory);
  // All families at once: while it opens, RocksDB would make one after the other.
  const bool fresh = !options.env->FileExists(path + "/CURRENT").ok();
  const auto opened = std::span(families).first(fresh ? 1 : families.size());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status =
      rocksdb::DB::Open(options, path, {opened.begin(), opened.end()}, &handles, &db);
  if (!status.ok()) return status;
  db_.reset(db);
  default_family_ = handles.front();
  if (fresh) {
    status = db_->CreateColumnFamilies({families.begin() + 1, families.end()}, &families_);
  } else {
    families_.assign(handles.begin() + 1, handles.end());
  }
  return status;
}

Result<std::vector<std::optional<std::string>>> RocksEngine::MultiGet(
    Family family, std::span<const std::string> keys, const Snapshot* snapshot) const {
  std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet(ReadOptionsFor(snapshot), HandleOf(family), keys.size(), slices.data(),
                values.data(), statuses.data());
  std::vector<std::optional<std::string>> answers(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return ErrorFromRocks(statuses[i], "reading keys");
    answers[i].emplace(values[i].data(), values[i].size());
  }
  return answers;
}

Result<void> RocksEngine::Transact(std::span<const std::string_view> lock_keys,
                                   FunctionRef<Result<void>(Transaction&)> work) {
  rocksdb::WriteBatch& batch = ThreadBatch();
  const LockStripes::Guard guard(locks_, lock_keys);
  RocksTransaction transaction(*db_, families_, batch);
  PUMICE_TRY(work(transaction));
  PUMICE_TRY(ResultFromRocks(transaction.status(), "collecting a write"));
  if (batch.Count() > 0) {
    PUMICE_TRY(ResultFromRocks(Commit(batch), "writing"));
  }
  transaction.Publish();
  return Ok();
}

rocksdb::Status RocksEngine::Commit(rocksdb::WriteBatch& batch) {
  rocksdb::Status status = db_->Write(write_options_, &batch);
  // After a failed write RocksDB refuses all others until it is told to go on. On a full disk it
  // looks for space itself every five seconds; what else is over by now is healed by the first
  // write that comes after it.
  if (!status.ok() && StopsWriting(status) && Resume()) status = db_->Write(write_options_, &batch);
  if (refusing_.load(std::memory_order_relaxed) == status.ok()) NoteRefusing(status);
  return status;
}

bool RocksEngine::Resume() {
  const std::unique_lock<std::mutex> lock(resume_mutex_, std::try_to_lock);
  return lock.owns_lock() && db_->Resume().ok();
}

/// One line when it begins and one when it ends, not one a write.
void RocksEngine::NoteRefusing(const rocksdb::Status& status) {
  if (refusing_.exchange(!status.ok()) != status.ok()) return;
  if (status.ok()) {
    log_.Warn("the store takes writes again");
  } else {
    log_.Error("the store refuses writes: {}", status.ToString());
  }
}

Error OpenError(const rocksdb::Status& status, const std::filesystem::path& folder) {
  const std::string start = "Cannot open the database in " + folder.string() + ": ";
  if (IsLockedByOther(status)) {
    return Error(ErrorCode::kInternal, start + "it is in use by another server", status.ToString());
  }
  return Error(ErrorCode::kInternal, start + status.ToString(), status.ToString());
}

}  // namespace

Result<std::unique_ptr<Engine>> OpenRocksEngine(const std::filesystem::path& folder,
                                                WriteSafety safety, Log& log) {
  const bool in_memory = safety == WriteSafety::kInMemory;
  std::unique_ptr<rocksdb::Env> env;
  if (in_memory) {
    const std::unique_ptr<rocksdb::Env> memory(rocksdb::NewMemEnv(rocksdb::Env::Default()));
    env = WithoutOptionsFiles(*memory);
    env->CreateDirIfMissing(kMemoryFolder);
  } else {
    PUMICE_TRY(PrepareFolder(folder));
    env = WithoutOptionsFiles(*rocksdb::Env::Default());
  }
  auto engine = std::make_unique<RocksEngine>(std::move(env), safety, log);
  const rocksdb::Status status =
      engine->Open(in_memory ? kMemoryFolder : folder.string(), in_memory);
  if (!status.ok()) return OpenError(status, folder);
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace pumice
