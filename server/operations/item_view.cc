// SPDX-License-Identifier: Apache-2.0
#include "server/operations/item_view.h"

#include <algorithm>

#include "expressions/evaluate.h"
#include "expressions/parse.h"
#include "model/attribute_json.h"

namespace pumice {
namespace {

void AppendTopLevel(std::string& out, const EncodedItemView& item,
                    const ProjectionExpression& projection) {
  out += '{';
  bool first = true;
  for (const DocumentPath& path : projection.paths) {
    const auto value = item.FindJson(path.attribute());
    if (!value) continue;
    if (!first) out += ',';
    first = false;
    AppendJsonString(out, path.attribute());
    out += ':';
    out += *value;
  }
  out += '}';
}

}  // namespace

void AppendProjected(std::string& out, const EncodedItemView& item,
                     const ProjectionExpression* projection) {
  if (projection == nullptr) {
    out += item.json();
    return;
  }
  const bool top_level = std::all_of(projection->paths.begin(), projection->paths.end(),
                                     [](const DocumentPath& path) { return path.IsTopLevel(); });
  if (top_level) return AppendTopLevel(out, item, *projection);
  AppendItemJson(out, Project(*projection, item.DecodeOnly(TopLevelAttributes(*projection))));
}

}  // namespace pumice
