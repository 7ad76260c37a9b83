// SPDX-License-Identifier: Apache-2.0
#pragma once
// Table and stream descriptions as the catalog stores them: JSON text with a version. Members are
// in FORMAT.md. Thread rule: free functions, any thread.

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/table.h"
#include "storage/change_log.h"

namespace pumice {

std::string TableJson(const TableDescription& table);
/// Errors: Internal (not such a text, or of another version).
Result<TableDescription> ReadTableJson(std::string_view text);

std::string StreamJson(const StreamDescription& stream);
/// Errors: as ReadTableJson.
Result<StreamDescription> ReadStreamJson(std::string_view text);

}  // namespace pumice
