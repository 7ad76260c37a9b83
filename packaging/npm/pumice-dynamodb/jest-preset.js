// SPDX-License-Identifier: Apache-2.0
'use strict';

// A server for each test file, its tables new for each test.
module.exports = {
  testEnvironment: require.resolve('./jest-environment.js'),
  setupFilesAfterEnv: [require.resolve('./jest-each-test.js')],
};
