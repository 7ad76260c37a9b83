// SPDX-License-Identifier: Apache-2.0
#include "server/operations/registry.h"

#include <algorithm>
#include <array>

#include "server/operations/batch_execute_statement.h"
#include "server/operations/batch_get_item.h"
#include "server/operations/batch_write_item.h"
#include "server/operations/create_table.h"
#include "server/operations/delete_item.h"
#include "server/operations/delete_table.h"
#include "server/operations/describe_endpoints.h"
#include "server/operations/describe_limits.h"
#include "server/operations/describe_stream.h"
#include "server/operations/describe_table.h"
#include "server/operations/describe_time_to_live.h"
#include "server/operations/execute_statement.h"
#include "server/operations/execute_transaction.h"
#include "server/operations/get_item.h"
#include "server/operations/get_records.h"
#include "server/operations/get_shard_iterator.h"
#include "server/operations/list_streams.h"
#include "server/operations/list_tables.h"
#include "server/operations/list_tags_of_resource.h"
#include "server/operations/put_item.h"
#include "server/operations/query.h"
#include "server/operations/scan.h"
#include "server/operations/tag_resource.h"
#include "server/operations/transact_get_items.h"
#include "server/operations/transact_write_items.h"
#include "server/operations/untag_resource.h"
#include "server/operations/update_item.h"
#include "server/operations/update_table.h"
#include "server/operations/update_time_to_live.h"

namespace pumice {
namespace {

template <ApiOperation Operation>
Result<void> Run(std::string& body, OperationContext& context, std::string& out) {
  PUMICE_TRY(const auto request, Operation::Request::FromJson(body));
  PUMICE_TRY(auto response, Operation::Run(request, context));
  std::move(response).AppendJson(out);
  return Ok();
}

template <ApiOperation... Operations>
consteval auto MakeRegistry() {
  std::array<OperationEntry, sizeof...(Operations)> entries{
      OperationEntry{Operations::kName, Operations::kApi, Operations::kLayer, &Run<Operations>}...};
  std::sort(entries.begin(), entries.end(),
            [](const OperationEntry& a, const OperationEntry& b) { return a.name < b.name; });
  return entries;
}

constexpr auto kRegistry =
    MakeRegistry<BatchExecuteStatement, BatchGetItem, BatchWriteItem, CreateTable, DeleteItem,
                 DeleteTable, DescribeEndpoints, DescribeLimits, DescribeStream, DescribeTable,
                 DescribeTimeToLive, ExecuteStatement, ExecuteTransaction, GetItem, GetRecords,
                 GetShardIterator, ListStreams, ListTables, ListTagsOfResource, PutItem, Query,
                 Scan, TagResource, TransactGetItems, TransactWriteItems, UntagResource, UpdateItem,
                 UpdateTable, UpdateTimeToLive>();

static_assert(std::adjacent_find(kRegistry.begin(), kRegistry.end(),
                                 [](const OperationEntry& a, const OperationEntry& b) {
                                   return a.name == b.name;
                                 }) == kRegistry.end(),
              "two operations have the same name");

}  // namespace

std::span<const OperationEntry> Operations() { return kRegistry; }

const OperationEntry* FindOperation(Api api, std::string_view name) {
  const auto found = std::lower_bound(
      kRegistry.begin(), kRegistry.end(), name,
      [](const OperationEntry& entry, std::string_view wanted) { return entry.name < wanted; });
  if (found == kRegistry.end() || found->name != name || found->api != api) return nullptr;
  return &*found;
}

}  // namespace pumice
