// SPDX-License-Identifier: Apache-2.0
'use strict';

// As @shelf/jest-dynamodb: one server for all tests on a known port, with the tables of jest-dynamodb-config.js.
module.exports = {
  globalSetup: require.resolve('./setup.js'),
  globalTeardown: require.resolve('./teardown.js'),
};
