// SPDX-License-Identifier: Apache-2.0
#pragma once
// PublishLayerVersion, GetLayerVersion, GetLayerVersionByArn, ListLayers, ListLayerVersions,
// DeleteLayerVersion. A layer's folder is laid out as AWS's /opt.

#include "server/lambda/lambda_database.h"

namespace pumice {

LambdaResult<LambdaReply> PublishLayerVersion(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> GetLayerVersion(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> DeleteLayerVersion(const LambdaCall& call, LambdaDatabase& database);
/// With ?find=LayerVersion it is GetLayerVersionByArn.
LambdaResult<LambdaReply> ListLayers(const LambdaCall& call, LambdaDatabase& database);
LambdaResult<LambdaReply> ListLayerVersions(const LambdaCall& call, LambdaDatabase& database);

}  // namespace pumice
