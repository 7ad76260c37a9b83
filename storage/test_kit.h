// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the tests of this folder share: a database to play with, tables, and short ways to write and
// read. Thread rule: as Database.

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/log.h"
#include "storage/database.h"

namespace pumice {

/// A folder of its own that goes away with it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "pumice-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline constexpr TimePoint kTestStart{std::chrono::seconds(1'795'228'250)};  // 2026-11-21T02:30:50

inline std::unique_ptr<Database> OpenDatabase(const DatabaseOptions& options, const Clock& clock,
                                              RandomSource& random, Log& log) {
  Result<std::unique_ptr<Database>> opened = Database::Open(options, clock, random, log);
  if (!opened) {
    ADD_FAILURE() << opened.error().client_text() << " / " << opened.error().log_text();
    return nullptr;
  }
  return std::move(opened.value());
}

inline AttributeValue S(std::string text) { return AttributeValue(std::move(text)); }
inline AttributeValue N(std::int64_t number) { return AttributeValue(Number(number)); }
inline AttributeValue B(std::string bytes) { return AttributeValue(Binary{std::move(bytes)}); }

inline KeyAttribute Key(std::string name, AttributeType type = AttributeType::kS) {
  return {std::move(name), type};
}

inline IndexDescription Index(std::string name, std::vector<KeyAttribute> hash,
                              std::vector<KeyAttribute> range) {
  IndexDescription index;
  index.name = IndexName(std::move(name));
  index.key_schema = {std::move(hash), std::move(range)};
  return index;
}

/// Keys pk (S) and sk (S).
inline TableDescription Table(std::string name, std::vector<IndexDescription> indexes = {}) {
  TableDescription table;
  table.arn = "arn:aws:dynamodb:ddblocal:000000000000:table/" + name;
  table.name = TableName(std::move(name));
  table.key_schema = {{Key("pk")}, {Key("sk")}};
  table.indexes = std::move(indexes);
  return table;
}

inline TableDescription WithStream(TableDescription table, StreamViewType view) {
  table.stream.emplace().view_type = view;
  return table;
}

inline Result<WriteOutcome> PutItem(Database& database, const TableDescription& table,
                                    const Item& item) {
  const ItemKey key = *ExtractKey(table.key_schema, item);
  const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    return std::optional(ItemChange{EncodeItem(item)});
  };
  return database.items().Write(ItemWrite{table, key, change});
}

inline Result<WriteOutcome> DeleteItem(Database& database, const TableDescription& table,
                                       const ItemKey& key,
                                       ChangeActor actor = ChangeActor::kClient) {
  const auto change = [&](const EncodedItemView*) -> Result<std::optional<ItemChange>> {
    return std::optional(ItemChange{std::nullopt});
  };
  return database.items().Write(ItemWrite{table, key, change, actor});
}

/// The item's wire text; none if there is none.
inline std::optional<std::string> GetJson(Database& database, const TableDescription& table,
                                          const ItemKey& key) {
  const auto stored = database.items().Get(table, key).value();
  if (!stored) return std::nullopt;
  return std::string(EncodedItemView(*stored).json());
}

/// The wire texts that a request reads, in order.
inline std::vector<std::string> ReadJson(Database& database, const RangeRequest& request) {
  const auto reader = database.items().Read(request).value();
  std::vector<std::string> texts;
  while (reader->Next().value()) texts.emplace_back(reader->item().json());
  return texts;
}

inline RangeRequest ScanOf(const TableDescription& table, const IndexDescription* index = nullptr) {
  return {table, index, nullptr, std::nullopt, Direction::kForward, nullptr};
}

/// A database in memory on a clock that stands still.
class MemoryDatabaseTest : public ::testing::Test {
 protected:
  MemoryDatabaseTest()
      : clock_(kTestStart),
        log_(LogLevel::kOff),
        database_(OpenDatabase({}, clock_, random_, log_)) {}

  TablePtr Create(TableDescription table) {
    return database_->catalog().Create(std::move(table)).value();
  }
  TablePtr Find(std::string_view name) { return database_->catalog().Find(name); }

  ManualClock clock_;
  SystemRandom random_;
  Log log_;
  std::unique_ptr<Database> database_;
};

}  // namespace pumice
