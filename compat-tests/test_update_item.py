# SPDX-License-Identifier: Apache-2.0
"""UpdateItem: what an update does and answers. The expression's grammar and its refusals: test_expressions_update.py."""

import pytest

from support.errors import (BAD_RETURN_VALUES, CONDITION_FAILED, CONDITION_NOT_MET, EMPTY_INDEX_KEY_BY_UPDATE, EMPTY_KEY, ENV, FSC,
                            KEY_MISMATCH, NAME_TOO_LARGE, NEST, NOT_FOUND, P, UPDATE_TOO_LARGE, bad_consumed_capacity, invalid,
                            length_at_least, refused)
from support.tables import random_key, random_name
from support.values import B, BS, FALSE, L, M, N, NS, NULL, S, SS, TRUE, nested

ITEM = {"s": S("text"), "n": N(5), "l": L(S("a"), S("b"), S("c")), "m": M(x=N(1), y=M(z=S("deep"))), "ss": SS("a", "b"),
        "ns": NS(1, 2), "bs": BS(b"a", b"b"), "nul": NULL, "yes": TRUE}


@pytest.fixture
def key(ddb, hash_table):
    """The key of a fresh ITEM."""
    found = {"pk": S(random_key())}
    ddb.put_item(TableName=hash_table, Item={**found, **ITEM})
    return found


@pytest.fixture
def update(ddb, hash_table):
    def call(key, expression=None, values=None, names=None, **more):
        request = {"TableName": hash_table, "Key": key, **more}
        if expression is not None:
            request["UpdateExpression"] = expression
        if values:
            request["ExpressionAttributeValues"] = values
        if names:
            request["ExpressionAttributeNames"] = names
        return ddb.update_item(**request)
    return call


def get(ddb, table, key):
    return ddb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")


# expression, values, what of ITEM changes (None: the attribute is gone)
EFFECTS = {
    "SET new": ("SET a = :v", {":v": S("x")}, {"a": S("x")}),
    "SET existing": ("SET s = :v", {":v": N(1)}, {"s": N(1)}),
    "SET several": ("SET a = :v, s = :v", {":v": TRUE}, {"a": TRUE, "s": TRUE}),
    "SET from a path": ("SET a = m.y.z", None, {"a": S("deep")}),
    "SET from a list element": ("SET a = l[1]", None, {"a": S("b")}),
    "SET sum": ("SET n = n + :v", {":v": N(2)}, {"n": N(7)}),
    "SET difference": ("SET n = n - :v", {":v": N(7)}, {"n": N(-2)}),
    "SET of two paths": ("SET a = n + m.x", None, {"a": N(6)}),
    "SET in parentheses": ("SET n = (n - :v)", {":v": N(1)}, {"n": N(4)}),
    # Every right-hand side reads the item as it was before the update.
    "SET swaps": ("SET s = n, n = s", None, {"s": N(5), "n": S("text")}),
    "SET and REMOVE read the old item": ("REMOVE s SET a = s", None, {"s": None, "a": S("text")}),
    "SET nested": ("SET m.y.z = :v", {":v": N(9)}, {"m": M(x=N(1), y=M(z=N(9)))}),
    "SET nested new": ("SET m.w = :v", {":v": N(9)}, {"m": M(x=N(1), w=N(9), y=M(z=S("deep")))}),
    "SET list element": ("SET l[1] = :v", {":v": N(9)}, {"l": L(S("a"), N(9), S("c"))}),
    "SET beyond the list appends": ("SET l[9] = :v", {":v": N(9)}, {"l": L(S("a"), S("b"), S("c"), N(9))}),
    "SET beyond the list appends in index order": (
        "SET l[9] = :v, l[7] = :w", {":v": N(9), ":w": N(7)}, {"l": L(S("a"), S("b"), S("c"), N(7), N(9))}),
    "if_not_exists of an attribute": ("SET s = if_not_exists(s, :v)", {":v": N(1)}, {}),
    "if_not_exists of nothing": ("SET a = if_not_exists(a, :v)", {":v": N(1)}, {"a": N(1)}),
    "if_not_exists of two paths": ("SET a = if_not_exists(a, n)", None, {"a": N(5)}),
    "if_not_exists in if_not_exists": ("SET a = if_not_exists(b, if_not_exists(c, :v))", {":v": N(1)}, {"a": N(1)}),
    "if_not_exists in a sum": ("SET a = if_not_exists(a, :z) + :v", {":z": N(0), ":v": N(3)}, {"a": N(3)}),
    "if_not_exists less a value": ("SET n = if_not_exists(n, :z) - :v", {":z": N(0), ":v": N(3)}, {"n": N(2)}),
    "list_append behind": ("SET l = list_append(l, :v)", {":v": L(N(1))}, {"l": L(S("a"), S("b"), S("c"), N(1))}),
    "list_append in front": ("SET l = list_append(:v, l)", {":v": L(N(1))}, {"l": L(N(1), S("a"), S("b"), S("c"))}),
    "list_append to nothing": (
        "SET a = list_append(if_not_exists(a, :e), :v)", {":e": L(), ":v": L(N(1))}, {"a": L(N(1))}),
    "REMOVE": ("REMOVE s, n", None, {"s": None, "n": None}),
    "REMOVE missing": ("REMOVE nothing", None, {}),
    "REMOVE nested": ("REMOVE m.y", None, {"m": M(x=N(1))}),
    "REMOVE missing leaf": ("REMOVE m.q", None, {}),
    "REMOVE list element": ("REMOVE l[1]", None, {"l": L(S("a"), S("c"))}),
    # The gaps close after all removals.
    "REMOVE two list elements": ("REMOVE l[0], l[1]", None, {"l": L(S("c"))}),
    "REMOVE beyond the list": ("REMOVE l[9]", None, {}),
    "REMOVE and SET in one list": ("REMOVE l[0] SET l[1] = :v", {":v": N(9)}, {"l": L(N(9), S("c"))}),
    "ADD a number": ("ADD n :v", {":v": N(3)}, {"n": N(8)}),
    "ADD a negative number": ("ADD n :v", {":v": N(-6)}, {"n": N(-1)}),
    "ADD to nothing": ("ADD a :v", {":v": N(3)}, {"a": N(3)}),
    "ADD nested": ("ADD m.x :v", {":v": N(3)}, {"m": M(x=N(4), y=M(z=S("deep")))}),
    "ADD to a string set": ("ADD ss :v", {":v": SS("c", "a")}, {"ss": SS("a", "b", "c")}),
    "ADD to a number set is by value": ("ADD ns :v", {":v": NS("1.0", "3")}, {"ns": NS(1, 2, 3)}),
    "ADD to a binary set": ("ADD bs :v", {":v": BS(b"c")}, {"bs": BS(b"a", b"b", b"c")}),
    "ADD a set to nothing": ("ADD a :v", {":v": SS("x")}, {"a": SS("x")}),
    "DELETE from a set": ("DELETE ss :v", {":v": SS("a", "q")}, {"ss": SS("b")}),
    "DELETE is by value": ("DELETE ns :v", {":v": NS("2.0")}, {"ns": NS(1)}),
    # There are no empty sets: with its last member the attribute goes.
    "DELETE the whole set": ("DELETE ss :v", {":v": SS("a", "b")}, {"ss": None}),
    "DELETE from nothing": ("DELETE a :v", {":v": SS("a")}, {}),
    "all four sections": ("ADD n :one REMOVE s DELETE ss :a SET b = :v", {":one": N(1), ":a": SS("a"), ":v": S("x")},
                          {"n": N(6), "s": None, "ss": SS("b"), "b": S("x")}),
    "lower case keywords": ("set a = :v remove s", {":v": S("x")}, {"a": S("x"), "s": None}),
    "blanks anywhere": ("  SET  a=:v ,\n m . w\t= :v", {":v": N(1)}, {"a": N(1), "m": M(x=N(1), w=N(1), y=M(z=S("deep")))}),
}


@pytest.mark.parametrize("case", EFFECTS)
def test_changes_the_item(ddb, hash_table, key, update, case):
    expression, values, changes = EFFECTS[case]
    update(key, expression, values)
    wanted = {**key, **ITEM, **changes}
    assert get(ddb, hash_table, key) == {name: value for name, value in wanted.items() if value is not None}


# What the update finds wrong only when it is applied: bare texts, and the item stays as it was.
NO_ATTRIBUTE = "The provided expression refers to an attribute that does not exist in the item"
BAD_OPERAND = "An operand in the update expression has an incorrect data type"
BAD_PATH = "The document path provided in the update expression is invalid for update"
KEY_UPDATE = P + "Cannot update attribute pk. This attribute is part of the key"

APPLY_REFUSALS = {
    "SET from a missing path": ("SET a = nothing", None, NO_ATTRIBUTE),
    "SET from beyond a list": ("SET a = l[9]", None, NO_ATTRIBUTE),
    "sum with a missing path": ("SET a = nothing + :v", {":v": N(1)}, NO_ATTRIBUTE),
    "list_append to a missing path": ("SET a = list_append(nothing, :v)", {":v": L()}, NO_ATTRIBUTE),
    "sum with text": ("SET a = s + :v", {":v": N(1)}, BAD_OPERAND),
    "list_append to text": ("SET a = list_append(s, :v)", {":v": L()}, BAD_OPERAND),
    "ADD a number to text": ("ADD s :v", {":v": N(1)}, BAD_OPERAND),
    "ADD a string set to a number set": ("ADD ns :v", {":v": SS("a")}, BAD_OPERAND),
    "DELETE from a number": ("DELETE n :v", {":v": SS("a")}, BAD_OPERAND),
    "DELETE another type of set": ("DELETE ns :v", {":v": SS("a")}, BAD_OPERAND),
    "SET below a missing map": ("SET nothing.a = :v", {":v": N(1)}, BAD_PATH),
    "SET below text": ("SET s.a = :v", {":v": N(1)}, BAD_PATH),
    "SET an element of a map": ("SET m[0] = :v", {":v": N(1)}, BAD_PATH),
    "SET an element of nothing": ("SET nothing[0] = :v", {":v": N(1)}, BAD_PATH),
    "REMOVE below a missing map": ("REMOVE nothing.a", None, BAD_PATH),
    "SET the key": ("SET pk = :v", {":v": S("x")}, KEY_UPDATE),
    "REMOVE the key": ("REMOVE pk", None, KEY_UPDATE),
    "ADD to the key": ("ADD pk :v", {":v": N(1)}, KEY_UPDATE),
}


@pytest.mark.parametrize("case", APPLY_REFUSALS)
def test_refuses_to_apply(ddb, hash_table, key, update, case):
    expression, values, text = APPLY_REFUSALS[case]
    with invalid(text):
        update(key, expression, values)
    assert get(ddb, hash_table, key) == {**key, **ITEM}


# One update is all or nothing.
def test_a_refused_action_undoes_the_others(ddb, hash_table, key, update):
    with invalid(NO_ATTRIBUTE):
        update(key, "SET s = :v, a = nothing", {":v": S("new")})
    assert get(ddb, hash_table, key)["s"] == S("text")


# --- Creating items ---------------------------------------------------------------------------------

CREATIONS = {
    "no expression": (None, None, {}),
    "SET": ("SET a = :v", {":v": N(1)}, {"a": N(1)}),
    "ADD": ("ADD a :v", {":v": N(1)}, {"a": N(1)}),
    # Only taking away creates nothing.
    "REMOVE": ("REMOVE a", None, None),
    "REMOVE nested": ("REMOVE a.b", None, None),
    "DELETE": ("DELETE a :v", {":v": SS("x")}, None),
    "REMOVE beside SET": ("REMOVE b SET a = :v", {":v": N(1)}, {"a": N(1)}),
}


@pytest.mark.parametrize("case", CREATIONS)
def test_on_a_missing_item(ddb, hash_table, update, case):
    expression, values, wanted = CREATIONS[case]
    key = {"pk": S(random_key())}
    update(key, expression, values)
    assert get(ddb, hash_table, key) == (None if wanted is None else {**key, **wanted})


def test_a_nested_path_on_a_missing_item_is_invalid(update):
    with invalid(BAD_PATH):
        update({"pk": S(random_key())}, "SET a.b = :v", {":v": N(1)})


# --- ReturnValues -----------------------------------------------------------------------------------

RETURNS = {
    "NONE": ("NONE", "SET s = :v", {":v": S("x")}, None),
    "ALL_OLD": ("ALL_OLD", "SET s = :v", {":v": S("x")}, ITEM),
    "ALL_NEW": ("ALL_NEW", "SET s = :v", {":v": S("x")}, {**ITEM, "s": S("x")}),
    "UPDATED_OLD": ("UPDATED_OLD", "SET s = :v, a = :v", {":v": S("x")}, {"s": S("text")}),
    "UPDATED_NEW": ("UPDATED_NEW", "SET s = :v, a = :v", {":v": S("x")}, {"s": S("x"), "a": S("x")}),
    # A value that stays the same counts as updated.
    "UPDATED_NEW of the same value": ("UPDATED_NEW", "SET s = :v", {":v": S("text")}, {"s": S("text")}),
    "UPDATED_OLD of a new attribute": ("UPDATED_OLD", "SET a = :v", {":v": S("x")}, None),
    "UPDATED_NEW of REMOVE": ("UPDATED_NEW", "REMOVE s", None, None),
    "UPDATED_OLD of REMOVE": ("UPDATED_OLD", "REMOVE s", None, {"s": S("text")}),
    # Only what the expression names, in its place in the document.
    "UPDATED_NEW nested": ("UPDATED_NEW", "SET m.x = :v", {":v": N(2)}, {"m": M(x=N(2))}),
    "UPDATED_OLD nested": ("UPDATED_OLD", "SET m.x = :v", {":v": N(2)}, {"m": M(x=N(1))}),
    "UPDATED_NEW of two members of a map": (
        "UPDATED_NEW", "SET m.x = :v, m.y.z = :v", {":v": N(2)}, {"m": M(x=N(2), y=M(z=N(2)))}),
    "UPDATED_NEW of a list element": ("UPDATED_NEW", "SET l[1] = :v", {":v": N(2)}, {"l": L(N(2))}),
    "UPDATED_NEW of ADD": ("UPDATED_NEW", "ADD n :v", {":v": N(2)}, {"n": N(7)}),
    "UPDATED_OLD of ADD": ("UPDATED_OLD", "ADD n :v", {":v": N(2)}, {"n": N(5)}),
    "UPDATED_NEW of DELETE": ("UPDATED_NEW", "DELETE ss :v", {":v": SS("a")}, {"ss": SS("b")}),
}


@pytest.mark.parametrize("case", RETURNS)
def test_returns(key, update, case):
    wanted, expression, values, attributes = RETURNS[case]
    answer = update(key, expression, values, ReturnValues=wanted)
    whole_item = attributes is not None and wanted.startswith("ALL")
    assert answer.get("Attributes") == ({**key, **attributes} if whole_item else attributes)


@pytest.mark.parametrize("wanted, attributes", [("ALL_OLD", None), ("UPDATED_OLD", None), ("UPDATED_NEW", {"a": N(1)})])
def test_returns_of_a_new_item(update, wanted, attributes):
    answer = update({"pk": S(random_key())}, "SET a = :v", {":v": N(1)}, ReturnValues=wanted)
    assert answer.get("Attributes") == attributes


def test_all_new_of_a_new_item_holds_the_key(update):
    key = {"pk": S(random_key())}
    assert update(key, "SET a = :v", {":v": N(1)}, ReturnValues="ALL_NEW")["Attributes"] == {**key, "a": N(1)}


# --- Conditions -------------------------------------------------------------------------------------


def test_a_condition_that_holds_updates(key, update):
    answer = update(key, "SET n = :v", {":v": N(1), ":five": N(5)}, ConditionExpression="n = :five", ReturnValues="UPDATED_NEW")
    assert answer["Attributes"] == {"n": N(1)}


def test_a_failed_condition_leaves_the_item(ddb, hash_table, key, update):
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        update(key, "SET n = :v", {":v": N(1)}, ConditionExpression="n = :v")
    assert get(ddb, hash_table, key) == {**key, **ITEM}


def test_a_failed_condition_creates_nothing(ddb, hash_table, update):
    key = {"pk": S(random_key())}
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        update(key, "SET n = :v", {":v": N(1)}, ConditionExpression="attribute_exists(pk)")
    assert get(ddb, hash_table, key) is None


# The Go SDK's users asked for this where DynamoDB Local ignored it.
def test_a_failed_condition_can_return_the_item(ddb, key, update):
    with pytest.raises(ddb.exceptions.ConditionalCheckFailedException) as caught:
        update(key, "SET n = :v", {":v": N(1)}, ConditionExpression="n = :v", ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert caught.value.response["Item"] == {**key, **ITEM}


# The condition is judged first: what the update would have refused does not show.
def test_a_failed_condition_beats_an_update_that_cannot_be_applied(key, update):
    with refused("ConditionalCheckFailedException", CONDITION_FAILED):
        update(key, "SET a = nothing", {":v": N(1)}, ConditionExpression="n = :v")


# --- Refusals of the request ------------------------------------------------------------------------

REFUSALS = {
    "empty table name": ({"TableName": ""}, f"{ENV}Value at 'TableName' {FSC}{length_at_least(1)}"),
    "unknown ReturnValues": ({"ReturnValues": "X"}, ENV + BAD_RETURN_VALUES),
    # Unlike PutItem and DeleteItem, UpdateItem stops there.
    "unknown ReturnValues beside another": ({"ReturnValues": "X", "ReturnConsumedCapacity": "Y"}, ENV + BAD_RETURN_VALUES),
    "attribute too many": ({"Key": {"pk": S("a"), "b": S("c")}}, KEY_MISMATCH),
    "no key attribute": ({"Key": {}}, KEY_MISMATCH),
    "key of another type": ({"Key": {"pk": N(1)}}, KEY_MISMATCH),
    "empty key": ({"Key": {"pk": S("")}}, EMPTY_KEY + "pk"),
    "values without an expression": ({"ExpressionAttributeValues": {":v": S("a")}},
                                     ENV + "ExpressionAttributeValues can only be specified when using expressions"),
    "names without an expression": ({"ExpressionAttributeNames": {"#n": "a"}},
                                    ENV + "ExpressionAttributeNames can only be specified when using expressions"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses(ddb, hash_table, case):
    changes, text = REFUSALS[case]
    with invalid(text):
        ddb.update_item(**{"TableName": hash_table, "Key": {"pk": S("a")}, **changes})


# Without Key the older validator judges the whole request, in its own order and spelling.
@pytest.mark.parametrize("changes, text", [
    ({}, f"{ENV}Value null at 'key' {FSC}Member must not be null"),
    ({"TableName": ""}, f"2 validation errors detected: Value '' at 'tableName' {FSC}{length_at_least(1)}; "
                        f"Value null at 'key' {FSC}Member must not be null"),
    ({"ReturnConsumedCapacity": "X"}, f"2 validation errors detected: {bad_consumed_capacity('X')}; "
                                      f"Value null at 'key' {FSC}Member must not be null"),
], ids=["alone", "empty table name", "unknown enum"])
def test_the_key_is_required(ddb, hash_table, changes, text):
    with invalid(text):
        ddb.update_item(**{"TableName": hash_table, **changes})


def test_an_unknown_table_is_not_named(ddb):
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.update_item(TableName=random_name(), Key={"pk": S("a")})


# --- Sizes and indexes ------------------------------------------------------------------------------


def test_an_item_may_not_grow_beyond_the_limit(ddb, hash_table, update):
    key = {"pk": S(random_key())}
    ddb.put_item(TableName=hash_table, Item={**key, "a": S("x" * 300_000)})
    with invalid("Item size to update has exceeded the maximum allowed size"):
        update(key, "SET b = :v", {":v": S("x" * 200_000)})


# UpdateItem is also sized by its statement: one SET costs 19 bytes beside the name and the value, and the key
# is not counted. With a key of one byte the largest item is therefore 19 bytes below 400 KB.
@pytest.mark.parametrize("length, fits", [(409_600 - 3 - 19 - 1, True), (409_600 - 3 - 19, False)], ids=["fits", "does not"])
def test_the_statement_is_charged(update, length, fits):
    call = lambda: update({"pk": S("K")}, "SET b = :v", {":v": S("x" * length)})
    if fits:
        call()
    else:
        with invalid("Item size to update has exceeded the maximum allowed size"):
            call()


# The charge is checked before the condition.
def test_a_statement_too_large_beats_a_failed_condition(update):
    with invalid("Item size to update has exceeded the maximum allowed size"):
        update({"pk": S("K")}, "SET b = :v", {":v": S("x" * 409_700)}, ConditionExpression="attribute_exists(nothing)")


def test_a_value_too_deep_is_refused_before_the_condition(update):
    with invalid(ENV + NEST):
        update({"pk": S(random_key())}, "SET a = :a", {":a": N(1), ":v": nested(32)}, ConditionExpression="b = :v")


def entries(ddb, table, index, **key):
    [(name, value)] = key.items()
    return ddb.query(TableName=table, IndexName=index, KeyConditionExpression=f"{name} = :v", ExpressionAttributeValues={":v": value})["Items"]


def test_an_index_entry_follows_its_key(ddb, index_table):
    key, old, new = {"pk": S(random_key()), "sk": S("a")}, S(random_key()), S(random_key())
    ddb.put_item(TableName=index_table, Item={**key, "g": old})
    ddb.update_item(TableName=index_table, Key=key, UpdateExpression="SET g = :g", ExpressionAttributeValues={":g": new})
    assert entries(ddb, index_table, "global_all", g=old) == []
    assert entries(ddb, index_table, "global_all", g=new) == [{**key, "g": new}]


def test_removing_the_index_key_removes_the_entry(ddb, index_table):
    key, group = {"pk": S(random_key()), "sk": S("a")}, S(random_key())
    ddb.put_item(TableName=index_table, Item={**key, "g": group})
    ddb.update_item(TableName=index_table, Key=key, UpdateExpression="REMOVE g")
    assert entries(ddb, index_table, "global_all", g=group) == []


# What the operands tell of an index key is told before the condition.
@pytest.mark.parametrize("update, value, text", [
    ("SET g = :v", N(1), P + "Type mismatch for Index Key g Expected: S Actual: N IndexName: global_all"),
    ("ADD g :v", N(1), P + "Type mismatch for Index Key g Expected: S Actual: N IndexName: global_all"),
    ("SET g = n + :v", N(1), P + "Type mismatch for Index Key g Expected: S Actual: N IndexName: global_all"),
    ("SET g = :v", S(""), EMPTY_INDEX_KEY_BY_UPDATE),
    ("SET g = :v", S("x" * 2049),
     P + "Size limit exceeded for Index Key g Actual Size: 2049 bytes Max Size: 2048 bytes IndexName: global_all"),
], ids=["type", "type by ADD", "type of a sum", "empty", "size"])
def test_an_operand_that_cannot_be_an_index_key_is_refused(ddb, index_table, update, value, text):
    key = {"pk": S(random_key()), "sk": S("a")}
    with invalid(text):
        ddb.update_item(TableName=index_table, Key=key, UpdateExpression=update, ExpressionAttributeValues={":v": value}, **CONDITION_NOT_MET)
    assert get(ddb, index_table, key) is None


# Index keys that come out of the item have texts that name neither index nor key.
@pytest.mark.parametrize("value, text", [
    (N(1), "The update expression attempted to update the secondary index key to unsupported type"),
    (S(""), EMPTY_INDEX_KEY_BY_UPDATE),
    (S("x" * 2049), "The update expression attempted to update the secondary index key beyond allowed size limits"),
], ids=["type", "empty", "size"])
def test_an_attribute_that_cannot_be_an_index_key_is_refused(ddb, index_table, value, text):
    key = {"pk": S(random_key()), "sk": S("a")}
    ddb.put_item(TableName=index_table, Item={**key, "kept": value})
    with invalid(text):
        ddb.update_item(TableName=index_table, Key=key, UpdateExpression="SET g = kept")
    assert get(ddb, index_table, key) == {**key, "kept": value}


def test_the_item_size_counts_local_index_entries(ddb, index_table):
    key = {"pk": S(random_key()), "sk": S("a")}
    ddb.put_item(TableName=index_table, Item={**key, "x": S("x" * 204_900)})
    with invalid(UPDATE_TOO_LARGE):
        ddb.update_item(TableName=index_table, Key=key, UpdateExpression="SET l = :l", ExpressionAttributeValues={":l": S("l")})


def test_attribute_names_have_at_most_65535_bytes(ddb, hash_table):
    def update(name, value):
        ddb.update_item(TableName=hash_table, Key={"pk": S(random_key())}, UpdateExpression="SET #n = :v",
                        ExpressionAttributeNames={"#n": name}, ExpressionAttributeValues={":v": value})
    update("n" * 65_535, S("x"))
    with invalid(ENV + NAME_TOO_LARGE):
        update("n" * 65_536, S("x"))
    with invalid(ENV + NAME_TOO_LARGE):
        update("a", M(**{"n" * 65_536: S("x")}))


# All names and values of a request have at most 2 MB together. The texts are DynamoDB Local's.
@pytest.mark.parametrize("name_count, value_count, text", [
    (40, 1, "ExpressionAttributeNames exceeds max size"),
    (1, 40, "ExpressionAttributeValues exceeds max size"),
    (20, 20, "Combined size of ExpressionAttributeNames and ExpressionAttributeValues exceeds max size"),
], ids=["names", "values", "together"])
def test_placeholders_have_at_most_2_megabytes(ddb, hash_table, name_count, value_count, text):
    names = {f"#n{i}": f"{i}" + "n" * 60_000 for i in range(name_count)}
    values = {f":v{i}": S("v" * 60_000) for i in range(value_count)}
    condition = f"a IN ({', '.join(values)}) OR " + " OR ".join(f"attribute_exists({n})" for n in names)
    with invalid(ENV + text):
        ddb.update_item(TableName=hash_table, Key={"pk": S("a")}, ConditionExpression=condition, ExpressionAttributeNames=names,
                        ExpressionAttributeValues=values)


def test_placeholders_have_at_most_255_bytes(ddb, hash_table):
    def update(name):
        ddb.update_item(TableName=hash_table, Key={"pk": S("a")}, UpdateExpression=f"REMOVE {name}", ExpressionAttributeNames={name: "a"})
    update("#" + "n" * 254)
    with invalid(ENV + "ExpressionAttributeNames contains invalid key: "
                 "The expression attribute map contains a key that is too long; size of key: 256"):
        update("#" + "n" * 255)


# A counter that many clients raise at once loses no step.
def test_concurrent_counters_are_exact(ddb, hash_table):
    from concurrent.futures import ThreadPoolExecutor
    key = {"pk": S(random_key())}
    step = lambda _: ddb.update_item(TableName=hash_table, Key=key, UpdateExpression="ADD n :one", ExpressionAttributeValues={":one": N(1)})
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(step, range(200)))
    assert get(ddb, hash_table, key)["n"] == N(200)
