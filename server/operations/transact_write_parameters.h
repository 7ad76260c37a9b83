// SPDX-License-Identifier: Apache-2.0
#pragma once
// The members of a TransactWriteItems request as they came, and what AWS's request validator says
// of them before anything else.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/operations/item_parameters.h"
#include "server/operations/transact_write.h"

namespace pumice {

/// One of the four kinds of actions, as the API has it.
struct TransactActionShape {
  TransactAction::Kind kind = TransactAction::Kind::kPut;
  std::string_view name;       // "Put", also the name of its structure
  std::string_view path_name;  // "put", in errors
  ItemMembers members;
};
struct SentTransactAction {
  const TransactActionShape* shape = nullptr;
  ItemParameters parameters;

  const std::optional<ParsedItem>& item_or_key() const {
    return shape->kind == TransactAction::Kind::kPut ? parameters.item : parameters.key;
  }
};
/// One element of TransactItems; it should hold one action.
using SentTransactElement = std::vector<SentTransactAction>;

struct SentTransactWrite {
  std::optional<std::vector<SentTransactElement>> elements;
  std::optional<std::string> client_request_token;
  std::optional<std::string> return_consumed_capacity;
  std::optional<std::string> return_item_collection_metrics;
};

/// Reads the body and checks the constraints; all that a constraint asks for is there then. Errors:
/// Serialization, Validation.
Result<SentTransactWrite> ReadTransactWrite(std::string& body);

}  // namespace pumice
