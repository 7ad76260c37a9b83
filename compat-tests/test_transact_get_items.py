# SPDX-License-Identifier: Apache-2.0
"""TransactGetItems: several items as they are at one moment."""

import pytest
from botocore.exceptions import ClientError

from support.errors import (EMPTY_KEY, ENV, FSC, KEY_MISMATCH, NOT_FOUND, PATTERN, bad_consumed_capacity, invalid, length_at_least,
                            refused)
from support.tables import random_key, random_name
from support.values import N, S

TWICE = "Transaction request cannot include multiple operations on one item"


@pytest.fixture
def keys(ddb, range_table):
    """Three keys; the items of the first two exist."""
    pk = S(random_key())
    found = [{"pk": pk, "sk": S(name)} for name in ("x", "y", "z")]
    for key in found[:2]:
        ddb.put_item(TableName=range_table, Item={**key, "a": key["sk"], "m": {"M": {"b": N(1), "c": N(2)}}})
    return found


@pytest.fixture
def get(range_table):
    return lambda key, **members: {"Get": {"TableName": range_table, "Key": key, **members}}


def responses(ddb, *gets, **members):
    return ddb.transact_get_items(TransactItems=list(gets), **members)["Responses"]


def test_answers_in_the_order_asked(ddb, range_table, hash_table, keys, get):
    other = {"pk": S(random_key())}
    ddb.put_item(TableName=hash_table, Item=other)
    found = responses(ddb, get(keys[2]), get(keys[1]), {"Get": {"TableName": hash_table, "Key": other}}, get(keys[0]))
    assert [each.get("Item", {}).get("sk") for each in found] == [None, S("y"), None, S("x")]
    assert found[0] == {} and found[2] == {"Item": other}


def test_projects(ddb, keys, get):
    assert responses(ddb, get(keys[0], ProjectionExpression="#a, m.c", ExpressionAttributeNames={"#a": "a"})) == [
        {"Item": {"a": S("x"), "m": {"M": {"c": N(2)}}}}]


# GetItem and BatchGetItem answer an empty item.
def test_leaves_out_an_item_of_which_nothing_is_selected(ddb, keys, get):
    assert responses(ddb, get(keys[0], ProjectionExpression="nothing")) == [{}]


# A missing item costs as much as a small one.
def test_units(ddb, range_table, keys, get):
    answer = ddb.transact_get_items(TransactItems=[get(key) for key in keys], ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [{"TableName": range_table, "CapacityUnits": 6.0, "ReadCapacityUnits": 6.0}]
    answer = ddb.transact_get_items(TransactItems=[get(keys[0])], ReturnConsumedCapacity="INDEXES")
    assert answer["ConsumedCapacity"] == [{"TableName": range_table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0,
                                           "Table": {"CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}}]


def test_100_gets_are_accepted(ddb, keys, get):
    found = responses(ddb, *(get({**keys[0], "sk": S(str(i))}) for i in range(99)), get(keys[0]))
    assert found[:99] == [{}] * 99 and found[99]["Item"]["a"] == S("x")


@pytest.mark.parametrize("bad", [{}, {"pk": S("a")}, {"pk": N(1), "sk": S("a")}, {"pk": S("a"), "sk": S("b"), "x": S("c")}])
def test_a_key_that_does_not_fit_cancels(ddb, keys, get, bad):
    with pytest.raises(ClientError) as raised:
        responses(ddb, get(keys[0]), get(bad))
    answer = raised.value.response
    assert answer["Error"] == {"Code": "TransactionCanceledException",
                               "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons "
                                          "[None, ValidationError]"}
    assert answer["CancellationReasons"] == [{"Code": "None"}, {"Code": "ValidationError", "Message": KEY_MISMATCH}]


def test_refuses_an_empty_list(ddb):
    with invalid(f"{ENV}Value '[]' at 'transactItems' {FSC}{length_at_least(1)}"):
        responses(ddb)


def test_a_bad_table_name_is_told_with_its_place(ddb, keys, get):
    with invalid(f"{ENV}Value 'a!b' at 'transactItems.2.member.get.tableName' {FSC}{PATTERN}"):
        responses(ddb, get(keys[0]), get(keys[1], TableName="a!b"))


# A bad word comes before one item twice, that before a missing table, and a bad projection before both.
def test_the_order_of_what_is_wrong(ddb, keys, get):
    gets = [get(keys[0], TableName=random_name()), get(keys[0]), get(keys[0])]
    with invalid(ENV + bad_consumed_capacity("X")):
        responses(ddb, *gets, ReturnConsumedCapacity="X")
    with invalid('Invalid ProjectionExpression: Syntax error; token: "<EOF>", near: ","'):
        responses(ddb, *gets, get(keys[1], ProjectionExpression="a,"))
    with invalid(TWICE):
        responses(ddb, *gets)
    with refused("ResourceNotFoundException", NOT_FOUND):
        responses(ddb, *gets[:2])


def test_an_empty_key_refuses_the_whole(ddb, keys, get):
    with invalid(EMPTY_KEY + "sk"):
        responses(ddb, get(keys[0]), get({**keys[1], "sk": S("")}))
