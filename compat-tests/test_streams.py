# SPDX-License-Identifier: Apache-2.0
"""DynamoDB Streams: ListStreams, DescribeStream, GetShardIterator, GetRecords, and which write makes which record."""

import datetime
import re

import pytest

from support.errors import ENV, P, invalid, refused
from support.poll import until
from support.tables import definition, random_key, random_name, table, wait_until_active
from support.values import B, FALSE, L, M, N, NS, S, SS, TRUE

VIEW = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
OFF = {"StreamEnabled": False}


def arn_of(ddb, name):
    return ddb.describe_table(TableName=name)["Table"]["LatestStreamArn"]


def shards_of(streams, arn):
    """All shards, once the stream is ready."""
    described = until(lambda: (found := streams.describe_stream(StreamArn=arn)["StreamDescription"])["StreamStatus"] in ("ENABLED", "DISABLED")
                      and found["Shards"] and found, "a stream with shards")
    return described["Shards"]


def iterator(streams, arn, shard, kind="TRIM_HORIZON", **more):
    return streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType=kind, **more)["ShardIterator"]


def read_all(streams, arn, wanted=None):
    """The records of all shards from the beginning; with `wanted`, as soon as there are so many."""
    iterators = {shard["ShardId"]: iterator(streams, arn, shard) for shard in shards_of(streams, arn)}
    found = []

    def step():
        for shard, position in list(iterators.items()):
            if position is None:
                continue
            answer = streams.get_records(ShardIterator=position)
            found.extend(answer["Records"])
            iterators[shard] = answer.get("NextShardIterator")
        return wanted is None or len(found) >= wanted

    until(step, lambda: f"{wanted} records, only {len(found)}")
    return found


@pytest.fixture(scope="module")
def streamed(ddb):
    """A table (pk S) with a stream of new and old images."""
    with table(ddb, **definition(("pk",), StreamSpecification=VIEW)) as name:
        yield name


@pytest.fixture
def records(ddb, streams, streamed):
    """records(pk, count) -> the records of one item, without what is random in them."""
    def find(pk, count):
        arn = arn_of(ddb, streamed)
        return until(lambda: len(found := [record for record in read_all(streams, arn) if record["dynamodb"]["Keys"]["pk"] == pk]) >= count
                     and found, f"{count} records")
    return find


def summary(record):
    images = record["dynamodb"]
    return record["eventName"], images.get("OldImage"), images.get("NewImage")


# --- What a record says -----------------------------------------------------------------------------


def test_insert_modify_remove(ddb, streamed, records):
    pk = S(random_key())
    first, second = {"pk": pk, "a": N(1)}, {"pk": pk, "a": N(2), "b": TRUE}
    ddb.put_item(TableName=streamed, Item=first)
    ddb.put_item(TableName=streamed, Item=second)
    ddb.delete_item(TableName=streamed, Key={"pk": pk})
    assert list(map(summary, records(pk, 3))) == [("INSERT", None, first), ("MODIFY", first, second), ("REMOVE", second, None)]


def test_updates_make_records(ddb, streamed, records):
    pk = S(random_key())
    update = lambda expression, **values: ddb.update_item(
        TableName=streamed, Key={"pk": pk}, UpdateExpression=expression, **({"ExpressionAttributeValues": values} if values else {}))
    update("SET a = :v", **{":v": N(1)})
    update("ADD a :v", **{":v": N(1)})
    update("REMOVE a")
    # An update that creates its item is an INSERT.
    assert list(map(summary, records(pk, 3))) == [
        ("INSERT", None, {"pk": pk, "a": N(1)}), ("MODIFY", {"pk": pk, "a": N(1)}, {"pk": pk, "a": N(2)}),
        ("MODIFY", {"pk": pk, "a": N(2)}, {"pk": pk})]


def test_batches_make_one_record_each(ddb, streamed, records):
    one, two = S(random_key()), S(random_key())
    ddb.batch_write_item(RequestItems={streamed: [{"PutRequest": {"Item": {"pk": one}}}, {"PutRequest": {"Item": {"pk": two}}}]})
    assert list(map(summary, records(one, 1))) == [("INSERT", None, {"pk": one})]
    assert list(map(summary, records(two, 1))) == [("INSERT", None, {"pk": two})]


# A check writes nothing, and a cancelled transaction nothing at all.
def test_transactions_make_one_record_for_each_change(ddb, streamed, records):
    one, two = S(random_key()), S(random_key())
    put = lambda pk: {"Put": {"TableName": streamed, "Item": {"pk": pk}, "ConditionExpression": "attribute_not_exists(pk)"}}
    check = {"ConditionCheck": {"TableName": streamed, "Key": {"pk": two}, "ConditionExpression": "attribute_not_exists(pk)"}}
    ddb.transact_write_items(TransactItems=[put(one), check])
    with pytest.raises(ddb.exceptions.TransactionCanceledException):
        ddb.transact_write_items(TransactItems=[put(two), put(one)])
    ddb.transact_write_items(TransactItems=[put(two), {"Delete": {"TableName": streamed, "Key": {"pk": one}}}])
    assert list(map(summary, records(one, 2))) == [("INSERT", None, {"pk": one}), ("REMOVE", {"pk": one}, None)]
    assert list(map(summary, records(two, 1))) == [("INSERT", None, {"pk": two})]


def no_changes(ddb, name, pk):
    """Writes that leave the item {pk, a: 1, m: {x, y}} and the missing item as they were."""
    same = {"pk": pk, "a": N("1.0"), "m": M(y=S("2"), x=S("1")), "s": SS("b", "a")}
    update = lambda expression, key=pk, **values: ddb.update_item(
        TableName=name, Key={"pk": key}, UpdateExpression=expression, **({"ExpressionAttributeValues": values} if values else {}))
    ddb.put_item(TableName=name, Item=same)
    ddb.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": same}}]})
    update("SET a = :v", **{":v": N("1.00")})
    update("ADD a :v", **{":v": N(0)})
    update("ADD s :v", **{":v": SS("a")})
    update("REMOVE nothing")
    update("DELETE s :v", **{":v": SS("q")})


# A write that changes no value makes no record, however it is spelt.
def test_a_write_without_a_change_makes_no_record(ddb, streamed, records):
    pk = S(random_key())
    ddb.put_item(TableName=streamed, Item={"pk": pk, "a": N(1), "m": M(x=S("1"), y=S("2")), "s": SS("a", "b")})
    no_changes(ddb, streamed, pk)
    ddb.delete_item(TableName=streamed, Key={"pk": pk})
    assert [record["eventName"] for record in records(pk, 2)] == ["INSERT", "REMOVE"]


def test_deleting_nothing_makes_no_record(ddb, streamed, records):
    pk = S(random_key())
    ddb.delete_item(TableName=streamed, Key={"pk": pk})
    ddb.update_item(TableName=streamed, Key={"pk": pk}, UpdateExpression="REMOVE a")
    ddb.batch_write_item(RequestItems={streamed: [{"DeleteRequest": {"Key": {"pk": pk}}}]})
    ddb.put_item(TableName=streamed, Item={"pk": pk})
    assert [record["eventName"] for record in records(pk, 1)] == ["INSERT"]


def test_a_refused_write_makes_no_record(ddb, streamed, records):
    pk = S(random_key())
    with pytest.raises(ddb.exceptions.ConditionalCheckFailedException):
        ddb.put_item(TableName=streamed, Item={"pk": pk, "a": N(1)}, ConditionExpression="attribute_exists(pk)")
    ddb.put_item(TableName=streamed, Item={"pk": pk})
    assert list(map(summary, records(pk, 1))) == [("INSERT", None, {"pk": pk})]


def test_images_hold_every_type(ddb, streamed, records):
    from support.values import ONE_OF_EACH
    pk = S(random_key())
    ddb.put_item(TableName=streamed, Item={"pk": pk, **ONE_OF_EACH})
    assert summary(records(pk, 1)[0])[2] == {"pk": pk, **ONE_OF_EACH}


@pytest.mark.aws_only("DynamoDB Local gives a UUID as eventID")
def test_the_envelope_of_a_record(ddb, streamed, records, region):
    pk = S(random_key())
    ddb.put_item(TableName=streamed, Item={"pk": pk})
    [record] = records(pk, 1)
    assert re.fullmatch("[0-9a-f]{32}", record["eventID"])
    assert record["eventVersion"] == "1.1"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["awsRegion"] == region
    assert "userIdentity" not in record
    assert record["dynamodb"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert re.fullmatch("[1-9][0-9]{20,39}", record["dynamodb"]["SequenceNumber"])


# Whole seconds, as epoch seconds on the wire.
def test_the_creation_time_is_now(ddb, streamed, records):
    pk = S(random_key())
    ddb.put_item(TableName=streamed, Item={"pk": pk})
    created = records(pk, 1)[0]["dynamodb"]["ApproximateCreationDateTime"]
    assert created.microsecond == 0
    assert abs(datetime.datetime.now(datetime.timezone.utc) - created) < datetime.timedelta(minutes=2)


# Keys + new image + old image, by the rules of item sizes: (2 + 32) + (2 + 32 + 1 + 2) = 71, then + the old image.
def test_the_size_adds_up(ddb, streamed, records):
    pk = S(random_key())
    ddb.put_item(TableName=streamed, Item={"pk": pk, "a": N(42)})
    ddb.put_item(TableName=streamed, Item={"pk": pk})
    assert [record["dynamodb"]["SizeBytes"] for record in records(pk, 2)] == [34 + 37, 34 + 34 + 37]


def test_sequence_numbers_rise(ddb, streamed, records):
    pk = S(random_key())
    for number in range(30):
        ddb.put_item(TableName=streamed, Item={"pk": pk, "n": N(number)})
    found = records(pk, 30)
    assert [int(record["dynamodb"]["NewImage"]["n"]["N"]) for record in found] == list(range(30))
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in found]
    assert numbers == sorted(set(numbers))
    assert len({record["eventID"] for record in found}) == 30


VIEWS = {
    "KEYS_ONLY": [(None, None)] * 3,
    "NEW_IMAGE": [(None, "new"), (None, "new"), (None, None)],
    "OLD_IMAGE": [(None, None), ("old", None), ("old", None)],
}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_shows_its_images(ddb, streams, view):
    with table(ddb, **definition(("pk",), StreamSpecification={"StreamEnabled": True, "StreamViewType": view})) as name:
        key = {"pk": S("a")}
        first, second = {**key, "v": N(1)}, {**key, "v": N(2)}
        ddb.put_item(TableName=name, Item=first)
        ddb.put_item(TableName=name, Item=second)
        ddb.delete_item(TableName=name, Key=key)
        found = read_all(streams, arn_of(ddb, name), 3)
    shown = [(old and "old", new and "new") for _, old, new in map(summary, found)]
    assert shown == VIEWS[view]
    assert [record["dynamodb"]["Keys"] for record in found] == [key] * 3
    images = [record["dynamodb"].get("NewImage") or record["dynamodb"].get("OldImage") for record in found]
    assert [image for image in images if image] == {"KEYS_ONLY": [], "NEW_IMAGE": [first, second], "OLD_IMAGE": [first, second]}[view]


# --- DescribeStream, ListStreams --------------------------------------------------------------------


@pytest.mark.aws_only("DynamoDB Local's shard ids differ")
def test_describes_a_stream(ddb, streams, streamed):
    arn = arn_of(ddb, streamed)
    shards = shards_of(streams, arn)
    described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert described["StreamArn"] == arn
    assert described["StreamLabel"] == arn.rsplit("/", 1)[1]
    assert described["StreamStatus"] == "ENABLED"
    assert described["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert described["TableName"] == streamed
    assert described["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert "CreationRequestDateTime" in described
    assert all(re.fullmatch(r"shardId-\d{20}-[0-9a-f]{8}", shard["ShardId"]) for shard in shards)
    assert any("EndingSequenceNumber" not in shard["SequenceNumberRange"] for shard in shards)


def test_lists_the_streams_of_a_table(ddb, streams, streamed):
    arn = arn_of(ddb, streamed)
    answer = streams.list_streams(TableName=streamed)
    assert answer["Streams"] == [{"StreamArn": arn, "TableName": streamed, "StreamLabel": arn.rsplit("/", 1)[1]}]
    assert "LastEvaluatedStreamArn" not in answer


def test_a_table_without_a_stream_lists_none(streams, hash_table):
    assert streams.list_streams(TableName=hash_table)["Streams"] == []


def test_lists_page_by_page(ddb, streams):
    with table(ddb, **definition(("pk",), StreamSpecification=VIEW)) as name:
        for _ in range(2):
            for specification in (OFF, VIEW):
                ddb.update_table(TableName=name, StreamSpecification=specification)
                wait_until_active(ddb, name)
        whole = [stream["StreamArn"] for stream in streams.list_streams(TableName=name)["Streams"]]
        assert len(set(whole)) == 3
        found, start = [], {}
        while True:
            page = streams.list_streams(TableName=name, Limit=1, **start)
            found += [stream["StreamArn"] for stream in page["Streams"]]
            if "LastEvaluatedStreamArn" not in page:
                break
            assert page["LastEvaluatedStreamArn"] == page["Streams"][-1]["StreamArn"]
            start = {"ExclusiveStartStreamArn": page["LastEvaluatedStreamArn"]}
        assert found == whole


@pytest.mark.aws_only("DynamoDB Local refuses a start it does not know")
def test_a_start_shard_that_is_last_or_unknown_gives_an_empty_page(ddb, streams, streamed):
    arn = arn_of(ddb, streamed)
    last = shards_of(streams, arn)[-1]["ShardId"]
    for start in (last, "shardId-99999999999999999999-ffffffff"):
        assert streams.describe_stream(StreamArn=arn, ExclusiveStartShardId=start)["StreamDescription"]["Shards"] == []


@pytest.mark.aws_only("DynamoDB Local does not know ShardFilter as AWS does")
def test_an_open_shard_has_no_children(ddb, streams, streamed):
    arn = arn_of(ddb, streamed)
    last = shards_of(streams, arn)[-1]["ShardId"]
    answer = streams.describe_stream(StreamArn=arn, ShardFilter={"Type": "CHILD_SHARDS", "ShardId": last})
    assert answer["StreamDescription"]["Shards"] == []


def unknown_arn(ddb, name):
    return arn_of(ddb, name).rsplit("/", 1)[0] + "/2015-05-20T20:51:10.252"


def test_an_unknown_stream_is_named(ddb, streams, streamed):
    arn = unknown_arn(ddb, streamed)
    with refused("ResourceNotFoundException", f"Requested resource not found: Stream: {arn} not found"):
        streams.describe_stream(StreamArn=arn)


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_limits_are_bounded(ddb, streams, streamed, limit):
    for call in (lambda: streams.list_streams(Limit=limit), lambda: streams.describe_stream(StreamArn=arn_of(ddb, streamed), Limit=limit)):
        with invalid(re.compile(".*[Ll]imit.*")):
            call()


# --- GetShardIterator, GetRecords -------------------------------------------------------------------


@pytest.fixture
def position(ddb, streams, streamed):
    """position(kind, ...) -> an iterator into the open shard."""
    arn = arn_of(ddb, streamed)
    shard = shards_of(streams, arn)[-1]
    return lambda kind, **more: iterator(streams, arn, shard, kind, **more)


def numbers(records):
    return [int(record["dynamodb"]["NewImage"]["n"]["N"]) for record in records]


@pytest.fixture
def five(ddb, streamed, records):
    """The sequence numbers of five inserts with n = 0...4."""
    stem = random_key()
    for number in range(5):
        ddb.put_item(TableName=streamed, Item={"pk": S(f"{stem}{number}"), "n": N(number)})
    return [records(S(f"{stem}{number}"), 1)[0]["dynamodb"]["SequenceNumber"] for number in range(5)]


@pytest.mark.parametrize("kind, wanted", [("AT_SEQUENCE_NUMBER", [2, 3, 4]), ("AFTER_SEQUENCE_NUMBER", [3, 4])])
def test_starts_at_a_record(streams, position, five, kind, wanted):
    assert numbers(streams.get_records(ShardIterator=position(kind, SequenceNumber=five[2]))["Records"]) == wanted


def test_latest_starts_behind_what_was_written(ddb, streams, streamed, position, five):
    start = position("LATEST")
    ddb.put_item(TableName=streamed, Item={"pk": S(random_key()), "n": N(99)})
    found = []

    def seen():
        nonlocal start
        answer = streams.get_records(ShardIterator=start)
        start = answer["NextShardIterator"]
        found.extend(answer["Records"])
        return found
    until(seen, "the new record")
    assert numbers(found) == [99]


def test_limit_ends_the_page(streams, position, five):
    answer = streams.get_records(ShardIterator=position("AT_SEQUENCE_NUMBER", SequenceNumber=five[0]), Limit=2)
    assert numbers(answer["Records"]) == [0, 1]
    assert numbers(streams.get_records(ShardIterator=answer["NextShardIterator"], Limit=2)["Records"]) == [2, 3]


def test_an_iterator_may_be_used_again(streams, position, five):
    start = position("AT_SEQUENCE_NUMBER", SequenceNumber=five[0])
    first, again = (numbers(streams.get_records(ShardIterator=start)["Records"]) for _ in range(2))
    assert first == again


# The end of an open shard answers an empty list and an iterator to go on with.
def test_an_open_shard_never_ends(streams, position):
    answer = streams.get_records(ShardIterator=position("LATEST"))
    assert answer["Records"] == []
    assert answer["NextShardIterator"]


# DynamoDB Local's words, but for those of the unknown type.
NUMBER_NOT_WANTED = P + "SequenceNumber should not be passed for this iterator type"
NUMBER_MISSING = P + "Invalid SequenceNumber"


@pytest.mark.parametrize("kind, more, text", [
    ("TRIM_HORIZON", {"SequenceNumber": "100000000000000000001"}, NUMBER_NOT_WANTED),
    ("LATEST", {"SequenceNumber": "100000000000000000001"}, NUMBER_NOT_WANTED),
    ("AT_SEQUENCE_NUMBER", {}, NUMBER_MISSING), ("AFTER_SEQUENCE_NUMBER", {}, NUMBER_MISSING),
    ("SOMEWHERE", {}, re.compile("1 validation error detected: Value 'SOMEWHERE' at 'shardIteratorType' .*")),
], ids=["horizon with number", "latest with number", "at without number", "after without number", "unknown type"])
def test_refuses_an_iterator(position, kind, more, text):
    with invalid(text):
        position(kind, **more)


def test_an_unknown_shard_is_refused(ddb, streams, streamed):
    with refused("ResourceNotFoundException", re.compile(".*")):
        iterator(streams, arn_of(ddb, streamed), {"ShardId": "shardId-00000001414562045508-2bac9cd2"})


def test_a_malformed_arn_is_refused(streams):
    with invalid(re.compile(".*")):
        iterator(streams, "x" * 40, {"ShardId": "shardId-00000001414562045508-2bac9cd2"})


def test_an_iterator_of_an_unknown_stream_is_refused(ddb, streams, streamed):
    with refused("ResourceNotFoundException", re.compile(".*")):
        iterator(streams, unknown_arn(ddb, streamed), shards_of(streams, arn_of(ddb, streamed))[0])


@pytest.mark.parametrize("garbage", ["garbage", "arn:aws:dynamodb:us-east-1:000000000000:table/x/stream/y|1|AAAA", "ä", "x" * 2000])
def test_a_garbage_iterator_is_refused(streams, garbage):
    with invalid(re.compile(".*", re.DOTALL)):
        streams.get_records(ShardIterator=garbage)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_the_number_of_records_is_bounded(streams, position, limit):
    with invalid(re.compile(".*[Ll]imit.*")):
        streams.get_records(ShardIterator=position("TRIM_HORIZON"), Limit=limit)


# --- Switching off, deleting ------------------------------------------------------------------------


def test_a_stream_switched_off_can_still_be_read(ddb, streams):
    with table(ddb, **definition(("pk",), StreamSpecification=VIEW)) as name:
        ddb.put_item(TableName=name, Item={"pk": S("a")})
        arn = arn_of(ddb, name)
        ddb.update_table(TableName=name, StreamSpecification=OFF)
        wait_until_active(ddb, name)
        ddb.put_item(TableName=name, Item={"pk": S("b")})
        shards = shards_of(streams, arn)
        assert streams.describe_stream(StreamArn=arn)["StreamDescription"]["StreamStatus"] == "DISABLED"
        assert all("EndingSequenceNumber" in shard["SequenceNumberRange"] for shard in shards)
        assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in read_all(streams, arn, 1)] == ["a"]
        assert [stream["StreamArn"] for stream in streams.list_streams(TableName=name)["Streams"]] == [arn]


# The last page of a closed shard has no iterator to go on with.
def test_a_closed_shard_ends(ddb, streams):
    with table(ddb, **definition(("pk",), StreamSpecification=VIEW)) as name:
        ddb.put_item(TableName=name, Item={"pk": S("a")})
        arn = arn_of(ddb, name)
        ddb.update_table(TableName=name, StreamSpecification=OFF)
        wait_until_active(ddb, name)
        for shard in shards_of(streams, arn):
            assert "NextShardIterator" not in streams.get_records(ShardIterator=iterator(streams, arn, shard))


def test_a_stream_switched_on_again_begins_empty(ddb, streams):
    with table(ddb, **definition(("pk",), StreamSpecification=VIEW)) as name:
        ddb.put_item(TableName=name, Item={"pk": S("a")})
        first = arn_of(ddb, name)
        for specification in (OFF, VIEW):
            ddb.update_table(TableName=name, StreamSpecification=specification)
            wait_until_active(ddb, name)
        second = arn_of(ddb, name)
        assert second != first
        assert read_all(streams, second) == []
        ddb.put_item(TableName=name, Item={"pk": S("b")})
        assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in read_all(streams, second, 1)] == ["b"]
        assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in read_all(streams, first, 1)] == ["a"]


def test_a_stream_outlives_its_table(ddb, streams):
    with table(ddb, **definition(("pk",), StreamSpecification=VIEW)) as name:
        ddb.put_item(TableName=name, Item={"pk": S("a")})
        arn = arn_of(ddb, name)
        ddb.delete_table(TableName=name)
        until(lambda: streams.describe_stream(StreamArn=arn)["StreamDescription"]["StreamStatus"] == "DISABLED", "DISABLED")
        assert [record["eventName"] for record in read_all(streams, arn, 1)][:1] == ["INSERT"]


# 1,500 records are more than one page of 1,000.
def test_a_page_holds_at_most_1000_records(ddb, streams):
    with table(ddb, **definition(("pk",), StreamSpecification=VIEW)) as name:
        for start in range(0, 1500, 25):
            ddb.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": {"pk": S(str(i))}}} for i in range(start, start + 25)]})
        arn = arn_of(ddb, name)
        for shard in shards_of(streams, arn):
            assert len(streams.get_records(ShardIterator=iterator(streams, arn, shard))["Records"]) <= 1000
        assert sorted(int(record["dynamodb"]["Keys"]["pk"]["S"]) for record in read_all(streams, arn, 1500)) == list(range(1500))
