// SPDX-License-Identifier: Apache-2.0
#pragma once
// Result<T>: a value or an Error, never an exception. PUMICE_TRY hands an error on to the caller.
//   PUMICE_TRY(auto item, ReadItem(text));   declares `item`, or returns the error
//   PUMICE_TRY(CheckName(name));             for Result<void>
// It is more than one statement: after an if it needs braces.

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/try.hpp>

#include "base/error.h"

namespace pumice {

template <class T>
using Result = boost::outcome_v2::basic_result<T, Error, boost::outcome_v2::policy::terminate>;

/// What a function that returns Result<void> answers when all went well: `return Ok();`
inline auto Ok() { return boost::outcome_v2::success(); }

}  // namespace pumice

#define PUMICE_TRY(...) BOOST_OUTCOME_TRY(__VA_ARGS__)
