// SPDX-License-Identifier: Apache-2.0
#pragma once
// Random numbers that are the same wherever and whenever they are drawn from the same seed: a row's
// values are computed when they are needed, in any order, and no row is kept. Pure.

#include <cstdint>
#include <string_view>

namespace pumice::patterns {

/// A number from a number: SplitMix64's mixing step (public domain, Sebastiano Vigna).
constexpr std::uint64_t Mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

/// FNV-1a: names become parts of a seed.
constexpr std::uint64_t SeedOf(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

/// Thread rule: one thread.
class RandomNumbers {
 public:
  explicit constexpr RandomNumbers(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t Next() { return Mixed(state_++); }

  /// 0..count-1, all alike. `count` is not 0.
  constexpr std::uint64_t Below(std::uint64_t count) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(Next()) * count) >> 64);
  }

 private:
  std::uint64_t state_;
};

}  // namespace pumice::patterns
