# SPDX-License-Identifier: Apache-2.0
"""Cruddur's five access patterns, A to E, as its users play them."""


import pytest

from cruddur_items import INDEX, NOW, SCHEMA, group_item, message_item, moment, new_user, start_conversation
from support.functions import Workshop
from support.poll import until
from support.tables import random_name, table, wait_until_active
from support.values import S

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}


# A name of its own: an endpoint may hold somebody's real cruddur-messages.
@pytest.fixture(scope="module")
def messages(ddb):
    with table(ddb, TableName=random_name("cruddur-messages"), **SCHEMA) as name:
        yield name


@pytest.fixture(scope="module")
def people():
    return new_user("Andrew"), new_user("Bayko")


def newest(ddb, table_name, pk, condition="begins_with(sk, :year)", **values):
    return ddb.query(TableName=table_name, KeyConditionExpression=f"pk = :pk AND {condition}", ScanIndexForward=False, Limit=20,
                     ReturnConsumedCapacity="TOTAL", ExpressionAttributeValues={":pk": S(pk), **(values or {":year": S(str(NOW.year))})})


def sort_keys(answer):
    return [item["sk"]["S"] for item in answer["Items"]]


# --- A: the conversations of a user, newest first ---------------------------------------------------


def test_a_lists_groups_newest_first(ddb, messages):
    me = new_user("Me")
    for minutes in (5, 1, 9, 3):
        other = new_user(f"Other{minutes}")
        ddb.put_item(TableName=messages, Item=group_item(f"group{minutes}", me, other, moment(minutes), f"text {minutes}"))
    answer = newest(ddb, messages, f"GRP#{me.uuid}")
    assert [item["message_group_uuid"]["S"] for item in answer["Items"]] == ["group9", "group5", "group3", "group1"]
    assert answer["Items"][0]["user_handle"] == S("other9")
    assert answer["ConsumedCapacity"] == {"TableName": messages, "CapacityUnits": 0.5}


def test_a_lists_this_year_only(ddb, messages):
    me, other = new_user("Me"), new_user("Other")
    ddb.put_item(TableName=messages, Item=group_item("old", me, other, f"{NOW.year - 1}-12-31T23:59:59.999999+00:00", "old"))
    ddb.put_item(TableName=messages, Item=group_item("new", me, other, moment(0), "new"))
    assert [item["message"] for item in newest(ddb, messages, f"GRP#{me.uuid}")["Items"]] == [S("new")]


def test_a_of_a_stranger_is_empty(ddb, messages):
    answer = newest(ddb, messages, f"GRP#{new_user('Nobody').uuid}")
    assert (answer["Items"], answer["Count"], answer["ScannedCount"]) == ([], 0, 0)


# --- B: the messages of a conversation, newest first ------------------------------------------------


@pytest.fixture(scope="module")
def conversation(ddb, messages, people):
    """A conversation of 50 messages, one a minute; returns its group."""
    group = start_conversation(ddb, messages, *people, moment(0), "message 0")
    for minutes in range(1, 50):
        ddb.put_item(TableName=messages, Item=message_item(group, people[minutes % 2], moment(minutes), f"message {minutes}"))
    return group


def test_b_lists_the_20_newest(ddb, messages, conversation):
    answer = newest(ddb, messages, f"MSG#{conversation}")
    assert [item["message"]["S"] for item in answer["Items"]] == [f"message {minutes}" for minutes in range(49, 29, -1)]
    assert (answer["Count"], answer["ScannedCount"]) == (20, 20)
    assert answer["LastEvaluatedKey"] == {"pk": S(f"MSG#{conversation}"), "sk": S(moment(30))}
    # 20 messages of less than 250 bytes: up to 8 KB, so one unit at most.
    assert answer["ConsumedCapacity"]["CapacityUnits"] <= 1


def test_b_goes_back_in_time(ddb, messages, conversation):
    found, start = [], {}
    while True:
        page = ddb.query(TableName=messages, KeyConditionExpression="pk = :pk AND begins_with(sk, :year)", ScanIndexForward=False, Limit=20,
                         ExpressionAttributeValues={":pk": S(f"MSG#{conversation}"), ":year": S(str(NOW.year))}, **start)
        found += sort_keys(page)
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert found == [moment(minutes) for minutes in range(49, -1, -1)]


def test_b_between_two_times(ddb, messages, conversation):
    answer = newest(ddb, messages, f"MSG#{conversation}", "sk BETWEEN :start_date AND :end_date",
                    **{":start_date": S(moment(10)), ":end_date": S(moment(15))})
    assert sort_keys(answer) == [moment(minutes) for minutes in range(15, 9, -1)]


# --- C: a message in a conversation -----------------------------------------------------------------


def test_c_creates_a_message(ddb, messages, people):
    group = start_conversation(ddb, messages, *people, moment(0), "first")
    item = message_item(group, people[1], moment(1), "an answer with ümläuts 😀 and\nlines")
    ddb.put_item(TableName=messages, Item=item)
    assert newest(ddb, messages, f"MSG#{group}")["Items"][0] == item


# --- D: a new conversation --------------------------------------------------------------------------


def test_d_creates_a_conversation(ddb, messages):
    sender, receiver = new_user("Sender"), new_user("Receiver")
    group = start_conversation(ddb, messages, sender, receiver, moment(7), "hello")
    for owner, other in ((sender, receiver), (receiver, sender)):
        [found] = newest(ddb, messages, f"GRP#{owner.uuid}")["Items"]
        assert found == group_item(group, owner, other, moment(7), "hello")
    assert [item["message"] for item in newest(ddb, messages, f"MSG#{group}")["Items"]] == [S("hello")]


# The index holds the two groups, and no message: messages have no message_group_uuid.
def test_d_the_index_finds_both_groups(ddb, messages):
    sender, receiver = new_user("Sender"), new_user("Receiver")
    group = start_conversation(ddb, messages, sender, receiver, moment(7), "hello")
    answer = ddb.query(TableName=messages, IndexName=INDEX, KeyConditionExpression="message_group_uuid = :g", ExpressionAttributeValues={":g": S(group)})
    assert {item["pk"]["S"] for item in answer["Items"]} == {f"GRP#{sender.uuid}", f"GRP#{receiver.uuid}"}


# --- E: a stream handler moves both groups to the time of each new message --------------------------


MOVE_GROUPS = """
    import boto3
    from boto3.dynamodb.conditions import Key

    table = boto3.resource("dynamodb", region_name="us-east-1", endpoint_url="http://dynamodb.us-east-1.amazonaws.com").Table("cruddur-messages")

    def handler(event, context):
        for record in event["Records"]:
            change = record["dynamodb"]
            pk, sk = change["Keys"]["pk"]["S"], change["Keys"]["sk"]["S"]
            if record["eventName"] != "INSERT" or not pk.startswith("MSG#"):
                continue
            groups = table.query(IndexName="message-group-sk-index", KeyConditionExpression=Key("message_group_uuid").eq(pk[4:]))["Items"]
            for group in groups:
                table.delete_item(Key={"pk": group["pk"], "sk": group["sk"]})
                table.put_item(Item={**group, "sk": sk, "message": change["NewImage"]["message"]["S"]})
"""


@pytest.mark.needs_server
@pytest.mark.parametrize("flags", [["-inMemory"], ["-sharedDb", "-dbPath", "./data"]], ids=["memory", "disk"])
def test_e_the_groups_follow_each_message(start, connect, tmp_path, flags):
    shop = Workshop(tmp_path)
    shop.mapping("cruddur-messages", shop.function("cruddur-messaging-stream", MOVE_GROUPS, timeout=30), BatchSize=1)
    server = start(*flags, "--handlers", shop.file(), cwd=tmp_path)
    ddb = connect(server.endpoint)
    ddb.create_table(TableName="cruddur-messages", **SCHEMA)
    wait_until_active(ddb, "cruddur-messages")
    ddb.update_table(TableName="cruddur-messages", StreamSpecification=STREAM)
    wait_until_active(ddb, "cruddur-messages")
    people = new_user("Andrew"), new_user("Bayko")
    group = start_conversation(ddb, "cruddur-messages", *people, moment(0), "message 0")

    def groups():
        return [item for user in people for item in newest(ddb, "cruddur-messages", f"GRP#{user.uuid}")["Items"]]

    for minutes in range(1, 21):
        text = f"message {minutes}"
        ddb.put_item(TableName="cruddur-messages", Item=message_item(group, people[minutes % 2], moment(minutes), text))
        wanted = [group_item(group, people[0], people[1], moment(minutes), text), group_item(group, people[1], people[0], moment(minutes), text)]
        until(lambda: groups() == wanted, lambda: f"groups at {moment(minutes)}: {groups()}\n{server.log()}")
