# SPDX-License-Identifier: Apache-2.0
"""PutItem."""

import pytest

from support.errors import (BAD_RETURN_VALUES, CONDITION_FAILED, CONDITION_NOT_MET, EMPTY_KEY, ENV, FSC, ITEM_TOO_LARGE,
                            NAME_TOO_LARGE, NEST, NOT_FOUND, P, PATTERN, bad_collection_metrics, bad_consumed_capacity, invalid,
                            length_at_least, length_at_most, refused)
from support.tables import definition, index, random_key, random_name, table
from support.values import BAD_VALUES, N, NULL, ONE_OF_EACH, S, SS, B, L, M, nested, newer_text


def put(ddb, table, item=None, **more):
    """Puts the item with a random key, and returns (key, answer)."""
    key = {"pk": S(random_key())}
    return key, ddb.put_item(TableName=table, Item={**key, **(item or {})}, **more)


def get(ddb, table, key):
    return ddb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")


def test_stores_every_type(ddb, hash_table):
    key, _ = put(ddb, hash_table, ONE_OF_EACH)
    assert get(ddb, hash_table, key) == {**key, **ONE_OF_EACH}


@pytest.mark.parametrize("value", [S(""), B(b""), L(), M(), SS("", "a"), {"BS": [b"", b"a"]}, S(" ")],
                         ids=["string", "binary", "list", "map", "string set member", "binary set member", "blank"])
def test_stores_empty_values(ddb, hash_table, value):
    key, _ = put(ddb, hash_table, {"a": value})
    assert get(ddb, hash_table, key)["a"] == value


def test_replaces_the_whole_item(ddb, hash_table):
    key, _ = put(ddb, hash_table, {"a": S("1"), "b": S("2")})
    ddb.put_item(TableName=hash_table, Item={**key, "c": S("3")})
    assert get(ddb, hash_table, key) == {**key, "c": S("3")}


# boto3 reads an empty object as an answer without members.
def test_answers_nothing_by_default(ddb, hash_table):
    _, answer = put(ddb, hash_table)
    assert set(answer) == {"ResponseMetadata"}


def test_all_old_returns_the_item_replaced(ddb, hash_table):
    key, _ = put(ddb, hash_table, {"a": S("old")})
    answer = ddb.put_item(TableName=hash_table, Item={**key, "a": S("new")}, ReturnValues="ALL_OLD")
    assert answer["Attributes"] == {**key, "a": S("old")}


def test_all_old_of_a_new_item_returns_nothing(ddb, hash_table):
    _, answer = put(ddb, hash_table, ReturnValues="ALL_OLD")
    assert "Attributes" not in answer


def test_accepts_the_arn_as_the_name(ddb, hash_table):
    arn = ddb.describe_table(TableName=hash_table)["Table"]["TableArn"]
    key, _ = put(ddb, arn)
    assert get(ddb, hash_table, key) == key


def test_a_condition_that_holds_lets_the_item_in(ddb, hash_table):
    key, _ = put(ddb, hash_table, ConditionExpression="attribute_not_exists(pk)")
    assert get(ddb, hash_table, key) == key


def test_a_failed_condition_leaves_the_item(ddb, hash_table):
    key, _ = put(ddb, hash_table, {"a": S("old")})
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        ddb.put_item(TableName=hash_table, Item=key, ConditionExpression="attribute_not_exists(pk)")
    assert get(ddb, hash_table, key) == {**key, "a": S("old")}


# A condition on an item that does not exist is judged as on an empty item.
def test_a_condition_on_a_missing_item_fails(ddb, hash_table):
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        put(ddb, hash_table, ConditionExpression="attribute_exists(pk)")


def failed_with(ddb, table, key, **more):
    """The error body of a put whose condition fails."""
    with pytest.raises(ddb.exceptions.ConditionalCheckFailedException) as caught:
        ddb.put_item(TableName=table, Item=key, ConditionExpression="a = :v", ExpressionAttributeValues={":v": S("x")}, **more)
    return caught.value.response


def test_a_failed_condition_can_return_the_item(ddb, hash_table):
    key, _ = put(ddb, hash_table, {"a": S("old")})
    response = failed_with(ddb, hash_table, key, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert response["Item"] == {**key, "a": S("old")}


def test_a_failed_condition_returns_no_item_unless_asked(ddb, hash_table):
    key, _ = put(ddb, hash_table, {"a": S("old")})
    assert "Item" not in failed_with(ddb, hash_table, key)


def test_a_failed_condition_without_an_item_returns_none(ddb, hash_table):
    assert "Item" not in failed_with(ddb, hash_table, {"pk": S(random_key())}, ReturnValuesOnConditionCheckFailure="ALL_OLD")


@pytest.mark.parametrize("name", BAD_VALUES)
def test_refuses_a_bad_value(ddb, hash_table, name):
    with invalid(ENV + newer_text(name)):
        put(ddb, hash_table, {"a": BAD_VALUES[name][0]})


# What needs no table is checked before the table is looked up.
def test_a_bad_value_beats_a_missing_table(ddb):
    with invalid(ENV + newer_text("letters")):
        put(ddb, random_name(), {"a": N("abc")})


def test_31_levels_are_stored(ddb, hash_table):
    key, _ = put(ddb, hash_table, {"a": nested(31)})
    assert get(ddb, hash_table, key)["a"] == nested(31)


@pytest.mark.parametrize("levels, text", [(32, ENV + NEST), (61, ENV + NEST), (63, NEST), (100, NEST)], ids=["32", "61", "63", "100"])
def test_deeper_values_are_refused(ddb, hash_table, levels, text):
    with invalid(text):
        put(ddb, hash_table, {"a": nested(levels)})


def item_of(size, key):
    """An item of exactly `size` bytes: each attribute costs its name and its value."""
    return {"pk": S(key), "x": S("x" * (size - len("pk") - len(key) - len("x")))}


def test_409600_bytes_are_stored(ddb, hash_table):
    key = random_key()
    ddb.put_item(TableName=hash_table, Item=item_of(409_600, key))
    assert len(get(ddb, hash_table, {"pk": S(key)})["x"]["S"]) == 409_600 - len(key) - 3


def test_409601_bytes_are_refused(ddb, hash_table):
    with invalid("Item size has exceeded the maximum allowed size"):
        ddb.put_item(TableName=hash_table, Item=item_of(409_601, random_key()))


@pytest.mark.parametrize("value, actual", [(N(1), "N"), (L(), "L"), (NULL, "NULL"), ({"BOOL": True}, "BOOL")], ids=["N", "L", "NULL", "BOOL"])
def test_a_key_of_another_type_is_refused(ddb, hash_table, value, actual):
    with invalid(f"{P}Type mismatch for key pk expected: S actual: {actual}"):
        ddb.put_item(TableName=hash_table, Item={"pk": value})


@pytest.mark.parametrize("item, missing", [({"sk": S("a")}, "pk"), ({"pk": S("a")}, "sk"), ({}, "pk")], ids=["pk", "sk", "both"])
def test_a_missing_key_is_named(ddb, range_table, item, missing):
    with invalid(f"{P}Missing the key {missing} in the item"):
        ddb.put_item(TableName=range_table, Item=item)


@pytest.mark.parametrize("item, key", [({"pk": S(""), "sk": S("a")}, "pk"), ({"pk": S("a"), "sk": S("")}, "sk")], ids=["pk", "sk"])
def test_an_empty_key_is_refused(ddb, range_table, item, key):
    with invalid(EMPTY_KEY + key):
        ddb.put_item(TableName=range_table, Item=item)


def test_an_empty_binary_key_is_refused(ddb, binary_table):
    with invalid(EMPTY_KEY.replace("string", "binary") + "sk"):
        ddb.put_item(TableName=binary_table, Item={"pk": S("a"), "sk": B(b"")})


def test_a_partition_key_of_2048_bytes_is_stored(ddb, range_table):
    key = {"pk": S("p" * 2048), "sk": S("s" * 1024)}
    ddb.put_item(TableName=range_table, Item=key)
    assert get(ddb, range_table, key) == key


def test_a_longer_partition_key_is_refused(ddb, range_table):
    with invalid(P + "Size of hashkey has exceeded the maximum size limit of2048 bytes"):
        ddb.put_item(TableName=range_table, Item={"pk": S("p" * 2049), "sk": S("s")})


def test_a_longer_sort_key_is_refused(ddb, range_table):
    with invalid(P + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"):
        ddb.put_item(TableName=range_table, Item={"pk": S("p"), "sk": S("s" * 1025)})


# Key sizes are bytes of UTF-8, not characters.
def test_key_sizes_are_bytes(ddb, range_table):
    with invalid(P + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"):
        ddb.put_item(TableName=range_table, Item={"pk": S("p"), "sk": S("ä" * 513)})


def test_an_index_key_of_another_type_is_refused(ddb, index_table):
    with invalid(f"{P}Type mismatch for Index Key l Expected: S Actual: N IndexName: local_all"):
        ddb.put_item(TableName=index_table, Item={"pk": S("a"), "sk": S("a"), "l": N(1)})


def test_a_null_index_key_is_refused(ddb, index_table):
    with invalid(f"{P}Type mismatch for Index Key m Expected: N Actual: NULL IndexName: local_keys"):
        ddb.put_item(TableName=index_table, Item={"pk": S("a"), "sk": S("a"), "m": NULL})


def test_an_empty_index_key_is_refused(ddb, index_table):
    with invalid("One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
                 "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: local_all, IndexKey: l"):
        ddb.put_item(TableName=index_table, Item={"pk": S("a"), "sk": S("a"), "l": S("")})


# Index keys are judged with the table's own, before the stored item is looked at.
@pytest.mark.parametrize("value, text", [
    (N(1), f"{P}Type mismatch for Index Key l Expected: S Actual: N IndexName: local_all"),
    (S("x" * 1025), f"{P}Size limit exceeded for Index Key l Actual Size: 1025 bytes Max Size: 1024 bytes IndexName: local_all"),
], ids=["type", "size"])
def test_an_index_key_is_judged_before_the_condition(ddb, index_table, value, text):
    with invalid(text):
        ddb.put_item(TableName=index_table, Item={"pk": S("a"), "sk": S("a"), "l": value}, **CONDITION_NOT_MET)


# An attribute that keys several indexes: a global one is named.
def test_a_global_index_is_named_before_a_local_one(ddb):
    request = definition(("pk", "sk"), dict(pk="S", sk="S", k="S"))
    request["LocalSecondaryIndexes"] = [index("a_local", ("pk", "k"))]
    request["GlobalSecondaryIndexes"] = [index("b_global", ("k",))]
    with table(ddb, **request) as name, invalid(f"{P}Type mismatch for Index Key k Expected: S Actual: N IndexName: b_global"):
        ddb.put_item(TableName=name, Item={"pk": S("a"), "sk": S("a"), "k": N(1)})


# 400 KB hold the item and its entries in all local indexes: pk, sk, l and all else in local_all, the keys alone in local_keys.
def test_the_item_size_counts_local_index_entries(ddb, index_table):
    item = {"pk": S(random_key()), "sk": S("a"), "x": S("x" * 204_900)}
    ddb.put_item(TableName=index_table, Item=item)
    with invalid(ITEM_TOO_LARGE):
        ddb.put_item(TableName=index_table, Item={**item, "l": S("l")})
    ddb.put_item(TableName=index_table, Item={**item, "m": N(1)})


@pytest.mark.parametrize("nested", [False, True], ids=["top level", "in a map"])
def test_attribute_names_have_at_most_65535_bytes(ddb, hash_table, nested):
    def put(name):
        value = {"m": M(**{name: S("x")})} if nested else {name: S("x")}
        ddb.put_item(TableName=hash_table, Item={"pk": S(random_key()), **value})
    put("n" * 65_535)
    with invalid(ENV + NAME_TOO_LARGE):
        put("n" * 65_536)


# Java reads the escape of half a character and writes a question mark; not measured on AWS.
@pytest.mark.aws_only("DynamoDB Local keeps lone surrogates")
@pytest.mark.parametrize("sent, stored", [("a\\ud83d", "a?"), ("\\ude00b", "?b"), ("\\ud83d\\ude00", "\U0001f600")],
                         ids=["high", "low", "pair"])
def test_half_a_character_becomes_a_question_mark(wire, ddb, hash_table, sent, stored):
    pk = random_key()
    body = f'{{"TableName":"{hash_table}","Item":{{"pk":{{"S":"{pk}"}},"a":{{"S":"{sent}"}}}}}}'
    assert wire.call("PutItem", body.encode()).status == 200
    assert ddb.get_item(TableName=hash_table, Key={"pk": S(pk)})["Item"]["a"] == S(stored)


# Sparse: without the index's key the item is stored, only not indexed.
def test_a_missing_index_key_is_fine(ddb, index_table):
    key = {"pk": S(random_key()), "sk": S("a")}
    ddb.put_item(TableName=index_table, Item=key)
    assert get(ddb, index_table, key) == key


def test_an_unknown_table_is_not_named(ddb):
    with refused("ResourceNotFoundException", NOT_FOUND):
        put(ddb, random_name())


NAME_REFUSALS = {
    "empty": ({"TableName": ""}, f"{ENV}Value at 'TableName' {FSC}{length_at_least(1)}"),
    "256 characters": ({"TableName": "x" * 256}, f"{ENV}Value '{'x' * 256}' at 'tableName' {FSC}{length_at_most(255)}"),
    "bad characters": ({"TableName": "a b c"}, f"{ENV}Value 'a b c' at 'tableName' {FSC}{PATTERN}"),
    # The empty name is told alone, whatever else is wrong.
    "empty beside a bad enum": ({"TableName": "", "ReturnValues": "X"}, f"{ENV}Value at 'TableName' {FSC}{length_at_least(1)}"),
}


@pytest.mark.parametrize("case", NAME_REFUSALS)
def test_refuses_the_name(ddb, case):
    changes, text = NAME_REFUSALS[case]
    with invalid(text):
        ddb.put_item(Item={"pk": S("a")}, **changes)


def test_the_name_is_required(ddb):
    with invalid(f"{ENV}Value null at 'tableName' {FSC}Member must not be null"):
        ddb.put_item(Item={"pk": S("a")})


# AWS prints UPDATE_NEW, and no path, in its newer validator; the other two members keep the older spelling.
ENUM_REFUSALS = {
    "ReturnValues": ({"ReturnValues": "X"}, ENV + BAD_RETURN_VALUES),
    "ReturnConsumedCapacity": ({"ReturnConsumedCapacity": "total"}, ENV + bad_consumed_capacity("total")),
    "ReturnItemCollectionMetrics": ({"ReturnItemCollectionMetrics": "X"}, ENV + bad_collection_metrics("X")),
    "all three": (
        {"ReturnItemCollectionMetrics": "INVALID", "ReturnValues": "INVALID", "ReturnConsumedCapacity": "INVALID"},
        f"3 validation errors detected: {bad_consumed_capacity('INVALID')}; {BAD_RETURN_VALUES}; {bad_collection_metrics('INVALID')}"),
}


@pytest.mark.parametrize("case", ENUM_REFUSALS)
def test_refuses_unknown_enum_members(ddb, hash_table, case):
    changes, text = ENUM_REFUSALS[case]
    with invalid(text):
        put(ddb, hash_table, **changes)


@pytest.mark.parametrize("wanted", ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"])
def test_return_values_of_an_update_are_refused(ddb, hash_table, wanted):
    with invalid(ENV + "ReturnValues can only be ALL_OLD or NONE"):
        put(ddb, hash_table, ReturnValues=wanted)


def test_an_enum_beats_a_missing_table(ddb):
    with invalid(ENV + BAD_RETURN_VALUES):
        put(ddb, random_name(), ReturnValues="X")


def test_an_empty_attribute_name_is_refused(wire, hash_table):
    answer = wire.call("PutItem", {"TableName": hash_table, "Item": {"pk": S("a"), "": S("b")}})
    assert answer.status == 400
    assert answer.error[0] == "ValidationException"


@pytest.mark.parametrize("name", ["x" * 65_535, "a.b", "ä😀", "\x00", "SELECT", ":v", "#n"],
                         ids=["65535 bytes", "dot", "unicode", "NUL", "reserved", "colon", "hash"])
def test_attribute_names_may_be_nearly_anything(ddb, hash_table, name):
    key, _ = put(ddb, hash_table, {name: S("x")})
    assert get(ddb, hash_table, key) == {**key, name: S("x")}
