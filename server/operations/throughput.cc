// SPDX-License-Identifier: Apache-2.0
#include "server/operations/throughput.h"

#include <algorithm>

#include <fmt/core.h>

#include "server/operations/key_schema.h"

namespace pumice {
namespace {

constexpr std::int64_t kMaxUnits = 1'000'000'000'000;
// What AWS gives a new on-demand table.
constexpr WarmThroughput kOnDemandWarm{12'000, 4'000};

Result<void> CheckUnits(std::int64_t units, std::string_view member, std::string_view where) {
  if (units <= kMaxUnits) return Ok();
  return Error(ErrorCode::kValidation,
               fmt::format("Given value {} for {} is out of bounds{}", units, member, where));
}

Result<void> CheckBounds(const SentThroughput& throughput, std::string_view where) {
  PUMICE_TRY(CheckUnits(*throughput.read, "ReadCapacityUnits", where));
  return CheckUnits(*throughput.write, "WriteCapacityUnits", where);
}

/// -1 takes a maximum away, and there is no maximum of nothing.
bool IsOnDemandMaximum(const std::optional<std::int64_t>& units) {
  return !units || *units == -1 || *units >= 1;
}

Result<void> CheckOnDemand(BillingMode mode, const std::optional<SentThroughput>& on_demand) {
  if (!on_demand) return Ok();
  if (mode == BillingMode::kProvisioned) {
    return InvalidValues(
        "Neither MaxReadRequestUnits nor MaxWriteRequestUnits can be specified when BillingMode is "
        "PROVISIONED");
  }
  if (!IsOnDemandMaximum(on_demand->read) || !IsOnDemandMaximum(on_demand->write)) {
    return InvalidValues("MaxReadRequestUnits and MaxWriteRequestUnits must be -1 or at least 1");
  }
  return Ok();
}

Result<void> CheckWarm(const std::optional<SentThroughput>& warm) {
  if (!warm || (warm->read.value_or(1) >= 1 && warm->write.value_or(1) >= 1)) return Ok();
  return InvalidValues("ReadUnitsPerSecond and WriteUnitsPerSecond must be at least 1");
}

}  // namespace

BillingMode BillingModeOf(const std::optional<std::string>& sent) {
  return sent == "PAY_PER_REQUEST" ? BillingMode::kPayPerRequest : BillingMode::kProvisioned;
}

Result<void> CheckTableThroughput(BillingMode mode, const TableParameters& parameters) {
  if (mode == BillingMode::kPayPerRequest && parameters.throughput) {
    return InvalidValues(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  if (mode == BillingMode::kProvisioned && !parameters.throughput) {
    return InvalidValues(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  }
  if (parameters.throughput) {
    PUMICE_TRY(CheckBounds(*parameters.throughput, ""));
  }
  PUMICE_TRY(CheckOnDemand(mode, parameters.on_demand));
  return CheckWarm(parameters.warm);
}

Result<void> CheckIndexThroughput(BillingMode mode, const SentIndex& index) {
  if (mode == BillingMode::kPayPerRequest && index.throughput) {
    return InvalidValues(fmt::format(
        "ProvisionedThroughput should not be specified for index: {} when BillingMode is "
        "PAY_PER_REQUEST",
        *index.name));
  }
  if (mode == BillingMode::kProvisioned && !index.throughput) {
    return InvalidValues(
        fmt::format("ProvisionedThroughput is not specified for index: {}", *index.name));
  }
  if (index.throughput) {
    PUMICE_TRY(CheckBounds(*index.throughput, fmt::format(" for index {}", *index.name)));
  }
  PUMICE_TRY(CheckOnDemand(mode, index.on_demand));
  return CheckWarm(index.warm);
}

Result<void> CheckIndexChange(BillingMode mode, const SentIndex& index) {
  if (mode == BillingMode::kPayPerRequest || index.throughput) {
    return CheckIndexThroughput(mode, index);
  }
  PUMICE_TRY(CheckOnDemand(mode, index.on_demand));
  return CheckWarm(index.warm);
}

ProvisionedThroughput MovedThroughput(ProvisionedThroughput throughput,
                                      const SentThroughput& wanted, TimePoint now) {
  const bool up = *wanted.read > throughput.read_capacity_units ||
                  *wanted.write > throughput.write_capacity_units;
  const bool down = *wanted.read < throughput.read_capacity_units ||
                    *wanted.write < throughput.write_capacity_units;
  throughput.read_capacity_units = *wanted.read;
  throughput.write_capacity_units = *wanted.write;
  if (up) throughput.last_increase = now;
  if (down) {
    throughput.last_decrease = now;
    ++throughput.number_of_decreases_today;
  }
  return throughput;
}

std::optional<OnDemandThroughput> MergedOnDemand(const std::optional<OnDemandThroughput>& current,
                                                 SentThroughput wanted) {
  if (current && !wanted.read) wanted.read = current->max_read_request_units;
  if (current && !wanted.write) wanted.write = current->max_write_request_units;
  return ToOnDemand(wanted);
}

Result<WarmThroughput> RaisedWarm(const WarmThroughput& current, const SentThroughput& wanted,
                                  std::string_view whose) {
  const WarmThroughput next{wanted.read.value_or(current.read_units_per_second),
                            wanted.write.value_or(current.write_units_per_second)};
  const auto refuse = [&](std::string_view member) {
    return InvalidValues(
        fmt::format("Requested {} for WarmThroughput for {} is lower than current "
                    "WarmThroughput, decreasing WarmThroughput is not supported",
                    member, whose));
  };
  if (next.read_units_per_second < current.read_units_per_second) {
    return refuse("ReadUnitsPerSecond");
  }
  if (next.write_units_per_second < current.write_units_per_second) {
    return refuse("WriteUnitsPerSecond");
  }
  return next;
}

ProvisionedThroughput ToThroughput(const std::optional<SentThroughput>& sent) {
  ProvisionedThroughput throughput;
  if (!sent) return throughput;
  throughput.read_capacity_units = sent->read.value_or(0);
  throughput.write_capacity_units = sent->write.value_or(0);
  return throughput;
}

std::optional<OnDemandThroughput> ToOnDemand(const std::optional<SentThroughput>& sent) {
  if (!sent) return std::nullopt;
  const auto set = [](const std::optional<std::int64_t>& units) {
    return units && *units != -1 ? units : std::nullopt;
  };
  const OnDemandThroughput on_demand{set(sent->read), set(sent->write)};
  if (!on_demand.max_read_request_units && !on_demand.max_write_request_units) return std::nullopt;
  return on_demand;
}

std::optional<WarmThroughput> ToWarm(const std::optional<SentThroughput>& sent) {
  if (!sent) return std::nullopt;
  return WarmThroughput{sent->read.value_or(0), sent->write.value_or(0)};
}

WarmThroughput EffectiveWarmThroughput(const std::optional<WarmThroughput>& set, BillingMode mode,
                                       const ProvisionedThroughput& provisioned) {
  WarmThroughput warm =
      mode == BillingMode::kPayPerRequest
          ? kOnDemandWarm
          : WarmThroughput{provisioned.read_capacity_units, provisioned.write_capacity_units};
  if (set) {
    warm.read_units_per_second = std::max(warm.read_units_per_second, set->read_units_per_second);
    warm.write_units_per_second =
        std::max(warm.write_units_per_second, set->write_units_per_second);
  }
  return warm;
}

}  // namespace pumice
