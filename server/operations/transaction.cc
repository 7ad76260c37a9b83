// SPDX-License-Identifier: Apache-2.0
#include "server/operations/transaction.h"

#include <algorithm>
#include <set>
#include <utility>

#include "model/attribute_json.h"
#include "server/operations/table_access.h"

namespace pumice {
namespace {

constexpr std::size_t kMaxTokenLength = 36;

/// One target on the way: what is known of it, and what stood in the way, kept until its turn in
/// the order of the checks.
struct Search {
  TablePtr table;
  std::optional<Error> missing_table;
  std::optional<ItemKey> key;
  std::optional<Error> key_mismatch;
};

Search Find(const TransactTarget& target, OperationContext& context) {
  Search search;
  auto table = FindTable(context, target.table_name);
  if (!table) {
    search.missing_table = std::move(table).error();
    return search;
  }
  search.table = std::move(table).value();
  auto key = target.put ? MatchItem(*search.table, target.item_or_key)
                        : MatchKey(*search.table, target.item_or_key);
  if (key) {
    search.key = std::move(key).value();
  } else {
    search.key_mismatch = std::move(key).error();
  }
  return search;
}

Result<void> CheckDistinct(std::span<const Search> searches) {
  std::set<std::string> seen;
  for (const Search& search : searches) {
    if (!search.key) continue;
    if (seen.insert(NameOfItem(*search.table, *search.key)).second) continue;
    return Error(ErrorCode::kValidation,
                 "Transaction request cannot include multiple operations on one item");
  }
  return Ok();
}

std::string_view ReasonCode(ErrorCode code) {
  switch (code) {
    case ErrorCode::kConditionalCheckFailed: return "ConditionalCheckFailed";
    case ErrorCode::kDuplicateItem: return "DuplicateItem";
    case ErrorCode::kItemCollectionSizeLimitExceeded: return "ItemCollectionSizeLimitExceeded";
    case ErrorCode::kProvisionedThroughputExceeded: return "ProvisionedThroughputExceeded";
    case ErrorCode::kThrottling: return "ThrottlingError";
    case ErrorCode::kTransactionConflict: return "TransactionConflict";
    default: return "ValidationError";
  }
}

void AppendReason(std::string& out, const Error* refusal) {
  JsonMembers reason(out);
  AppendJsonString(reason.Member("Code"), refusal ? ReasonCode(refusal->code()) : "None");
  if (refusal != nullptr) {
    // A reason has no member for what throttled it.
    const bool throttled = refusal->code() == ErrorCode::kProvisionedThroughputExceeded ||
                           refusal->code() == ErrorCode::kThrottling;
    if (!throttled && !refusal->detail_members().empty()) {
      out.append(",").append(refusal->detail_members());
    }
    AppendJsonString(reason.Member("Message"), refusal->client_text());
  }
  reason.End();
}

}  // namespace

void CheckClientRequestToken(const std::optional<std::string>& sent, ConstraintErrors& errors) {
  if (!sent) return;
  if (sent->empty()) errors.AddValue(*sent, "clientRequestToken", LengthAtLeast(1));
  if (sent->size() > kMaxTokenLength) {
    errors.AddValue(*sent, "clientRequestToken", LengthAtMost(kMaxTokenLength));
  }
}

Error TransactionTooLarge() {
  return Error(ErrorCode::kValidation,
               "The aggregate size of the items in the transaction exceeded 4 MB");
}

Result<std::vector<ResolvedTarget>> ResolveTargets(std::span<const TransactTarget> targets,
                                                   OperationContext& context) {
  std::vector<Search> searches;
  searches.reserve(targets.size());
  for (const TransactTarget& target : targets) searches.push_back(Find(target, context));
  PUMICE_TRY(CheckDistinct(searches));
  for (Search& search : searches) {
    if (search.missing_table) return std::move(*search.missing_table);
  }
  for (const Search& search : searches) {
    if (!search.key) continue;
    PUMICE_TRY(CheckKeyValues(*search.table, *search.key));
  }
  std::vector<ResolvedTarget> resolved;
  resolved.reserve(searches.size());
  for (Search& search : searches) {
    if (search.key_mismatch) {
      return TransactionCanceledBy(std::move(*search.key_mismatch), resolved.size(),
                                   searches.size());
    }
    resolved.push_back({std::move(search.table), std::move(*search.key)});
  }
  return resolved;
}

Error TransactionCanceled(std::span<const std::optional<Error>> refusals) {
  const auto invalid = std::find_if(refusals.begin(), refusals.end(), [](const auto& refusal) {
    return refusal && refusal->code() == ErrorCode::kValidation;
  });
  std::string codes;
  std::string reasons = "\"CancellationReasons\":[";
  for (auto refusal = refusals.begin(); refusal != refusals.end(); ++refusal) {
    const bool told = *refusal && (invalid == refusals.end() || refusal == invalid);
    if (refusal != refusals.begin()) {
      codes += ", ";
      reasons += ',';
    }
    codes += told ? ReasonCode((*refusal)->code()) : "None";
    AppendReason(reasons, told ? &**refusal : nullptr);
  }
  return Error(ErrorCode::kTransactionCanceled,
               "Transaction cancelled, please refer cancellation reasons for specific reasons [" +
                   codes + "]")
      .WithDetail(reasons + "]");
}

Error TransactionCanceledBy(Error refusal, std::size_t action, std::size_t action_count) {
  std::vector<std::optional<Error>> refusals(action_count);
  refusals[action] = std::move(refusal);
  return TransactionCanceled(refusals);
}

void AppendItemResponses(JsonMembers& members, std::span<const std::string> items) {
  std::string& list = members.Member("Responses");
  list += '[';
  for (const std::string& item : items) {
    if (list.back() != '[') list += ',';
    JsonMembers response(list);
    if (!item.empty()) response.Member("Item") += item;
    response.End();
  }
  list += ']';
}

}  // namespace pumice
