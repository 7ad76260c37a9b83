// SPDX-License-Identifier: Apache-2.0
'use strict';

/** The few calls that the presets make themselves, so that this package needs no AWS SDK. */
class Calls {
  #endpoint;
  #authorization;

  constructor(endpoint, region, accessKey) {
    this.#endpoint = endpoint;
    // The server takes any signature; which data is seen depends on key and region only.
    this.#authorization =
      `AWS4-HMAC-SHA256 Credential=${accessKey}/20260101/${region}/dynamodb/aws4_request, ` +
      'SignedHeaders=host, Signature=0';
  }

  async call(operation, parameters) {
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': '20260101T000000Z',
        authorization: this.#authorization,
      },
      body: JSON.stringify(parameters),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${operation}: ${answer.__type.split('#')[1]}: ${answer.message}`);
    return answer;
  }

  async tableNames() {
    const names = [];
    let start;
    do {
      const page = await this.call('ListTables', {ExclusiveStartTableName: start});
      names.push(...page.TableNames);
      start = page.LastEvaluatedTableName;
    } while (start);
    return names;
  }

  async clear() {
    for (const TableName of await this.tableNames()) {
      await this.call('UpdateTable', {TableName, DeletionProtectionEnabled: false});
      await this.call('DeleteTable', {TableName});
    }
  }

  async createTables(definitions) {
    for (const {data = [], ...definition} of definitions) {
      await this.call('CreateTable', definition);
      for (const item of data) {
        await this.call('PutItem', {TableName: definition.TableName, Item: marshal(item).M});
      }
    }
  }
}

/** A plain value in DynamoDB's JSON. */
function marshal(value) {
  if (value === null) return {NULL: true};
  if (typeof value === 'string') return {S: value};
  if (typeof value === 'number' || typeof value === 'bigint') return {N: String(value)};
  if (typeof value === 'boolean') return {BOOL: value};
  if (value instanceof Uint8Array) return {B: Buffer.from(value).toString('base64')};
  if (Array.isArray(value)) return {L: value.map(marshal)};
  if (value instanceof Set) return marshalSet([...value]);
  if (typeof value === 'object') {
    const present = Object.entries(value).filter(([, member]) => member !== undefined);
    return {M: Object.fromEntries(present.map(([name, member]) => [name, marshal(member)]))};
  }
  throw new TypeError(`a ${typeof value} cannot be stored in DynamoDB`);
}

function marshalSet(elements) {
  const [type] = Object.keys(marshal(elements[0]));
  return {[`${type}S`]: elements.map(element => marshal(element)[type])};
}

module.exports = {Calls, marshal};
