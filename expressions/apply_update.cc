// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "expressions/document_path.h"
#include "expressions/evaluate.h"
#include "expressions/update_values.h"
#include "model/limits.h"

namespace pumice {
namespace {

Error InvalidDocumentPath() {
  return Error(ErrorCode::kValidation,
               "The document path provided in the update expression is invalid for update");
}

Error TooDeep() {
  return Error(ErrorCode::kValidation,
               "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
               "levels beyond supported limit");
}

struct Write {
  const DocumentPath* target;
  AttributeValue value;
};

/// The new item while the actions are applied. Indexes of all actions mean the old lists: what
/// makes a list longer or shorter waits until all else is done.
class ItemUnderChange {
 public:
  ItemUnderChange(const Item& old_item, bool item_exists)
      : item_(old_item), item_exists_(item_exists) {}

  Result<void> Put(const DocumentPath& target, AttributeValue value);
  Result<void> Remove(const DocumentPath& target);

  Item Finish() &&;

 private:
  AttributeValue* FindParent(const DocumentPath& target);

  Item item_;
  bool item_exists_;
  std::vector<Write> appended_;
  std::vector<const DocumentPath*> removed_elements_;
};

/// The map or list that holds the last element of a nested target; null: not there.
AttributeValue* ItemUnderChange::FindParent(const DocumentPath& target) {
  DocumentPath parent;
  parent.elements.assign(target.elements.begin(), target.elements.end() - 1);
  return const_cast<AttributeValue*>(FindValue(parent, item_));
}

Result<void> ItemUnderChange::Put(const DocumentPath& target, AttributeValue value) {
  if (target.IsTopLevel()) {
    item_.Set(target.attribute(), std::move(value));
    return Ok();
  }
  AttributeValue* const parent = FindParent(target);
  if (parent == nullptr) return InvalidDocumentPath();
  if (const auto* const name = std::get_if<std::string>(&target.elements.back())) {
    auto* const map = parent->As<AttributeMap>();
    if (map == nullptr) return InvalidDocumentPath();
    map->Set(*name, std::move(value));
    return Ok();
  }
  auto* const list = parent->As<List>();
  if (list == nullptr) return InvalidDocumentPath();
  const std::size_t index = std::get<std::size_t>(target.elements.back());
  if (index < list->size()) {
    (*list)[index] = std::move(value);
  } else {
    appended_.push_back({&target, std::move(value)});
  }
  return Ok();
}

Result<void> ItemUnderChange::Remove(const DocumentPath& target) {
  if (target.IsTopLevel()) {
    item_.Erase(target.attribute());
    return Ok();
  }
  if (!item_exists_) return Ok();
  AttributeValue* const parent = FindParent(target);
  if (parent == nullptr) return InvalidDocumentPath();
  if (const auto* const name = std::get_if<std::string>(&target.elements.back())) {
    auto* const map = parent->As<AttributeMap>();
    if (map == nullptr) return InvalidDocumentPath();
    map->Erase(*name);
    return Ok();
  }
  const auto* const list = parent->As<List>();
  if (list == nullptr) return InvalidDocumentPath();
  if (std::get<std::size_t>(target.elements.back()) < list->size()) {
    removed_elements_.push_back(&target);
  }
  return Ok();
}

Item ItemUnderChange::Finish() && {
  // In path order, so that what goes to the end of one list goes there by index.
  std::sort(appended_.begin(), appended_.end(),
            [](const Write& a, const Write& b) { return a.target->elements < b.target->elements; });
  for (Write& write : appended_) {
    FindParent(*write.target)->As<List>()->push_back(std::move(write.value));
  }
  // Against path order, so that no removal moves what a later one names.
  std::sort(removed_elements_.begin(), removed_elements_.end(),
            [](const DocumentPath* a, const DocumentPath* b) { return b->elements < a->elements; });
  for (const DocumentPath* const target : removed_elements_) {
    List& list = *FindParent(*target)->As<List>();
    list.erase(list.begin() +
               static_cast<std::ptrdiff_t>(std::get<std::size_t>(target->elements.back())));
  }
  return std::move(item_);
}

/// The values of SET and ADD, made before anything is written.
Result<std::vector<Write>> EvaluateWrites(const UpdateExpression& update, const Item& old_item) {
  std::vector<Write> writes;
  writes.reserve(update.set.size() + update.add.size());
  for (const SetAction& action : update.set) {
    PUMICE_TRY(auto value, EvaluateSetValue(action.value, old_item));
    writes.push_back({&action.target, std::move(value)});
  }
  for (const AddAction& action : update.add) {
    PUMICE_TRY(auto value,
               Added(FindValue(action.target, old_item), action.value, TypeMismatch(update)));
    writes.push_back({&action.target, std::move(value)});
  }
  return writes;
}

Result<void> ApplyDelete(const DeleteAction& action, std::string_view type_mismatch,
                         const Item& old_item, ItemUnderChange& item) {
  const AttributeValue* const old_value = FindValue(action.target, old_item);
  // Nothing to take from: as when something is removed that is not there.
  if (old_value == nullptr) return item.Remove(action.target);
  PUMICE_TRY(auto rest, WithoutMembers(*old_value, action.value, type_mismatch));
  if (!rest) return item.Remove(action.target);
  return item.Put(action.target, *std::move(rest));
}

/// Only what was written can have become deeper.
Result<void> CheckNesting(const std::vector<const DocumentPath*>& targets, const Item& item) {
  for (const DocumentPath* const target : targets) {
    const AttributeValue* const value = item.Find(target->attribute());
    if (value != nullptr && NestingLevels(*value) > kMaxNestingLevels) return TooDeep();
  }
  return Ok();
}

}  // namespace

Result<Item> ApplyUpdate(const UpdateExpression& update, const Item& old_item, bool item_exists) {
  PUMICE_TRY(auto writes, EvaluateWrites(update, old_item));
  ItemUnderChange item(old_item, item_exists);
  std::vector<const DocumentPath*> written;
  written.reserve(writes.size());
  for (Write& write : writes) {
    written.push_back(write.target);
    PUMICE_TRY(item.Put(*write.target, std::move(write.value)));
  }
  for (const RemoveAction& action : update.remove) {
    PUMICE_TRY(item.Remove(action.target));
  }
  for (const DeleteAction& action : update.del) {
    PUMICE_TRY(ApplyDelete(action, TypeMismatch(update), old_item, item));
  }
  Item new_item = std::move(item).Finish();
  PUMICE_TRY(CheckNesting(written, new_item));
  return new_item;
}

}  // namespace pumice
