// SPDX-License-Identifier: Apache-2.0
// What NoSQL Workbench does with a connection to DynamoDB Local: region `localhost`, and the calls that its documentation
// tells of (browse, operation builder, PartiQL, commit of a data model). Its own traffic was not recorded; the client is
// the AWS SDK for JavaScript v2, which checks the CRC of each answer.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import AWS from 'aws-sdk';

import {at, ENDPOINT, group, INDEX, message, range, SCHEMA, TABLE as TableName} from './cruddur.mjs';

const options = {endpoint: ENDPOINT, region: 'localhost', accessKeyId: 'localhost', secretAccessKey: 'localhost', maxRetries: 0};
const ddb = new AWS.DynamoDB(options);
const documents = new AWS.DynamoDB.DocumentClient({service: ddb});
const pk = 'MSG#group-1';
const texts = items => items.map(item => item.message);

// The commit of a data model: tables, then the sample data in batches.
before(async () => {
  await ddb.createTable(SCHEMA).promise();
  await ddb.waitFor('tableExists', {TableName, $waiter: {delay: 0, maxAttempts: 5}}).promise();
  const items = [group('andrew', 'bayko', 30), group('bayko', 'andrew', 30), ...range(1, 20).map(n => message('andrew', n))];
  const RequestItems = {[TableName]: items.map(Item => ({PutRequest: {Item}}))};
  assert.deepEqual((await documents.batchWrite({RequestItems}).promise()).UnprocessedItems, {});
});

after(async () => {
  await ddb.deleteTable({TableName}).promise();
  await assert.rejects(ddb.describeTable({TableName}).promise(), {code: 'ResourceNotFoundException'});
});

test('the tables are listed and described, with the region in their names', async () => {
  assert.deepEqual(await ddb.listTables({Limit: 100}).promise(), {TableNames: [TableName]});
  const {Table} = await ddb.describeTable({TableName}).promise();
  assert.equal(Table.TableArn, `arn:aws:dynamodb:localhost:000000000000:table/${TableName}`);
  assert.equal(Table.GlobalSecondaryIndexes[0].IndexArn, `${Table.TableArn}/index/${INDEX}`);
  assert.ok(Table.LatestStreamArn.startsWith(`${Table.TableArn}/stream/`));
  assert.deepEqual((await ddb.listTagsOfResource({ResourceArn: Table.TableArn}).promise()).Tags, SCHEMA.Tags);
  assert.equal((await ddb.describeTimeToLive({TableName}).promise()).TimeToLiveDescription.TimeToLiveStatus, 'DISABLED');
});

test('the table\'s ARN is as good as its name', async () => {
  const {Table: {TableArn}} = await ddb.describeTable({TableName}).promise();
  assert.equal((await documents.get({TableName: TableArn, Key: {pk, sk: at(1)}}).promise()).Item.message, 'text 1');
});

test('browsing scans page after page', async () => {
  const sizes = [];
  let ExclusiveStartKey;
  do {
    const page = await documents.scan({TableName, Limit: 9, ExclusiveStartKey}).promise();
    sizes.push(page.Count);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  assert.deepEqual(sizes, [9, 9, 4]);
  assert.equal((await documents.scan({TableName, IndexName: INDEX, Limit: 300}).promise()).Count, 2);
});

test('operations are built of names and values', async () => {
  const ExpressionAttributeNames = {'#kn0': 'pk', '#kn1': 'sk'};
  const found = await documents.query({
    TableName, ScanIndexForward: false, Limit: 3, ExpressionAttributeNames, KeyConditionExpression: '#kn0 = :kv0 AND begins_with(#kn1, :kv1)',
    ExpressionAttributeValues: {':kv0': pk, ':kv1': '2026'}}).promise();
  assert.deepEqual(texts(found.Items), ['text 20', 'text 19', 'text 18']);
  const between = await documents.query({
    TableName, ExpressionAttributeNames: {...ExpressionAttributeNames, '#n0': 'message'}, KeyConditionExpression: '#kn0 = :kv0 AND #kn1 BETWEEN :kv1 AND :kv2',
    FilterExpression: '#n0 <> :v0', ExpressionAttributeValues: {':kv0': pk, ':kv1': at(1), ':kv2': at(3), ':v0': 'text 2'}}).promise();
  assert.deepEqual([texts(between.Items), between.ScannedCount], [['text 1', 'text 3'], 3]);
});

test('an item is added, changed under a condition, and deleted', async () => {
  const Key = {pk, sk: at(50)};
  const ConditionExpression = 'attribute_not_exists(#n0)';
  const put = () => documents.put({TableName, Item: {...Key, message: 'text 50'}, ConditionExpression, ExpressionAttributeNames: {'#n0': 'pk'}}).promise();
  await put();
  await assert.rejects(put(), {code: 'ConditionalCheckFailedException', message: 'The conditional request failed', statusCode: 400});
  const {Attributes} = await documents.update({
    TableName, Key, UpdateExpression: 'SET #n0 = :v0, #n1 = if_not_exists(#n1, :v1) + :v2', ExpressionAttributeNames: {'#n0': 'message', '#n1': 'edits'},
    ExpressionAttributeValues: {':v0': 'new', ':v1': 0, ':v2': 1}, ReturnValues: 'ALL_NEW'}).promise();
  assert.deepEqual(Attributes, {...Key, message: 'new', edits: 1});
  await documents.delete({TableName, Key}).promise();
  assert.deepEqual(await documents.get({TableName, Key}).promise(), {});
});

test('transactions', async () => {
  const check = {ConditionCheck: {TableName, Key: {pk, sk: at(59)}, ConditionExpression: 'attribute_exists(pk)'}};
  const put = {Put: {TableName, Item: {pk, sk: at(51), message: 'text 51'}}};
  await assert.rejects(documents.transactWrite({TransactItems: [put, check]}).promise(), {
    code: 'TransactionCanceledException',
    message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]'});
  const {Responses} = await documents.transactGet({TransactItems: [1, 51].map(n => ({Get: {TableName, Key: {pk, sk: at(n)}}}))}).promise();
  assert.deepEqual(Responses, [{Item: message('andrew', 1)}, {}]);
});

test('PartiQL', async () => {
  const select = {Statement: `SELECT * FROM "${TableName}" WHERE "pk" = '${pk}' AND begins_with("sk", '${at(7)}')`};
  assert.deepEqual((await ddb.executeStatement(select).promise()).Items, [AWS.DynamoDB.Converter.marshall(message('andrew', 7))]);
  const onIndex = {Statement: `SELECT pk FROM "${TableName}"."${INDEX}" WHERE message_group_uuid = ?`, Parameters: [{S: 'group-1'}]};
  const {Items} = await ddb.executeStatement(onIndex).promise();
  assert.deepEqual(Items.map(item => item.pk.S).toSorted(), ['GRP#andrew', 'GRP#bayko']);
});
