# SPDX-License-Identifier: Apache-2.0
"""GetItem. Its refusals carry no envelope."""

import pytest

from support.errors import (EMPTY_KEY, ENV, KEY_MISMATCH, NOT_A_NUMBER, NOT_FOUND, OVERFLOW, P, bad_consumed_capacity, invalid,
                            refused)
from support.tables import random_key, random_name
from support.values import L, M, N, NULL, S


@pytest.fixture
def item(ddb, range_table):
    stored = {"pk": S(random_key()), "sk": S("s"), "a": S("1"), "n": N(2), "l": L(S("x"), M(y=N(1)), S("z")),
              "m": M(p=S("q"), r=M(t=S("u"), v=S("w")))}
    ddb.put_item(TableName=range_table, Item=stored)
    return stored


def key_of(item):
    return {"pk": item["pk"], "sk": item["sk"]}


@pytest.mark.parametrize("consistent", [True, False])
def test_reads_the_item(ddb, range_table, item, consistent):
    assert ddb.get_item(TableName=range_table, Key=key_of(item), ConsistentRead=consistent)["Item"] == item


def test_a_missing_item_has_no_member(ddb, range_table):
    assert "Item" not in ddb.get_item(TableName=range_table, Key={"pk": S(random_key()), "sk": S("s")})


def test_the_sort_key_matters(ddb, range_table, item):
    assert "Item" not in ddb.get_item(TableName=range_table, Key={**key_of(item), "sk": S("other")})


def test_accepts_the_arn_as_the_name(ddb, range_table, item):
    arn = ddb.describe_table(TableName=range_table)["Table"]["TableArn"]
    assert ddb.get_item(TableName=arn, Key=key_of(item))["Item"] == item


# Numbers are equal by value, so any spelling of a key finds its item.
@pytest.mark.parametrize("spelling", ["1000", "1e3", "1000.0", "+1000", "01000", "10E2"])
def test_number_keys_are_equal_by_value(ddb, number_table, spelling):
    key = {"pk": S(random_key()), "sk": N("1e3")}
    ddb.put_item(TableName=number_table, Item=key)
    assert ddb.get_item(TableName=number_table, Key={**key, "sk": N(spelling)})["Item"] == {**key, "sk": N("1000")}


PROJECTIONS = {
    "one attribute": ("a", {"a": S("1")}),
    "two attributes": ("a, n", {"a": S("1"), "n": N(2)}),
    "key attributes only when named": ("sk", {"sk": S("s")}),
    "missing attribute": ("a, nothing", {"a": S("1")}),
    "nothing found": ("nothing", {}),
    "map member": ("m.p", {"m": M(p=S("q"))}),
    "two map members": ("m.p, m.r.t", {"m": M(p=S("q"), r=M(t=S("u")))}),
    "list element": ("l[0]", {"l": L(S("x"))}),
    # Chosen elements stand packed, in their order in the list.
    "list elements are packed": ("l[2], l[0]", {"l": L(S("x"), S("z"))}),
    "map in a list": ("l[1].y", {"l": L(M(y=N(1)))}),
    "beyond the list": ("l[9]", {}),
    "index into a map": ("m[0]", {}),
    "name in a list": ("l.x", {}),
}


@pytest.mark.parametrize("case", PROJECTIONS)
def test_projects(ddb, range_table, item, case):
    expression, wanted = PROJECTIONS[case]
    assert ddb.get_item(TableName=range_table, Key=key_of(item), ProjectionExpression=expression)["Item"] == wanted


def test_projects_by_placeholder(ddb, range_table, item):
    answer = ddb.get_item(TableName=range_table, Key=key_of(item), ProjectionExpression="#m.#p", ExpressionAttributeNames={"#m": "m", "#p": "p"})
    assert answer["Item"] == {"m": M(p=S("q"))}


# A dot in a placeholder's target is part of one name.
def test_a_dot_in_a_placeholder_is_no_path(ddb, range_table, item):
    answer = ddb.get_item(TableName=range_table, Key=key_of(item), ProjectionExpression="#p", ExpressionAttributeNames={"#p": "m.p"})
    assert answer["Item"] == {}


KEY_REFUSALS = {
    "no sort key": ({"pk": S("a")}, KEY_MISMATCH),
    "no partition key": ({"sk": S("a")}, KEY_MISMATCH),
    "no key": ({}, KEY_MISMATCH),
    "one attribute too many": ({"pk": S("a"), "sk": S("a"), "x": S("a")}, KEY_MISMATCH),
    "another type": ({"pk": S("a"), "sk": N(1)}, KEY_MISMATCH),
    "no scalar": ({"pk": S("a"), "sk": L()}, KEY_MISMATCH),
    "NULL": ({"pk": NULL, "sk": S("a")}, KEY_MISMATCH),
    "empty partition key": ({"pk": S(""), "sk": S("a")}, EMPTY_KEY + "pk"),
    "empty sort key": ({"pk": S("a"), "sk": S("")}, EMPTY_KEY + "sk"),
    "long partition key": ({"pk": S("p" * 2049), "sk": S("a")}, P + "Size of hashkey has exceeded the maximum size limit of2048 bytes"),
    "long sort key": ({"pk": S("a"), "sk": S("s" * 1025)}, P + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"),
    "bad number": ({"pk": S("a"), "sk": N("x")}, f"{NOT_A_NUMBER}: x"),
    "number out of range": ({"pk": S("a"), "sk": N("1e126")}, OVERFLOW),
}


@pytest.mark.parametrize("case", KEY_REFUSALS)
def test_refuses_the_key(ddb, range_table, case):
    key, text = KEY_REFUSALS[case]
    with invalid(text):
        ddb.get_item(TableName=range_table, Key=key)


def test_an_unknown_table_is_not_named(ddb):
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.get_item(TableName=random_name(), Key={"pk": S("a")})


@pytest.mark.aws_only("DynamoDB Local compares table names without regard to case")
def test_table_names_are_case_sensitive(ddb, range_table):
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.get_item(TableName=range_table.upper(), Key={"pk": S("a"), "sk": S("a")})


def test_refuses_unknown_enum_members(ddb, range_table):
    with invalid(ENV + bad_consumed_capacity("X")):
        ddb.get_item(TableName=range_table, Key={"pk": S("a"), "sk": S("a")}, ReturnConsumedCapacity="X")


# A table that does not exist is found out only after the request itself was checked.
def test_a_bad_projection_beats_a_missing_table(ddb):
    with invalid("Invalid ProjectionExpression: The expression can not be empty;"):
        ddb.get_item(TableName=random_name(), Key={"pk": S("a")}, ProjectionExpression="")


# Members that only other operations have are skipped unread, whatever is in them.
def test_ignores_members_of_other_operations(wire, ddb, range_table, item):
    answer = wire.call("GetItem", {
        "TableName": range_table, "Key": key_of(item), "ProjectionExpression": "a", "IndexName": 7, "Limit": 0,
        "ExpressionAttributeValues": {":v": {"N": "abc"}}, "ConditionExpression": "(", "KeyConditions": {}})
    assert (answer.status, answer.json) == (200, {"Item": {"a": S("1")}})
