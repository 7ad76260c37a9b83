// SPDX-License-Identifier: Apache-2.0
#pragma once
// Billing mode and throughput of tables and indexes: what of a request fits together, and what it
// means. Thread rule: free functions, any thread.

#include <optional>
#include <string_view>

#include "base/clock.h"
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

/// As CheckIndexThroughput for an index that is there: nothing need be given. Errors: Validation.
Result<void> CheckIndexChange(BillingMode mode, const SentIndex& index);

/// The throughput after a change, with the times and counts that DescribeTable shows.
ProvisionedThroughput MovedThroughput(ProvisionedThroughput throughput,
                                      const SentThroughput& wanted, TimePoint now);
/// What is not sent stays, -1 takes a maximum away.
std::optional<OnDemandThroughput> MergedOnDemand(const std::optional<OnDemandThroughput>& current,
                                                 SentThroughput wanted);
/// whose: "table" or "index <name>". Errors: Validation, warm throughput cannot be lowered.
Result<WarmThroughput> RaisedWarm(const WarmThroughput& current, const SentThroughput& wanted,
                                  std::string_view whose);

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
