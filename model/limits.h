// SPDX-License-Identifier: Apache-2.0
#pragma once
// Limits of values and items. AWS: "Quotas in Amazon DynamoDB"; measured on AWS in July-October
// 2026.

#include <cstddef>

namespace pumice {

inline constexpr std::size_t kMaxItemSizeBytes = 409'600;
inline constexpr std::size_t kMaxPartitionKeyBytes = 2048;
inline constexpr std::size_t kMaxSortKeyBytes = 1024;
inline constexpr std::size_t kMaxAttributeNameBytes = 65'535;
inline constexpr std::size_t kMaxNestingLevels = 32;  // 31 containers around a scalar
inline constexpr std::size_t kMaxExpressionBytes = 4096;
inline constexpr std::size_t kMaxExpressionOperators = 300;
inline constexpr std::size_t kMaxInOperands = 100;
inline constexpr std::size_t kMaxPageBytes = 1024 * 1024;  // Query and Scan, evaluated data

}  // namespace pumice
