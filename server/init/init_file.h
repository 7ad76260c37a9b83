// SPDX-License-Identifier: Apache-2.0
#pragma once
// A file that says what a database begins with, or more of it: its kind is told by how its name
// ends, the table of its items by the rest of the name. docs/init.md is the whole story.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/init/init_step.h"
#include "server/init/template_handlers.h"

namespace pumice {

enum class InitFileKind : std::uint8_t {
  kCsv,        // .csv
  kHandlers,   // handlers.json, with or without a number in front
  kJson,       // .json: requests, items, a template
  kJsonLines,  // .jsonl, .ndjson: one of those a line, but for templates
  kYaml,       // .yaml, .yml, .template: requests, a template
};

struct InitFile {
  std::string path;
  InitFileKind kind = InitFileKind::kJson;

  std::string name() const { return std::filesystem::path(path).filename().string(); }
  /// The name without its ending and without a number and a dash in front: 20-users.csv -> users.
  std::string stem() const;
};

/// None: a file of another kind.
std::optional<InitFileKind> InitFileKindOf(std::string_view path);

struct InitFolder {
  std::vector<InitFile> files;       // in the order of their names, byte by byte
  std::vector<std::string> ignored;  // names of those of other kinds that are not hidden
};

/// Errors: Validation: there is no such folder, or it cannot be read.
Result<InitFolder> ListInitFolder(const std::string& folder);

/// The steps of a file that is not of kind kHandlers. Errors: Validation, with file and line; those
/// of the visitor.
Result<void> ReadInitFile(const InitFile& file, const ReadOptions& options, StepVisitor visit);

/// The stream functions of a template's file; empty for files of other kinds. Errors: those of
/// ReadTemplateHandlers, and as ReadInitFile.
Result<TemplateHandlers> ReadInitHandlers(const InitFile& file, const ReadOptions& options);

/// Of the content, to tell whether it is what it was. Errors: Validation: it cannot be read.
Result<std::string> HashOfFile(const std::string& path);

}  // namespace pumice
