// SPDX-License-Identifier: Apache-2.0
#pragma once
// Billing mode and throughput of tables and indexes: what of a request fits together, and what it
// means. Thread rule: free functions, any thread.

#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/table.h"
#include "server/operations/table_parameters.h"

namespace pumice {

/// "PROVISIONED" if absent. The constraint holds already.
BillingMode BillingModeOf(const std::optional<std::string>& sent);

/// Refuses units beside PAY_PER_REQUEST and PROVISIONED without them; absurd units. Errors:
/// Validation.
Result<void> CheckTableThroughput(BillingMode mode, const TableParameters& parameters);
Result<void> CheckIndexThroughput(BillingMode mode, const SentIndex& index);

/// Zeros where nothing was sent.
ProvisionedThroughput ToThroughput(const std::optional<SentThroughput>& sent);
/// -1 and absent are "not set"; none if neither is set.
std::optional<OnDemandThroughput> ToOnDemand(const std::optional<SentThroughput>& sent);
std::optional<WarmThroughput> ToWarm(const std::optional<SentThroughput>& sent);

/// What DescribeTable shows: what was asked for, at least what AWS gives every table or index of
/// this mode.
WarmThroughput EffectiveWarmThroughput(const std::optional<WarmThroughput>& set, BillingMode mode,
                                       const ProvisionedThroughput& provisioned);

}  // namespace pumice
