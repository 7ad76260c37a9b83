// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tables with their items as text that the readers of this folder read.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "server/init/call_sink.h"

namespace pumice {

struct DumpSource {
  /// One a thread.
  std::function<std::unique_ptr<CallSink>()> open;
  int segments = 1;  // scans of a table at the same time; 0: no items are wanted
};

/// Takes the next text, with how many items are in it and how far the table is, 0 to 1 (an estimate
/// by AWS's count of items, which may be old). Never called by two threads at once.
using DumpWriter =
    FunctionRef<Result<void>(std::string_view text, std::uint64_t items, double fraction)>;

/// In the order of their names. Errors: Internal: the endpoint fails or refuses.
Result<std::vector<std::string>> AllTables(const DumpSource& source);

/// The request that makes the table, one that starts its time to live if that is on, then an item a
/// line, as Scan gives them: consistent reads, no snapshot. Errors: Internal, with the table's
/// name: the endpoint fails or refuses; those of the writer.
Result<void> DumpJsonLines(const DumpSource& source, const std::string& table, DumpWriter write);

/// Columns are the attributes of all items, one for each type that an attribute has; the key is
/// first. Errors: as DumpJsonLines.
Result<void> DumpCsv(const DumpSource& source, const std::string& table, DumpWriter write);

}  // namespace pumice
