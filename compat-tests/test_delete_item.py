# SPDX-License-Identifier: Apache-2.0
"""DeleteItem."""

import pytest

from support.errors import (BAD_RETURN_VALUES, CONDITION_FAILED, EMPTY_KEY, ENV, FSC, KEY_MISMATCH, NOT_FOUND,
                            bad_consumed_capacity, invalid, length_at_least, refused)
from support.tables import random_key, random_name
from support.values import N, S


@pytest.fixture
def item(ddb, hash_table):
    stored = {"pk": S(random_key()), "a": S("1")}
    ddb.put_item(TableName=hash_table, Item=stored)
    return stored


def test_deletes(ddb, hash_table, item):
    answer = ddb.delete_item(TableName=hash_table, Key={"pk": item["pk"]})
    assert set(answer) == {"ResponseMetadata"}
    assert "Item" not in ddb.get_item(TableName=hash_table, Key={"pk": item["pk"]})


def test_deleting_nothing_is_a_success(ddb, hash_table):
    answer = ddb.delete_item(TableName=hash_table, Key={"pk": S(random_key())}, ReturnValues="ALL_OLD")
    assert "Attributes" not in answer


def test_all_old_returns_the_item(ddb, hash_table, item):
    assert ddb.delete_item(TableName=hash_table, Key={"pk": item["pk"]}, ReturnValues="ALL_OLD")["Attributes"] == item


def test_deletes_from_every_index(ddb, index_table):
    key = {"pk": S(random_key()), "sk": S("a")}
    group = S(random_key())
    ddb.put_item(TableName=index_table, Item={**key, "g": group, "l": S("x")})
    ddb.delete_item(TableName=index_table, Key=key)
    found = ddb.query(TableName=index_table, IndexName="global_all", KeyConditionExpression="g = :g", ExpressionAttributeValues={":g": group})
    assert found["Count"] == 0
    found = ddb.query(TableName=index_table, IndexName="local_all", KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": key["pk"]})
    assert found["Count"] == 0


def test_a_failed_condition_leaves_the_item(ddb, hash_table, item):
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        ddb.delete_item(TableName=hash_table, Key={"pk": item["pk"]}, ConditionExpression="a = :v", ExpressionAttributeValues={":v": S("2")})
    assert ddb.get_item(TableName=hash_table, Key={"pk": item["pk"]})["Item"] == item


def test_a_condition_that_holds_deletes(ddb, hash_table, item):
    ddb.delete_item(TableName=hash_table, Key={"pk": item["pk"]}, ConditionExpression="a = :v", ExpressionAttributeValues={":v": S("1")})
    assert "Item" not in ddb.get_item(TableName=hash_table, Key={"pk": item["pk"]})


def test_a_failed_condition_can_return_the_item(ddb, hash_table, item):
    with pytest.raises(ddb.exceptions.ConditionalCheckFailedException) as caught:
        ddb.delete_item(TableName=hash_table, Key={"pk": item["pk"]}, ConditionExpression="attribute_not_exists(a)",
                        ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert caught.value.response["Item"] == item


REFUSALS = {
    "ReturnValues ALL_NEW": ({"ReturnValues": "ALL_NEW"}, ENV + "ReturnValues can only be ALL_OLD or NONE"),
    "ReturnValues UPDATED_NEW": ({"ReturnValues": "UPDATED_NEW"}, ENV + "ReturnValues can only be ALL_OLD or NONE"),
    "unknown ReturnValues": ({"ReturnValues": "X"}, ENV + BAD_RETURN_VALUES),
    "two unknown members": ({"ReturnValues": "X", "ReturnConsumedCapacity": "Y"},
                            f"2 validation errors detected: {bad_consumed_capacity('Y')}; {BAD_RETURN_VALUES}"),
    "empty table name": ({"TableName": ""}, f"{ENV}Value at 'TableName' {FSC}{length_at_least(1)}"),
    "attribute too many": ({"Key": {"pk": S("a"), "b": S("c")}}, KEY_MISMATCH),
    "key of another type": ({"Key": {"pk": N(1)}}, KEY_MISMATCH),
    "no key attribute": ({"Key": {}}, KEY_MISMATCH),
    "empty key": ({"Key": {"pk": S("")}}, EMPTY_KEY + "pk"),
    "unused value": ({"ConditionExpression": "attribute_exists(pk)", "ExpressionAttributeValues": {":v": S("a")}},
                     ENV + "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"),
    "values without an expression": ({"ExpressionAttributeValues": {":v": S("a")}},
                                     ENV + "ExpressionAttributeValues can only be specified when using expressions"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses(ddb, hash_table, case):
    changes, text = REFUSALS[case]
    with invalid(text):
        ddb.delete_item(**{"TableName": hash_table, "Key": {"pk": S("a")}, **changes})


def test_an_unknown_table_is_not_named(ddb):
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.delete_item(TableName=random_name(), Key={"pk": S("a")})
