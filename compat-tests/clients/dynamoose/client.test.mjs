// SPDX-License-Identifier: Apache-2.0
// Dynamoose: Cruddur's messages as a model whose table it creates itself, with all that its users call.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import dynamoose from 'dynamoose';

import {at, ENDPOINT, group, INDEX, message, range, TABLE} from './cruddur.mjs';

const ddb = new dynamoose.aws.ddb.DynamoDB({endpoint: ENDPOINT, region: 'us-east-1', maxAttempts: 1});
dynamoose.aws.ddb.set(ddb);

const schema = new dynamoose.Schema({
  pk: {type: String, hashKey: true},
  sk: {type: String, rangeKey: true},
  message_group_uuid: {type: String, index: {name: INDEX, type: 'global', rangeKey: 'sk', project: true}},
  message: String, message_uuid: String, user_uuid: String, user_display_name: String, user_handle: String,
  edits: Number, seen: Date, tags: {type: Set, schema: [String]}, more: {type: Object, schema: {a: Number}}, bytes: Buffer,
});
const Message = dynamoose.model(TABLE, schema);
const key = n => ({pk: 'MSG#group-1', sk: at(n)});
const texts = items => items.map(item => item.message);
const conversation = () => Message.query('pk').eq('MSG#group-1');
const failed = error => error.name === 'ConditionalCheckFailedException' && error.message === 'The conditional request failed';

before(async () => {
  const table = new dynamoose.Table(TABLE, [Message], {
    initialize: false, throughput: {read: 5, write: 5}, tags: {application: 'cruddur'}, expires: {ttl: 86400, attribute: 'expires'},
    streamOptions: {enabled: true, type: 'NEW_IMAGE'}});
  await table.initialize();
  const {unprocessedItems} = await Message.batchPut(range(1, 25).map(n => message('andrew', n)));
  assert.deepEqual(unprocessedItems, []);
  for (const n of range(26, 30)) await Message.create(message('bayko', n));
});

after(async () => {
  await ddb.deleteTable({TableName: TABLE});
  await assert.rejects(ddb.describeTable({TableName: TABLE}), {name: 'ResourceNotFoundException'});
});

test('the table is as the model says', async () => {
  const {Table} = await ddb.describeTable({TableName: TABLE});
  assert.deepEqual(Table.GlobalSecondaryIndexes.map(index => [index.IndexName, index.Projection.ProjectionType]), [[INDEX, 'ALL']]);
  assert.equal(Table.ProvisionedThroughput.ReadCapacityUnits, 5);
  assert.equal(Table.StreamSpecification.StreamViewType, 'NEW_IMAGE');
  const {TimeToLiveDescription} = await ddb.describeTimeToLive({TableName: TABLE});
  assert.equal(TimeToLiveDescription.AttributeName, 'expires');
  assert.deepEqual((await ddb.listTagsOfResource({ResourceArn: Table.TableArn})).Tags, [{Key: 'application', Value: 'cruddur'}]);
});

test('the newest 20 messages of the year', async () => {
  const found = await conversation().where('sk').beginsWith('2026').sort('descending').limit(20).exec();
  assert.deepEqual(texts(found), range(11, 30).reverse().map(n => `text ${n}`));
  assert.deepEqual(found.lastKey, key(11));
});

test('messages between two times', async () => {
  const found = await conversation().where('sk').between(at(5), at(7)).exec();
  assert.deepEqual(texts(found), ['text 5', 'text 6', 'text 7']);
});

test('page after page', async () => {
  const all = [];
  let lastKey;
  do {
    const query = conversation().limit(13);
    const page = await (lastKey ? query.startAt(lastKey) : query).exec();
    all.push(page.count);
    lastKey = page.lastKey;
  } while (lastKey);
  assert.deepEqual(all, [13, 13, 4]);
  assert.equal((await conversation().limit(13).all().exec()).length, 30);
  assert.equal((await Message.scan('user_handle').eq('bayko').exec()).count, 5);
});

test('the index has both ends of a conversation', async () => {
  await Message.create(group('andrew', 'bayko', 40));
  await Message.create(group('bayko', 'andrew', 40));
  const found = await Message.query('message_group_uuid').eq('group-1').using(INDEX).exec();
  assert.deepEqual(found.map(item => item.pk).toSorted(), ['GRP#andrew', 'GRP#bayko']);
});

// create() refuses an item that is there already.
test('a failed condition', () => assert.rejects(Message.create(message('andrew', 1)), failed));

test('an update with a condition', async () => {
  const condition = new dynamoose.Condition().where('message').eq('text 2');
  const changed = await Message.update(key(2), {$SET: {message: 'new'}, $ADD: {edits: 1}}, {condition});
  assert.deepEqual([changed.message, changed.edits], ['new', 1]);
  await assert.rejects(Message.update(key(2), {$ADD: {edits: 1}}, {condition}), failed);
  await Message.update(key(2), {$SET: {message: 'text 2'}, $REMOVE: ['edits']});
});

test('transactions', async () => {
  await dynamoose.transaction([Message.transaction.create(message('andrew', 50)), Message.transaction.update(key(3), {edits: 3})]);
  assert.equal((await Message.get(key(3))).edits, 3);
  const again = [Message.transaction.delete(key(3)), Message.transaction.create(message('andrew', 50))];
  await assert.rejects(dynamoose.transaction(again), error => {
    assert.equal(error.name, 'TransactionCanceledException');
    assert.deepEqual(error.CancellationReasons.map(reason => reason.Code), ['None', 'ConditionalCheckFailed']);
    return true;
  });
  await Message.delete(key(50));
  assert.equal(await Message.get(key(50)), undefined);
});

test('batches of reads', async () => {
  const found = await Message.batchGet([key(4), key(5), key(59)]);
  assert.deepEqual(texts(found).toSorted(), ['text 4', 'text 5']);
});

test('values of every kind come back', async () => {
  const seen = new Date('2026-03-01T12:00:00Z');
  await Message.create({pk: 'kinds', sk: '1', seen, tags: new Set(['a', 'b']), more: {a: 1}, bytes: Buffer.of(0, 255)});
  const {seen: date, tags, more, bytes} = await Message.get({pk: 'kinds', sk: '1'});
  assert.deepEqual({date, tags, more, bytes: [...bytes]}, {date: seen, tags: new Set(['a', 'b']), more: {a: 1}, bytes: [0, 255]});
});
