// SPDX-License-Identifier: Apache-2.0
#pragma once
// Makes a file's tables at an endpoint and fills them; takes them away again.

#include <cstdint>

#include "bench/patterns/dynamodb_client.h"
#include "bench/patterns/pattern_file.h"
#include "bench/patterns/progress.h"

namespace pumice::patterns {

/// What is done where a table is there already.
enum class TablePolicy : std::uint8_t {
  kMake,      // that is an error: somebody's data may be in it
  kReplace,   // it is deleted first
  kExisting,  // all tables are used as they are: nothing is made, loaded or deleted
};

struct LoadResult {
  std::uint64_t items = 0;
  double seconds = 0;
};

/// Thread rule: one thread; its loading uses several.
class Tables {
 public:
  Tables(const PatternFile& file, const Endpoint& endpoint, const Clock& clock,
         const StopFlag& stop);

  /// Errors: Internal, with the endpoint's name in front: a table exists, is refused, or does not
  /// become ACTIVE. Those made before stay and are remembered.
  Result<void> Make(TablePolicy policy);

  /// Writes all items, by BatchWriteItem over `connections` connections; what is left unprocessed
  /// or throttled is sent again. Ends early, without an error, when the stop flag is set. Errors:
  /// Internal: the endpoint refuses an item, or throttles for minutes.
  Result<LoadResult> Load(std::size_t connections, Progress& progress);

  /// Deletes the tables that Make made; `stop` takes the place of the constructor's. Errors:
  /// Internal.
  Result<void> DeleteMade(const StopFlag& stop);

 private:
  Error Failed(std::string_view what, std::string_view why) const;
  Result<Answer> Call(std::string_view operation, std::string_view body);
  Result<void> MakeOne(const Table& table, TablePolicy policy);
  Result<void> Delete(const std::string& name);
  Result<void> WaitUntil(const std::string& name, bool there);

  const PatternFile& file_;
  const Endpoint& endpoint_;
  const Clock& clock_;
  const StopFlag& stop_;
  DynamoDbClient client_;
  std::vector<std::string> made_;
};

}  // namespace pumice::patterns
