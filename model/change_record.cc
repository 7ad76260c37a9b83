// SPDX-License-Identifier: Apache-2.0
#include "model/change_record.h"

namespace pumice {

std::string_view ChangeKindName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kInsert: return "INSERT";
    case ChangeKind::kModify: return "MODIFY";
    case ChangeKind::kRemove: return "REMOVE";
  }
  return "";
}

}  // namespace pumice
