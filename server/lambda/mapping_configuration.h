// SPDX-License-Identifier: Apache-2.0
#pragma once
// EventSourceMappingConfiguration: from the members of CreateEventSourceMapping and
// UpdateEventSourceMapping to the document that is answered, and from that to what runs. Pure. AWS:
// "Lambda parameters for Amazon DynamoDB event source mappings".

#include <optional>

#include "server/lambda/mapping_store.h"
#include "server/lambda/parameters.h"
#include "streams/handlers/mapping_status.h"

namespace pumice {

/// The members that Create and Update share, over `configuration`'s. Errors: Validation,
/// InvalidParameterValue.
LambdaResult<void> ReadMappingMembers(Parameters& parameters, nlohmann::json& configuration);

/// The document of a new mapping with all defaults.
nlohmann::json NewMappingConfiguration(const std::string& uuid, const LambdaCaller& owner);

MappingConfig ToMappingConfig(const MappingRecord& record, std::string function_key);

/// What is answered. `state` empty: as the report has it.
nlohmann::json MappingAnswer(const MappingRecord& record, std::string_view state,
                             const std::optional<MappingReport>& report);

}  // namespace pumice
