// SPDX-License-Identifier: Apache-2.0
// The part of {fmt} that is not templates, compiled once. With FMT_HEADER_ONLY each source file
// would compile it again, which took as long as all the rest of the file; Debian has the library as
// a shared one only, which the server would have to load when it starts.
#include <locale>

#include <fmt/format-inl.h>

namespace fmt::detail {

template auto dragonbox::to_decimal(float x) noexcept -> dragonbox::decimal_fp<float>;
template auto dragonbox::to_decimal(double x) noexcept -> dragonbox::decimal_fp<double>;
template auto thousands_sep_impl(locale_ref locale) -> thousands_sep_result<char>;
template auto decimal_point_impl(locale_ref locale) -> char;
template locale_ref::locale_ref(const std::locale& locale);
template auto locale_ref::get<std::locale>() const -> std::locale;

}  // namespace fmt::detail
