// SPDX-License-Identifier: Apache-2.0
#include "server/init/init_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "server/init/csv_file.h"
#include "server/init/document_reader.h"
#include "server/init/json_view.h"
#include "server/init/serverless_file.h"
#include "server/init/template_file.h"
#include "server/init/yaml_node.h"

namespace pumice {
namespace {

constexpr std::array<std::pair<std::string_view, InitFileKind>, 7> kEndings = {{
    {".csv", InitFileKind::kCsv},
    {".json", InitFileKind::kJson},
    {".jsonl", InitFileKind::kJsonLines},
    {".ndjson", InitFileKind::kJsonLines},
    {".template", InitFileKind::kYaml},
    {".yaml", InitFileKind::kYaml},
    {".yml", InitFileKind::kYaml},
}};

constexpr std::string_view kBlanks = " \t\r";

Error CannotRead(std::string_view path, std::string_view why) {
  return Error(ErrorCode::kValidation, fmt::format("{}: cannot be read: {}", path, why));
}

Result<std::ifstream> Open(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return CannotRead(path, "it is a folder");
  std::ifstream file(path, std::ios::binary);
  if (!file) return CannotRead(path, std::strerror(errno));
  return file;
}

Result<std::string> ReadText(const std::string& path) {
  PUMICE_TRY(std::ifstream file, Open(path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

/// users of 20-users and 20_users.
std::string WithoutNumber(std::string stem) {
  const std::size_t digits = std::min(stem.find_first_not_of("0123456789"), stem.size());
  const bool numbered =
      digits > 0 && digits + 1 < stem.size() && (stem[digits] == '-' || stem[digits] == '_');
  return numbered ? stem.substr(digits + 1) : stem;
}

TemplateSource SourceOf(const InitFile& file, const ReadOptions& options) {
  return {file.path, file.stem(), options.region, options.account_id};
}

std::string TableOf(const InitFile& file, const ReadOptions& options) {
  return options.table.empty() ? file.stem() : options.table;
}

/// A serverless.yml is read as the template that it stands for.
Result<std::vector<YamlNode>> ReadDocuments(const std::string& text, const TemplateSource& source) {
  PUMICE_TRY(std::vector<YamlNode> documents, ReadYaml(text, source.path));
  for (YamlNode& document : documents) {
    if (!IsServerless(document)) continue;
    PUMICE_TRY(document, TemplateOfServerless(document, source));
  }
  return documents;
}

// --- One function a kind
// ---------------------------------------------------------------------------

Result<void> ReadYamlFile(const InitFile& file, const ReadOptions& options, StepVisitor visit) {
  PUMICE_TRY(const std::string text, ReadText(file.path));
  const TemplateSource source = SourceOf(file, options);
  PUMICE_TRY(const std::vector<YamlNode> documents, ReadDocuments(text, source));
  DocumentReader reader(file.path, TableOf(file, options), visit);
  for (const YamlNode& document : documents) {
    if (IsTemplate(document)) {
      PUMICE_TRY(ReadTemplate(document, source, visit));
      continue;
    }
    const std::vector<YamlNode>& parts =
        document.is_list() ? document.elements : std::vector<YamlNode>{document};
    for (const YamlNode& part : parts) {
      PUMICE_TRY(const std::string json, RequestJson(part, file.path));
      PUMICE_TRY(const JsonView view, JsonView::Read(json, file.path, part.line));
      PUMICE_TRY(reader.Read(view));
    }
  }
  return Ok();
}

Result<void> ReadJsonFile(const InitFile& file, const ReadOptions& options, StepVisitor visit) {
  PUMICE_TRY(const std::string text, ReadText(file.path));
  PUMICE_TRY(const JsonView document, JsonView::Read(text, file.path));
  const auto resources = document.Find("Resources");
  // An attribute of an item may be named Resources, too; then a type stands inside.
  if (resources && resources->is_object() && !resources->Has("M")) {
    PUMICE_TRY(const std::vector<YamlNode> documents, ReadYaml(text, file.path));
    return ReadTemplate(documents.front(), SourceOf(file, options), visit);
  }
  DocumentReader reader(file.path, TableOf(file, options), visit);
  if (!document.is_list()) return reader.Read(document);
  for (const JsonView& element : document.Elements()) {
    PUMICE_TRY(reader.Read(element));
  }
  return Ok();
}

Result<void> ReadJsonLines(const InitFile& file, const ReadOptions& options, StepVisitor visit) {
  PUMICE_TRY(std::ifstream input, Open(file.path));
  DocumentReader reader(file.path, TableOf(file, options), visit);
  std::string text;
  for (std::size_t line = 1; std::getline(input, text); ++line) {
    if (text.find_first_not_of(kBlanks) == std::string::npos) continue;
    PUMICE_TRY(const JsonView document, JsonView::Read(text, file.path, line));
    PUMICE_TRY(reader.Read(document));
  }
  return Ok();
}

Result<void> ReadCsvFile(const InitFile& file, const ReadOptions& options, StepVisitor visit) {
  PUMICE_TRY(std::ifstream input, Open(file.path));
  return ReadCsv(input, file.path, TableOf(file, options), visit);
}

}  // namespace

std::string InitFile::stem() const {
  return WithoutNumber(std::filesystem::path(path).stem().string());
}

std::optional<InitFileKind> InitFileKindOf(std::string_view path) {
  const std::filesystem::path file(path);
  const std::string ending = file.extension().string();
  const auto found = std::find_if(kEndings.begin(), kEndings.end(),
                                  [&](const auto& entry) { return entry.first == ending; });
  if (found == kEndings.end()) return std::nullopt;
  const bool json = found->second == InitFileKind::kJson;
  return json && WithoutNumber(file.stem().string()) == "handlers" ? InitFileKind::kHandlers
                                                                   : found->second;
}

Result<InitFolder> ListInitFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  InitFolder listed;
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string path = entry->path().string();
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name.starts_with('.') || std::filesystem::is_directory(path, ignored)) continue;
    if (const auto kind = InitFileKindOf(path)) {
      listed.files.push_back({path, *kind});
    } else {
      listed.ignored.push_back(name);
    }
  }
  if (error) return CannotRead(folder, error.message());
  std::sort(listed.files.begin(), listed.files.end(),
            [](const InitFile& a, const InitFile& b) { return a.path < b.path; });
  std::sort(listed.ignored.begin(), listed.ignored.end());
  return listed;
}

Result<void> ReadInitFile(const InitFile& file, const ReadOptions& options, StepVisitor visit) {
  switch (file.kind) {
    case InitFileKind::kCsv: return ReadCsvFile(file, options, visit);
    case InitFileKind::kJson: return ReadJsonFile(file, options, visit);
    case InitFileKind::kJsonLines: return ReadJsonLines(file, options, visit);
    case InitFileKind::kYaml: return ReadYamlFile(file, options, visit);
    case InitFileKind::kHandlers: break;
  }
  return CannotRead(file.path, "it names stream handlers; give it to the server with --handlers");
}

Result<TemplateHandlers> ReadInitHandlers(const InitFile& file, const ReadOptions& options) {
  TemplateHandlers none;
  if (file.kind != InitFileKind::kYaml && file.kind != InitFileKind::kJson) return none;
  PUMICE_TRY(const std::string text, ReadText(file.path));
  // Most files of JSON are items: they are not worth a tree.
  const bool may_hold_functions = text.find("AWS::Lambda::") != std::string::npos ||
                                  text.find("AWS::Serverless::") != std::string::npos;
  if (file.kind == InitFileKind::kJson && !may_hold_functions) return none;
  const TemplateSource source = SourceOf(file, options);
  PUMICE_TRY(const std::vector<YamlNode> documents, ReadDocuments(text, source));
  for (const YamlNode& document : documents) {
    if (!IsTemplate(document) || !HasHandlers(document)) continue;
    return ReadTemplateHandlers(document, source);
  }
  return none;
}

Result<std::string> HashOfFile(const std::string& path) {
  PUMICE_TRY(std::ifstream file, Open(path));
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  std::array<char, 64 * 1024> chunk;
  while (file.read(chunk.data(), chunk.size()), file.gcount() > 0) {
    XXH3_128bits_update(&state, chunk.data(), static_cast<std::size_t>(file.gcount()));
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace pumice
