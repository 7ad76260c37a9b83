# SPDX-License-Identifier: Apache-2.0
"""Expected and ConditionalOperator of PutItem, UpdateItem and DeleteItem: conditional writes from before expressions."""

import pytest

from support.errors import (CONDITION_FAILED, ENV, FSC, NEST, P, bad_consumed_capacity, enum_of, invalid, refused)
from support.legacy import (BAD_ARGUMENTS, BAD_OPERATOR_NEWER, COMPARISON_OPERATORS, TOO_FEW, WITHOUT_CONDITIONS, condition, mix)
from support.tables import random_key, random_name
from support.values import B, BAD_VALUES, BS, L, M, N, NS, NULL, S, SS, TRUE, nested, newer_text

ITEM = {"s": S("text"), "n": N(5), "b": B(b"bytes"), "l": L(S("a"), N(1)), "m": M(x=N(1)), "ss": SS("a", "b"), "ns": NS(1, 2),
        "bs": BS(b"a"), "t": TRUE, "z": NULL, "m.x": S("dot")}


@pytest.fixture
def key(ddb, hash_table):
    found = {"pk": S(random_key())}
    ddb.put_item(TableName=hash_table, Item={**found, **ITEM})
    return found


@pytest.fixture
def write(ddb, hash_table, key):
    """write(operation, ...) -> Put, Update or Delete of the fresh item."""
    def call(operation="UpdateItem", **more):
        if operation == "PutItem":
            return ddb.put_item(TableName=hash_table, Item={**key, "new": S("put")}, **more)
        if operation == "DeleteItem":
            return ddb.delete_item(TableName=hash_table, Key=key, **more)
        return ddb.update_item(TableName=hash_table, Key=key, **more)
    return call


WRITES = ["PutItem", "UpdateItem", "DeleteItem"]

# attribute, condition, the equivalent expression, its values, whether it holds
CONDITIONS = {
    "EQ": ("n", condition("EQ", N("5.0")), "#a = :v", [N(5)], True),
    "EQ other type": ("n", condition("EQ", S("5")), "#a = :v", [S("5")], False),
    "EQ list": ("l", condition("EQ", L(S("a"), N(1))), "#a = :v", [L(S("a"), N(1))], True),
    "EQ map": ("m", condition("EQ", M(x=N(1))), "#a = :v", [M(x=N(1))], True),
    "EQ set": ("ss", condition("EQ", SS("b", "a")), "#a = :v", [SS("a", "b")], True),
    "EQ boolean": ("t", condition("EQ", TRUE), "#a = :v", [TRUE], True),
    "NE": ("s", condition("NE", S("text")), "#a <> :v", [S("text")], False),
    "NE other type": ("s", condition("NE", N(1)), "#a <> :v", [N(1)], True),
    "NE missing": ("missing", condition("NE", N(1)), "#a <> :v", [N(1)], True),
    "LT": ("n", condition("LT", N(10)), "#a < :v", [N(10)], True),
    "LE": ("n", condition("LE", N(5)), "#a <= :v", [N(5)], True),
    "GT": ("s", condition("GT", S("text")), "#a > :v", [S("text")], False),
    "GE": ("b", condition("GE", B(b"byte")), "#a >= :v", [B(b"byte")], True),
    "GE other type": ("s", condition("GE", N(0)), "#a >= :v", [N(0)], False),
    "LT missing": ("missing", condition("LT", N(10)), "#a < :v", [N(10)], False),
    "BETWEEN": ("n", condition("BETWEEN", N(5), N(5)), "#a BETWEEN :v AND :w", [N(5), N(5)], True),
    "BETWEEN outside": ("n", condition("BETWEEN", N(6), N(9)), "#a BETWEEN :v AND :w", [N(6), N(9)], False),
    "IN": ("n", condition("IN", N(1), N(5)), "#a IN (:v, :w)", [N(1), N(5)], True),
    "IN not": ("n", condition("IN", N(1)), "#a IN (:v)", [N(1)], False),
    "BEGINS_WITH": ("s", condition("BEGINS_WITH", S("te")), "begins_with(#a, :v)", [S("te")], True),
    "BEGINS_WITH binary": ("b", condition("BEGINS_WITH", B(b"by")), "begins_with(#a, :v)", [B(b"by")], True),
    "BEGINS_WITH other type": ("n", condition("BEGINS_WITH", S("5")), "begins_with(#a, :v)", [S("5")], False),
    "CONTAINS text": ("s", condition("CONTAINS", S("ex")), "contains(#a, :v)", [S("ex")], True),
    "CONTAINS member": ("ns", condition("CONTAINS", N(2)), "contains(#a, :v)", [N(2)], True),
    "CONTAINS element": ("l", condition("CONTAINS", N(1)), "contains(#a, :v)", [N(1)], True),
    "CONTAINS other type": ("s", condition("CONTAINS", N(1)), "contains(#a, :v)", [N(1)], False),
    "NOT_CONTAINS": ("s", condition("NOT_CONTAINS", S("xx")), "NOT contains(#a, :v)", [S("xx")], True),
    "NOT_CONTAINS contained": ("ss", condition("NOT_CONTAINS", S("a")), "NOT contains(#a, :v)", [S("a")], False),
    "NOT_NULL": ("z", condition("NOT_NULL"), "attribute_exists(#a)", [], True),
    "NOT_NULL missing": ("missing", condition("NOT_NULL"), "attribute_exists(#a)", [], False),
    "NULL": ("missing", condition("NULL"), "attribute_not_exists(#a)", [], True),
    # NULL is about the attribute, not about its type.
    "NULL of a NULL": ("z", condition("NULL"), "attribute_not_exists(#a)", [], False),
    "without list": ("n", {"ComparisonOperator": "NOT_NULL"}, "attribute_exists(#a)", [], True),
    "operator with Value": ("n", {"ComparisonOperator": "GT", "Value": N(4)}, "#a > :v", [N(4)], True),
    "Value": ("n", {"Value": N(5)}, "#a = :v", [N(5)], True),
    "Value and Exists": ("n", {"Value": N(6), "Exists": True}, "#a = :v", [N(6)], False),
    "Exists false": ("missing", {"Exists": False}, "attribute_not_exists(#a)", [], True),
    "Exists false but there": ("n", {"Exists": False}, "attribute_not_exists(#a)", [], False),
    # Names are those of top-level attributes; a dot is a dot.
    "dot in the name": ("m.x", {"Value": S("dot")}, "#a = :v", [S("dot")], True),
}


def holds(call):
    try:
        call()
        return True
    except Exception as error:
        assert error.response["Error"]["Code"] == "ConditionalCheckFailedException", error
        return False


@pytest.mark.parametrize("case", CONDITIONS)
def test_decides_as_the_expression_does(write, case):
    attribute, expected, expression, values, wanted = CONDITIONS[case]
    more = {"ExpressionAttributeValues": dict(zip((":v", ":w"), values))} if values else {}
    assert holds(lambda: write(ConditionExpression=expression, ExpressionAttributeNames={"#a": attribute}, **more)) is wanted
    assert holds(lambda: write(Expected={attribute: expected})) is wanted


# The one difference: of a missing attribute neither CONTAINS nor NOT_CONTAINS holds.
def test_a_missing_attribute_neither_contains_nor_not(write):
    assert not holds(lambda: write(Expected={"missing": condition("CONTAINS", S("a"))}))
    assert not holds(lambda: write(Expected={"missing": condition("NOT_CONTAINS", S("a"))}))


@pytest.mark.parametrize("operation", WRITES)
def test_decides_on_each_write(ddb, hash_table, key, write, operation):
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        write(operation, Expected={"n": {"Value": N(6)}})
    assert ddb.get_item(TableName=hash_table, Key=key)["Item"] == {**key, **ITEM}
    write(operation, Expected={"n": {"Value": N(5)}})


# The idiom of old clients for "only if it is new".
def test_exists_false_on_the_key_creates_once(ddb, hash_table):
    item = {"pk": S(random_key()), "a": N(1)}
    ddb.put_item(TableName=hash_table, Item=item, Expected={"pk": {"Exists": False}})
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        ddb.put_item(TableName=hash_table, Item=item, Expected={"pk": {"Exists": False}})


TRUE_ONE, FALSE_ONE = {"n": {"Value": N(5)}}, {"s": {"Value": S("no")}}


@pytest.mark.parametrize("operator, wanted", [(None, False), ("AND", False), ("OR", True)])
def test_joins(write, operator, wanted):
    more = {"ConditionalOperator": operator} if operator else {}
    assert holds(lambda: write(Expected={**TRUE_ONE, **FALSE_ONE}, **more)) is wanted


def test_an_empty_expected_expects_nothing(write):
    write(Expected={})


@pytest.mark.parametrize("operation", WRITES)
def test_shows_the_item_on_failure(ddb, key, write, operation):
    with pytest.raises(ddb.exceptions.ConditionalCheckFailedException) as failure:
        write(operation, Expected={"n": {"Value": N(6)}}, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert failure.value.response["Item"] == {**key, **ITEM}


# --- Refusals ---------------------------------------------------------------------------------------

REFUSED = {
    "nothing": ({}, "Value must be provided when Exists is null for Attribute: a"),
    "Exists true alone": ({"Exists": True}, "Value must be provided when Exists is true for Attribute: a"),
    "Exists false with Value": ({"Exists": False, "Value": S("x")}, "Value cannot be used when Exists is false for Attribute: a"),
    "Value and list": ({"Value": S("x"), "AttributeValueList": [S("x")], "ComparisonOperator": "EQ"},
                       "Value and AttributeValueList cannot be used together for Attribute: a"),
    "operator alone": ({"ComparisonOperator": "EQ"}, "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a"),
    "operator and Exists": ({"ComparisonOperator": "EQ", "Exists": True},
                            "Exists and ComparisonOperator cannot be used together for Attribute: a"),
    "list without operator": ({"AttributeValueList": []}, "AttributeValueList can only be used with a ComparisonOperator for Attribute: a"),
}


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("case", REFUSED)
def test_refuses_members_that_do_not_go_together(write, operation, case):
    expected, text = REFUSED[case]
    with invalid(ENV + P + text):
        write(operation, Expected={"a": expected})


@pytest.mark.parametrize("case", BAD_ARGUMENTS)
def test_refuses_the_arguments(write, case):
    expected, text = BAD_ARGUMENTS[case]
    with invalid(ENV + text):
        write(Expected={"a": expected})


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("case", BAD_VALUES)
def test_checks_values_like_those_of_items(write, operation, case):
    with invalid(ENV + newer_text(case)):
        write(operation, Expected={"a": {"Value": BAD_VALUES[case][0]}})
    with invalid(ENV + newer_text(case)):
        write(operation, Expected={"a": condition("EQ", BAD_VALUES[case][0])})


@pytest.mark.parametrize("operation", WRITES)
def test_a_conditional_operator_wants_two_conditions(write, operation):
    with invalid(ENV + WITHOUT_CONDITIONS):
        write(operation, ConditionalOperator="AND")
    with invalid(ENV + WITHOUT_CONDITIONS):
        write(operation, ConditionalOperator="OR", Expected={})
    with invalid(ENV + TOO_FEW):
        write(operation, ConditionalOperator="OR", Expected=TRUE_ONE)


@pytest.mark.parametrize("operation", WRITES)
def test_refuses_words_that_are_none(write, operation):
    with invalid(ENV + BAD_OPERATOR_NEWER):
        write(operation, ConditionalOperator="XOR", Expected={**TRUE_ONE, **FALSE_ONE})
    with invalid(f"{ENV}Value 'LIKE' at 'expected.a.member.comparisonOperator' {FSC}{enum_of(COMPARISON_OPERATORS)}"):
        write(operation, Expected={"a": condition("LIKE", S("x"))})


# AWS hands requests with very deep values to its older validator, which has other words and no envelope.
@pytest.mark.parametrize("operation", WRITES)
def test_very_deep_values_go_to_the_older_validator(write, operation):
    with invalid(ENV + BAD_OPERATOR_NEWER):
        write(operation, ConditionalOperator="XOR", Expected={"a": {"Value": nested(40)}})
    with invalid(f"{ENV}Value 'XOR' at 'conditionalOperator' {FSC}{enum_of('OR, AND')}"):
        write(operation, ConditionalOperator="XOR", Expected={"a": {"Value": nested(100)}})
    with invalid(NEST):
        write(operation, Expected={"a": {"Value": nested(100)}})


MIXES = {
    "PutItem": ({}, "Expected, ConditionalOperator", "ConditionExpression"),
    "DeleteItem": ({}, "Expected, ConditionalOperator", "ConditionExpression"),
    "UpdateItem": ({"UpdateExpression": "REMOVE n", "AttributeUpdates": {}}, "AttributeUpdates, Expected, ConditionalOperator",
                   "UpdateExpression, ConditionExpression"),
}


@pytest.mark.parametrize("operation", WRITES)
def test_does_not_mix_with_expressions(write, operation):
    more, legacy, expressions = MIXES[operation]
    with invalid(ENV + mix(legacy, expressions)):
        write(operation, Expected=TRUE_ONE, ConditionalOperator="AND", ConditionExpression="attribute_exists(n)", **more)
    with invalid(ENV + mix("Expected", "ConditionExpression")):
        write(operation, Expected={}, ConditionExpression="attribute_exists(n)")


# What comes first when two things are wrong.
@pytest.mark.parametrize("operation", WRITES)
def test_checks_in_order(ddb, write, operation):
    bad = {"a": {"Value": N("abc")}}
    with invalid(f"{ENV}{bad_consumed_capacity('X')}"):
        write(operation, Expected=bad, ReturnConsumedCapacity="X")
    with invalid(ENV + mix("Expected", "ConditionExpression")):
        write(operation, Expected=bad, ConditionExpression="(")
    with invalid(ENV + "ExpressionAttributeNames can only be specified when using expressions"):
        write(operation, Expected=bad, ExpressionAttributeNames={"#a": "a"})
    with invalid(ENV + TOO_FEW):
        write(operation, Expected=bad, ConditionalOperator="AND")
    # The table is looked up only after all of this.
    with invalid(ENV + newer_text("letters")):
        ddb.delete_item(TableName=random_name(), Key={"pk": S("a")}, Expected=bad)


@pytest.mark.parametrize("members", [{"Expected": {"n": None}}, {"AttributeUpdates": {"n": None}}])
def test_null_in_the_place_of_an_argument_is_refused(wire, ddb, hash_table, key, members):
    """Passing it over would write without the condition that was meant. (The text is Pumice's: AWS's names the path.)"""
    answer = wire.call("UpdateItem", {"TableName": hash_table, "Key": key, **members})
    assert answer.error == ("ValidationException", "1 validation error detected: Value null in a list or map failed to satisfy "
                                                   "constraint: Member must not be null")
    assert ddb.get_item(TableName=hash_table, Key=key)["Item"] == {**key, **ITEM}
