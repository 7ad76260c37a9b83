# SPDX-License-Identifier: Apache-2.0
"""BatchWriteItem: the older validator's bare texts; and nothing is written when one request is refused."""

import re

import pytest

from support.errors import (EMPTY_KEY, ENV, FSC, KEY_MISMATCH, NOT_FOUND, P, PATTERN, bad_collection_metrics, bad_consumed_capacity,
                            invalid, length_at_least, length_at_most, refused)
from support.tables import random_key, random_name
from support.values import BAD_VALUES, L, N, S, older_text


def put(item):
    return {"PutRequest": {"Item": item}}


def delete(key):
    return {"DeleteRequest": {"Key": key}}


def count(ddb, table, pk):
    return ddb.query(TableName=table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": pk})["Count"]


def test_puts_and_deletes(ddb, range_table):
    pk = S(random_key())
    ddb.put_item(TableName=range_table, Item={"pk": pk, "sk": S("old")})
    answer = ddb.batch_write_item(RequestItems={range_table: [put({"pk": pk, "sk": S("new")}), delete({"pk": pk, "sk": S("old")})]})
    assert answer["UnprocessedItems"] == {}
    found = ddb.query(TableName=range_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": pk})
    assert found["Items"] == [{"pk": pk, "sk": S("new")}]


def test_writes_to_two_tables(ddb, range_table, hash_table):
    pk = S(random_key())
    ddb.batch_write_item(RequestItems={range_table: [put({"pk": pk, "sk": S("a")})], hash_table: [put({"pk": pk})]})
    assert count(ddb, range_table, pk) == 1
    assert "Item" in ddb.get_item(TableName=hash_table, Key={"pk": pk})


def test_25_requests_are_accepted(ddb, range_table):
    pk = S(random_key())
    ddb.batch_write_item(RequestItems={range_table: [put({"pk": pk, "sk": S(str(i))}) for i in range(25)]})
    assert count(ddb, range_table, pk) == 25


def test_deleting_nothing_is_a_success(ddb, range_table):
    answer = ddb.batch_write_item(RequestItems={range_table: [delete({"pk": S(random_key()), "sk": S("a")})]})
    assert answer["UnprocessedItems"] == {}


def test_accepts_the_arn_as_the_name(ddb, range_table):
    arn = ddb.describe_table(TableName=range_table)["Table"]["TableArn"]
    pk = S(random_key())
    ddb.batch_write_item(RequestItems={arn: [put({"pk": pk, "sk": S("a")})]})
    assert count(ddb, range_table, pk) == 1


def echo(item_fields):
    """AWS echoes requests as its Java classes print themselves."""
    return f"WriteRequest(putRequest=PutRequest(item={{{item_fields}}}, workloadProfileName=null), deleteRequest=null)"


JAVA_S = ("AttributeValue(s={}, n=null, b=null, iNT=null, dECIMAL=null, dOUBLE=null, sS=null, nS=null, bS=null, iNTSET=null, "
          "dECIMALSET=null, dOUBLESET=null, m=null, l=null, nULL=null, bOOL=null)")
MAP_VALUE = f"Map value must satisfy constraint: [{length_at_most(25)}, {length_at_least(1)}]"
MAP_KEYS = f"Map keys must satisfy constraint: [{length_at_most(255)}, {length_at_least(3)}, {PATTERN}]"


def test_no_table_is_refused(ddb):
    with invalid("The requestItems parameter is required for BatchWriteItem"):
        ddb.batch_write_item(RequestItems={})


def test_no_request_for_a_table_is_refused(ddb, range_table):
    with invalid(f"{ENV}Value '{{{range_table}=[]}}' at 'requestItems' {FSC}{MAP_VALUE}"):
        ddb.batch_write_item(RequestItems={range_table: []})


# The echo of 26 requests is long; its frame is what counts here.
def test_26_requests_are_refused(ddb, range_table):
    with invalid(re.compile(re.escape(f"{ENV}Value '{{{range_table}=[WriteRequest(") + ".*" + re.escape(f"' at 'requestItems' {FSC}{MAP_VALUE}"))):
        ddb.batch_write_item(RequestItems={range_table: [put({"pk": S("a"), "sk": S(str(i))}) for i in range(26)]})


def test_a_bad_table_name_is_refused(ddb):
    with invalid(f"{ENV}Value '{{a b=[{echo('pk=' + JAVA_S.format('x'))}]}}' at 'requestItems' {FSC}{MAP_KEYS}"):
        ddb.batch_write_item(RequestItems={"a b": [put({"pk": S("x")})]})


@pytest.mark.parametrize("case", BAD_VALUES)
def test_refuses_a_bad_value(ddb, hash_table, case):
    pk = S(random_key())
    with invalid(older_text(case)):
        ddb.batch_write_item(RequestItems={hash_table: [put({"pk": pk}), put({"pk": S(random_key()), "a": BAD_VALUES[case][0]})]})
    assert "Item" not in ddb.get_item(TableName=hash_table, Key={"pk": pk})


A = {"pk": S("a"), "sk": S("a")}
REFUSALS = {
    "two puts of one key": ([put(A), put({**A, "x": S("y")})], "Provided list of item keys contains duplicates"),
    "put and delete of one key": ([put(A), delete(A)], "Provided list of item keys contains duplicates"),
    # Key mismatches have one text here, for puts too.
    "put without the sort key": ([put({"pk": S("a")})], KEY_MISMATCH),
    "put with a key of another type": ([put({"pk": N(1), "sk": S("a")})], KEY_MISMATCH),
    "delete with an attribute too many": ([delete({**A, "x": S("y")})], KEY_MISMATCH),
    "delete with a key that is a list": ([delete({"pk": L(), "sk": S("a")})], KEY_MISMATCH),
    "put of an empty key": ([put({"pk": S(""), "sk": S("a")})], EMPTY_KEY + "pk"),
    "delete of an empty key": ([delete({"pk": S("a"), "sk": S("")})], EMPTY_KEY + "sk"),
    "put of too large an item": ([put({**A, "x": S("x" * 409_600)})], "Item size has exceeded the maximum allowed size"),
    "neither put nor delete": ([{}], "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses(ddb, range_table, case):
    requests, text = REFUSALS[case]
    other = S(random_key())
    with invalid(text):
        ddb.batch_write_item(RequestItems={range_table: [put({"pk": other, "sk": S("a")}), *requests]})
    assert count(ddb, range_table, other) == 0


# Numeric keys are compared by value.
def test_equal_numbers_are_one_key(ddb, number_table):
    with invalid("Provided list of item keys contains duplicates"):
        ddb.batch_write_item(RequestItems={number_table: [put({"pk": S("a"), "sk": N("1")}), put({"pk": S("a"), "sk": N("1.0")})]})


# Duplicates are found before tables that do not exist and keys that do not fit.
def test_duplicates_beat_missing_tables_and_bad_keys(ddb, hash_table):
    pk = S(random_key())
    twice = [put({"pk": pk}), delete({"pk": pk})]
    for items in ({random_name(): [put({"pk": pk})], hash_table: twice}, {hash_table: [put({"pk": N(1)}), *twice]}):
        with invalid("Provided list of item keys contains duplicates"):
            ddb.batch_write_item(RequestItems=items)
    assert "Item" not in ddb.get_item(TableName=hash_table, Key={"pk": pk})


# Each collection once, however many of its items were written; a collection that nothing was found in is none.
def test_item_collection_metrics_name_each_collection_once(ddb, index_table):
    pk = S(random_key())
    answer = ddb.batch_write_item(ReturnItemCollectionMetrics="SIZE", RequestItems={index_table: [
        put({"pk": pk, "sk": S("a")}), put({"pk": pk, "sk": S("b")}), delete({"pk": S(random_key()), "sk": S("a")})]})
    assert answer["ItemCollectionMetrics"] == {index_table: [{"ItemCollectionKey": {"pk": pk}, "SizeEstimateRangeGB": [0.0, 1.0]}]}


def test_index_keys_are_judged(ddb, index_table):
    pk = S(random_key())
    with invalid(P + "Type mismatch for Index Key l Expected: S Actual: N IndexName: local_all"):
        ddb.batch_write_item(RequestItems={index_table: [put({"pk": pk, "sk": S("a")}), put({"pk": pk, "sk": S("b"), "l": N(1)})]})
    assert count(ddb, index_table, pk) == 0


# 25 requests of 400 KB each are below the 16 MB of a request.
def test_25_large_items_are_accepted(ddb, range_table):
    pk = S(random_key())
    items = [put({"pk": pk, "sk": S(f"{i:02}"), "x": S("x" * 409_000)}) for i in range(25)]
    assert ddb.batch_write_item(RequestItems={range_table: items})["UnprocessedItems"] == {}
    last = ddb.get_item(TableName=range_table, Key={"pk": pk, "sk": S("24")}, ProjectionExpression="sk")
    assert last["Item"] == {"sk": S("24")}


def test_one_unknown_table_refuses_all(ddb, hash_table):
    pk = S(random_key())
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.batch_write_item(RequestItems={hash_table: [put({"pk": pk})], random_name(): [put({"pk": pk})]})
    assert "Item" not in ddb.get_item(TableName=hash_table, Key={"pk": pk})


@pytest.mark.parametrize("changes, text", [
    ({"ReturnConsumedCapacity": "X"}, ENV + bad_consumed_capacity("X")),
    ({"ReturnItemCollectionMetrics": "X"}, ENV + bad_collection_metrics("X")),
    ({"ReturnConsumedCapacity": "X", "ReturnItemCollectionMetrics": "Y"},
     f"2 validation errors detected: {bad_consumed_capacity('X')}; {bad_collection_metrics('Y')}"),
], ids=["capacity", "metrics", "both"])
def test_refuses_unknown_enum_members(ddb, changes, text):
    with invalid(text):
        ddb.batch_write_item(RequestItems={random_name(): [put({"pk": S("a")})]}, **changes)


# The enum is told alone.
def test_an_enum_beats_a_bad_table_name(ddb):
    with invalid(ENV + bad_consumed_capacity("X")):
        ddb.batch_write_item(RequestItems={"a b": [put({"pk": S("a")})]}, ReturnConsumedCapacity="X")
