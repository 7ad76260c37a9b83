// SPDX-License-Identifier: Apache-2.0
#include "model/number.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>

namespace pumice {
namespace {

using Wide = unsigned __int128;

constexpr auto kPowersOfTen = [] {
  std::array<Wide, Number::kMaxDigits + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

constexpr Wide kTooWide = kPowersOfTen[Number::kMaxDigits];
constexpr std::uint64_t kTenTo19 = 10'000'000'000'000'000'000U;

/// Decimal digits of `value`, which is not zero.
int DigitCount(Wide value) {
  const auto high = static_cast<std::uint64_t>(value >> 64);
  const int bits =
      high != 0 ? 64 + std::bit_width(high) : std::bit_width(static_cast<std::uint64_t>(value));
  const int estimate = (bits * 1233) >> 12;  // bits * log10(2), exact or one too small
  return estimate + (value >= kPowersOfTen[static_cast<std::size_t>(estimate)] ? 1 : 0);
}

struct DigitText {
  std::array<char, Number::kMaxDigits + 2> text;
  int count = 0;
};

/// The digits of `value` (below 10^38) without leading zeros.
DigitText ToDigits(Wide value) {
  DigitText digits;
  char* const begin = digits.text.data();
  char* const end = begin + digits.text.size();
  if (value <= std::numeric_limits<std::uint64_t>::max()) {
    const auto written = std::to_chars(begin, end, static_cast<std::uint64_t>(value));
    digits.count = static_cast<int>(written.ptr - begin);
    return digits;
  }
  const auto upper = std::to_chars(begin, end, static_cast<std::uint64_t>(value / kTenTo19));
  std::array<char, 20> low_text;
  const auto low = std::to_chars(low_text.data(), low_text.data() + low_text.size(),
                                 static_cast<std::uint64_t>(value % kTenTo19));
  const auto low_count = static_cast<std::size_t>(low.ptr - low_text.data());
  std::memset(upper.ptr, '0', 19 - low_count);
  std::memcpy(upper.ptr + (19 - low_count), low_text.data(), low_count);
  digits.count = static_cast<int>(upper.ptr - begin) + 19;
  return digits;
}

/// What stands before the exponent.
struct Mantissa {
  Wide coefficient = 0;             // meaningless above 38 significant digits
  std::int64_t significant = 0;     // digits from the first to the last that is not zero
  std::int64_t trailing_zeros = 0;  // after the last significant digit; none for zero
  std::int64_t digits = 0;          // all that were read
  std::int64_t fraction_digits = 0;
  const char* end = nullptr;
};

/// `Integer` holds any coefficient that the text can have: 64 bits do for 19 characters.
template <class Integer>
Mantissa ReadMantissa(const char* const begin, const char* const end) {
  Mantissa mantissa;
  Integer coefficient = 0;
  const char* point = nullptr;
  const char* at = begin;
  for (; at != end; ++at) {
    const unsigned digit = static_cast<unsigned char>(*at) - unsigned{'0'};
    if (digit > 9) {
      if (*at != '.' || point != nullptr) break;
      point = at;
    } else if (digit == 0) {
      mantissa.trailing_zeros += mantissa.significant != 0 ? 1 : 0;
    } else {
      const std::int64_t shift = mantissa.trailing_zeros + 1;
      mantissa.significant += shift;
      mantissa.trailing_zeros = 0;
      if (mantissa.significant > Number::kMaxDigits) continue;
      const auto power = static_cast<Integer>(kPowersOfTen[static_cast<std::size_t>(shift)]);
      coefficient = coefficient * power + digit;
    }
  }
  mantissa.coefficient = coefficient;
  mantissa.digits = (at - begin) - (point != nullptr ? 1 : 0);
  mantissa.fraction_digits = point != nullptr ? at - point - 1 : 0;
  mantissa.end = at;
  return mantissa;
}

/// The whole of "e+12", "E5", "" (which is 0). None: not such a text, or beyond int64.
std::optional<std::int64_t> ReadExponent(const char* at, const char* const end) {
  if (at == end) return 0;
  if (*at != 'e' && *at != 'E') return std::nullopt;
  ++at;
  if (at != end && *at == '+') {
    ++at;
    if (at != end && *at == '-') return std::nullopt;  // from_chars would take the second sign
  }
  std::int64_t exponent = 0;
  const auto read = std::from_chars(at, end, exponent);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return exponent;
}

constexpr bool FitsInt32(std::int64_t value) {
  return value >= std::numeric_limits<std::int32_t>::min() &&
         value <= std::numeric_limits<std::int32_t>::max();
}

/// Whether a number whose first digit stands for 10^first_exponent is storable.
std::optional<NumberError> RangeError(std::int64_t first_exponent) {
  if (first_exponent > Number::kMaxExponent) return NumberError::kOverflow;
  if (first_exponent < Number::kMinExponent) return NumberError::kUnderflow;
  return std::nullopt;
}

/// Java computes precision minus scale in 32 bits; one above the largest value wraps to the
/// smallest.
bool WrapsInJava(std::int64_t first_exponent) {
  return first_exponent >= std::numeric_limits<std::int32_t>::max();
}

/// Cuts trailing zeros off a coefficient that is not zero. Returns how many.
int StripTrailingZeros(Wide& coefficient) {
  int stripped = 0;
  while (coefficient > std::numeric_limits<std::uint64_t>::max() && coefficient % 10 == 0) {
    coefficient /= 10;
    ++stripped;
  }
  if (coefficient > std::numeric_limits<std::uint64_t>::max()) return stripped;
  auto narrow = static_cast<std::uint64_t>(coefficient);
  for (; narrow % 10 == 0; narrow /= 10) ++stripped;
  coefficient = narrow;
  return stripped;
}

}  // namespace

Number::Number(bool negative, Coefficient coefficient, std::int16_t exponent)
    : coefficient_(coefficient), exponent_(exponent), negative_(negative) {}

Number::Number(std::int64_t value) {
  if (value == 0) return;
  negative_ = value < 0;
  coefficient_ = negative_ ? std::uint64_t{0} - static_cast<std::uint64_t>(value)
                           : static_cast<std::uint64_t>(value);
  exponent_ = static_cast<std::int16_t>(StripTrailingZeros(coefficient_));
}

std::variant<Number, NumberError> Number::Parse(std::string_view text, NumberSyntax syntax) {
  const char* begin = text.data();
  const char* const end = begin + text.size();
  const bool negative = begin != end && *begin == '-';
  if (begin != end && (*begin == '-' || *begin == '+')) ++begin;

  const Mantissa mantissa =
      end - begin <= 19 ? ReadMantissa<std::uint64_t>(begin, end) : ReadMantissa<Wide>(begin, end);
  if (mantissa.digits == 0) return NumberError::kNotNumeric;
  const std::optional<std::int64_t> written = ReadExponent(mantissa.end, end);
  if (!written) return NumberError::kNotNumeric;

  // Far outside the range is far enough; so the sums below cannot leave 64 bits.
  constexpr std::int64_t kFar = std::int64_t{1} << 48;
  const std::int64_t exponent = std::clamp(*written, -kFar, kFar);
  // Zero is judged by the exponent as written: 0e126 is refused, 0.0e126 is not (measured on AWS).
  const bool zero = mantissa.significant == 0;
  const std::int64_t last = exponent + mantissa.trailing_zeros - mantissa.fraction_digits;
  const std::int64_t first = zero ? last : last + mantissa.significant - 1;

  if (syntax == NumberSyntax::k32BitExponent) {
    const std::int64_t scale = mantissa.fraction_digits - exponent;
    if (!FitsInt32(exponent) || !FitsInt32(scale)) return NumberError::kNotNumeric;
    if (WrapsInJava(first)) return NumberError::kUnderflow;
  }
  if (const auto error = RangeError(first)) return *error;
  if (mantissa.significant > kMaxDigits) return NumberError::kTooManyDigits;
  if (zero) return Number();
  return Number(negative, mantissa.coefficient, static_cast<std::int16_t>(last));
}

std::string Number::ToString() const {
  std::string out;
  AppendTo(out);
  return out;
}

void Number::AppendTo(std::string& out) const {
  const DigitText digits = ToDigits(coefficient_);
  const std::string_view text(digits.text.data(), static_cast<std::size_t>(digits.count));
  if (negative_) out.push_back('-');
  if (exponent_ >= 0) {
    out.append(text);
    out.append(static_cast<std::size_t>(exponent_), '0');
    return;
  }
  const int before_point = digits.count + exponent_;
  if (before_point > 0) {
    out.append(text.substr(0, static_cast<std::size_t>(before_point)));
    out.push_back('.');
    out.append(text.substr(static_cast<std::size_t>(before_point)));
    return;
  }
  out.append("0.");
  out.append(static_cast<std::size_t>(-before_point), '0');
  out.append(text);
}

// No integer wider than 128 bits is needed. With `high` the operand of the greater exponent and
// `shift` the difference of the exponents:
//   * high with `shift` zeros has at most 38 digits: the sum of two such is below 2 * 10^38 <
//   2^128.
//   * It has more: `shift` is above zero, so the result ends in low's last digit, which is not
//   zero:
//     nothing can be stripped. Its size is at least 10^38 unless a subtraction takes it below, and
//     that needs high * 10^shift < 2 * 10^38, which again fits.
std::variant<Number, NumberError> Number::Add(const Number& a, const Number& b) {
  if (a.is_zero()) return b;
  if (b.is_zero()) return a;
  const Number& high = a.exponent_ >= b.exponent_ ? a : b;
  const Number& low = a.exponent_ >= b.exponent_ ? b : a;
  const int shift = high.exponent_ - low.exponent_;
  const int high_digits = DigitCount(high.coefficient_) + shift;
  const bool subtract = a.negative_ != b.negative_;

  if (high_digits > kMaxDigits) {
    const bool may_shrink = subtract && high_digits == kMaxDigits + 1 && shift <= kMaxDigits &&
                            high.coefficient_ < 2 * kPowersOfTen[kMaxDigits - shift];
    if (!may_shrink) {
      const int top = std::max(high_digits, DigitCount(low.coefficient_)) - 1 + low.exponent_;
      return top > kMaxExponent ? NumberError::kOverflow : NumberError::kTooManyDigits;
    }
  }
  const Wide aligned = high.coefficient_ * kPowersOfTen[static_cast<std::size_t>(shift)];
  const bool high_greater = aligned >= low.coefficient_;
  Wide result = aligned + low.coefficient_;
  if (subtract) {
    result = high_greater ? aligned - low.coefficient_ : low.coefficient_ - aligned;
  }
  if (result == 0) return Number();

  const int exponent = low.exponent_ + StripTrailingZeros(result);
  if (result >= kTooWide) {
    const bool overflows = kMaxDigits + exponent > kMaxExponent;
    return overflows ? NumberError::kOverflow : NumberError::kTooManyDigits;
  }
  if (const auto error = RangeError(DigitCount(result) - 1 + exponent)) return *error;
  return Number(high_greater ? high.negative_ : low.negative_, result,
                static_cast<std::int16_t>(exponent));
}

std::variant<Number, NumberError> Number::Subtract(const Number& a, const Number& b) {
  return Add(a, b.Negated());
}

Number Number::Negated() const {
  return is_zero() ? Number() : Number(!negative_, coefficient_, exponent_);
}

// Ordered bytes of a number:
//
//   number   = zero | positive | negative
//   zero     = 0x80
//   positive = 0xC0 body
//   negative = 0x40 body, every byte of the body complemented
//   body     = exponent pair* last
//   exponent = power of ten of the first significant digit, plus 130     (0x00 .. 0xFF)
//   pair     = 2 * (two decimal digits) + 1                              (more follow)
//   last     = 2 * (two decimal digits); an odd last digit is padded with 0; never 0
//
// Digits start with the first significant one, so the first pair is at least 10; 1 to 19 pairs. No
// number's bytes are a prefix of another's: the low bit tells the end. Between two numbers with
// equal first pairs the longer is the greater, as 2n+1 > 2n.
namespace {

constexpr unsigned char kNegativeMark = 0x40;
constexpr unsigned char kZeroMark = 0x80;
constexpr unsigned char kPositiveMark = 0xC0;
constexpr std::size_t kMaxPairs = Number::kMaxDigits / 2;

}  // namespace

void Number::AppendOrderedBytes(std::string& out) const {
  if (is_zero()) {
    out.push_back(static_cast<char>(kZeroMark));
    return;
  }
  DigitText digits = ToDigits(coefficient_);
  const int first_exponent = digits.count - 1 + exponent_;
  digits.text[static_cast<std::size_t>(digits.count)] = '0';  // the padding of an odd last digit
  const unsigned flip = negative_ ? 0xFF : 0x00;

  std::array<char, 2 + kMaxPairs> bytes;
  std::size_t size = 0;
  bytes[size++] = static_cast<char>(negative_ ? kNegativeMark : kPositiveMark);
  bytes[size++] = static_cast<char>(static_cast<unsigned>(first_exponent - kMinExponent) ^ flip);
  for (int i = 0; i < digits.count; i += 2) {
    const char* const two = digits.text.data() + i;
    const unsigned pair = static_cast<unsigned>((two[0] - '0') * 10 + (two[1] - '0'));
    const unsigned more = i + 2 < digits.count ? 1 : 0;
    bytes[size++] = static_cast<char>((2 * pair + more) ^ flip);
  }
  out.append(bytes.data(), size);
}

std::optional<Number> Number::TakeOrderedBytes(std::string_view& bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto mark = static_cast<unsigned char>(bytes[0]);
  if (mark == kZeroMark) {
    bytes.remove_prefix(1);
    return Number();
  }
  const bool negative = mark == kNegativeMark;
  if ((!negative && mark != kPositiveMark) || bytes.size() < 3) return std::nullopt;
  const unsigned flip = negative ? 0xFF : 0x00;
  const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]) ^ flip; };

  const int first_exponent = static_cast<int>(byte_at(1)) + kMinExponent;
  Coefficient coefficient = 0;
  std::size_t at = 2;
  for (unsigned byte = 1; (byte & 1) != 0; ++at) {
    if (at == bytes.size() || at == 2 + kMaxPairs) return std::nullopt;
    byte = byte_at(at);
    const unsigned pair = byte >> 1;
    const bool first = at == 2;
    const bool last = (byte & 1) == 0;
    if (pair > 99 || (first && pair < 10) || (last && pair == 0)) return std::nullopt;
    coefficient = coefficient * 100 + pair;
  }
  int exponent = first_exponent - (2 * static_cast<int>(at - 2) - 1);
  if (coefficient % 10 == 0) {  // the padding; canonical bytes have no second zero
    coefficient /= 10;
    ++exponent;
  }
  bytes.remove_prefix(at);
  return Number(negative, coefficient, static_cast<std::int16_t>(exponent));
}

// Digits as base-100 pairs aligned to the decimal point, one byte for the exponent and one for a
// minus sign. Agrees with every number measured on AWS in August 2026 (the table in
// number_test.cc).
std::size_t Number::size_bytes() const {
  if (is_zero()) return 1;
  const int digits = DigitCount(coefficient_);
  const int first_exponent = digits - 1 + exponent_;
  const bool split = digits % 2 == 0 && first_exponent % 2 == 0;
  return 1 + static_cast<std::size_t>((digits + 1) / 2) + (split ? 1 : 0) + (negative_ ? 1 : 0);
}

std::strong_ordering operator<=>(const Number& a, const Number& b) {
  const auto sign = [](const Number& n) { return n.is_zero() ? 0 : n.negative_ ? -1 : 1; };
  if (sign(a) != sign(b)) return sign(a) <=> sign(b);
  if (a.is_zero()) return std::strong_ordering::equal;
  const Number& small = a.negative_ ? b : a;  // greater magnitude is less among negatives
  const Number& great = a.negative_ ? a : b;
  const int small_digits = DigitCount(small.coefficient_);
  const int great_digits = DigitCount(great.coefficient_);
  const auto magnitude = small_digits + small.exponent_ <=> great_digits + great.exponent_;
  if (magnitude != 0) return magnitude;
  const int width = std::max(small_digits, great_digits);
  const auto aligned = [&](const Number& n, int digits) {
    return n.coefficient_ * kPowersOfTen[static_cast<std::size_t>(width - digits)];
  };
  const Wide left = aligned(small, small_digits);
  const Wide right = aligned(great, great_digits);
  return left < right    ? std::strong_ordering::less
         : left == right ? std::strong_ordering::equal
                         : std::strong_ordering::greater;
}

}  // namespace pumice
