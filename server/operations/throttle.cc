// SPDX-License-Identifier: Apache-2.0
#include "server/operations/throttle.h"

#include <utility>

#include <fmt/core.h>

#include "model/attribute_json.h"

namespace pumice {

/// A table or a global index.
struct Throttle::Resource {
  const TableDescription& table;
  const IndexDescription* index = nullptr;  // null: the table itself

  std::uint32_t id() const { return index != nullptr ? index->id.value() : table.id.value(); }
  std::string arn() const {
    return index != nullptr ? fmt::format("{}/index/{}", table.arn, index->name.value())
                            : table.arn;
  }
  bool provisioned() const { return table.billing_mode == BillingMode::kProvisioned; }

  /// Units a second; none: unlimited.
  std::optional<std::int64_t> Limit(Access access) const {
    const bool read = access == Access::kRead;
    if (provisioned()) {
      const ProvisionedThroughput& units = index != nullptr ? index->throughput : table.throughput;
      return read ? units.read_capacity_units : units.write_capacity_units;
    }
    const auto& on_demand = index != nullptr ? index->on_demand : table.on_demand;
    if (!on_demand) return std::nullopt;
    return read ? on_demand->max_read_request_units : on_demand->max_write_request_units;
  }
};

namespace {

/// AWS: "Diagnosing throttling" for the member and the text of on-demand tables; the others are in
/// the API reference of TransactWriteItems. SDKs read the member by this spelling.
Error Throttled(bool provisioned, bool of_index, Access access, std::string_view arn) {
  std::string reason = fmt::format(
      "{}{}{}", of_index ? "Index" : "Table", access == Access::kRead ? "Read" : "Write",
      provisioned ? "ProvisionedThroughputExceeded" : "MaxOnDemandThroughputExceeded");
  std::string reasons =
      fmt::format(R"("{}":[{{"reason":"{}","resource":)",
                  provisioned ? "ThrottlingReasons" : "throttlingReasons", reason);
  AppendJsonString(reasons, arn);
  reasons += "}]";
  if (!provisioned) {
    return Error(ErrorCode::kThrottling,
                 "Throughput exceeds the maximum OnDemandThroughput configured on table or index")
        .WithDetail(std::move(reasons));
  }
  const char* const text =
      of_index ? "The level of configured provisioned throughput for one or more global secondary "
                 "indexes of the table was exceeded. Consider increasing your provisioning level "
                 "for the under-provisioned global secondary indexes with the UpdateTable API"
               : "The level of configured provisioned throughput for the table was exceeded. "
                 "Consider increasing your provisioning level with the UpdateTable API.";
  return Error(ErrorCode::kProvisionedThroughputExceeded, text).WithDetail(std::move(reasons));
}

}  // namespace

TokenBucket& Throttle::BucketOf(const Database& database, const Resource& resource, Access access,
                                double units_per_second, TimePoint now) {
  const BucketKey key(&database, resource.id(), access);
  // What a table did not use since it was made is there, up to the burst.
  TokenBucket& bucket =
      buckets_.try_emplace(key, units_per_second, resource.table.created).first->second;
  bucket.SetRate(units_per_second, now);
  return bucket;
}

Result<void> Throttle::Admit(const Database& database, const Resource& resource, Access access,
                             double pending) {
  const std::optional<std::int64_t> limit = resource.Limit(access);
  if (!limit) return Ok();
  const TimePoint now = clock_.Now();
  {
    const MutexLock lock(mutex_);
    TokenBucket& bucket = BucketOf(database, resource, access, static_cast<double>(*limit), now);
    if (bucket.HasMoreThan(pending, now)) return Ok();
  }
  return Throttled(resource.provisioned(), resource.index != nullptr, access, resource.arn());
}

void Throttle::Take(const Database& database, const Resource& resource, Access access,
                    double units) {
  const std::optional<std::int64_t> limit = resource.Limit(access);
  if (!limit || units == 0) return;
  const TimePoint now = clock_.Now();
  const MutexLock lock(mutex_);
  BucketOf(database, resource, access, static_cast<double>(*limit), now).Take(units, now);
}

void Throttle::ChangeRate(const Database& database, const Resource* before, const Resource& after,
                          Access access) {
  const auto old_limit = before != nullptr ? before->Limit(access) : std::nullopt;
  const auto new_limit = after.Limit(access);
  if (old_limit == new_limit) return;
  const TimePoint now = clock_.Now();
  const MutexLock lock(mutex_);
  if (old_limit && new_limit) {
    BucketOf(database, *before, access, static_cast<double>(*old_limit), now)
        .SetRate(static_cast<double>(*new_limit), now);
    return;
  }
  const BucketKey key(&database, after.id(), access);
  buckets_.erase(key);
  if (new_limit) buckets_.try_emplace(key, static_cast<double>(*new_limit), now);
}

void Throttle::ChangeRates(const Database& database, const TableDescription& before,
                           const TableDescription& after) {
  for (const Access access : {Access::kRead, Access::kWrite}) {
    const Resource old_table{before};
    ChangeRate(database, &old_table, {after}, access);
    for (const IndexDescription& index : after.indexes) {
      if (index.kind != IndexKind::kGlobal) continue;
      const IndexDescription* const old_index = before.FindIndex(index.name.value());
      const Resource old_resource{before, old_index};
      ChangeRate(database, old_index != nullptr ? &old_resource : nullptr, {after, &index}, access);
    }
  }
}

Result<void> Throttle::AdmitRead(const Database& database, const TableDescription& table,
                                 const IndexDescription* index, double pending) {
  const bool of_index = index != nullptr && index->kind == IndexKind::kGlobal;
  return Admit(database, {table, of_index ? index : nullptr}, Access::kRead, pending);
}

Result<void> Throttle::AdmitWrite(const Database& database, const TableDescription& table,
                                  double pending) {
  PUMICE_TRY(Admit(database, {table}, Access::kWrite, pending));
  for (const IndexDescription& index : table.indexes) {
    if (index.kind != IndexKind::kGlobal) continue;
    PUMICE_TRY(Admit(database, {table, &index}, Access::kWrite, 0));
  }
  return Ok();
}

Result<void> Admission::ReadOne(const TableDescription& table, double least_units) {
  double& pending = pending_[table.id];
  PUMICE_TRY(context_.throttle->AdmitRead(context_.database, table, nullptr, pending));
  pending += least_units;
  return Ok();
}

Result<void> Admission::WriteOne(const TableDescription& table, double least_units) {
  double& pending = pending_[table.id];
  PUMICE_TRY(context_.throttle->AdmitWrite(context_.database, table, pending));
  pending += least_units;
  return Ok();
}

void Throttle::Charge(const Database& database, const TableDescription& table,
                      const CapacityUse& use, Access access) {
  double of_table = use.table;
  for (const auto& [index, units] : use.indexes) {
    if (index->kind == IndexKind::kLocal) {
      of_table += units;
    } else {
      Take(database, {table, index}, access, units);
    }
  }
  Take(database, {table}, access, of_table);
}

}  // namespace pumice
