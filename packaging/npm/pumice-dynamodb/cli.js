#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
'use strict';

const {spawn} = require('node:child_process');
const {binaryPath} = require('./binary.js');

const server = spawn(binaryPath(), process.argv.slice(2), {stdio: 'inherit'});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code, signal) => process.exit(signal ? 1 : code));
