# SPDX-License-Identifier: Apache-2.0
"""AttributeUpdates of UpdateItem: PUT, ADD and DELETE from before expressions."""

import pytest

from support.errors import ENV, FSC, P, enum_of, invalid
from support.legacy import mix
from support.tables import random_key
from support.values import B, BAD_VALUES, BS, FALSE, L, M, N, NS, NULL, S, SS, TRUE, newer_text

ITEM = {"s": S("text"), "n": N(5), "l": L(S("a")), "m": M(x=N(1)), "ss": SS("a", "b"), "ns": NS(1, 2), "bs": BS(b"a", b"b")}


@pytest.fixture
def key(ddb, hash_table):
    found = {"pk": S(random_key())}
    ddb.put_item(TableName=hash_table, Item={**found, **ITEM})
    return found


@pytest.fixture
def update(ddb, hash_table, key):
    def call(updates=None, at=key, **more):
        if updates is not None:
            more["AttributeUpdates"] = updates
        return ddb.update_item(TableName=hash_table, Key=at, **more)
    return call


def get(ddb, table, key):
    return ddb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")


def put(value):
    return {"Action": "PUT", "Value": value}


def add(value):
    return {"Action": "ADD", "Value": value}


def delete(value=None):
    return {"Action": "DELETE", **({"Value": value} if value else {})}


# updates, the equivalent expression, its values, what of ITEM changes (None: the attribute is gone)
EFFECTS = {
    "PUT": ({"s": put(N(1))}, "SET s = :v", [N(1)], {"s": N(1)}),
    "PUT new": ({"a": put(M(x=L()))}, "SET a = :v", [M(x=L())], {"a": M(x=L())}),
    "without action": ({"a": {"Value": TRUE}}, "SET a = :v", [TRUE], {"a": TRUE}),
    "ADD number": ({"n": add(N(-7))}, "ADD n :v", [N(-7)], {"n": N(-2)}),
    "ADD new number": ({"a": add(N(3))}, "ADD a :v", [N(3)], {"a": N(3)}),
    "ADD texts": ({"ss": add(SS("b", "c"))}, "ADD ss :v", [SS("b", "c")], {"ss": SS("a", "b", "c")}),
    "ADD numbers": ({"ns": add(NS(3))}, "ADD ns :v", [NS(3)], {"ns": NS(1, 2, 3)}),
    "ADD bytes": ({"bs": add(BS(b"c"))}, "ADD bs :v", [BS(b"c")], {"bs": BS(b"a", b"b", b"c")}),
    "ADD new set": ({"a": add(SS("b"))}, "ADD a :v", [SS("b")], {"a": SS("b")}),
    # An expression's ADD takes no lists; this is its nearest.
    "ADD list": ({"l": add(L(N(1)))}, "SET l = list_append(l, :v)", [L(N(1))], {"l": L(S("a"), N(1))}),
    "DELETE": ({"s": delete()}, "REMOVE s", [], {"s": None}),
    "DELETE missing": ({"a": delete()}, "REMOVE a", [], {}),
    "DELETE members": ({"ss": delete(SS("a", "q"))}, "DELETE ss :v", [SS("a", "q")], {"ss": SS("b")}),
    "DELETE all members": ({"ns": delete(NS(1, 2))}, "DELETE ns :v", [NS(1, 2)], {"ns": None}),
    "DELETE from missing": ({"a": delete(BS(b"x"))}, "DELETE a :v", [BS(b"x")], {}),
    "several": ({"s": delete(), "a": put(S("new")), "n": add(N(1))}, "REMOVE s SET a = :v ADD n :w", [S("new"), N(1)],
                {"s": None, "a": S("new"), "n": N(6)}),
    "none": ({}, None, [], {}),
}


@pytest.mark.parametrize("case", EFFECTS)
@pytest.mark.parametrize("return_values", ["ALL_NEW", "ALL_OLD", "UPDATED_NEW", "UPDATED_OLD", "NONE"])
def test_changes_as_the_expression_does(ddb, hash_table, key, update, case, return_values):
    updates, expression, values, changes = EFFECTS[case]
    twin = {"pk": S(random_key())}
    ddb.put_item(TableName=hash_table, Item={**twin, **ITEM})
    more = {"UpdateExpression": expression} if expression else {}
    if values:
        more["ExpressionAttributeValues"] = dict(zip((":v", ":w"), values))
    wanted = update(at=twin, ReturnValues=return_values, **more).get("Attributes")
    answer = update(updates, ReturnValues=return_values).get("Attributes")
    if wanted and "pk" in wanted:
        wanted = {**wanted, **key}
    assert answer == wanted
    kept = {name: value for name, value in {**ITEM, **changes}.items() if value is not None}
    assert get(ddb, hash_table, key) == {**key, **kept}


# Names are those of top-level attributes; a dot is a dot.
def test_a_dot_is_a_part_of_the_name(ddb, hash_table, key, update):
    update({"m.x": put(N(9))})
    assert get(ddb, hash_table, key) == {**key, **ITEM, "m.x": N(9)}


@pytest.mark.parametrize("updates, made", [
    ({}, {}),
    ({"a": put(S("x"))}, {"a": S("x")}),
    ({"a": add(L(N(1)))}, {"a": L(N(1))}),
    ({"a": add(SS("x")), "b": delete()}, {"a": SS("x")}),
    ({"a": delete()}, None),
    ({"a": delete(SS("x")), "b": delete()}, None),
], ids=["no update", "PUT", "ADD list", "ADD and DELETE", "DELETE", "DELETE members"])
def test_makes_a_missing_item_unless_it_only_takes_away(ddb, hash_table, update, updates, made):
    key = {"pk": S(random_key())}
    update(updates, at=key)
    assert get(ddb, hash_table, key) == (None if made is None else {**key, **made})


def test_goes_with_expected(ddb, hash_table, key, update):
    answer = update({"n": add(N(1))}, Expected={"n": {"Value": N(5)}}, ReturnValues="UPDATED_NEW")
    assert answer["Attributes"] == {"n": N(6)}


# The finished item counts; the same value by UpdateExpression is refused for the statement's own charge.
def test_fills_an_item_to_the_last_byte(update):
    key = {"pk": S("k" + random_key())}
    rest = 409_600 - len("pk") - len(key["pk"]["S"]) - len("v")
    update({"v": put(S("x" * rest))}, at=key)
    with invalid("Item size to update has exceeded the maximum allowed size"):
        update({"v": put(S("x" * (rest + 1)))}, at=key)


# --- Refusals ---------------------------------------------------------------------------------------

ONLY_DELETE = P + "Only DELETE action is allowed when no attribute value is specified"
NOT_ADDED = {"S": S("x"), "B": B(b"x"), "BOOL": FALSE, "NULL": NULL, "M": M()}
NOT_DELETED = {**NOT_ADDED, "N": N(1), "L": L()}


@pytest.mark.parametrize("action", [{"Action": "PUT"}, {"Action": "ADD"}, {}], ids=["PUT", "ADD", "none"])
def test_wants_a_value(update, action):
    with invalid(ENV + ONLY_DELETE):
        update({"a": action})


@pytest.mark.parametrize("kind", NOT_ADDED)
def test_refuses_to_add(update, kind):
    with invalid(f"{ENV}{P}ADD action is not supported for the type {kind}"):
        update({"a": add(NOT_ADDED[kind])})


@pytest.mark.parametrize("kind", NOT_DELETED)
def test_refuses_to_delete(update, kind):
    with invalid(f"{ENV}{P}DELETE action with value is not supported for the type {kind}"):
        update({"a": delete(NOT_DELETED[kind])})


@pytest.mark.parametrize("updates", [{"s": add(N(1))}, {"n": add(NS(1))}, {"ss": add(NS(1))}, {"ss": add(L())},
                                     {"ss": delete(NS(1))}, {"n": delete(NS(1))}],
                         ids=["N to S", "NS to N", "NS to SS", "L to SS", "NS from SS", "NS from N"])
def test_refuses_types_that_do_not_go_together(ddb, hash_table, key, update, updates):
    with invalid("Type mismatch for attribute to update"):
        update(updates)
    assert get(ddb, hash_table, key) == {**key, **ITEM}


@pytest.mark.parametrize("case", BAD_VALUES)
def test_checks_values_like_those_of_items(update, case):
    with invalid(ENV + newer_text(case)):
        update({"a": put(BAD_VALUES[case][0])})


def test_refuses_an_action_that_is_none(update):
    with invalid(f"{ENV}Value 'SET' at 'attributeUpdates.a.member.action' {FSC}{enum_of('ADD, PUT, DELETE')}"):
        update({"a": {"Action": "SET", "Value": S("x")}})


def test_refuses_to_change_the_key(update):
    with invalid(P + "Cannot update attribute pk. This attribute is part of the key"):
        update({"pk": put(S("x"))})


def test_does_not_mix_with_expressions(update):
    with invalid(ENV + mix("AttributeUpdates", "UpdateExpression")):
        update({"a": put(S("x"))}, UpdateExpression="SET a = b")
    with invalid(ENV + mix("AttributeUpdates", "ConditionExpression")):
        update({"a": put(S("x"))}, ConditionExpression="attribute_exists(a)")


# What comes first when two things are wrong.
def test_checks_in_order(update):
    with invalid(f"{ENV}{newer_text('letters')}"):
        update({"a": put(S("x"))}, at={"pk": N("abc")})
    with invalid(ENV + ONLY_DELETE):
        update({"a": {"Action": "PUT"}}, Expected={"a": {"Exists": True}})
    with invalid(ENV + newer_text("letters")):
        update({"pk": put(N("abc"))})
