// SPDX-License-Identifier: Apache-2.0
#pragma once
// One change record as JSON, in its two forms. AWS: API_streams_Record; "Using AWS Lambda with
// Amazon DynamoDB". Thread rule: free functions, any thread.

#include <string>

#include "model/change_record.h"
#include "storage/change_log.h"

namespace pumice {

/// As GetRecords answers it: userIdentity, if any, has capitalised members.
void AppendStreamRecordJson(std::string& out, const StreamDescription& stream,
                            const ChangeRecord& record);

/// As a Lambda function gets it: with eventSourceARN, the creation time with a decimal point (so
/// that it is read as a float), userIdentity in lower case.
void AppendLambdaRecordJson(std::string& out, const StreamDescription& stream,
                            const ChangeRecord& record);

}  // namespace pumice
