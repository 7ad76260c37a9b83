// SPDX-License-Identifier: Apache-2.0
#pragma once
// YAML (and so JSON, too) that may be walked without fear: every alias (*name) can be followed, for
// there is none inside of what it names, and all of them together do not grow without end. The
// only header that includes the YAML library, and hands its nodes on. Thread rule: one thread a
// text, as its nodes share memory.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "base/result.h"

namespace pumice {

struct YamlSource {
  std::string_view path;  // in front of every error
  std::size_t max_levels = 0;
  std::string_view not_yaml = {};  // in front of what the parser says
};

/// The documents of `text`, those that are empty, too. Errors: Validation: "<path>:<line>: <what
/// the parser says>"; at the line, more than a million values when all aliases are followed;
/// "<path>: ...": more levels than allowed, which an alias inside of what it names has.
Result<std::vector<YAML::Node>> ReadYamlDocuments(const std::string& text,
                                                  const YamlSource& source);

/// Of its file, from 1.
std::size_t LineOf(const YAML::Node& node);

}  // namespace pumice
