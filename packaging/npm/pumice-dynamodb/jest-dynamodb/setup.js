// SPDX-License-Identifier: Apache-2.0
'use strict';

const path = require('node:path');
const {start} = require('../index.js');
const {readConfig} = require('../config.js');

const DEFAULT_PORT = 8000;

module.exports = async () => {
  const file = process.env.JEST_DYNAMODB_CONFIG;
  const {tables, port = DEFAULT_PORT, options = ['-sharedDb']} = file
    ? await readConfig(path.dirname(file), [path.basename(file)])
    : await readConfig(process.cwd(), ['jest-dynamodb-config']);
  const server = await start({port, flags: options});
  await server.createTables(tables);
  globalThis.__PUMICE_SERVER__ = server;
};
