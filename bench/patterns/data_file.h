// SPDX-License-Identifier: Apache-2.0
#pragma once
// The part `data:` of a pattern file.

#include <string>
#include <vector>

#include "bench/patterns/pattern_file.h"

namespace pumice::patterns {

/// `node`: a map of sets, in the order in which one may stand on another. `tables`: where their
/// items may go. Errors: Validation, at the line of the mistake, or naming the file of items.
Result<void> ReadData(const YamlNode& node, const std::vector<Table>& tables, Data& data);

/// {name: source, ...}. Errors: Validation.
Result<std::vector<Column>> ReadColumns(const YamlNode& node, const Data& data);

/// `node` as JSON with its placeholders. Errors: Validation, at the line of the placeholder.
Result<Template> ReadTemplate(const YamlNode& node, const Json& json, const Data& data,
                              const DataSet& own, bool may_draw);

/// `path` as it is meant in the file `beside`: relative to the folder of that.
std::string PathBeside(const std::string& beside, const std::string& path);

}  // namespace pumice::patterns
