// SPDX-License-Identifier: Apache-2.0
// DynamoDB Toolbox v2: a table, an entity with a schema, and the commands built on them.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {ConditionalCheckFailedException, CreateTableCommand, DeleteTableCommand, DynamoDBClient, TransactionCanceledException}
  from '@aws-sdk/client-dynamodb';
import {DynamoDBDocumentClient} from '@aws-sdk/lib-dynamodb';
import {$add, UpdateItemCommand} from 'dynamodb-toolbox/entity/actions/update';
import {any, Entity, item, number, set, string, Table} from 'dynamodb-toolbox';
import {BatchGetCommand, execute as executeReads} from 'dynamodb-toolbox/table/actions/batchGet';
import {BatchGetRequest} from 'dynamodb-toolbox/entity/actions/batchGet';
import {BatchPutRequest} from 'dynamodb-toolbox/entity/actions/batchPut';
import {BatchWriteCommand, execute as executeWrites} from 'dynamodb-toolbox/table/actions/batchWrite';
import {ConditionCheck} from 'dynamodb-toolbox/entity/actions/transactCheck';
import {DeleteItemCommand} from 'dynamodb-toolbox/entity/actions/delete';
import {execute as executeTransaction} from 'dynamodb-toolbox/entity/actions/transactWrite';
import {GetItemCommand} from 'dynamodb-toolbox/entity/actions/get';
import {PutItemCommand} from 'dynamodb-toolbox/entity/actions/put';
import {PutTransaction} from 'dynamodb-toolbox/entity/actions/transactPut';
import {QueryCommand} from 'dynamodb-toolbox/table/actions/query';
import {ScanCommand} from 'dynamodb-toolbox/table/actions/scan';

import {at, ENDPOINT, group, INDEX, message, range, SCHEMA, TABLE} from './cruddur.mjs';

const client = new DynamoDBClient({endpoint: ENDPOINT, maxAttempts: 1});
const table = new Table({
  name: TABLE, documentClient: DynamoDBDocumentClient.from(client),
  partitionKey: {name: 'pk', type: 'string'}, sortKey: {name: 'sk', type: 'string'},
  indexes: {[INDEX]: {type: 'global', partitionKey: {name: 'message_group_uuid', type: 'string'}, sortKey: {name: 'sk', type: 'string'}}},
});
const Message = new Entity({
  name: 'message', table, timestamps: false, entityAttribute: false,
  schema: item({
    pk: string().key(), sk: string().key(), message: string(), message_uuid: string().optional(),
    message_group_uuid: string().optional(), user_uuid: string(), user_display_name: string(), user_handle: string(),
    edits: number().optional(), tags: set(string()).optional(), more: any().optional(),
  }),
});
const key = n => ({pk: 'MSG#group-1', sk: at(n)});
const texts = ({Items}) => Items.map(found => found.message);
const conversation = sort => table.build(QueryCommand).query({partition: 'MSG#group-1', ...sort}).entities(Message);
const put = (value, options) => Message.build(PutItemCommand).item(value).options(options ?? {}).send();

before(async () => {
  await client.send(new CreateTableCommand(SCHEMA));
  const requests = range(1, 25).map(n => Message.build(BatchPutRequest).item(message('andrew', n)));
  assert.deepEqual((await executeWrites(table.build(BatchWriteCommand).requests(...requests))).UnprocessedItems, {});
  for (const n of range(26, 30)) await put(message('bayko', n));
});

after(async () => {
  await client.send(new DeleteTableCommand({TableName: TABLE}));
  client.destroy();
});

test('the newest 20 messages of the year', async () => {
  const found = await conversation({range: {beginsWith: '2026'}}).options({reverse: true, limit: 20, capacity: 'TOTAL'}).send();
  assert.deepEqual(texts(found), range(11, 30).reverse().map(n => `text ${n}`));
  assert.deepEqual(found.LastEvaluatedKey, key(11));
  assert.deepEqual(found.ConsumedCapacity, {TableName: TABLE, CapacityUnits: 0.5});
});

test('messages between two times', async () => {
  const found = await conversation({range: {between: [at(5), at(7)]}}).send();
  assert.deepEqual(found.Items, [5, 6, 7].map(n => message('andrew', n)));
});

test('page after page', async () => {
  const sizes = [];
  let exclusiveStartKey;
  do {
    const page = await conversation().options({limit: 11, exclusiveStartKey}).send();
    sizes.push(page.Count);
    exclusiveStartKey = page.LastEvaluatedKey;
  } while (exclusiveStartKey);
  assert.deepEqual(sizes, [11, 11, 8]);
  assert.equal((await conversation().options({limit: 11, maxPages: Infinity}).send()).Count, 30);
  const filters = {message: {attr: 'user_handle', eq: 'bayko'}};
  assert.equal((await table.build(ScanCommand).entities(Message).options({filters}).send()).Count, 5);
});

test('the index has both ends of a conversation', async () => {
  await put(group('andrew', 'bayko', 40));
  await put(group('bayko', 'andrew', 40));
  const found = await table.build(QueryCommand).query({index: INDEX, partition: 'group-1'}).entities(Message).send();
  assert.deepEqual(found.Items.map(one => one.pk).toSorted(), ['GRP#andrew', 'GRP#bayko']);
});

test('a failed condition', () => assert.rejects(
  put(message('andrew', 1), {condition: {attr: 'pk', exists: false}}), ConditionalCheckFailedException));

test('an update with a condition', async () => {
  const update = () => Message.build(UpdateItemCommand).item({...key(2), message: 'new', edits: $add(1)})
    .options({condition: {attr: 'message', eq: 'text 2'}, returnValues: 'ALL_NEW'}).send();
  assert.deepEqual((await update()).Attributes, {...message('andrew', 2), message: 'new', edits: 1});
  await assert.rejects(update(), ConditionalCheckFailedException);
});

test('transactions', async () => {
  const create = n => Message.build(PutTransaction).item(message('andrew', n)).options({condition: {attr: 'pk', exists: false}});
  const check = n => Message.build(ConditionCheck).key(key(n)).condition({attr: 'pk', exists: true});
  await executeTransaction(create(50), check(1));
  await assert.rejects(executeTransaction(check(1), create(50), check(59)), error => {
    assert.ok(error instanceof TransactionCanceledException);
    assert.deepEqual(error.CancellationReasons.map(reason => reason.Code), ['None', 'ConditionalCheckFailed', 'ConditionalCheckFailed']);
    return true;
  });
  await Message.build(DeleteItemCommand).key(key(50)).send();
  assert.equal((await Message.build(GetItemCommand).key(key(50)).send()).Item, undefined);
});

test('batches of reads', async () => {
  const requests = [4, 59, 5].map(n => Message.build(BatchGetRequest).key(key(n)));
  const {Responses: [found]} = await executeReads(table.build(BatchGetCommand).requests(...requests));
  assert.deepEqual(found, [message('andrew', 4), undefined, message('andrew', 5)]);
});

test('values of every kind come back', async () => {
  const written = {...message('andrew', 51), tags: new Set(['a', 'b']), more: {list: [1, null, 'x'], deep: {yes: true}}};
  await put(written);
  assert.deepEqual((await Message.build(GetItemCommand).key(key(51)).options({consistent: true}).send()).Item, written);
  await Message.build(DeleteItemCommand).key(key(51)).send();
});
