// SPDX-License-Identifier: Apache-2.0
#pragma once
// Throttle: the throughput that tables and global indexes are given, enforced as AWS does it
// (--throttle). Without the flag there is none of it, and a request pays for one comparison with
// null. A table has a bucket for its reads and one for its writes, and so has each global index;
// local indexes are charged to their table. A request is let in while the bucket is above zero and
// is charged when it is done. Partitions and account limits are not imitated.
//   provisioned     the units of table or index: ProvisionedThroughputExceeded
//   on-demand       OnDemandThroughput where it is set: Throttling; else unlimited
// Thread rule: any thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "model/table.h"
#include "server/operations/consumed_capacity.h"
#include "server/operations/operation.h"
#include "server/operations/token_bucket.h"

namespace pumice {

enum class Access : std::uint8_t { kRead, kWrite };

class Throttle {
 public:
  explicit Throttle(const Clock& clock) : clock_(clock) {}

  /// Whether a read of the table (or of a global index, then of that alone) is let in. pending:
  /// units of the same request that are let in already and not charged yet. Errors:
  /// ProvisionedThroughputExceeded, Throttling, with the reason and the ARN.
  Result<void> AdmitRead(const Database& database, const TableDescription& table,
                         const IndexDescription* index, double pending);
  /// A write needs the table and all its global indexes: an index that is behind holds up every
  /// write of its table ("GSI back pressure"). Errors: as above.
  Result<void> AdmitWrite(const Database& database, const TableDescription& table, double pending);

  /// A table's throughput was changed: what came in before counts by the old rates, what comes now
  /// by the new ones.
  void ChangeRates(const Database& database, const TableDescription& before,
                   const TableDescription& after);

  void Charge(const Database& database, const TableDescription& table, const CapacityUse& use,
              Access access);

 private:
  struct Resource;
  using BucketKey = std::tuple<const Database*, std::uint32_t, Access>;

  void ChangeRate(const Database& database, const Resource* before, const Resource& after,
                  Access access) EXCLUDES(mutex_);
  Result<void> Admit(const Database& database, const Resource& resource, Access access,
                     double pending);
  void Take(const Database& database, const Resource& resource, Access access, double units);
  TokenBucket& BucketOf(const Database& database, const Resource& resource, Access access,
                        double units_per_second, TimePoint now) REQUIRES(mutex_);

  const Clock& clock_;
  Mutex mutex_;
  // Ids are never used again; what deleted tables leave here is small.
  std::map<BucketKey, TokenBucket> buckets_ GUARDED_BY(mutex_);
};

/// The same for an operation; Ok without a Throttle.
inline Result<void> AdmitRead(OperationContext& context, const TableDescription& table,
                              const IndexDescription* index = nullptr, double pending = 0) {
  if (context.throttle == nullptr) return Ok();
  return context.throttle->AdmitRead(context.database, table, index, pending);
}
inline Result<void> AdmitWrite(OperationContext& context, const TableDescription& table,
                               double pending = 0) {
  if (context.throttle == nullptr) return Ok();
  return context.throttle->AdmitWrite(context.database, table, pending);
}

/// Lets in the parts of one request, one after the other: each counts for the next by the least
/// that it can cost, though it is charged when the request is done. Thread rule: one request.
class Admission {
 public:
  explicit Admission(OperationContext& context) : context_(context) {}

  /// Errors: as AdmitRead and AdmitWrite.
  Result<void> Read(const TableDescription& table, double least_units) {
    return context_.throttle == nullptr ? Result<void>(Ok()) : ReadOne(table, least_units);
  }
  Result<void> Write(const TableDescription& table, double least_units) {
    return context_.throttle == nullptr ? Result<void>(Ok()) : WriteOne(table, least_units);
  }

 private:
  Result<void> ReadOne(const TableDescription& table, double least_units);
  Result<void> WriteOne(const TableDescription& table, double least_units);

  OperationContext& context_;
  std::map<TableId, double> pending_;
};

/// What an operation used of one table: noted for the request log, and charged.
inline void Consume(OperationContext& context, const TableDescription& table,
                    const CapacityUse& use, Access access) {
  context.notes.capacity_units += use.Total();
  if (context.throttle != nullptr) context.throttle->Charge(context.database, table, use, access);
}

}  // namespace pumice
