// SPDX-License-Identifier: Apache-2.0
// AWS SDK for JavaScript v3: client-dynamodb as generated, its waiters, and client-dynamodb-streams.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {
  BatchGetItemCommand, BatchWriteItemCommand, ConditionalCheckFailedException, CreateTableCommand, DeleteTableCommand,
  DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient, ExecuteStatementCommand, GetItemCommand,
  ListTagsOfResourceCommand, PutItemCommand, ResourceInUseException, ResourceNotFoundException,
  TransactionCanceledException, TransactWriteItemsCommand, UpdateItemCommand, UpdateTimeToLiveCommand,
  waitUntilTableExists, waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand, ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';

import {at, ENDPOINT, INDEX, SCHEMA} from './cruddur.mjs';

const TableName = 'cruddur-messages-client';
const client = new DynamoDBClient({endpoint: ENDPOINT, maxAttempts: 1});
const key = n => ({pk: {S: 'MSG#group-1'}, sk: {S: at(n)}});
const item = n => ({...key(n), message: {S: `text ${n}`}});
const waiting = {client, maxWaitTime: 30};

before(async () => {
  await client.send(new CreateTableCommand({...SCHEMA, TableName}));
  assert.equal((await waitUntilTableExists(waiting, {TableName})).state, 'SUCCESS');
});

after(async () => {
  await client.send(new DeleteTableCommand({TableName}));
  assert.equal((await waitUntilTableNotExists(waiting, {TableName})).state, 'SUCCESS');
  await assert.rejects(client.send(new DescribeTableCommand({TableName})), ResourceNotFoundException);
  client.destroy();
});

test('describes what was created', async () => {
  const {Table} = await client.send(new DescribeTableCommand({TableName}));
  assert.deepEqual(Table.KeySchema, SCHEMA.KeySchema);
  assert.equal(Table.TableStatus, 'ACTIVE');
  assert.ok(Table.CreationDateTime instanceof Date);
  assert.equal(Table.GlobalSecondaryIndexes[0].IndexName, INDEX);
  const {Tags} = await client.send(new ListTagsOfResourceCommand({ResourceArn: Table.TableArn}));
  assert.deepEqual(Tags, SCHEMA.Tags);
});

test('a second table of that name is refused', () => assert.rejects(
  client.send(new CreateTableCommand({...SCHEMA, TableName})),
  error => error instanceof ResourceInUseException && error.message === `Table already exists: ${TableName}`));

test('a failed condition is its own exception, with the item', async () => {
  await client.send(new PutItemCommand({TableName, Item: item(1)}));
  const again = new PutItemCommand({
    TableName, Item: item(1), ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD'});
  await assert.rejects(client.send(again), error => {
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.equal(error.message, 'The conditional request failed');
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.match(error.$metadata.requestId, /^[A-Z0-9]{52}$/);
    assert.deepEqual(error.Item, item(1));
    return true;
  });
});

test('binary values and sets keep their bytes', async () => {
  const values = {bytes: {B: Uint8Array.of(0, 255, 128)}, numbers: {NS: ['1', '2.50']}, parts: {BS: [Uint8Array.of(1)]}};
  await client.send(new PutItemCommand({TableName, Item: {...key(2), ...values}}));
  const {Item} = await client.send(new GetItemCommand({TableName, Key: key(2)}));
  assert.deepEqual([...Item.bytes.B], [0, 255, 128]);
  assert.deepEqual(Item.numbers.NS.toSorted(), ['1', '2.5']);
  assert.deepEqual([...Item.parts.BS[0]], [1]);
});

test('an update with a condition', async () => {
  await client.send(new PutItemCommand({TableName, Item: item(3)}));
  const {Attributes} = await client.send(new UpdateItemCommand({
    TableName, Key: key(3), UpdateExpression: 'SET message = :new ADD edits :one', ConditionExpression: 'message = :old',
    ExpressionAttributeValues: {':new': {S: 'new'}, ':old': {S: 'text 3'}, ':one': {N: '1'}}, ReturnValues: 'UPDATED_NEW'}));
  assert.deepEqual(Attributes, {message: {S: 'new'}, edits: {N: '1'}});
});

test('batches', async () => {
  const requests = [10, 11, 12].map(n => ({PutRequest: {Item: item(n)}}));
  const written = await client.send(new BatchWriteItemCommand({RequestItems: {[TableName]: requests}}));
  assert.deepEqual(written.UnprocessedItems, {});
  const read = await client.send(new BatchGetItemCommand({RequestItems: {[TableName]: {Keys: [10, 11, 12, 59].map(key)}}}));
  assert.deepEqual(read.Responses[TableName].map(found => found.message.S).toSorted(), ['text 10', 'text 11', 'text 12']);
  assert.deepEqual(read.UnprocessedKeys, {});
});

test('a cancelled transaction says why', async () => {
  await client.send(new PutItemCommand({TableName, Item: item(20)}));
  const put = (n, more) => ({Put: {TableName, Item: item(n), ConditionExpression: 'attribute_not_exists(pk)', ...more}});
  const TransactItems = [put(21), put(20, {ReturnValuesOnConditionCheckFailure: 'ALL_OLD'})];
  await assert.rejects(client.send(new TransactWriteItemsCommand({TransactItems})), error => {
    assert.ok(error instanceof TransactionCanceledException);
    assert.equal(error.message, 'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]');
    assert.deepEqual(error.CancellationReasons, [
      {Code: 'None'}, {Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: item(20)}]);
    return true;
  });
  assert.equal((await client.send(new GetItemCommand({TableName, Key: key(21)}))).Item, undefined);
});

test('PartiQL', async () => {
  await client.send(new PutItemCommand({TableName, Item: item(22)}));
  const {Items} = await client.send(new ExecuteStatementCommand({
    Statement: `SELECT message FROM "${TableName}" WHERE pk = ? AND sk = ?`, Parameters: [key(22).pk, key(22).sk]}));
  assert.deepEqual(Items, [{message: {S: 'text 22'}}]);
});

test('time to live', async () => {
  const TimeToLiveSpecification = {AttributeName: 'expires', Enabled: true};
  assert.deepEqual((await client.send(new UpdateTimeToLiveCommand({TableName, TimeToLiveSpecification}))).TimeToLiveSpecification, TimeToLiveSpecification);
  const {TimeToLiveDescription} = await client.send(new DescribeTimeToLiveCommand({TableName}));
  assert.equal(TimeToLiveDescription.AttributeName, 'expires');
  assert.match(TimeToLiveDescription.TimeToLiveStatus, /^ENABL(ED|ING)$/);
});

// The variable is the client's own; its name stands in AWS's reference of settings.
test('AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL are enough', async () => {
  for (const name of ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL']) {
    process.env[name] = ENDPOINT;
    const unconfigured = new DynamoDBClient({maxAttempts: 1});
    assert.equal((await unconfigured.send(new DescribeTableCommand({TableName}))).Table.TableName, TableName);
    unconfigured.destroy();
    delete process.env[name];
  }
});

test('the stream has the writes in their order', async () => {
  const streamed = 'cruddur-streamed';
  await client.send(new CreateTableCommand({...SCHEMA, TableName: streamed}));
  for (const n of [1, 2, 3]) await client.send(new PutItemCommand({TableName: streamed, Item: item(n)}));
  const streams = new DynamoDBStreamsClient({endpoint: ENDPOINT, maxAttempts: 1});
  const {Streams: [{StreamArn}]} = await streams.send(new ListStreamsCommand({TableName: streamed}));
  const {StreamDescription: {Shards: [{ShardId}], StreamViewType}} = await streams.send(new DescribeStreamCommand({StreamArn}));
  assert.equal(StreamViewType, 'NEW_IMAGE');
  const {ShardIterator} = await streams.send(new GetShardIteratorCommand({StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON'}));
  const {Records, NextShardIterator} = await streams.send(new GetRecordsCommand({ShardIterator}));
  assert.deepEqual(Records.map(record => record.eventName), ['INSERT', 'INSERT', 'INSERT']);
  assert.deepEqual(Records.map(record => record.dynamodb.NewImage), [item(1), item(2), item(3)]);
  assert.ok(Records[0].dynamodb.ApproximateCreationDateTime instanceof Date);
  assert.deepEqual((await streams.send(new GetRecordsCommand({ShardIterator: NextShardIterator}))).Records, []);
  await client.send(new DeleteTableCommand({TableName: streamed}));
  streams.destroy();
});
