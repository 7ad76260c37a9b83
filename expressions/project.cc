// SPDX-License-Identifier: Apache-2.0
#include "expressions/document_path.h"
#include "expressions/evaluate.h"

namespace pumice {

Item UpdatedPart(const UpdateExpression& update, const Item& item) {
  return PickPaths(update.Targets(), item);
}

Item Project(const ProjectionExpression& projection, const Item& item) {
  std::vector<const DocumentPath*> paths;
  paths.reserve(projection.paths.size());
  for (const DocumentPath& path : projection.paths) paths.push_back(&path);
  return PickPaths(std::move(paths), item);
}

}  // namespace pumice
