// SPDX-License-Identifier: Apache-2.0
// AWS SDK for JavaScript v3: lib-dynamodb, whose items are plain objects, and its paginators, through Cruddur's patterns.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {ConditionalCheckFailedException, CreateTableCommand, DeleteTableCommand, DynamoDBClient, TransactionCanceledException}
  from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand, DynamoDBDocumentClient, GetCommand, NumberValue, paginateQuery, paginateScan, PutCommand, QueryCommand,
  TransactGetCommand, TransactWriteCommand, UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {unmarshall} from '@aws-sdk/util-dynamodb';

import {at, ENDPOINT, group, INDEX, message, range, SCHEMA, TABLE as TableName} from './cruddur.mjs';

const client = new DynamoDBClient({endpoint: ENDPOINT, maxAttempts: 1});
const documents = DynamoDBDocumentClient.from(client, {marshallOptions: {removeUndefinedValues: true}});
const messages = {TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: {':pk': 'MSG#group-1'}};
const texts = items => items.map(item => item.message);

before(async () => {
  await client.send(new CreateTableCommand(SCHEMA));
  const items = [group('andrew', 'bayko', 30), group('bayko', 'andrew', 30), ...range(1, 23).map(n => message('andrew', n))];
  const RequestItems = {[TableName]: items.map(Item => ({PutRequest: {Item}}))};
  assert.deepEqual((await documents.send(new BatchWriteCommand({RequestItems}))).UnprocessedItems, {});
  for (const n of range(24, 30)) await documents.send(new PutCommand({TableName, Item: message('bayko', n)}));
});

after(async () => {
  await client.send(new DeleteTableCommand({TableName}));
  client.destroy();
});

test('the newest 20 messages of the year', async () => {
  const answer = await documents.send(new QueryCommand({
    TableName, KeyConditionExpression: 'pk = :pk AND begins_with(sk, :year)', ScanIndexForward: false, Limit: 20,
    ExpressionAttributeValues: {':pk': 'MSG#group-1', ':year': '2026'}, ReturnConsumedCapacity: 'TOTAL'}));
  assert.deepEqual(texts(answer.Items), range(11, 30).reverse().map(n => `text ${n}`));
  assert.deepEqual(answer.LastEvaluatedKey, {pk: 'MSG#group-1', sk: at(11)});
  assert.deepEqual(answer.ConsumedCapacity, {TableName, CapacityUnits: 0.5});
});

test('messages between two times', async () => {
  const answer = await documents.send(new QueryCommand({
    TableName, KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
    ExpressionAttributeValues: {':pk': 'MSG#group-1', ':from': at(5), ':to': at(7)}}));
  assert.deepEqual(answer.Items, [message('andrew', 5), message('andrew', 6), message('andrew', 7)]);
});

test('a paginator of queries', async () => {
  const pages = [];
  for await (const page of paginateQuery({client: documents, pageSize: 7}, messages)) pages.push(texts(page.Items));
  assert.deepEqual(pages.map(page => page.length), [7, 7, 7, 7, 2]);
  assert.deepEqual(pages.flat(), range(1, 30).map(n => `text ${n}`));
});

test('a paginator of scans over the index', async () => {
  const handles = [];
  for await (const page of paginateScan({client: documents, pageSize: 1}, {TableName, IndexName: INDEX})) {
    handles.push(...page.Items.map(item => item.user_handle));
  }
  assert.deepEqual(handles.toSorted(), ['andrew', 'bayko']);
});

test('the index has both ends of a conversation', async () => {
  const answer = await documents.send(new QueryCommand({
    TableName, IndexName: INDEX, KeyConditionExpression: 'message_group_uuid = :group', ExpressionAttributeValues: {':group': 'group-1'}}));
  assert.deepEqual(answer.Items.map(item => item.pk).toSorted(), ['GRP#andrew', 'GRP#bayko']);
});

test('values of every kind come back', async () => {
  const Item = {
    pk: 'kinds', sk: '1', text: '', number: -1.5, yes: true, nothing: null, list: [1, 'a', {deep: []}], map: {a: {b: 1}},
    strings: new Set(['a', 'b']), numbers: new Set([1, 2]), bytes: Uint8Array.of(1, 2), left_out: undefined,
  };
  await documents.send(new PutCommand({TableName, Item}));
  const {left_out, ...expected} = Item;
  const found = (await documents.send(new GetCommand({TableName, Key: {pk: 'kinds', sk: '1'}}))).Item;
  assert.deepEqual({...found, bytes: Uint8Array.from(found.bytes)}, expected);
});

test('numbers beyond a double keep their digits', async () => {
  const digits = '12345678901234567890.123456789';
  await documents.send(new PutCommand({TableName, Item: {pk: 'kinds', sk: '2', number: NumberValue.from(digits)}}));
  const exact = DynamoDBDocumentClient.from(client, {unmarshallOptions: {wrapNumbers: true}});
  const {Item} = await exact.send(new GetCommand({TableName, Key: {pk: 'kinds', sk: '2'}}));
  assert.equal(Item.number.toString(), digits);
});

// The library turns answers into plain objects, but no errors: their item is as the wire has it.
test('a failed condition has the item', async () => {
  const update = new UpdateCommand({
    TableName, Key: {pk: 'MSG#group-1', sk: at(1)}, UpdateExpression: 'SET #m = :new', ConditionExpression: '#m = :old',
    ExpressionAttributeNames: {'#m': 'message'}, ExpressionAttributeValues: {':new': 'new', ':old': 'other'},
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD'});
  await assert.rejects(documents.send(update), error => {
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.deepEqual(unmarshall(error.Item), message('andrew', 1));
    return true;
  });
});

// A conversation moves up by being deleted and put again under the new sort key: all or nothing.
test('transactions', async () => {
  const [old, moved] = [group('carol', 'dave', 1), group('carol', 'dave', 2)];
  await documents.send(new PutCommand({TableName, Item: old}));
  const move = () => documents.send(new TransactWriteCommand({TransactItems: [
    {Delete: {TableName, Key: {pk: old.pk, sk: old.sk}, ConditionExpression: 'attribute_exists(pk)'}},
    {Put: {TableName, Item: moved}},
  ]}));
  await move();
  const {Responses} = await documents.send(new TransactGetCommand({
    TransactItems: [old, moved].map(({pk, sk}) => ({Get: {TableName, Key: {pk, sk}}}))}));
  assert.deepEqual(Responses, [{}, {Item: moved}]);
  await assert.rejects(move(), error => {
    assert.ok(error instanceof TransactionCanceledException);
    assert.deepEqual(error.CancellationReasons.map(reason => reason.Code), ['ConditionalCheckFailed', 'None']);
    return true;
  });
});
