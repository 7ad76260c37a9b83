// SPDX-License-Identifier: Apache-2.0
#pragma once
// POST /_pumice/streams/rotate?TableName=T[&Shards=n]: closes the open shards of a table's stream
// now and opens their children, n of them if fewer would be open. For tests of stream readers,
// which would otherwise wait for --shard-lifetime. Thread rule: any thread.

#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/databases.h"

namespace pumice {

inline constexpr std::string_view kRotatePath = "/_pumice/streams/rotate";

/// Whoever asks need not sign, but must not be a web page (request_path.cc): it concerns the table
/// of that name in every database that is open. Answers
/// {"Streams":[{"StreamArn":...,"OpenShards":[...]}]}. Errors: Validation (a parameter is missing,
/// wrong or unknown), ResourceNotFound (no such table with an enabled stream), Internal.
Result<std::string> RotateShards(Databases& databases, std::string_view query);

}  // namespace pumice
