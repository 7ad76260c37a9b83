// SPDX-License-Identifier: Apache-2.0
// ElectroDB: entities of one table, their access patterns, batches, transactions and pages.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {CreateTableCommand, DeleteTableCommand, DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {Entity, Service} from 'electrodb';

import {at, ENDPOINT, range} from './cruddur.mjs';

const table = 'cruddur-electro';
const client = new DynamoDBClient({endpoint: ENDPOINT, maxAttempts: 1});
const text = {type: 'string', required: true};

const messages = new Entity({
  model: {entity: 'message', version: '1', service: 'cruddur'},
  attributes: {group: text, sent: text, text, edits: {type: 'number'}, tags: {type: 'set', items: 'string'}, more: {type: 'any'}},
  indexes: {conversation: {pk: {field: 'pk', composite: ['group']}, sk: {field: 'sk', composite: ['sent']}}},
}, {client, table});

const groups = new Entity({
  model: {entity: 'group', version: '1', service: 'cruddur'},
  attributes: {owner: text, group: text, last: text},
  indexes: {
    byOwner: {pk: {field: 'pk', composite: ['owner']}, sk: {field: 'sk', composite: ['last']}},
    byGroup: {index: 'gsi1', collection: 'conversation', pk: {field: 'gsi1pk', composite: ['group']}, sk: {field: 'gsi1sk', composite: ['last']}},
  },
}, {client, table});

const cruddur = new Service({messages, groups});
const message = n => ({group: 'group-1', sent: at(n), text: `text ${n}`});
const group = (owner, n = 1) => ({owner, group: 'group-1', last: at(n)});
const key = n => ({group: 'group-1', sent: at(n)});
const texts = ({data}) => data.map(item => item.text);
const refused = error => error.name === 'ElectroError' && /The conditional request failed/.test(error.message);

before(async () => {
  const names = ['pk', 'sk', 'gsi1pk', 'gsi1sk'];
  const keys = (hash, sort) => [{AttributeName: hash, KeyType: 'HASH'}, {AttributeName: sort, KeyType: 'RANGE'}];
  await client.send(new CreateTableCommand({
    TableName: table, BillingMode: 'PAY_PER_REQUEST', KeySchema: keys('pk', 'sk'),
    AttributeDefinitions: names.map(AttributeName => ({AttributeName, AttributeType: 'S'})),
    GlobalSecondaryIndexes: [{IndexName: 'gsi1', KeySchema: keys('gsi1pk', 'gsi1sk'), Projection: {ProjectionType: 'ALL'}}]}));
  // 30 items: ElectroDB makes two batches of them.
  assert.deepEqual((await messages.put(range(1, 30).map(message)).go()).unprocessed, []);
});

after(async () => {
  await client.send(new DeleteTableCommand({TableName: table}));
  client.destroy();
});

test('the newest 20 messages of the year', async () => {
  const found = await messages.query.conversation({group: 'group-1'}).begins({sent: '2026'}).go({order: 'desc', limit: 20});
  assert.deepEqual(texts(found), range(11, 30).reverse().map(n => `text ${n}`));
  assert.ok(found.cursor);
});

test('messages between two times', async () => {
  const found = await messages.query.conversation({group: 'group-1'}).between({sent: at(5)}, {sent: at(7)}).go();
  assert.deepEqual(found.data, [5, 6, 7].map(message));
  const filtered = await messages.query.conversation({group: 'group-1'}).lt({sent: at(4)}).where(({text}, {ne}) => ne(text, 'text 2')).go();
  assert.deepEqual(texts(filtered), ['text 1', 'text 3']);
});

test('page after page', async () => {
  const sizes = [];
  let cursor = null;
  do {
    const page = await messages.query.conversation({group: 'group-1'}).go({cursor, limit: 12});
    sizes.push(page.data.length);
    cursor = page.cursor;
  } while (cursor);
  assert.deepEqual(sizes, [12, 12, 6]);
  assert.equal((await messages.query.conversation({group: 'group-1'}).go({pages: 'all', limit: 12})).data.length, 30);
  assert.equal((await messages.scan.go({pages: 'all'})).data.length, 30);
});

test('an index and a collection over it', async () => {
  await groups.put([group('andrew'), group('bayko')]).go();
  assert.deepEqual((await groups.query.byGroup({group: 'group-1'}).go()).data.map(item => item.owner).toSorted(), ['andrew', 'bayko']);
  const {data} = await cruddur.collections.conversation({group: 'group-1'}).go();
  assert.equal(data.groups.length, 2);
});

test('create refuses an item that is there', () => assert.rejects(messages.create(message(1)).go(), refused));

test('an update with a condition', async () => {
  const update = () => messages.patch(key(2)).set({text: 'new'}).add({edits: 1}).where(({text}, {eq}) => eq(text, 'text 2')).go({response: 'all_new'});
  assert.deepEqual((await update()).data, {...message(2), text: 'new', edits: 1});
  await assert.rejects(update(), refused);
  await assert.rejects(messages.patch(key(59)).set({text: 'new'}).go(), refused);
});

test('transactions', async () => {
  const move = () => cruddur.transaction.write(({groups}) => [
    groups.delete({owner: 'carol', last: at(1)}).where(({owner}, {exists}) => exists(owner)).commit({response: 'all_old'}),
    groups.create(group('carol', 2)).commit(),
  ]).go();
  await groups.put(group('carol', 1)).go();
  assert.equal((await move()).canceled, false);
  const again = await move();
  assert.equal(again.canceled, true);
  assert.deepEqual(again.data.map(result => result.code), ['ConditionalCheckFailed', 'ConditionalCheckFailed']);
  assert.deepEqual(again.data[1].item, null);
  const read = await cruddur.transaction.get(({groups}) => [groups.get({owner: 'carol', last: at(2)}).commit()]).go();
  assert.deepEqual(read.data.map(result => result.item), [group('carol', 2)]);
});

test('batches of reads keep their order', async () => {
  const found = await messages.get([key(9), key(59), key(8)]).go({preserveBatchOrder: true});
  assert.deepEqual(found.data, [message(9), null, message(8)]);
});

test('values of every kind come back', async () => {
  const written = {...message(40), tags: ['a', 'b'], more: {list: [1, null, 'x'], deep: {yes: true}}};
  await messages.put(written).go();
  const {data} = await messages.get(key(40)).go({consistent: true});
  assert.deepEqual({...data, tags: data.tags.toSorted()}, written);
  await messages.delete(key(40)).go();
  assert.equal((await messages.get(key(40)).go()).data, null);
});
