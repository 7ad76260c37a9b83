// SPDX-License-Identifier: Apache-2.0
#pragma once
// Named<Tag, T>: a T that only fits where its own name is asked for (a TableName is no IndexName).

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace pumice {

template <class Tag, class T>
class Named {
 public:
  Named() = default;
  explicit Named(T value) : value_(std::move(value)) {}
  const T& value() const { return value_; }
  friend auto operator<=>(const Named&, const Named&) = default;
  friend bool operator==(const Named&, const Named&) = default;

 private:
  T value_{};
};

using TableName =
    Named<struct TableNameTag, std::string>;  // 3..255 of [a-zA-Z0-9_.-], case-sensitive
using IndexName = Named<struct IndexNameTag, std::string>;  // the same
using ShardId = Named<struct ShardIdTag, std::string>;      // "shardId-<20 digits>-<8 hex>"
using StreamArn = Named<struct StreamArnTag, std::string>;
using TableId = Named<struct TableIdTag, std::uint32_t>;    // never reused within a database
using IndexId = Named<struct IndexIdTag, std::uint32_t>;    // from the same counter as TableId
using StreamId = Named<struct StreamIdTag, std::uint32_t>;  // from the same counter as TableId
using ExpiryId = Named<struct ExpiryIdTag, std::uint32_t>;  // from the same counter as TableId
using SequenceNumber = Named<struct SequenceNumberTag, std::uint64_t>;  // grows within a stream

}  // namespace pumice
