# SPDX-License-Identifier: Apache-2.0
"""Cruddur: a messaging application on one table. Its items:
  group    pk GRP#<user>   sk <time of the last message>   message_group_uuid, message, user_uuid, user_display_name, user_handle (of the other)
  message  pk MSG#<group>  sk <time>                       message_uuid, message, user_uuid, user_display_name, user_handle (of the sender)
The index message-group-sk-index (message_group_uuid, sk) finds both group items of a conversation."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone


from support.tables import attributes, index, keys
from support.values import S

INDEX = "message-group-sk-index"
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
SCHEMA = {
    "KeySchema": keys("pk", "sk"), "AttributeDefinitions": attributes(message_group_uuid="S", pk="S", sk="S"),
    "BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS,
    "GlobalSecondaryIndexes": [{**index(INDEX, ("message_group_uuid", "sk")), "ProvisionedThroughput": UNITS}],
}
NOW = datetime.now(timezone.utc)


@dataclass(frozen=True)
class User:
    uuid: str
    name: str
    handle: str


def new_user(name):
    return User(str(uuid.uuid4()), name, name.lower())


def moment(minutes):
    """A time of this year in ISO form with a fraction, so that text order is time order."""
    start = datetime(NOW.year, 3, 1, tzinfo=timezone.utc)
    return (start + timedelta(minutes=minutes)).isoformat(timespec="microseconds")


def group_item(group, owner, other, at, text):
    return {"pk": S(f"GRP#{owner.uuid}"), "sk": S(at), "message_group_uuid": S(group), "message": S(text), "user_uuid": S(other.uuid),
            "user_display_name": S(other.name), "user_handle": S(other.handle)}


def message_item(group, sender, at, text):
    return {"pk": S(f"MSG#{group}"), "sk": S(at), "message_uuid": S(str(uuid.uuid4())), "message": S(text), "user_uuid": S(sender.uuid),
            "user_display_name": S(sender.name), "user_handle": S(sender.handle)}


def start_conversation(ddb, table, sender, receiver, at, text):
    """Both group items and the first message in one batch; returns the group."""
    group = str(uuid.uuid4())
    items = [group_item(group, sender, receiver, at, text), group_item(group, receiver, sender, at, text), message_item(group, sender, at, text)]
    answer = ddb.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in items]})
    assert answer["UnprocessedItems"] == {}
    return group
