// SPDX-License-Identifier: Apache-2.0
'use strict';

const {TestEnvironment} = require('jest-environment-node');
const {start} = require('./index.js');
const {readConfig} = require('./config.js');

const CONFIG_NAMES = ['pumice-dynamodb-config', 'jest-dynalite-config'];

class PumiceEnvironment extends TestEnvironment {
  #rootDir;
  #server;

  constructor(config, context) {
    super(config, context);
    this.#rootDir = config.projectConfig.rootDir;
  }

  async setup() {
    await super.setup();
    const {tables, flags} = await readConfig(this.#rootDir, CONFIG_NAMES);
    this.#server = await start({flags});
    Object.assign(this.global.process.env, this.#server.environment(), {
      MOCK_DYNAMODB_ENDPOINT: this.#server.endpoint, // as jest-dynalite names it
    });
    this.global.__PUMICE__ = {server: this.#server, tables};
  }

  async teardown() {
    await this.#server?.stop();
    await super.teardown();
  }
}

module.exports = PumiceEnvironment;
