# SPDX-License-Identifier: Apache-2.0
"""What survives: a stop, a kill in the middle of writing, a foreign folder. An item, its index entries and its stream
record are one write, and what was acknowledged is there after reopening."""

import threading
import time
from random import Random

import pytest

from support import history
from support.poll import until
from support.server import Server, SmallDisk
from support.tables import definition, index, wait_until_active
from support.values import N, ONE_OF_EACH, S

pytestmark = pytest.mark.needs_server

TABLE = "survivor"
REQUEST = definition(("pk",), dict(pk="S", g="S"), GlobalSecondaryIndexes=[index("by_g", ("g",))],
                     StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})


def scan_all(ddb, **request):
    found, start = [], {}
    while True:
        page = ddb.scan(TableName=TABLE, **request, **start)
        found += page["Items"]
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def stream_records(streams, arn):
    found = []
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        position = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        while position:
            answer = streams.get_records(ShardIterator=position)
            found += answer["Records"]
            position = answer.get("NextShardIterator") if answer["Records"] else None
    return found


def replay(records):
    """The items that the stream's records add up to."""
    items = {}
    for record in records:
        pk = record["dynamodb"]["Keys"]["pk"]["S"]
        if record["eventName"] == "REMOVE":
            items.pop(pk)
        else:
            assert record["dynamodb"].get("OldImage") == items.get(pk), "a record is missing before this one"
            items[pk] = record["dynamodb"]["NewImage"]
    return items


def test_everything_survives_a_stop(start, connect, tmp_path):
    server = start("-dbPath", tmp_path)
    ddb = connect(server.endpoint)
    ddb.create_table(TableName=TABLE, Tags=[{"Key": "a", "Value": "b"}], **REQUEST)
    before = wait_until_active(ddb, TABLE)
    item = {"pk": S("a"), "g": S("group"), **ONE_OF_EACH}
    ddb.put_item(TableName=TABLE, Item=item)
    assert server.stop() in (0, 143)

    server = start("-dbPath", tmp_path)
    ddb, streams = connect(server.endpoint), connect(server.endpoint, "dynamodbstreams")
    after = ddb.describe_table(TableName=TABLE)["Table"]
    for member in ("TableId", "TableArn", "CreationDateTime", "KeySchema", "LatestStreamArn", "StreamSpecification", "BillingModeSummary"):
        assert after[member] == before[member]
    assert ddb.get_item(TableName=TABLE, Key={"pk": S("a")})["Item"] == item
    assert scan_all(ddb, IndexName="by_g") == [item]
    assert [record["dynamodb"]["NewImage"] for record in stream_records(streams, before["LatestStreamArn"])] == [item]


def test_memory_forgets(start, connect):
    server = start("-inMemory")
    connect(server.endpoint).create_table(TableName=TABLE, **REQUEST)
    server.stop()
    assert connect(start("-inMemory").endpoint).list_tables()["TableNames"] == []


def test_a_deleted_table_stays_deleted(start, connect, tmp_path):
    server = start("-dbPath", tmp_path)
    ddb = connect(server.endpoint)
    ddb.create_table(TableName=TABLE, **REQUEST)
    wait_until_active(ddb, TABLE)
    ddb.put_item(TableName=TABLE, Item={"pk": S("a")})
    ddb.delete_table(TableName=TABLE)
    until(lambda: TABLE not in ddb.list_tables()["TableNames"], "the table gone")
    server.kill()
    assert connect(start("-dbPath", tmp_path).endpoint).list_tables()["TableNames"] == []


# Sequence numbers go on where they ended, and an iterator handed out before still reads.
def test_an_iterator_survives_a_restart(start, connect, tmp_path):
    server = start("-dbPath", tmp_path)
    ddb, streams = connect(server.endpoint), connect(server.endpoint, "dynamodbstreams")
    ddb.create_table(TableName=TABLE, **REQUEST)
    arn = wait_until_active(ddb, TABLE)["LatestStreamArn"]
    ddb.put_item(TableName=TABLE, Item={"pk": S("a")})
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][-1]["ShardId"]
    position = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    server.kill()
    server = start("-dbPath", tmp_path)
    ddb, streams = connect(server.endpoint), connect(server.endpoint, "dynamodbstreams")
    ddb.put_item(TableName=TABLE, Item={"pk": S("b")})
    found = streams.get_records(ShardIterator=position)["Records"]
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in found] == ["a", "b"]
    first, second = (int(record["dynamodb"]["SequenceNumber"]) for record in found)
    assert first < second


class Writer(threading.Thread):
    """Puts, updates, batches and deletes items of its own until the server is gone; remembers what was acknowledged."""

    def __init__(self, ddb, name):
        super().__init__(daemon=True)
        self.ddb, self.name = ddb, name
        self.acknowledged = {}  # pk -> item or None for deleted
        self.pending = {}       # what the call that failed may or may not have done

    def run(self):
        try:
            for number in range(1_000_000):
                self.step(number)
        except Exception:  # the server was killed: whatever was pending stays undecided
            return

    def step(self, number):
        pk, group = f"{self.name}-{number}", S(f"g{number % 7}")
        if number % 10 == 3:
            items = [{"pk": S(f"{pk}-{part}"), "g": group, "n": N(part)} for part in range(5)]
            self.write({item["pk"]["S"]: item for item in items},
                       lambda: self.ddb.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item}} for item in items]}))
        elif number % 10 == 7:
            old = f"{self.name}-{number - 1}"
            self.write({old: None}, lambda: self.ddb.delete_item(TableName=TABLE, Key={"pk": S(old)}))
        elif number % 10 == 8:
            old = f"{self.name}-{number - 3}"
            changed = {**self.acknowledged[old], "g": S("moved"), "n": N(number)}
            self.write({old: changed}, lambda: self.ddb.update_item(
                TableName=TABLE, Key={"pk": S(old)}, UpdateExpression="SET g = :g, n = :n",
                ExpressionAttributeValues={":g": changed["g"], ":n": changed["n"]}))
        else:
            item = {"pk": S(pk), "g": group, "n": N(number), "x": S("x" * 500)}
            self.write({pk: item}, lambda: self.ddb.put_item(TableName=TABLE, Item=item))

    def write(self, outcome, call):
        self.pending = outcome
        call()
        self.acknowledged.update(outcome)
        self.pending = {}


# The kill comes while four clients write; three times over on one folder. The limit is for a machine that builds beside it.
@pytest.mark.timeout(400)
@pytest.mark.parametrize("durability, rounds, wanted", [("process", 3, 200), ("power", 2, 60)])
def test_a_kill_under_load_loses_nothing(start, connect, tmp_path, durability, rounds, wanted):
    items, undecided, arn = {}, {}, None
    for round_number in range(rounds + 1):
        server = start("-dbPath", tmp_path, "--durability", durability)
        ddb, streams = connect(server.endpoint), connect(server.endpoint, "dynamodbstreams")
        if arn is None:
            ddb.create_table(TableName=TABLE, **REQUEST)
            arn = wait_until_active(ddb, TABLE)["LatestStreamArn"]
        found = {item["pk"]["S"]: item for item in scan_all(ddb, ConsistentRead=True)}
        for pk, item in items.items():
            assert found.get(pk) == item or (pk in undecided and found.get(pk) == undecided[pk]), f"{pk} was acknowledged"
        assert not [pk for pk in found if items.get(pk) is None and pk not in undecided], "nobody wrote this"
        indexed = {item["pk"]["S"]: item for item in scan_all(ddb, IndexName="by_g")}
        assert indexed == {pk: item for pk, item in found.items() if "g" in item}
        assert replay(stream_records(streams, arn)) == found
        if round_number == rounds:
            return
        items, undecided = dict(found), {}
        writers = [Writer(connect(server.endpoint), f"r{round_number}w{number}") for number in range(4)]
        for writer in writers:
            writer.start()
        until(lambda: sum(len(writer.acknowledged) for writer in writers) >= wanted, f"{wanted} writes", 60)
        server.kill()
        for writer in writers:
            writer.join(60)
            items.update(writer.acknowledged)
            undecided.update(writer.pending)


# What follows from the items must follow at every point at which the server may be cut off: entries of four indexes that come
# and go, the stream's old and new images, DescribeTable's totals. Each round is cut off after another random number of writes.
@pytest.mark.timeout(400)
def test_all_that_follows_from_the_items_survives_kills_in_a_random_history(start, connect, tmp_path):
    random, items, writers, arn = Random(1), {}, [], None
    for round_number in range(5):
        server = start("-dbPath", tmp_path)
        ddb, streams = connect(server.endpoint), connect(server.endpoint, "dynamodbstreams")
        if arn is None:
            ddb.create_table(TableName=TABLE, **history.REQUEST)
            arn = wait_until_active(ddb, TABLE)["LatestStreamArn"]
        items = history.by_key(scan_all(ddb, ConsistentRead=True))
        for writer in writers:
            history.check_writes(writer, items)
        for name in history.INDEXES:
            assert history.by_key(scan_all(ddb, IndexName=name)) == history.expected_index(items, name)
        assert history.replay(stream_records(streams, arn)) == items
        described = ddb.describe_table(TableName=TABLE)["Table"]
        assert (described["ItemCount"], described["TableSizeBytes"]) == (len(items), sum(map(history.size_of, items.values())))
        for described_index in (*described["GlobalSecondaryIndexes"], *described["LocalSecondaryIndexes"]):
            assert described_index["ItemCount"] == len(history.expected_index(items, described_index["IndexName"]))

        writers = [history.RandomWriter(connect(server.endpoint), TABLE, f"w{number}-{round_number}", items) for number in range(4)]
        for writer in writers:
            writer.start()
        wanted = random.randint(1, 250)
        until(lambda: sum(writer.writes for writer in writers) >= wanted, f"{wanted} writes", 60)
        server.kill()
        for writer in writers:
            writer.join(60)


# What a deleted table leaves is removed behind the answer. A server that is cut off before that starts at once all the same,
# the name is free, and nothing of the old table is met under it.
def test_a_name_is_free_after_a_kill_in_the_middle_of_removing_its_table(start, connect, tmp_path):
    server = start("-dbPath", tmp_path)
    for round_number in range(3):
        ddb = connect(server.endpoint)
        ddb.create_table(TableName=TABLE, **REQUEST)
        wait_until_active(ddb, TABLE)
        ddb.put_item(TableName=TABLE, Item={"pk": S("new"), "g": S(str(round_number))})
        assert scan_all(ddb) == scan_all(ddb, IndexName="by_g") == [{"pk": S("new"), "g": S(str(round_number))}]
        described = ddb.describe_table(TableName=TABLE)["Table"]
        assert (described["ItemCount"], described["GlobalSecondaryIndexes"][0]["ItemCount"]) == (1, 1)
        for start_at in range(0, 5000, 25):
            ddb.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": {"pk": S(str(number)), "g": S("g")}}}
                                                       for number in range(start_at, start_at + 25)]})
        ddb.delete_table(TableName=TABLE)
        server.kill()
        server = start("-dbPath", tmp_path)
    assert connect(server.endpoint).list_tables()["TableNames"] == []


@pytest.fixture
def small_disk(tmp_path, server_binary):
    if problem := SmallDisk.problem():
        pytest.skip(problem)
    return SmallDisk(tmp_path, server_binary, 64)


# A full disk refuses writes and loses nothing: reading goes on, and what the server does by itself waits, says so once, and is
# done when there is room again.
def test_a_full_disk_refuses_writes_and_puts_off_what_is_done_behind_them(small_disk, connect):
    with Server(small_disk.launcher, "-sharedDb", "-dbPath", small_disk.path) as server:
        ddb = connect(server.endpoint)
        ddb.create_table(TableName=TABLE, **definition(("pk",)))
        wait_until_active(ddb, TABLE)
        ddb.update_time_to_live(TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"})
        kept, doomed = {}, {f"doomed{number}" for number in range(100)}
        soon = N(int(time.time()) + 3)
        for pk in doomed:
            ddb.put_item(TableName=TABLE, Item={"pk": S(pk), "ttl": soon})
        small_disk.fill(server)
        # The log still has room for a while.
        with pytest.raises(ddb.exceptions.InternalServerError, match="^An error occurred.*: The disk is full: the write was refused "
                           "and nothing was changed. Reading goes on.$"):
            for number in range(1000):
                item = {"pk": S(str(number)), "x": S("x" * 100_000)}
                ddb.put_item(TableName=TABLE, Item=item)
                kept[str(number)] = item
        until(lambda: "Deleting expired items of table survivor failed" in server.log(), "the deletion put off")
        found = {item["pk"]["S"]: item for item in scan_all(ddb, ConsistentRead=True)}
        assert found == {**kept, **{pk: {"pk": S(pk), "ttl": soon} for pk in doomed}}

        small_disk.make_room(server)
        until(lambda: {item["pk"]["S"] for item in scan_all(ddb, ConsistentRead=True)} == set(kept), "the expired items deleted", 60)
        ddb.put_item(TableName=TABLE, Item={"pk": S("after")})
        for line in ("Deleting expired items of table survivor failed", "the store refuses writes", "the store takes writes again"):
            assert server.log().count(line) == 1, server.log()


# A lost power may leave the end of the write-ahead log as zeros. What stood there is lost with it; all before it is not, and
# the database opens without a repair.
def test_a_torn_log_is_read_up_to_the_tear(start, connect, tmp_path):
    server = start("-sharedDb", "-dbPath", tmp_path)
    ddb = connect(server.endpoint)
    ddb.create_table(TableName=TABLE, **REQUEST)
    for number in range(50):
        ddb.put_item(TableName=TABLE, Item={"pk": S(str(number)), "x": S("y" * 300)})
    server.kill()
    log = max(tmp_path.rglob("*.log"), key=lambda file: file.stat().st_size)
    with open(log, "r+b") as file:
        file.seek(-100, 2)
        file.write(bytes(100))

    ddb = connect(start("-sharedDb", "-dbPath", tmp_path).endpoint)
    assert {item["pk"]["S"] for item in scan_all(ddb)} == {str(number) for number in range(49)}


# A folder of something else is refused and left as it is.
def test_a_foreign_folder_is_not_touched(start, server_binary, tmp_path):
    import subprocess
    from support.server import environment
    server = start("-dbPath", tmp_path, "-sharedDb")
    server.stop()
    [database] = [entry for entry in tmp_path.iterdir() if entry.is_dir()]
    current = next(database.rglob("CURRENT"))
    current.write_text("this is something else\n")
    finished = subprocess.run([server_binary, "-dbPath", tmp_path, "-sharedDb", "-port", "0"], capture_output=True, text=True, timeout=30,
                              env=environment())
    assert finished.returncode != 0
    assert current.read_text() == "this is something else\n"


# Two servers on one folder would ruin it.
def test_a_folder_in_use_is_refused(start, server_binary, tmp_path):
    import subprocess
    from support.server import environment
    start("-dbPath", tmp_path, "-sharedDb")
    finished = subprocess.run([server_binary, "-dbPath", tmp_path, "-sharedDb", "-port", "0"], capture_output=True, text=True, timeout=30,
                              env=environment())
    assert finished.returncode != 0
    assert str(tmp_path) in finished.stdout + finished.stderr
