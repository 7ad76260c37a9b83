# SPDX-License-Identifier: Apache-2.0
"""The shards of a stream: how many there are, how they follow one another, and that no reader loses a record by that."""

import re
import threading

import pytest

from support.errors import refused
from support.functions import Workshop
from support.poll import until
from support.shards import Consumer, all_shards, ask_to_rotate, is_open, rotate
from support.tables import definition, random_name, wait_until_active
from support.values import N, S

pytestmark = pytest.mark.needs_server

REQUEST = definition(("pk",), StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})


class Streamed:
    """A table with a stream at a server of its own."""

    def __init__(self, connect, server, name=None, create=False):
        self.server = server
        self.ddb, self.streams = connect(server.endpoint), connect(server.endpoint, "dynamodbstreams")
        self.name = name or random_name()
        if name is None or create:
            self.ddb.create_table(TableName=self.name, **REQUEST)
        self.arn = wait_until_active(self.ddb, self.name)["LatestStreamArn"]

    def put(self, pk, n):
        self.ddb.put_item(TableName=self.name, Item={"pk": S(pk), "n": N(n)})

    def shards(self, **more):
        return all_shards(self.streams, self.arn, **more)

    def open_shards(self):
        return [shard for shard in self.shards() if is_open(shard)]

    def rotate(self, shards=None):
        return rotate(self.server.endpoint, self.name, shards)

    def read(self, shard, kind="TRIM_HORIZON", **more):
        position = self.streams.get_shard_iterator(StreamArn=self.arn, ShardId=shard["ShardId"], ShardIteratorType=kind, **more)["ShardIterator"]
        return self.streams.get_records(ShardIterator=position)

    def consumer(self):
        return Consumer(self.streams, self.arn)


@pytest.fixture
def streamed(start, connect):
    """streamed(*flags) -> a table with a stream at a new server."""
    return lambda *flags: Streamed(connect, start("-inMemory", *flags))


def start_of(shard):
    return int(shard["SequenceNumberRange"]["StartingSequenceNumber"])


def end_of(shard):
    return int(shard["SequenceNumberRange"]["EndingSequenceNumber"])


def keys_of(answer):
    return {record["dynamodb"]["Keys"]["pk"]["S"] for record in answer["Records"]}


# --- How many, and where a record goes ----------------------------------------------------------------


def test_there_is_one_shard_by_default(streamed):
    [shard] = streamed().shards()
    assert is_open(shard) and "ParentShardId" not in shard


# Ids in lexical order, none with a parent, all open.
def test_a_stream_begins_with_as_many_as_the_flag_says(streamed):
    shards = streamed("--stream-shards", 4).shards()
    assert len(shards) == 4
    assert [shard["ShardId"] for shard in shards] == sorted({shard["ShardId"] for shard in shards})
    assert all(is_open(shard) and "ParentShardId" not in shard for shard in shards)
    assert all(re.fullmatch(r"shardId-\d{20}-[0-9a-f]{8}", shard["ShardId"]) for shard in shards)


# All records of one item are in one shard, so that they have an order; and all shards are used.
def test_an_item_stays_in_its_shard(streamed):
    table = streamed("--stream-shards", 4)
    keys = {f"item {i}" for i in range(40)}
    for n in range(3):
        for key in sorted(keys):
            table.put(key, n)
    found = [keys_of(table.read(shard)) for shard in table.shards()]
    assert all(found)
    assert sum(map(len, found)) == 40 and set().union(*found) == keys


# --- Parents and children -----------------------------------------------------------------------------


def test_a_shard_is_replaced_by_its_child(streamed):
    table = streamed()
    table.put("a", 1)
    [before] = table.shards()
    [opened] = table.rotate()
    table.put("a", 2)
    parent, child = table.shards()
    assert parent["ShardId"] == before["ShardId"] and not is_open(parent)
    assert child["ShardId"] == opened and is_open(child) and child["ParentShardId"] == parent["ShardId"]
    assert start_of(parent) <= end_of(parent) < start_of(child)
    last = table.read(parent)
    assert keys_of(last) == {"a"} and "NextShardIterator" not in last
    [record] = table.read(child)["Records"]
    assert record["dynamodb"]["NewImage"]["n"] == N(2)
    assert int(record["dynamodb"]["SequenceNumber"]) >= start_of(child)


def test_an_empty_shard_can_be_replaced(streamed):
    table = streamed()
    table.rotate()
    parent, child = table.shards()
    assert start_of(parent) <= end_of(parent) < start_of(child)
    answer = table.read(parent)
    assert answer["Records"] == [] and "NextShardIterator" not in answer


def test_a_shard_is_split(streamed):
    table = streamed()
    [parent] = table.shards()
    opened = table.rotate(shards=3)
    assert [shard["ShardId"] for shard in table.open_shards()] == sorted(opened) and len(opened) == 3
    assert {shard["ParentShardId"] for shard in table.open_shards()} == {parent["ShardId"]}


# CHILD_SHARDS gives the children alone, those of no other shard, and none of an open one.
def test_the_children_of_a_shard_can_be_asked_for(streamed):
    table = streamed("--stream-shards", 2)
    first, second = table.shards()
    table.rotate(shards=3)
    children = {shard["ShardId"]: shard["ParentShardId"] for shard in table.open_shards()}
    for parent in (first, second):
        found = table.shards(ShardFilter={"Type": "CHILD_SHARDS", "ShardId": parent["ShardId"]})
        assert [shard["ShardId"] for shard in found] == sorted(child for child, of in children.items() if of == parent["ShardId"])
    assert table.shards(ShardFilter={"Type": "CHILD_SHARDS", "ShardId": max(children)}) == []


def test_a_lineage_is_described_page_by_page(streamed):
    table = streamed("--stream-shards", 2)
    for _ in range(3):
        table.rotate()
    assert table.shards(Limit=3) == table.shards() and len(table.shards()) == 8


# At the end of a closed shard there is nothing to wait for, wherever a reader comes from.
@pytest.mark.parametrize("kind", ["LATEST", "AFTER_SEQUENCE_NUMBER"])
def test_a_closed_shard_has_an_end(streamed, kind):
    table = streamed()
    table.put("a", 1)
    table.rotate()
    parent = table.shards()[0]
    more = {"SequenceNumber": parent["SequenceNumberRange"]["EndingSequenceNumber"]} if kind == "AFTER_SEQUENCE_NUMBER" else {}
    answer = table.read(parent, kind, **more)
    assert answer["Records"] == [] and "NextShardIterator" not in answer


# An iterator that waits at the end of an open shard learns of its end, and misses nothing.
def test_a_waiting_reader_sees_the_end(streamed):
    table = streamed()
    waiting = table.read(table.shards()[0])["NextShardIterator"]
    table.put("a", 1)
    table.rotate()
    table.put("b", 1)
    answer = table.streams.get_records(ShardIterator=waiting)
    assert keys_of(answer) == {"a"} and "NextShardIterator" not in answer


def test_all_shards_end_with_the_stream(streamed):
    table = streamed("--stream-shards", 2)
    table.put("a", 1)
    table.rotate()
    table.put("a", 2)
    table.ddb.update_table(TableName=table.name, StreamSpecification={"StreamEnabled": False})
    wait_until_active(table.ddb, table.name)
    assert table.open_shards() == [] and len(table.shards()) == 4
    consumer = table.consumer()
    consumer.read(2)
    assert consumer.by_item() == {"a": [1, 2]}
    status, answer = ask_to_rotate(table.server.endpoint, f"TableName={table.name}")
    assert (status, answer["message"]) == (400, f"No table {table.name} with an enabled stream")


# --- No loss, no disorder -----------------------------------------------------------------------------


# Writers of their own items, while shards are replaced and split under them: a reader that finishes parents before children
# gets every record of an item, in the order of its writes.
def test_order_holds_while_shards_change(streamed):
    table = streamed("--stream-shards", 2)
    writes, items = 60, 4

    def write(writer):
        for n in range(writes):
            for item in range(items):
                table.put(f"{writer}.{item}", n)

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    consumer = table.consumer()
    for thread in writers:
        thread.start()
    shards = 2
    while any(thread.is_alive() for thread in writers):
        shards = min(shards + 1, 12)
        table.rotate(shards)
        consumer.step()
    for thread in writers:
        thread.join()
    consumer.read(4 * items * writes)
    assert consumer.by_item() == {f"{writer}.{item}": list(range(writes)) for writer in range(4) for item in range(items)}


class Writer(threading.Thread):
    """Counts its item up until the server is gone; `acknowledged` is the last number that was."""

    def __init__(self, table, pk):
        super().__init__(daemon=True)
        self.table, self.pk, self.acknowledged = table, pk, -1

    def run(self):
        try:
            while True:
                self.table.put(self.pk, self.acknowledged + 1)
                self.acknowledged += 1
        except Exception:  # the server was killed
            return


# After kill -9 in the midst of writes and rotations the shards are those that were, and hold all that was acknowledged.
def test_shards_survive_a_kill(start, connect, tmp_path):
    table = Streamed(connect, start("-dbPath", tmp_path, "--stream-shards", 2))
    writers = [Writer(table, f"item {number}") for number in range(3)]
    for writer in writers:
        writer.start()
    opened = []
    for shards in (2, 3, 4, 4):
        progress = [writer.acknowledged for writer in writers]
        until(lambda: all(writer.acknowledged > before + 10 for writer, before in zip(writers, progress)), "ten more writes each")
        opened = table.rotate(shards)
    table.server.kill()
    for writer in writers:
        writer.join()
    again = Streamed(connect, start("-dbPath", tmp_path, "--stream-shards", 2), table.name)
    assert again.arn == table.arn
    assert sorted(shard["ShardId"] for shard in again.open_shards()) == sorted(opened)
    for writer in writers:
        again.put(writer.pk, 1_000_000)
    consumer = again.consumer()
    until(lambda: (consumer.step(), all(found[-1] == 1_000_000 for found in consumer.by_item().values()))[1] and len(consumer.by_item()) == 3,
          "the writes after the restart")
    for writer in writers:
        found = consumer.by_item()[writer.pk]
        assert found[:-1] == list(range(len(found) - 1)) and len(found) - 2 >= writer.acknowledged


# An iterator that was handed out before goes on, over the end of its shard.
def test_an_iterator_into_a_closed_shard_survives_a_restart(start, connect, tmp_path):
    table = Streamed(connect, start("-dbPath", tmp_path))
    position = table.read(table.shards()[0])["NextShardIterator"]
    table.put("a", 1)
    table.rotate()
    table.put("a", 2)
    table.server.kill()
    again = Streamed(connect, start("-dbPath", tmp_path), table.name)
    answer = again.streams.get_records(ShardIterator=position)
    assert keys_of(answer) == {"a"} and "NextShardIterator" not in answer


# A function's mapping reads parents to their ends before it begins with children, from all the shards that a stream began with.
# With several batches of a shard at a time, too: those of one item are in one of them.
@pytest.mark.parametrize("factor", [1, 4])
def test_a_function_gets_each_item_in_order(start, connect, tmp_path, factor):
    shop = Workshop(tmp_path)
    name = random_name()
    shop.mapping(name, shop.function("recorder"), ParallelizationFactor=factor)
    table = Streamed(connect, start("-inMemory", "--stream-shards", 2, "--handlers", shop.file()), name, create=True)
    items, rounds = [f"item {i}" for i in range(8)], 12
    for n in range(rounds):
        for item in items:
            table.put(item, n)
        if n % 3 == 2:
            table.rotate(2 + n // 3)
    until(lambda: len(shop.records("recorder")) >= len(items) * rounds, lambda: f"all records, only {len(shop.records('recorder'))}")
    found = {}
    for record in shop.records("recorder"):
        image = record["dynamodb"]["NewImage"]
        found.setdefault(image["pk"]["S"], []).append(int(image["n"]["N"]))
    assert found == {item: list(range(rounds)) for item in items}


# --- The settings -------------------------------------------------------------------------------------


# Nobody writes: shards are replaced all the same.
def test_old_shards_are_replaced(streamed):
    table = streamed("--shard-lifetime", "100ms")
    until(lambda: len(table.shards()) >= 4, "three rotations")
    shards = table.shards()
    for parent, child in zip(shards, shards[1:]):
        assert child["ParentShardId"] == parent["ShardId"] and end_of(parent) < start_of(child)
    table.put("a", 1)
    table.consumer().read(1)


# More shards by setting come with the next rotation. Fewer never do: DynamoDB merges no shards.
def test_a_changed_number_holds_from_the_next_rotation(start, connect, tmp_path):
    table = Streamed(connect, start("-dbPath", tmp_path))
    for flag, before, after in ((4, 1, 4), (1, 4, 4)):
        table.server.stop()
        table = Streamed(connect, start("-dbPath", tmp_path, "--stream-shards", flag), table.name)
        assert len(table.open_shards()) == before
        assert len(table.rotate()) == after


@pytest.mark.parametrize("query, text", [
    ("", "Name a table: ?TableName=users"),
    ("TableName=t&Shards=0", "Shards=0: give a number from 1 to 64"),
    ("TableName=t&Shards=65", "Shards=65: give a number from 1 to 64"),
    ("TableName=t&Shards=x", "Shards=x: give a number from 1 to 64"),
    ("Table=t", "Table: there are TableName and Shards"),
    ("TableName=no_such_table", "No table no_such_table with an enabled stream")])
def test_a_wrong_rotation_is_refused(endpoint, query, text):
    status, answer = ask_to_rotate(endpoint, query)
    assert (status, answer["message"]) == (400, text)


# It changes something, so a GET, which a browser sends by itself, does nothing.
def test_only_a_post_rotates(endpoint):
    assert ask_to_rotate(endpoint, "TableName=t", "GET")[0] == 404


# Any site's page can make a browser send a POST to localhost.
def test_no_web_page_rotates(streamed):
    table = streamed()
    status, answer = ask_to_rotate(table.server.endpoint, f"TableName={table.name}",
                                   headers={"Origin": "https://example.com"})
    assert (status, answer["Message"]) == (400, "No web page may rotate shards: send the request from a "
                                                "program, without an Origin header")
    assert len(table.shards()) == 1


def test_an_unknown_shard_is_refused(streamed):
    table = streamed("--stream-shards", 2)
    with refused("ResourceNotFoundException", "Requested resource not found: Shard does not exist"):
        table.read({"ShardId": "shardId-00000001414562045508-2bac9cd2"})
