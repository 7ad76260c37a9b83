// SPDX-License-Identifier: Apache-2.0
'use strict';

const {spawn} = require('node:child_process');
const {binaryPath} = require('./binary.js');
const {Calls} = require('./calls.js');

const REGION = 'us-east-1';
const START_MILLISECONDS = 30_000;
const KEPT_LOG_CHARACTERS = 100_000;
const STORAGE_FLAGS = ['-inMemory', '--inMemory', '-dbPath', '--dbPath'];

class Server {
  #process;
  #log = '';

  constructor(child) {
    this.#process = child;
    this.region = REGION;
    this.credentials = {accessKeyId: 'pumice', secretAccessKey: 'pumice'};
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        this.#log = (this.#log + text).slice(-KEPT_LOG_CHARACTERS);
      });
    }
  }

  get pid() {
    return this.#process.pid;
  }

  /** The last that the server printed. */
  log() {
    return this.#log;
  }

  /** What a child process needs for its AWS SDK to find the server. */
  environment() {
    return {
      AWS_ENDPOINT_URL_DYNAMODB: this.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB_STREAMS: this.endpoint,
      AWS_REGION: this.region,
      AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey,
    };
  }

  /** Creates tables from CreateTable's parameters. A definition's `data` is put into it, as plain objects. */
  createTables(definitions) {
    return this.#calls().createTables(definitions);
  }

  /** Deletes all tables of this server's access key and region. */
  clear() {
    return this.#calls().clear();
  }

  /** Stops the server; data in memory is gone. May be called again. */
  async stop() {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref();
    const ended = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  #calls() {
    return new Calls(this.endpoint, this.region, this.credentials.accessKeyId);
  }

  /** Resolves when the banner is complete: the socket listens then. */
  listening() {
    return new Promise((resolve, reject) => {
      const child = this.#process;
      const fail = text => {
        clearTimeout(timer);
        child.kill('SIGKILL');
        reject(new Error(`the Pumice server did not start: ${text}`));
      };
      const timer = setTimeout(() => fail(`no answer in ${START_MILLISECONDS} ms\n${this.#log}`), START_MILLISECONDS);
      const look = () => {
        const port = /^Port:\t(\d+)$[^]*?^$/m.exec(this.#log);
        if (!port) return;
        clearTimeout(timer);
        child.stdout.off('data', look);
        child.off('close', onClose);
        this.port = Number(port[1]);
        this.endpoint = `http://127.0.0.1:${this.port}`;
        // From here on the server is no reason for Node to stay alive.
        for (const part of [child, child.stdin, child.stdout, child.stderr]) part.unref();
        resolve(this);
      };
      const onClose = () => fail(this.#log);
      child.stdout.on('data', look);
      child.once('close', onClose);
      child.once('error', error => fail(error.message));
    });
  }
}

/**
 * Starts a server: in memory unless flags say otherwise, on any free port unless one is given. It ends with this
 * process, however that ends: the server watches the pipe on its stdin.
 */
async function start({flags = [], port = 0} = {}) {
  const command = ['-port', String(port), '--stop-with-stdin', ...flags];
  if (!flags.some(flag => STORAGE_FLAGS.includes(flag))) command.push('-inMemory');
  return new Server(spawn(binaryPath(), command, {stdio: ['pipe', 'pipe', 'pipe']})).listening();
}

module.exports = {binaryPath, start, Server};
