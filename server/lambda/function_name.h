// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a function is named: "name", "name:qualifier", "123456789012:function:name" or a whole ARN.
// AWS: FunctionName of each action. Pure.

#include <string>
#include <string_view>

#include "server/lambda/lambda_call.h"

namespace pumice {

inline constexpr std::string_view kLatest = "$LATEST";

/// A version, an alias or $LATEST of a function; an empty qualifier: nothing was said.
struct FunctionName {
  std::string name;
  std::string qualifier = {};
};

/// What stands in `text`. Errors: Validation (it is no such name).
LambdaResult<FunctionName> ParseFunctionName(std::string_view text);

/// The path's FunctionName with the query's Qualifier. Errors: Validation; InvalidParameterValue
/// (two qualifiers that differ).
LambdaResult<FunctionName> NamedFunction(const LambdaCall& call);

/// arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]
std::string FunctionArnOf(const LambdaCaller& owner, std::string_view name,
                          std::string_view qualifier = {});

bool IsVersionNumber(std::string_view qualifier);
/// Letters, digits, '-', '_', and not a number.
bool IsAliasName(std::string_view qualifier);

}  // namespace pumice
