// SPDX-License-Identifier: Apache-2.0
#include "yaml/yaml_documents.h"

#include <fmt/core.h>

namespace pumice {
namespace {

constexpr std::size_t kMaxValues = 1'000'000;

std::size_t LineOfMark(const YAML::Mark& mark) { return static_cast<std::size_t>(mark.line) + 1; }

Error WrongAt(const YamlSource& source, std::size_t line, std::string_view text) {
  return Error(ErrorCode::kValidation, fmt::format("{}:{}: {}", source.path, line, text));
}

/// Of one text: its documents have a million values together.
class BoundsCheck {
 public:
  explicit BoundsCheck(const YamlSource& source) : source_(source) {}

  /// `levels`: how many there may be from `node` on.
  Result<void> Check(const YAML::Node& node, std::size_t levels) {
    if (levels == 0) return TooDeep();
    if (++values_ > kMaxValues) {
      return WrongAt(source_, LineOf(node), "more than a million values");
    }
    if (node.IsMap()) return CheckMap(node, levels - 1);
    if (!node.IsSequence()) return Ok();
    for (const auto& element : node) {
      PUMICE_TRY(Check(element, levels - 1));
    }
    return Ok();
  }

 private:
  Result<void> CheckMap(const YAML::Node& map, std::size_t levels) {
    for (const auto& member : map) {
      // A name may be a list or a map, too; one that is a scalar is no value.
      if (!member.first.IsScalar()) {
        PUMICE_TRY(Check(member.first, levels));
      }
      PUMICE_TRY(Check(member.second, levels));
    }
    return Ok();
  }

  Error TooDeep() const {
    return Error(ErrorCode::kValidation,
                 fmt::format("{}: more than {} levels, or an alias inside of what it names",
                             source_.path, source_.max_levels));
  }

  const YamlSource& source_;
  std::size_t values_ = 0;
};

Result<std::vector<YAML::Node>> Parse(const std::string& text, const YamlSource& source) {
  try {
    return YAML::LoadAll(text);
  } catch (const YAML::Exception& problem) {
    return WrongAt(source, LineOfMark(problem.mark),
                   fmt::format("{}{}", source.not_yaml, problem.msg));
  }
}

}  // namespace

Result<std::vector<YAML::Node>> ReadYamlDocuments(const std::string& text,
                                                  const YamlSource& source) {
  PUMICE_TRY(std::vector<YAML::Node> documents, Parse(text, source));
  BoundsCheck bounds(source);
  for (const YAML::Node& document : documents) {
    PUMICE_TRY(bounds.Check(document, source.max_levels));
  }
  return documents;
}

std::size_t LineOf(const YAML::Node& node) { return LineOfMark(node.Mark()); }

}  // namespace pumice
