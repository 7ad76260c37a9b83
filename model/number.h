// SPDX-License-Identifier: Apache-2.0
#pragma once
// Number: DynamoDB's N. Decimal, 38 significant digits exactly, magnitude 1E-130 .. 9.99..E+125, or
// zero. A value: 32 bytes, no allocation. Equality and order are by value (1 == 1.0 == 1e0).

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace pumice {

enum class NumberError : std::uint8_t {
  kNotNumeric,     // "The parameter cannot be converted to a numeric value"
  kOverflow,       // magnitude above 9.99..E+125; also zero written with an exponent above 125
  kUnderflow,      // magnitude below 1E-130; also zero written with an exponent below -130
  kTooManyDigits,  // more than 38 significant digits
};

/// Which of AWS's two number readers is imitated.
enum class NumberSyntax : std::uint8_t {
  k64BitExponent,  // layers A and B: exponents are 64-bit, then range-checked; beyond int64: not
                   // numeric
  k32BitExponent,  // layer C and PartiQL, Java BigDecimal: exponent outside int32 is not numeric,
                   // 1e2147483647 wraps to underflow
};

class Number {
 public:
  static constexpr int kMaxDigits = 38;
  static constexpr int kMaxExponent = 125;  // of the first digit
  static constexpr int kMinExponent = -130;

  Number() = default;  // zero
  explicit Number(std::int64_t value);

  /// Optional sign (+ or -), digits with an optional point (".5" and "5." are legal), optional e/E
  /// exponent with sign. No blanks, no words, no hex.
  static std::variant<Number, NumberError> Parse(
      std::string_view text, NumberSyntax syntax = NumberSyntax::k64BitExponent);

  bool is_zero() const { return coefficient_ == 0; }
  bool is_negative() const { return negative_; }

  /// Plain decimal, never an exponent: "1000", "-0.05", "0".
  std::string ToString() const;
  void AppendTo(std::string& out) const;

  /// Exact sum and difference, never rounded: kTooManyDigits where 38 digits do not do (AWS's
  /// UpdateItem answers that with its overflow text), else kOverflow or kUnderflow.
  static std::variant<Number, NumberError> Add(const Number& a, const Number& b);
  static std::variant<Number, NumberError> Subtract(const Number& a, const Number& b);

  Number Negated() const;

  /// Bytes whose unsigned order is the numeric order, self-delimiting, at most 22 of them.
  /// Grammar in storage/FORMAT.md; golden bytes in number_test.cc.
  void AppendOrderedBytes(std::string& out) const;
  /// Reads one number from the front of `bytes` and removes it. None: not such bytes.
  static std::optional<Number> TakeOrderedBytes(std::string_view& bytes);

  /// What the number costs by AWS's accounting: base-100 digit pairs, measured on AWS. 1..22 bytes.
  std::size_t size_bytes() const;

  friend std::strong_ordering operator<=>(const Number& a, const Number& b);
  friend bool operator==(const Number& a, const Number& b) = default;  // canonical, so memberwise

 private:
  using Coefficient = unsigned __int128;  // < 10^38

  Number(bool negative, Coefficient coefficient, std::int16_t exponent);

  // value = (-1)^negative * coefficient * 10^exponent; coefficient has no trailing decimal zero;
  // zero is (false, 0, 0).
  Coefficient coefficient_ = 0;
  std::int16_t exponent_ = 0;
  bool negative_ = false;
};

}  // namespace pumice
