# SPDX-License-Identifier: Apache-2.0
"""TransactWriteItems: all or nothing, the older validator's texts, the reasons of a cancellation, repeated tokens."""

import threading
import uuid

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from support.errors import (CONDITION_FAILED, EMPTY_INDEX_KEY_BY_UPDATE, EMPTY_KEY, ENV, FSC, KEY_MISMATCH, NEST, NOT_FOUND, P, PATTERN, bad_collection_metrics,
                            bad_consumed_capacity, invalid, length_at_least, length_at_most, refused)
from support.poll import until
from support.tables import definition, random_key, random_name, wait_until_active
from support.values import BAD_VALUES, N, S, nested, older_text

TWICE = "Transaction request cannot include multiple operations on one item"
CANCELLED = "Transaction cancelled, please refer cancellation reasons for specific reasons "
EXISTS, MISSING = {"ConditionExpression": "attribute_exists(pk)"}, {"ConditionExpression": "attribute_not_exists(pk)"}


@pytest.fixture
def key(range_table):
    """key("a") -> a key of this test's own partition."""
    pk = S(random_key())
    return lambda sk: {"pk": pk, "sk": S(sk)}


@pytest.fixture
def act(range_table):
    """act("Put", Item=…) -> an action on the table."""
    return lambda kind, **members: {kind: {"TableName": range_table, **members}}


def get(ddb, table, key):
    return ddb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")


def cancelled(call):
    """The reasons of the cancellation that the call must end in; its text must agree with them."""
    with pytest.raises(ClientError) as raised:
        call()
    answer = raised.value.response
    reasons = answer["CancellationReasons"]
    assert answer["Error"]["Code"] == "TransactionCanceledException"
    assert answer["Error"]["Message"] == CANCELLED + f"[{', '.join(reason['Code'] for reason in reasons)}]"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    return reasons


FAILED = {"Code": "ConditionalCheckFailed", "Message": CONDITION_FAILED}
NONE = {"Code": "None"}

# --- Accepted --------------------------------------------------------------------------------------


def test_does_all_kinds_of_actions_in_two_tables(ddb, range_table, hash_table, key, act):
    for sk in ("checked", "deleted", "updated"):
        ddb.put_item(TableName=range_table, Item=key(sk))
    other = {"pk": S(random_key())}
    answer = ddb.transact_write_items(TransactItems=[
        act("ConditionCheck", Key=key("checked"), **EXISTS),
        act("Delete", Key=key("deleted")),
        act("Update", Key=key("updated"), UpdateExpression="SET x = :x", ExpressionAttributeValues={":x": N(1)}),
        act("Put", Item=key("put")),
        {"Put": {"TableName": hash_table, "Item": other}}])
    assert set(answer) == {"ResponseMetadata"}
    assert get(ddb, range_table, key("checked")) == key("checked")
    assert get(ddb, range_table, key("deleted")) is None
    assert get(ddb, range_table, key("updated")) == {**key("updated"), "x": N(1)}
    assert get(ddb, range_table, key("put")) == key("put")
    assert get(ddb, hash_table, other) == other


def test_100_actions_are_accepted(ddb, range_table, key, act):
    ddb.transact_write_items(TransactItems=[act("Put", Item=key(str(i))) for i in range(100)])
    found = ddb.query(TableName=range_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": key("")["pk"]},
                      Select="COUNT")
    assert found["Count"] == 100


def test_accepts_the_arn_as_the_name(ddb, range_table, key):
    arn = ddb.describe_table(TableName=range_table)["Table"]["TableArn"]
    ddb.transact_write_items(TransactItems=[{"Put": {"TableName": arn, "Item": key("a")}}])
    assert get(ddb, range_table, key("a")) == key("a")


# An update that only takes away makes no item, as in UpdateItem.
def test_a_remove_makes_no_item(ddb, range_table, key, act):
    ddb.transact_write_items(TransactItems=[act("Update", Key=key("a"), UpdateExpression="REMOVE x")])
    assert get(ddb, range_table, key("a")) is None


# --- Cancelled -------------------------------------------------------------------------------------


def test_tells_every_failing_condition_and_writes_nothing(ddb, range_table, key, act):
    ddb.put_item(TableName=range_table, Item={**key("there"), "x": N(1)})
    reasons = cancelled(lambda: ddb.transact_write_items(TransactItems=[
        act("Put", Item=key("new")), act("Put", Item=key("there"), **MISSING), act("Delete", Key=key("none"), **EXISTS)]))
    assert reasons == [NONE, FAILED, FAILED]
    assert get(ddb, range_table, key("new")) is None


# Only an item that is there can be returned, and only where it was asked for.
def test_returns_the_item_of_a_failing_condition(ddb, range_table, key, act):
    ddb.put_item(TableName=range_table, Item={**key("there"), "x": N(1)})
    ask = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    reasons = cancelled(lambda: ddb.transact_write_items(TransactItems=[
        act("ConditionCheck", Key=key("there"), **MISSING, **ask), act("Update", Key=key("none"), UpdateExpression="SET x = x", **EXISTS, **ask)]))
    assert reasons == [{**FAILED, "Item": {**key("there"), "x": N(1)}}, FAILED]


# A validation error stands alone: no condition is told beside it, nor a second one.
def test_tells_only_the_first_validation_error(ddb, range_table, key, act):
    def add(sk):
        return act("Update", Key=key(sk), UpdateExpression="SET x = x + :n", ExpressionAttributeValues={":n": N(1)})
    for sk in ("a", "b"):
        ddb.put_item(TableName=range_table, Item={**key(sk), "x": S("text")})
    reasons = cancelled(lambda: ddb.transact_write_items(TransactItems=[act("ConditionCheck", Key=key("c"), **EXISTS), add("a"), add("b")]))
    assert reasons == [NONE, {"Code": "ValidationError", "Message": "An operand in the update expression has an incorrect data type"}, NONE]


@pytest.mark.parametrize("kind, members, message", [
    ("Put", {"Item": {"pk": N(1), "sk": S("a")}}, P + "Type mismatch for key pk expected: S actual: N"),
    ("Put", {"Item": {"pk": {"L": []}, "sk": S("a")}}, P + "Type mismatch for key pk expected: S actual: L"),
    ("Delete", {"Key": {"pk": N(1), "sk": S("a")}}, KEY_MISMATCH),
    ("Delete", {"Key": {}}, KEY_MISMATCH),
    ("Update", {"Key": {"pk": S("a")}, "UpdateExpression": "SET x = sk"}, KEY_MISMATCH),
    ("ConditionCheck", {"Key": {"pk": S("a"), "sk": S("b"), "x": S("c")}, **EXISTS}, KEY_MISMATCH),
])
def test_a_key_that_does_not_fit_is_a_reason(ddb, range_table, key, act, kind, members, message):
    reasons = cancelled(lambda: ddb.transact_write_items(TransactItems=[act("Put", Item=key("new")), act(kind, **members)]))
    assert reasons == [NONE, {"Code": "ValidationError", "Message": message}]
    assert get(ddb, range_table, key("new")) is None


@pytest.mark.parametrize("kind", ["Put", "Update"])
def test_a_wrong_typed_index_key_is_a_reason(ddb, index_table, kind):
    key = {"pk": S(random_key()), "sk": S("a")}
    action = {"TableName": index_table, "Item": {**key, "l": N(1)}} if kind == "Put" else {
        "TableName": index_table, "Key": key, "UpdateExpression": "SET l = :l", "ExpressionAttributeValues": {":l": N(1)}}
    reasons = cancelled(lambda: ddb.transact_write_items(TransactItems=[{kind: action}]))
    assert reasons == [{"Code": "ValidationError",
                        "Message": P + "Type mismatch for Index Key l Expected: S Actual: N IndexName: local_all"}]


# The finished item decides for an update; a put is too large before anything is looked at.
def test_an_updated_item_that_gets_too_large_is_a_reason(ddb, key, act):
    large = {":x": S("x" * 409_600)}
    reasons = cancelled(lambda: ddb.transact_write_items(TransactItems=[
        act("Update", Key=key("a"), UpdateExpression="SET x = :x", ExpressionAttributeValues=large)]))
    assert reasons == [{"Code": "ValidationError", "Message": "Item size to update has exceeded the maximum allowed size"}]
    with invalid("Item size has exceeded the maximum allowed size"):
        ddb.transact_write_items(TransactItems=[act("Put", Item={**key("a"), "x": large[":x"]})])


# 32 maps are one too many for an item, but not for a condition.
def test_how_deep_a_value_may_be(ddb, key, act):
    def check(levels):
        return act("ConditionCheck", Key=key("a"), ConditionExpression="x = :deep", ExpressionAttributeValues={":deep": nested(levels)})
    assert cancelled(lambda: ddb.transact_write_items(TransactItems=[check(32)])) == [FAILED]
    with invalid(f"ExpressionAttributeValues contains invalid value: {NEST} for key :deep"):
        ddb.transact_write_items(TransactItems=[check(33)])
    stored = act("Update", Key=key("a"), UpdateExpression="SET x = :deep", ExpressionAttributeValues={":deep": nested(32)})
    assert cancelled(lambda: ddb.transact_write_items(TransactItems=[stored])) == [{"Code": "ValidationError", "Message": NEST}]
    with invalid(NEST):
        ddb.transact_write_items(TransactItems=[act("Put", Item={**key("a"), "x": nested(32)})])


# --- Refused as a whole ----------------------------------------------------------------------------


def test_refuses_an_empty_list(ddb):
    with invalid(f"{ENV}Value '[]' at 'transactItems' {FSC}{length_at_least(1)}"):
        ddb.transact_write_items(TransactItems=[])


def test_reports_bad_members_together_and_before_a_missing_table(ddb):
    token = "t" * 37
    action = {"Put": {"TableName": random_name(), "Item": {"pk": S("a")}}}
    with invalid(f"3 validation errors detected: Value '{token}' at 'clientRequestToken' {FSC}{length_at_most(36)}; "
                 f"{bad_consumed_capacity('X')}; {bad_collection_metrics('Y')}"):
        ddb.transact_write_items(TransactItems=[action], ClientRequestToken=token, ReturnConsumedCapacity="X",
                                 ReturnItemCollectionMetrics="Y")


@pytest.mark.parametrize("kind, member", [("Put", "put"), ("Update", "update"), ("Delete", "delete"), ("ConditionCheck", "conditionCheck")])
def test_a_bad_table_name_is_told_with_its_place(ddb, key, act, kind, member):
    members = {"Put": {"Item": key("b")}, "Update": {"Key": key("b"), "UpdateExpression": "SET x = sk"}, "Delete": {"Key": key("b")},
               "ConditionCheck": {"Key": key("b"), **EXISTS}}
    with invalid(f"{ENV}Value 'a!b' at 'transactItems.2.member.{member}.tableName' {FSC}{PATTERN}"):
        ddb.transact_write_items(TransactItems=[act("Put", Item=key("a")), act(kind, **{**members[kind], "TableName": "a!b"})])


def test_refuses_an_empty_action(ddb, key, act):
    with invalid("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request"):
        ddb.transact_write_items(TransactItems=[act("Put", Item=key("a")), {}])


# Static checks go through the actions in order: the first that has any problem decides.
def test_the_first_bad_action_decides(ddb, range_table, key, act):
    bad_value = act("Delete", Key=key("a"), ConditionExpression="x = :v", ExpressionAttributeValues={":v": N("x")})
    bad_syntax = act("Delete", Key=key("b"), ConditionExpression="x = = y")
    unused = act("Delete", Key=key("b"), ExpressionAttributeNames={"#x": "x"}, **EXISTS)
    value_text = "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: x for key :v"
    syntax_text = 'Invalid ConditionExpression: Syntax error; token: "=", near: "= = y"'
    for actions, text in [([bad_value, bad_syntax], value_text), ([bad_syntax, bad_value], syntax_text),
                          ([unused, bad_value], "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}")]:
        with invalid(text):
            ddb.transact_write_items(TransactItems=[act("Put", Item=key("new")), *actions])
    assert get(ddb, range_table, key("new")) is None


def test_an_oversized_expression_refuses_the_whole(ddb, range_table, key, act):
    text = "Expression size has exceeded the maximum allowed size;"
    long = "x = y" + " " * 4092
    with invalid(f"Invalid ConditionExpression: {text} expression size: 4097"):
        ddb.transact_write_items(TransactItems=[act("Put", Item=key("new")), act("Delete", Key=key("a"), ConditionExpression=long)])
    with invalid(f"Invalid UpdateExpression: {text}"):
        ddb.transact_write_items(TransactItems=[act("Put", Item=key("new")), act("Update", Key=key("a"), UpdateExpression="SET " + long)])
    assert get(ddb, range_table, key("new")) is None


# Names of the item, then depth, then names inside; and a key that is too deep comes after the expression.
def test_the_order_of_what_is_wrong_with_one_action(ddb, key, act):
    with invalid("Empty attribute name"):
        ddb.transact_write_items(TransactItems=[act("Put", Item={**key("a"), "deep": nested(100), "": S("x")})])
    with invalid(NEST):
        ddb.transact_write_items(TransactItems=[act("Put", Item={**key("a"), "m": {"M": {"": S("x")}}, "z": nested(40)})])
    deep_key = {"pk": nested(40), "sk": S("a")}
    with invalid('Invalid ConditionExpression: Syntax error; token: "=", near: "= = y"'):
        ddb.transact_write_items(TransactItems=[act("Delete", Key=deep_key, ConditionExpression="x = = y")])
    with invalid(NEST):
        ddb.transact_write_items(TransactItems=[act("Delete", Key=deep_key, **EXISTS)])


# They come before one item twice, and that before a missing table.
def test_the_order_of_what_is_wrong_with_the_whole(ddb, key, act):
    missing = {"Put": {"TableName": random_name(), "Item": {"pk": S("a")}}}
    twice = [act("Put", Item=key("a")), act("Delete", Key=key("a"))]
    with invalid("Invalid ConditionExpression: The expression can not be empty;"):
        ddb.transact_write_items(TransactItems=[missing, *twice, act("Put", Item=key("b"), ConditionExpression="")])
    with invalid(TWICE):
        ddb.transact_write_items(TransactItems=[missing, *twice])
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.transact_write_items(TransactItems=[act("Delete", Key=key("a")), missing])


@pytest.mark.parametrize("first, second", [("Put", "Delete"), ("Put", "Put"), ("ConditionCheck", "Update"), ("Delete", "ConditionCheck")])
def test_refuses_one_item_twice(ddb, key, act, first, second):
    def action(kind):
        members = {"Put": {"Item": key("a")}, "Update": {"Key": key("a"), "UpdateExpression": "SET x = sk"},
                   "Delete": {"Key": key("a")}, "ConditionCheck": {"Key": key("a"), **EXISTS}}
        return act(kind, **members[kind])
    with invalid(TWICE):
        ddb.transact_write_items(TransactItems=[action(first), action(second)])


@pytest.mark.parametrize("kind", ["Put", "Update", "Delete", "ConditionCheck"])
def test_an_empty_key_refuses_the_whole(ddb, range_table, key, act, kind):
    empty = {"pk": S(""), "sk": S("a")}
    members = {"Put": {"Item": empty}, "Update": {"Key": empty, "UpdateExpression": "SET x = sk"}, "Delete": {"Key": empty},
               "ConditionCheck": {"Key": empty, **EXISTS}}
    with invalid(EMPTY_KEY + "pk"):
        ddb.transact_write_items(TransactItems=[act("Put", Item=key("new")), act(kind, **members[kind])])
    assert get(ddb, range_table, key("new")) is None


@pytest.mark.parametrize("kind", ["Put", "Update"])
def test_an_empty_index_key_refuses_the_whole(ddb, index_table, kind):
    key = {"pk": S(random_key()), "sk": S("a")}
    action = {"TableName": index_table, "Item": {**key, "l": S("")}} if kind == "Put" else {
        "TableName": index_table, "Key": key, "UpdateExpression": "SET l = :l", "ExpressionAttributeValues": {":l": S("")}}
    put_text = ("One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
                "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: local_all, IndexKey: l")
    with invalid(put_text if kind == "Put" else EMPTY_INDEX_KEY_BY_UPDATE):
        ddb.transact_write_items(TransactItems=[{kind: action}])


@pytest.mark.parametrize("name", BAD_VALUES)
def test_bad_values_of_an_item_and_of_an_expression(ddb, key, act, name):
    value = BAD_VALUES[name][0]
    text = older_text(name)
    with invalid(text):
        ddb.transact_write_items(TransactItems=[act("Put", Item={**key("a"), "x": value})])
    if name == "32 levels":
        return  # not too deep for an expression, see above
    with invalid(f"ExpressionAttributeValues contains invalid value: {text} for key :v"):
        ddb.transact_write_items(TransactItems=[
            act("Delete", Key=key("a"), ConditionExpression="x = :v", ExpressionAttributeValues={":v": value})])


# --- What it tells ---------------------------------------------------------------------------------


def consumed(answer):
    return answer["ConsumedCapacity"]


def test_units_of_every_table(ddb, range_table, hash_table, key, act):
    other = {"Put": {"TableName": hash_table, "Item": {"pk": S(random_key()), "x": S("x" * 1500)}}}
    answer = ddb.transact_write_items(ReturnConsumedCapacity="TOTAL", TransactItems=[
        act("Put", Item=key("a")), act("ConditionCheck", Key=key("b"), **MISSING), act("Delete", Key=key("c")), other])
    assert consumed(answer) == [{"TableName": range_table, "CapacityUnits": 6.0, "WriteCapacityUnits": 6.0},
                                {"TableName": hash_table, "CapacityUnits": 4.0, "WriteCapacityUnits": 4.0}]


# Only the table's part is doubled.
def test_units_of_indexes(ddb, index_table):
    item = {"pk": S(random_key()), "sk": S("a"), "g": S("g"), "l": S("l")}
    answer = ddb.transact_write_items(ReturnConsumedCapacity="INDEXES", TransactItems=[{"Put": {"TableName": index_table, "Item": item}}])
    [units] = consumed(answer)
    one, two = ({"CapacityUnits": each, "WriteCapacityUnits": each} for each in (1.0, 2.0))
    assert units == {"TableName": index_table, "CapacityUnits": 4.0, "WriteCapacityUnits": 4.0, "Table": two,
                     "LocalSecondaryIndexes": {"local_all": one}, "GlobalSecondaryIndexes": {"global_all": one}}


def test_item_collections_of_what_is_written(ddb, index_table, key, act):
    pk = S(random_key())
    answer = ddb.transact_write_items(ReturnItemCollectionMetrics="SIZE", TransactItems=[
        {"Put": {"TableName": index_table, "Item": {"pk": pk, "sk": S("a")}}},
        {"ConditionCheck": {"TableName": index_table, "Key": {"pk": pk, "sk": S("b")}, **MISSING}},
        act("Put", Item=key("a"))])
    assert answer["ItemCollectionMetrics"] == {index_table: [{"ItemCollectionKey": {"pk": pk}, "SizeEstimateRangeGB": [0.0, 1.0]}]}


# --- Tokens ----------------------------------------------------------------------------------------


def test_a_repetition_does_nothing_and_is_charged_for_reading(ddb, range_table, key, act):
    request = dict(ClientRequestToken=str(uuid.uuid4()), ReturnConsumedCapacity="TOTAL", TransactItems=[
        act("Update", Key=key("a"), UpdateExpression="ADD n :one SET x = :x",
            ExpressionAttributeValues={":one": N(1), ":x": S("x" * 1500)})])
    assert consumed(ddb.transact_write_items(**request)) == [{"TableName": range_table, "CapacityUnits": 4.0, "WriteCapacityUnits": 4.0}]
    assert consumed(ddb.transact_write_items(**request)) == [{"TableName": range_table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]
    assert get(ddb, range_table, key("a"))["n"] == N(1)


def test_a_token_stands_for_one_request(ddb, range_table, key, act):
    token = str(uuid.uuid4())
    ddb.transact_write_items(ClientRequestToken=token, TransactItems=[act("Put", Item=key("a"))])
    with pytest.raises(ClientError) as raised:
        ddb.transact_write_items(ClientRequestToken=token, TransactItems=[act("Put", Item=key("b"))])
    assert raised.value.response["Error"]["Code"] == "IdempotentParameterMismatchException"
    assert get(ddb, range_table, key("b")) is None


# What was cancelled did not happen, so the token is still free.
def test_a_cancelled_transaction_can_be_repeated(ddb, range_table, key, act):
    request = dict(ClientRequestToken=str(uuid.uuid4()), TransactItems=[act("Put", Item=key("a"), **MISSING)])
    ddb.put_item(TableName=range_table, Item={**key("a"), "x": N(1)})
    assert cancelled(lambda: ddb.transact_write_items(**request)) == [FAILED]
    ddb.delete_item(TableName=range_table, Key=key("a"))
    ddb.transact_write_items(**request)
    assert get(ddb, range_table, key("a")) == key("a")


# A client that got no answer because the server was killed tries again with its token: whatever became of the first try, it
# is done once. What was acknowledged is there, and never a half.
@pytest.mark.needs_server
def test_each_token_is_done_once_through_kills(start, connect, tmp_path):
    counters, used, undecided = [{"pk": S("a")}, {"pk": S("b")}], [0], []

    def add(ddb, token):
        ddb.transact_write_items(ClientRequestToken=token, TransactItems=[
            {"Update": {"TableName": "counters", "Key": key, "UpdateExpression": "ADD n :one",
                        "ExpressionAttributeValues": {":one": N(1)}}} for key in counters])

    def add_until_killed(ddb):
        while True:
            used[0] += 1
            undecided[:] = [f"token-{used[0]}"]
            try:
                add(ddb, undecided[0])
            except (BotoCoreError, ClientError):
                return

    for _ in range(3):
        server = start("-dbPath", tmp_path, "-sharedDb")
        ddb = connect(server.endpoint)
        if not used[0]:
            ddb.create_table(TableName="counters", **definition())
        wait_until_active(ddb, "counters")
        for token in undecided:
            add(ddb, token)
        if used[0]:
            assert [get(ddb, "counters", key)["n"] for key in counters] == [N(used[0]), N(used[0])]
        before = used[0]
        writer = threading.Thread(target=add_until_killed, args=(ddb,))
        writer.start()
        until(lambda: used[0] > before + 50, "50 transactions", 60)
        server.kill()
        writer.join(60)
    ddb = connect(start("-dbPath", tmp_path, "-sharedDb").endpoint)
    for token in undecided:
        add(ddb, token)
        add(ddb, token)
    assert [get(ddb, "counters", key)["n"] for key in counters] == [N(used[0]), N(used[0])]


# --- The bodies of the errors ----------------------------------------------------------------------


# Typed SDKs read "Message" with a capital letter here, unlike in most errors.
def test_the_error_body(wire, range_table):
    action = {"ConditionCheck": {"TableName": range_table, "Key": {"pk": S(random_key()), "sk": S("a")}, **EXISTS}}
    answer = wire.call("TransactWriteItems", {"TransactItems": [action]})
    assert answer.status == 400
    assert answer.json == {"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                           "CancellationReasons": [FAILED], "Message": CANCELLED + "[ConditionalCheckFailed]"}
