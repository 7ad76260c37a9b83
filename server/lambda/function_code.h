// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a function's code is to come from, as the caller says it: a zip file in the request, or one
// of the places on this machine that stand where AWS has S3 and ECR. AWS: API_FunctionCode.

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "server/lambda/code_store.h"
#include "server/lambda/function_record.h"

namespace pumice {

struct NewCode {
  FunctionCode code;
  std::string sha256;  // CodeSha256
  std::uint64_t size_bytes = 0;
};

/// Reads and checks all; a package is not kept yet: see KeepPackage.
struct CodeRequest {
  NewCode found;
  std::string zip;  // of a package
};

/// `members`: ZipFile | ImageUri ("file:///folder", "http://…", "runtime://host:port") | S3Bucket
/// "hot-reload" with S3Key, a folder. Errors: InvalidParameterValue, with what can be said instead.
LambdaResult<CodeRequest> ReadCode(const nlohmann::json& members);

/// Puts a package into the store. Errors: as CodeStore::Add.
LambdaResult<NewCode> KeepPackage(CodeRequest request, CodeStore& store);

/// Where the code of an image starts is in its command; a folder tells its runtime by what it
/// holds.
void CompleteForFolder(const FunctionCode& code, nlohmann::json& configuration);

}  // namespace pumice
