// SPDX-License-Identifier: Apache-2.0
// Cruddur's table and items, for the JavaScript clients; cruddur/cruddur_items.py tells what they mean.

export const TABLE = 'cruddur-messages';
export const INDEX = 'message-group-sk-index';
export const ENDPOINT = process.env.ENDPOINT;

const units = {ReadCapacityUnits: 5, WriteCapacityUnits: 5};

export const SCHEMA = {
  TableName: TABLE,
  KeySchema: [{AttributeName: 'pk', KeyType: 'HASH'}, {AttributeName: 'sk', KeyType: 'RANGE'}],
  AttributeDefinitions: ['pk', 'sk', 'message_group_uuid'].map(name => ({AttributeName: name, AttributeType: 'S'})),
  ProvisionedThroughput: units,
  GlobalSecondaryIndexes: [{
    IndexName: INDEX,
    KeySchema: [{AttributeName: 'message_group_uuid', KeyType: 'HASH'}, {AttributeName: 'sk', KeyType: 'RANGE'}],
    Projection: {ProjectionType: 'ALL'},
    ProvisionedThroughput: units,
  }],
  StreamSpecification: {StreamEnabled: true, StreamViewType: 'NEW_IMAGE'},
  Tags: [{Key: 'application', Value: 'cruddur'}],
};

/** The n-th minute of the application's first day, as its sort keys have it. */
export const at = n => `2026-03-01T00:${String(n).padStart(2, '0')}:00.000000+00:00`;

export const group = (owner, other, n) => ({
  pk: `GRP#${owner}`, sk: at(n), message_group_uuid: 'group-1', message: `text ${n}`,
  user_uuid: other, user_display_name: other.toUpperCase(), user_handle: other,
});

export const message = (sender, n) => ({
  pk: 'MSG#group-1', sk: at(n), message_uuid: `message-${n}`, message: `text ${n}`,
  user_uuid: sender, user_display_name: sender.toUpperCase(), user_handle: sender,
});

export const range = (from, to) => Array.from({length: to - from + 1}, (_, i) => from + i);
