// SPDX-License-Identifier: Apache-2.0
// Vitest's setupFiles: each worker has an access key, and with it a database, of its own; its tables are new for each test.
import {createRequire} from 'node:module';
import {beforeEach} from 'vitest';

const require = createRequire(import.meta.url);
const {Calls} = require('../calls.js');
const {readConfig} = require('../config.js');

process.env.AWS_ACCESS_KEY_ID = `worker${process.env.VITEST_POOL_ID}`;
const {AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: key} = process.env;
const calls = new Calls(endpoint, region, key);
const {tables} = await readConfig(process.cwd(), ['pumice-dynamodb-config'], false);

beforeEach(async () => {
  await calls.clear();
  await calls.createTables(tables);
});
