# SPDX-License-Identifier: Apache-2.0
"""BatchGetItem: the newer validator's texts without an envelope."""

import pytest

from support.errors import (EMPTY_KEY, ENV, FSC, KEY_MISMATCH, NOT_FOUND, PATTERN, bad_consumed_capacity, invalid, length_at_least,
                            length_at_most, refused)
from support.tables import random_key, random_name
from support.values import N, S


@pytest.fixture
def keys(ddb, range_table):
    """Three keys; the items of the first two exist, with a = the sort key."""
    pk = S(random_key())
    found = [{"pk": pk, "sk": S(name)} for name in ("x", "y", "z")]
    for key in found[:2]:
        ddb.put_item(TableName=range_table, Item={**key, "a": key["sk"], "b": S("b")})
    return found


def by_key(items):
    return sorted(items, key=lambda item: item["sk"]["S"])


def test_reads_the_items_that_exist(ddb, range_table, keys):
    answer = ddb.batch_get_item(RequestItems={range_table: {"Keys": keys}})
    assert by_key(answer["Responses"][range_table]) == [{**key, "a": key["sk"], "b": S("b")} for key in keys[:2]]
    assert answer["UnprocessedKeys"] == {}


def test_a_table_without_a_hit_has_an_empty_list(ddb, range_table, keys):
    assert ddb.batch_get_item(RequestItems={range_table: {"Keys": keys[2:]}})["Responses"] == {range_table: []}


def test_reads_two_tables(ddb, range_table, hash_table, keys):
    other = {"pk": S(random_key())}
    ddb.put_item(TableName=hash_table, Item=other)
    answer = ddb.batch_get_item(RequestItems={range_table: {"Keys": keys[:1]}, hash_table: {"Keys": [other]}})
    assert answer["Responses"][hash_table] == [other]
    assert len(answer["Responses"][range_table]) == 1


def test_projects(ddb, range_table, keys):
    answer = ddb.batch_get_item(RequestItems={range_table: {
        "Keys": keys, "ProjectionExpression": "#a", "ExpressionAttributeNames": {"#a": "a"}, "ConsistentRead": True}})
    assert sorted(item["a"]["S"] for item in answer["Responses"][range_table]) == ["x", "y"]
    assert all(set(item) == {"a"} for item in answer["Responses"][range_table])


# An item of which nothing is selected is still an answer.
def test_an_empty_projection_result_is_counted(ddb, range_table, keys):
    answer = ddb.batch_get_item(RequestItems={range_table: {"Keys": keys, "ProjectionExpression": "nothing"}})
    assert answer["Responses"][range_table] == [{}, {}]


def test_100_keys_are_accepted(ddb, range_table):
    pk = S(random_key())
    answer = ddb.batch_get_item(RequestItems={range_table: {"Keys": [{"pk": pk, "sk": S(str(i))} for i in range(100)]}})
    assert answer["Responses"] == {range_table: []}


# One answer holds 16 MB; the keys beyond it come back as unprocessed, to be asked again.
def test_more_than_16_megabytes_are_paged(ddb, range_table):
    pk, size = S(random_key()), 390_000
    keys = [{"pk": pk, "sk": S(f"{i:03}")} for i in range(50)]
    for start in range(0, 50, 25):
        ddb.batch_write_item(RequestItems={range_table: [
            {"PutRequest": {"Item": {**key, "x": S("x" * size)}}} for key in keys[start:start + 25]]})
    found, wanted = [], {range_table: {"Keys": keys}}
    first = ddb.batch_get_item(RequestItems=wanted)
    assert first["UnprocessedKeys"][range_table]["Keys"]
    assert len(first["Responses"][range_table]) * size <= 16 * 1024 * 1024
    while wanted:
        answer = ddb.batch_get_item(RequestItems=wanted)
        assert answer["Responses"][range_table]
        found += [item["sk"]["S"] for item in answer["Responses"][range_table]]
        wanted = answer["UnprocessedKeys"]
    assert sorted(found) == [key["sk"]["S"] for key in keys]


K = {"pk": S("a"), "sk": S("a")}


def test_no_table_is_refused(ddb):
    with invalid(f"{ENV}Value at 'RequestItems' {FSC}{length_at_least(1)}"):
        ddb.batch_get_item(RequestItems={})


@pytest.mark.parametrize("keys_, constraint", [
    ([], length_at_least(1)), ([{"pk": S("a"), "sk": S(str(i))} for i in range(101)], length_at_most(100))], ids=["none", "101"])
def test_the_number_of_keys_is_bounded(ddb, range_table, keys_, constraint):
    with invalid(f"{ENV}Value at 'RequestItems.{range_table}.member.Keys' {FSC}{constraint}"):
        ddb.batch_get_item(RequestItems={range_table: {"Keys": keys_}})


# This operation echoes the map as JSON, where BatchWriteItem prints Java.
BAD_NAME = (f"Value '{{\"a b\":{{\"Keys\":[{{\"pk\":{{\"S\":\"a\"}}}}]}}}}' at 'requestItems' {FSC}Map keys must satisfy constraint: "
            f"[{length_at_most(255)}, {length_at_least(3)}, {PATTERN}]")


@pytest.mark.parametrize("more, text", [
    ({}, ENV + BAD_NAME),
    ({"ReturnConsumedCapacity": "X"}, f"2 validation errors detected: {BAD_NAME}; {bad_consumed_capacity('X')}"),
], ids=["alone", "with an enum"])
def test_a_bad_table_name_is_refused(ddb, more, text):
    with invalid(text):
        ddb.batch_get_item(RequestItems={"a b": {"Keys": [{"pk": S("a")}]}}, **more)


REFUSALS = {
    "one key twice": ({"Keys": [K, K]}, "Provided list of item keys contains duplicates"),
    "no sort key": ({"Keys": [{"pk": S("a")}]}, KEY_MISMATCH),
    "key of another type": ({"Keys": [{"pk": N(1), "sk": S("a")}]}, KEY_MISMATCH),
    "empty key": ({"Keys": [{"pk": S(""), "sk": S("a")}]}, EMPTY_KEY + "pk"),
    "empty projection": ({"Keys": [K], "ProjectionExpression": ""}, "Invalid ProjectionExpression: The expression can not be empty;"),
    "names without a projection": ({"Keys": [K], "ExpressionAttributeNames": {"#a": "a"}},
                                   "ExpressionAttributeNames can only be specified when using expressions"),
    "unused name": ({"Keys": [K], "ProjectionExpression": "b", "ExpressionAttributeNames": {"#a": "a"}},
                    "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses(ddb, range_table, case):
    request, text = REFUSALS[case]
    with invalid(text):
        ddb.batch_get_item(RequestItems={range_table: request})


# Numbers in keys are compared as they were sent: 1 and 1.0 are two keys of one item, which comes once.
def test_equal_numbers_of_other_spelling_are_no_duplicates(ddb, number_table):
    pk = S(random_key())
    ddb.put_item(TableName=number_table, Item={"pk": pk, "sk": N("1")})
    found = ddb.batch_get_item(RequestItems={number_table: {"Keys": [{"pk": pk, "sk": N(n)} for n in ("1", "1.0", "1e0")]}})
    assert found["Responses"] == {number_table: [{"pk": pk, "sk": N("1")}]}
    with invalid("Provided list of item keys contains duplicates"):
        ddb.batch_get_item(RequestItems={number_table: {"Keys": [{"pk": pk, "sk": N(n)} for n in ("1.0", "1", "1.0")]}})


# A table's name and its ARN are one table, in two entries of the request.
def test_a_table_by_its_name_and_its_arn(ddb, range_table):
    arn = ddb.describe_table(TableName=range_table)["Table"]["TableArn"]
    with invalid("Provided list of item keys contains duplicates"):
        ddb.batch_get_item(RequestItems={range_table: {"Keys": [K]}, arn: {"Keys": [K]}})


def test_one_unknown_table_refuses_all(ddb, range_table):
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.batch_get_item(RequestItems={range_table: {"Keys": [K]}, random_name(): {"Keys": [K]}})


def test_an_enum_beats_a_missing_table(ddb):
    with invalid(ENV + bad_consumed_capacity("X")):
        ddb.batch_get_item(RequestItems={random_name(): {"Keys": [K]}}, ReturnConsumedCapacity="X")
