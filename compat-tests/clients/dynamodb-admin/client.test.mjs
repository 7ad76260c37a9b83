// SPDX-License-Identifier: Apache-2.0
// dynamodb-admin in a browser: items of a table made, found, changed and deleted, as a person does.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {after, before, test} from 'node:test';

import {CreateTableCommand, DynamoDBClient} from '@aws-sdk/client-dynamodb';
import puppeteer from 'puppeteer-core';

import {at, ENDPOINT, INDEX, message, range, SCHEMA, TABLE} from './cruddur.mjs';

const PATIENCE = 20_000;
const TABLE_PATH = `/tables/${TABLE}`;
let admin, browser, page, site;

before(async () => {
  admin = spawn('node_modules/.bin/dynamodb-admin', ['--host', '127.0.0.1', '--port', '0', '--dynamo-endpoint', ENDPOINT],
    {stdio: ['ignore', 'pipe', 'inherit']});
  for await (const line of createInterface(admin.stdout)) {
    const found = /listening on (http:\S+)/.exec(line);
    if (found) {
      site = found[1];
      break;
    }
  }
  assert.ok(site, 'dynamodb-admin did not start');
  // As root Chromium starts without its sandbox only; it sees nothing but this page.
  browser = await puppeteer.launch({executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage']});
  page = await browser.newPage();
  await page.setViewport({width: 1400, height: 900});
  page.setDefaultTimeout(PATIENCE);
  page.on('dialog', dialog => dialog.accept());
});

after(async () => {
  await browser?.close();
  admin.kill();
  if (admin.exitCode === null && admin.signalCode === null) await once(admin, 'exit');
});

const open = path => page.goto(site + path);
const text = selector => page.$$eval(selector, found => found.map(one => one.textContent.trim()));
const shown = (selector, wanted) => page.waitForFunction(
  (css, value) => [...document.querySelectorAll(css)].some(found => found.textContent.includes(value)), {}, selector, wanted);

/** The sort keys of the items that the table's page shows with these filters. */
async function items(filters, more = '') {
  await open(`${TABLE_PATH}?pageSize=50&filters=${encodeURIComponent(JSON.stringify(filters))}${more}`);
  await page.waitForSelector('#items-container tr, .no-results:not(.d-none)');
  return page.$$eval('#items-container tr', rows => rows.map(row => JSON.parse(row.children[2].textContent)));
}

/** Presses a button of the list of tables, after which the page loads itself anew. */
async function press(button) {
  await open('/');
  const loaded = new Promise(resolve => page.once('load', resolve));
  await page.click(button);
  await loaded;
}

/** Types a document into the editor and saves it. */
async function save(item) {
  await page.waitForSelector('#documentTextarea.ace_editor');
  await page.evaluate(value => globalThis.ace.edit('documentTextarea').setValue(value), JSON.stringify(item));
  await page.click('#saveButton');
}

// Its form sends the capacity units as text (dynamodb-admin #518), which DynamoDB Local takes and AWS refuses.
test('its form for tables is refused in AWS\'s words', async () => {
  await open('/create-table');
  await page.type('#TableName', TABLE);
  await page.type('#HashAttributeName', 'pk');
  await page.click('#saveButton');
  await shown('body', 'STRING_VALUE cannot be converted to Long');
});

test('a table is listed', async () => {
  // The credentials and the region that it takes by itself.
  const client = new DynamoDBClient({endpoint: ENDPOINT, region: 'us-east-1', credentials: {accessKeyId: 'key', secretAccessKey: 'secret'}});
  await client.send(new CreateTableCommand(SCHEMA));
  client.destroy();
  await open('/');
  await shown('a', TABLE);
});

test('items are added in the editor', async () => {
  for (const n of range(1, 3)) {
    await open(`${TABLE_PATH}/add-item`);
    await Promise.all([page.waitForNavigation(), save(message('andrew', n))]);
    await shown('.ace_content', `text ${n}`);
  }
  await open(`${TABLE_PATH}/add-item`);
  await Promise.all([page.waitForNavigation(), save({...message('bayko', 4), message_group_uuid: 'group-1'})]);
});

test('scan and query', async () => {
  assert.deepEqual((await items({})).length, 4);
  assert.deepEqual(await items({user_handle: {type: 'S', value: 'andrew', operator: '='}}), [at(1), at(2), at(3)]);
  const conversation = {pk: {type: 'S', value: 'MSG#group-1', operator: '='}};
  const query = '&operationType=query&queryableSelection=';
  assert.deepEqual(await items({...conversation, sk: {type: 'S', value: '2026', operator: 'begins_with'}}, `${query}table`), range(1, 4).map(at));
  await page.screenshot({path: process.env.PICTURE, fullPage: true});
  assert.deepEqual(await items({...conversation, sk: {type: 'S', value: at(2), operator: '>'}}, `${query}table`), [at(3), at(4)]);
  const group = {message_group_uuid: {type: 'S', value: 'group-1', operator: '='}};
  assert.deepEqual(await items(group, `${query}${INDEX}`), [at(4)]);
});

test('an item is changed and deleted', async () => {
  const path = `${TABLE_PATH}/items/${encodeURIComponent(`MSG#group-1,${at(1)}`)}`;
  await open(path);
  await save({...message('andrew', 1), message: 'changed'});
  await page.waitForSelector('#saveButton.btn-success');
  await open(path);
  await shown('.ace_content', 'changed');
  await Promise.all([page.waitForNavigation(), page.click('.btn-danger')]);
  assert.deepEqual(await items({}), [at(2), at(3), at(4)]);
});

test('the table\'s description and its time to live', async () => {
  const meta = await open(`${TABLE_PATH}/meta`);
  assert.ok((await meta.text()).includes(INDEX));
  await open(`${TABLE_PATH}/ttl`);
  assert.deepEqual(await text('td'), ['DISABLED', '—']);
});

// It reads all items and deletes them one by one.
test('the table is emptied, then deleted', async () => {
  await press('[onclick^=purgeTable]');
  assert.deepEqual(await items({}), []);
  await press('[onclick^=deleteTable]');
  assert.ok(!(await text('a')).includes(TABLE));
});
