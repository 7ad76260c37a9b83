// SPDX-License-Identifier: Apache-2.0
'use strict';

const {start} = require('../index.js');
const {readConfig} = require('../config.js');

/** Vitest's globalSetup: one server; its workers find it in the environment. */
module.exports = async function setup() {
  const {flags} = await readConfig(process.cwd(), ['pumice-dynamodb-config'], false);
  const server = await start({flags});
  Object.assign(process.env, server.environment(), {MOCK_DYNAMODB_ENDPOINT: server.endpoint});
  return () => server.stop();
};
