# SPDX-License-Identifier: Apache-2.0
"""Reading a stream as its consumers must: a shard after its parent."""

import json
import urllib.error
import urllib.request

from support.poll import until


def all_shards(streams, arn, **more):
    """Of all pages."""
    found, start = [], {}
    while True:
        described = streams.describe_stream(StreamArn=arn, **start, **more)["StreamDescription"]
        found += described["Shards"]
        if "LastEvaluatedShardId" not in described:
            return found
        start = {"ExclusiveStartShardId": described["LastEvaluatedShardId"]}


def is_open(shard):
    return "EndingSequenceNumber" not in shard["SequenceNumberRange"]


class Consumer:
    """Reads from the trim horizon; `records` is what came, in the order in which it came."""

    def __init__(self, streams, arn):
        self.streams, self.arn = streams, arn
        self.iterators, self.ended, self.records = {}, set(), []

    def step(self):
        shards = all_shards(self.streams, self.arn)
        known = {shard["ShardId"] for shard in shards}
        for shard in shards:
            shard_id, parent = shard["ShardId"], shard.get("ParentShardId")
            if shard_id in self.ended or (parent in known and parent not in self.ended):
                continue
            position = self.iterators.get(shard_id) or self.streams.get_shard_iterator(
                StreamArn=self.arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            answer = self.streams.get_records(ShardIterator=position)
            self.records += answer["Records"]
            self.iterators[shard_id] = answer.get("NextShardIterator")
            if self.iterators[shard_id] is None:
                self.ended.add(shard_id)

    def read(self, count):
        """Until there are so many."""
        until(lambda: (self.step(), len(self.records) >= count)[1], lambda: f"{count} records, only {len(self.records)}")
        return self.records

    def by_item(self, attribute="n"):
        """pk -> the values of a number attribute, in order."""
        found = {}
        for record in self.records:
            image = record["dynamodb"]["NewImage"]
            found.setdefault(image["pk"]["S"], []).append(int(image[attribute]["N"]))
        return found


def rotate(endpoint, table, shards=None):
    """The ids of the shards that are open then."""
    query = f"TableName={table}" + (f"&Shards={shards}" if shards else "")
    status, answer = ask_to_rotate(endpoint, query)
    assert status == 200, answer
    [stream] = answer["Streams"]
    return stream["OpenShards"]


def ask_to_rotate(endpoint, query, method="POST", headers=()):
    request = urllib.request.Request(f"{endpoint}/_pumice/streams/rotate?{query}", method=method,
                                     headers=dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text.startswith(b"{") else text
