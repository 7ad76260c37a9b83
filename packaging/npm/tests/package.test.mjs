// SPDX-License-Identifier: Apache-2.0
// The installed packages as their users have them: this file runs in an empty project, outside of the source tree.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import {mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import os from 'node:os';
import path from 'node:path';
import {once} from 'node:events';
import test from 'node:test';
import {promisify} from 'node:util';

import {DynamoDBClient, ListTablesCommand} from '@aws-sdk/client-dynamodb';

const require = createRequire(import.meta.url);
const {start} = require('pumice-dynamodb');
const run = promisify(execFile);
const here = process.cwd();
const readme = await readFile(require.resolve('pumice-dynamodb/README.md'), 'utf8');

const MESSAGES = {
  TableName: 'messages',
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{AttributeName: 'id', KeyType: 'HASH'}],
  AttributeDefinitions: [{AttributeName: 'id', AttributeType: 'S'}],
};

/** An empty project with what is installed here, gone after the test. files: name -> text. */
async function project(t, files) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pumice-npm-'));
  t.after(() => rm(folder, {recursive: true}));
  await symlink(path.join(here, 'node_modules'), path.join(folder, 'node_modules'));
  for (const [name, text] of Object.entries({'package.json': '{}', ...files})) {
    await mkdir(path.dirname(path.join(folder, name)), {recursive: true});
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

/** Runs a program of node_modules/.bin; its output, also when it fails. */
async function play(folder, program, ...flags) {
  const environment = {...process.env, CI: 'true', NO_COLOR: '1'};
  for (const name of ['NODE_TEST_CONTEXT', 'FORCE_COLOR']) delete environment[name];
  try {
    const {stdout, stderr} = await run(path.join(here, 'node_modules/.bin', program), flags, {cwd: folder, env: environment});
    return stdout + stderr;
  } catch (error) {
    return `${error.stdout}${error.stderr}\nexit code ${error.code}`;
  }
}

/** The README's code blocks of one language that hold `mark`. */
function fromReadme(mark) {
  const blocks = [...readme.matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code);
  const [found] = blocks.filter(code => code.includes(mark));
  assert.ok(found, `the README has no code with ${mark}`);
  return found;
}

function client(server) {
  return new DynamoDBClient({endpoint: server.endpoint, region: server.region, credentials: server.credentials});
}

test('start() gives a server that an SDK can use, stop() ends it', async () => {
  const server = await start();
  assert.deepEqual((await client(server).send(new ListTablesCommand({}))).TableNames, []);
  await server.createTables([MESSAGES]);
  assert.deepEqual((await client(server).send(new ListTablesCommand({}))).TableNames, ['messages']);
  await server.clear();
  assert.deepEqual((await client(server).send(new ListTablesCommand({}))).TableNames, []);
  await server.stop();
  await server.stop();
  await assert.rejects(client(server).send(new ListTablesCommand({})));
});

test('a server that cannot start says why', async () => {
  await assert.rejects(start({flags: ['-shareDb']}), /Unknown flag -shareDb/);
});

test('a table that cannot be made is told with its reason', async () => {
  const server = await start();
  await assert.rejects(server.createTables([{...MESSAGES, TableName: 'ab'}]), /CreateTable: ValidationException: /);
  await server.stop();
});

test('the command is on the path', async () => {
  const {version} = require('pumice-dynamodb/package.json');
  assert.equal(await play(here, 'pumice', '-version'), `Pumice ${version}\n`);
});

test('a script that forgets to stop the server ends all the same', async () => {
  const {stdout} = await run(process.execPath, ['-e', "require('pumice-dynamodb').start().then(s => console.log(s.pid))"], {cwd: here});
  assert.match(stdout, /^\d+\n$/);
});

// A test run that is killed must leave no server behind: the server's stdout, which the child passes on, ends with it.
test('the server ends with a killed parent', async () => {
  const holding =
    "require('pumice-dynamodb').start().then(s => { console.log(s.pid); setInterval(() => {}, 1e6); })";
  const parent = spawn(process.execPath, ['-e', holding], {cwd: here, stdio: ['ignore', 'pipe', 'inherit']});
  const [line] = await once(parent.stdout, 'data');
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  // `tail --pid` returns when that process is gone.
  await run('timeout', ['30', 'tail', `--pid=${String(line).trim()}`, '-f', '/dev/null']);
});

test("the README's Jest example passes", async t => {
  const folder = await project(t, {
    'jest.config.js': fromReadme("preset: 'pumice-dynamodb'"),
    'pumice-dynamodb-config.js': fromReadme("TableName: 'messages'"),
    'message.test.js': fromReadme('the message is there'),
  });
  assert.match(await play(folder, 'jest'), /Tests: +1 passed/);
});

const LEAVES_AN_ITEM = `
  const {DynamoDBClient, PutItemCommand, ScanCommand} = require('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient({endpoint: process.env.MOCK_DYNAMODB_ENDPOINT});
  for (const round of [1, 2, 3]) {
    test('round ' + round, async () => {
      expect((await client.send(new ScanCommand({TableName: 'messages'}))).Count).toBe(1);
      await client.send(new PutItemCommand({TableName: 'messages', Item: {id: {S: 'left'}}}));
    });
  }`;

test('users of jest-dynalite change the preset only', async t => {
  const folder = await project(t, {
    'jest.config.js': "module.exports = {preset: 'pumice-dynamodb'};",
    'jest-dynalite-config.js': `module.exports = {tables: async () => [${JSON.stringify({...MESSAGES, data: [{id: '1'}]})}], basePort: 8000};`,
    'a.test.js': LEAVES_AN_ITEM,
    'b.test.js': LEAVES_AN_ITEM,
  });
  assert.match(await play(folder, 'jest'), /Tests: +6 passed/);
});

test('users of @shelf/jest-dynamodb change the preset only', async t => {
  const server = await start(); // for a port that is free
  const {port} = server;
  await server.stop();
  const folder = await project(t, {
    'jest.config.js': "module.exports = {preset: 'pumice-dynamodb/jest-dynamodb'};",
    'jest-dynamodb-config.js': `module.exports = async () => ({tables: [${JSON.stringify(MESSAGES)}], port: ${port}});`,
    'a.test.js': `
      const {DynamoDB} = require('@aws-sdk/client-dynamodb');
      const client = new DynamoDB({
        endpoint: 'http://localhost:${port}', region: 'local-env',
        credentials: {accessKeyId: 'fakeMyKeyId', secretAccessKey: 'fakeSecretAccessKey'}});
      test('the table is there', async () => {
        expect((await client.listTables({})).TableNames).toEqual(['messages']);
      });`,
  });
  assert.match(await play(folder, 'jest'), /Tests: +1 passed/);
});

test('a preset without its configuration names the missing file', async t => {
  const folder = await project(t, {
    'jest.config.js': "module.exports = {preset: 'pumice-dynamodb'};",
    'a.test.js': "test('nothing', () => {});",
  });
  assert.match(await play(folder, 'jest'), /there is no pumice-dynamodb-config\.js in/);
});

test("the README's Vitest set-up gives each test its tables", async t => {
  const inVitest = LEAVES_AN_ITEM.replace(
    /const \{(.*)\} = require\((.*)\);/,
    "import {$1} from $2;\nimport {expect, test} from 'vitest';",
  );
  const folder = await project(t, {
    'vitest.config.mjs': fromReadme('vitest/config'),
    'pumice-dynamodb-config.js': fromReadme("TableName: 'messages'"),
    'a.test.mjs': inVitest,
    'b.test.mjs': inVitest,
  });
  assert.match(await play(folder, 'vitest', 'run'), /Tests +6 passed/);
});
