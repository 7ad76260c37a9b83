// SPDX-License-Identifier: Apache-2.0
#include "expressions/document_path.h"

#include <algorithm>
#include <utility>

namespace pumice {
namespace {

using PathRange = std::span<const DocumentPath* const>;

const AttributeValue* Step(const AttributeValue& value, const PathElement& element) {
  if (const auto* const name = std::get_if<std::string>(&element)) {
    const auto* const map = value.As<AttributeMap>();
    return map != nullptr ? map->Find(*name) : nullptr;
  }
  const auto* const list = value.As<List>();
  const std::size_t index = std::get<std::size_t>(element);
  return list != nullptr && index < list->size() ? &(*list)[index] : nullptr;
}

std::optional<PathCollision::Kind> Collide(const DocumentPath& a, const DocumentPath& b) {
  const std::size_t shared = std::min(a.elements.size(), b.elements.size());
  for (std::size_t i = 0; i < shared; ++i) {
    if (a.elements[i].index() != b.elements[i].index()) return PathCollision::Kind::kConflict;
    if (a.elements[i] != b.elements[i]) return std::nullopt;
  }
  return PathCollision::Kind::kOverlap;
}

bool ComesBefore(const DocumentPath* a, const DocumentPath* b) { return a->elements < b->elements; }

/// In this order, paths that collide have a pair of neighbours that collide.
bool AnyCollides(PathRange paths) {
  if (paths.size() < 2) return false;
  std::vector<const DocumentPath*> sorted(paths.begin(), paths.end());
  std::sort(sorted.begin(), sorted.end(), ComesBefore);
  return std::adjacent_find(sorted.begin(), sorted.end(),
                            [](const DocumentPath* a, const DocumentPath* b) {
                              return Collide(*a, *b).has_value();
                            }) != sorted.end();
}

std::optional<AttributeValue> Pick(PathRange paths, std::size_t depth, const AttributeValue& value);

/// Calls `take` for each element of the sorted paths at `depth`, with the paths that go on from it.
template <class Take>
void ForEachElement(PathRange paths, std::size_t depth, Take take) {
  while (!paths.empty()) {
    const PathElement& element = paths.front()->elements[depth];
    std::size_t count = 1;
    while (count < paths.size() && paths[count]->elements[depth] == element) ++count;
    take(element, paths.first(count));
    paths = paths.subspan(count);
  }
}

std::optional<AttributeValue> PickInMap(PathRange paths, std::size_t depth,
                                        const AttributeMap& map) {
  AttributeMap picked;
  ForEachElement(paths, depth, [&](const PathElement& element, PathRange below) {
    const auto* const name = std::get_if<std::string>(&element);
    const AttributeValue* const value = name != nullptr ? map.Find(*name) : nullptr;
    if (value == nullptr) return;
    if (auto part = Pick(below, depth + 1, *value)) picked.Set(*name, *std::move(part));
  });
  if (picked.empty()) return std::nullopt;
  return AttributeValue(std::move(picked));
}

std::optional<AttributeValue> PickInList(PathRange paths, std::size_t depth, const List& list) {
  List picked;
  ForEachElement(paths, depth, [&](const PathElement& element, PathRange below) {
    const auto* const index = std::get_if<std::size_t>(&element);
    if (index == nullptr || *index >= list.size()) return;
    if (auto part = Pick(below, depth + 1, list[*index])) picked.push_back(*std::move(part));
  });
  if (picked.empty()) return std::nullopt;
  return AttributeValue(std::move(picked));
}

/// Recursion is as deep as the value.
std::optional<AttributeValue> Pick(PathRange paths, std::size_t depth,
                                   const AttributeValue& value) {
  if (paths.front()->elements.size() == depth) return value;
  if (const auto* const map = value.As<AttributeMap>()) return PickInMap(paths, depth, *map);
  if (const auto* const list = value.As<List>()) return PickInList(paths, depth, *list);
  return std::nullopt;
}

}  // namespace

std::string PathForErrors(const DocumentPath& path) {
  std::string out = "[";
  for (const PathElement& element : path.elements) {
    if (out.size() > 1) out += ", ";
    if (const auto* const name = std::get_if<std::string>(&element)) {
      out += *name;
    } else {
      out += '[' + std::to_string(std::get<std::size_t>(element)) + ']';
    }
  }
  return out + ']';
}

const AttributeValue* FindValue(const DocumentPath& path, const Item& item) {
  const AttributeValue* value = item.Find(path.attribute());
  for (std::size_t i = 1; value != nullptr && i < path.elements.size(); ++i) {
    value = Step(*value, path.elements[i]);
  }
  return value;
}

std::optional<PathCollision> FindCollision(PathRange paths) {
  if (!AnyCollides(paths)) return std::nullopt;
  std::optional<PathCollision> conflict;
  for (std::size_t later = 1; later < paths.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      const auto kind = Collide(*paths[earlier], *paths[later]);
      if (!kind) continue;
      const PathCollision collision{*kind, paths[earlier], paths[later]};
      if (*kind == PathCollision::Kind::kOverlap) return collision;
      if (!conflict) conflict = collision;
    }
  }
  return conflict;
}

Item PickPaths(std::vector<const DocumentPath*> paths, const Item& item) {
  std::sort(paths.begin(), paths.end(), ComesBefore);
  Item picked;
  ForEachElement(paths, 0, [&](const PathElement& element, PathRange below) {
    const std::string& name = std::get<std::string>(element);
    const AttributeValue* const value = item.Find(name);
    if (value == nullptr) return;
    if (auto part = Pick(below, 1, *value)) picked.Set(name, *std::move(part));
  });
  return picked;
}

}  // namespace pumice
