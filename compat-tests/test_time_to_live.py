# SPDX-License-Identifier: Apache-2.0
"""UpdateTimeToLive, DescribeTimeToLive, and what becomes of expired items."""

import time

import pytest

from support.errors import ENV, FSC, invalid, length_at_most, refused
from support.poll import until
from support.tables import definition, index, random_name, table, wait_until_active
from support.values import L, N, S

ON = {"Enabled": True, "AttributeName": "ttl"}
OFF = {"Enabled": False, "AttributeName": "ttl"}
OTHER = {"Enabled": True, "AttributeName": "other"}


@pytest.fixture
def plain(ddb):
    with table(ddb, **definition(("pk",))) as name:
        yield name


def update(ddb, name, specification):
    return ddb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)["TimeToLiveSpecification"]


def describe(ddb, name):
    return ddb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]


# --- Settings ---------------------------------------------------------------------------------------


def test_a_new_table_has_none(ddb, plain):
    assert describe(ddb, plain) == {"TimeToLiveStatus": "DISABLED"}


# AWS stays at ENABLING for up to an hour.
def test_enabling_shows_the_attribute(ddb, plain):
    assert update(ddb, plain, ON) == ON
    described = describe(ddb, plain)
    assert described["TimeToLiveStatus"] in ("ENABLING", "ENABLED")
    assert described["AttributeName"] == "ttl"


# AWS takes one change an hour and would refuse the second; the tests of applications switch it off again at once.
@pytest.mark.needs_server
def test_it_can_be_switched_off_and_named_anew_at_once(ddb, plain):
    update(ddb, plain, ON)
    assert update(ddb, plain, OFF) == OFF
    assert describe(ddb, plain) == {"TimeToLiveStatus": "DISABLED"}
    assert update(ddb, plain, OTHER) == OTHER


def test_switching_off_what_is_off(ddb, plain):
    with invalid("TimeToLive is already disabled"):
        update(ddb, plain, OFF)


# Terraform's users meet these two texts.
@pytest.mark.needs_server
def test_switching_on_what_is_on(ddb, plain):
    update(ddb, plain, ON)
    with invalid("TimeToLive is already enabled"):
        update(ddb, plain, ON)


@pytest.mark.needs_server
@pytest.mark.parametrize("enabled", [True, False])
def test_another_attribute_while_one_is_active(ddb, plain, enabled):
    update(ddb, plain, ON)
    with invalid("TimeToLive is active on a different AttributeName: current AttributeName is ttl"):
        update(ddb, plain, {"Enabled": enabled, "AttributeName": "other"})


def test_the_attribute_may_be_a_key(ddb):
    with table(ddb, **definition(("pk", "sk"), {"pk": "S", "sk": "N"})) as name:
        assert update(ddb, name, {"Enabled": True, "AttributeName": "sk"})["Enabled"] is True


def test_a_table_that_is_not_there(ddb):
    name = random_name()
    for call in (lambda: update(ddb, name, ON), lambda: describe(ddb, name)):
        with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
            call()


def test_the_table_may_be_named_by_its_arn(ddb, plain):
    arn = ddb.describe_table(TableName=plain)["Table"]["TableArn"]
    update(ddb, arn, ON)
    assert describe(ddb, arn)["AttributeName"] == "ttl"


def null_at(path):
    return f"Value null at '{path}' {FSC}Member must not be null"


# The checks in their order: the table's name, the members, the table.
@pytest.mark.parametrize("request_, text", [
    ({}, "The parameter 'TableName' is required but was not present in the request"),
    ({"TableName": "ab"}, "TableName must be at least 3 characters long and at most 255 characters long"),
    ({"TableName": "abc"}, ENV + null_at("timeToLiveSpecification")),
    ({"TableName": "abc", "TimeToLiveSpecification": {"AttributeName": "a"}}, ENV + null_at("timeToLiveSpecification.enabled")),
    ({"TableName": "abc", "TimeToLiveSpecification": {"Enabled": True}}, ENV + null_at("timeToLiveSpecification.attributeName")),
    ({"TableName": "abc", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": ""}},
     "TimeToLiveSpecification.AttributeName must be non empty"),
    ({"TableName": "abc", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "a" * 256}},
     f"{ENV}Value '{'a' * 256}' at 'timeToLiveSpecification.attributeName' {FSC}{length_at_most(255)}"),
], ids=["no table", "short name", "no specification", "no Enabled", "no attribute", "empty attribute", "long attribute"])
def test_refused_updates(ddb, request_, text):
    with invalid(text):
        ddb.update_time_to_live(**request_)


def test_describe_needs_a_table(ddb):
    with invalid("The parameter 'TableName' is required but was not present in the request"):
        ddb.describe_time_to_live()


# --- Expired items: AWS takes minutes to days, so these have a server of their own -------------------------


@pytest.fixture
def sweeping(start, connect):
    """A client of a server that looks for expired items each second."""
    server = start("-inMemory", "--ttl-interval", 1)
    return connect(server.endpoint), connect(server.endpoint, "dynamodbstreams")


def scanned(ddb, name, **more):
    return sorted(item["pk"]["S"] for item in ddb.scan(TableName=name, **more)["Items"])


PAST, FUTURE = N(int(time.time()) - 100), N(int(time.time()) + 100_000)

EXPIRING = {"past": PAST, "future": FUTURE, "text": S("1"), "list": L(N(1)), "ages ago": N(1), "negative": N(-5),
            "fraction": N(f"{int(time.time()) - 100}.5")}
KEPT = ["ages ago", "future", "list", "negative", "text"]


@pytest.mark.needs_server
def test_expired_items_go_from_table_and_indexes(sweeping):
    ddb, _ = sweeping
    request = definition(("pk",), {"pk": "S", "g": "S"}, GlobalSecondaryIndexes=[index("by_g", ("g",))])
    with table(ddb, **request) as name:
        update(ddb, name, ON)
        for pk, ttl in EXPIRING.items():
            ddb.put_item(TableName=name, Item={"pk": S(pk), "g": S("g"), "ttl": ttl})
        ddb.put_item(TableName=name, Item={"pk": S("none"), "g": S("g")})
        until(lambda: scanned(ddb, name) == sorted(KEPT + ["none"]), lambda: f"expired items gone, but {scanned(ddb, name)}")
        assert scanned(ddb, name, IndexName="by_g") == sorted(KEPT + ["none"])
        assert ddb.describe_table(TableName=name)["Table"]["ItemCount"] == len(KEPT) + 1


@pytest.mark.needs_server
def test_items_of_before_the_enabling_expire_too(sweeping):
    ddb, _ = sweeping
    with table(ddb, **definition(("pk",))) as name:
        for pk, ttl in EXPIRING.items():
            ddb.put_item(TableName=name, Item={"pk": S(pk), "ttl": ttl})
        assert scanned(ddb, name) == sorted(EXPIRING)
        update(ddb, name, ON)
        until(lambda: scanned(ddb, name) == KEPT, lambda: f"expired items gone, but {scanned(ddb, name)}")


# A stream's reader tells an expired item from a deleted one by this member alone.
@pytest.mark.needs_server
def test_the_record_names_the_service(sweeping):
    ddb, streams = sweeping
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    with table(ddb, **definition(("pk",), StreamSpecification=stream)) as name:
        update(ddb, name, ON)
        item = {"pk": S("a"), "ttl": PAST}
        ddb.put_item(TableName=name, Item=item)
        arn = wait_until_active(ddb, name)["LatestStreamArn"]
        [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]

        def records():
            position = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
            return streams.get_records(ShardIterator=position["ShardIterator"])["Records"]

        inserted, removed = until(lambda: len(found := records()) == 2 and found, "the record of the removal")
        assert "userIdentity" not in inserted
        assert removed["eventName"] == "REMOVE"
        assert removed["userIdentity"] == {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
        assert removed["dynamodb"]["OldImage"] == item


@pytest.mark.needs_server
def test_the_sweeper_goes_on_after_a_restart(start, connect, tmp_path):
    server = start("-sharedDb", "-dbPath", tmp_path, "--ttl-interval", 0)
    ddb = connect(server.endpoint)
    ddb.create_table(TableName="expiring", **definition(("pk",)))
    ddb.put_item(TableName="expiring", Item={"pk": S("before"), "ttl": PAST})
    update(ddb, "expiring", ON)
    ddb.put_item(TableName="expiring", Item={"pk": S("after"), "ttl": PAST})
    ddb.put_item(TableName="expiring", Item={"pk": S("stays"), "ttl": FUTURE})
    server.kill()

    ddb = connect(start("-sharedDb", "-dbPath", tmp_path, "--ttl-interval", 1).endpoint)
    assert describe(ddb, "expiring") == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}
    until(lambda: scanned(ddb, "expiring") == ["stays"], lambda: f"expired items gone, but {scanned(ddb, 'expiring')}")


@pytest.mark.needs_server
def test_transient_statuses_are_shown_on_request(start, connect):
    ddb = connect(start("-inMemory", "-delayTransientStatuses").endpoint)
    with table(ddb, **definition(("pk",))) as name:
        update(ddb, name, ON)
        assert describe(ddb, name) == {"TimeToLiveStatus": "ENABLING", "AttributeName": "ttl"}
        until(lambda: describe(ddb, name) == {"TimeToLiveStatus": "ENABLED", "AttributeName": "ttl"}, "ENABLED")
        update(ddb, name, OFF)
        assert describe(ddb, name) == {"TimeToLiveStatus": "DISABLING", "AttributeName": "ttl"}
        until(lambda: describe(ddb, name) == {"TimeToLiveStatus": "DISABLED"}, "DISABLED")
