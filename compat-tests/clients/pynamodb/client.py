# SPDX-License-Identifier: Apache-2.0
"""PynamoDB: Cruddur's messages as a model with an index, its conditions, batches, transactions, pages and expiry."""

import os
from datetime import datetime, timedelta, timezone

import pytest
from pynamodb.attributes import (
    BinaryAttribute, BooleanAttribute, JSONAttribute, ListAttribute, MapAttribute, NumberAttribute, TTLAttribute,
    UnicodeAttribute, UnicodeSetAttribute, UTCDateTimeAttribute, VersionAttribute)
from pynamodb.connection import Connection
from pynamodb.exceptions import DoesNotExist, PutError, TableDoesNotExist, TableError, TransactWriteError, UpdateError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactGet, TransactWrite

ENDPOINT = os.environ["ENDPOINT"]
PK = "MSG#group-1"


class GroupIndex(GlobalSecondaryIndex):
    class Meta:
        index_name = "message-group-sk-index"
        projection = AllProjection()
        read_capacity_units = 5
        write_capacity_units = 5

    message_group_uuid = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class Message(Model):
    class Meta:
        table_name = "cruddur-messages"
        host = ENDPOINT
        region = "us-east-1"
        read_capacity_units = 5
        write_capacity_units = 5
        stream_view_type = "NEW_IMAGE"
        tags = {"application": "cruddur"}
        max_retry_attempts = 0

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    message = UnicodeAttribute()
    message_group_uuid = UnicodeAttribute(null=True)
    by_group = GroupIndex()
    edits = NumberAttribute(null=True)
    expires = TTLAttribute(null=True)


class Document(Model):
    """All kinds of attributes, and a version that each save counts up."""
    class Meta:
        table_name = "documents"
        host = ENDPOINT
        region = "us-east-1"
        billing_mode = "PAY_PER_REQUEST"
        max_retry_attempts = 0

    id = UnicodeAttribute(hash_key=True)
    version = VersionAttribute()
    data = BinaryAttribute(null=True, legacy_encoding=False)
    done = BooleanAttribute(null=True)
    more = JSONAttribute(null=True)
    parts = ListAttribute(null=True)
    nested = MapAttribute(null=True)
    words = UnicodeSetAttribute(null=True)
    seen = UTCDateTimeAttribute(null=True)


def at(n):
    return f"2026-03-01T00:{n:02}:00.000000+00:00"


def message(n, **more):
    return Message(PK, at(n), message=f"text {n}", **more)


def texts(found):
    return [one.message for one in found]


@pytest.fixture(scope="module", autouse=True)
def tables():
    for model in (Message, Document):
        model.create_table(wait=True)
        assert model.exists()
    yield
    for model in (Message, Document):
        model.delete_table()
        assert not model.exists()
    with pytest.raises(TableDoesNotExist):
        Message._get_connection().describe_table()


@pytest.fixture(scope="module", autouse=True)
def conversation(tables):
    with Message.batch_write() as batch:
        for n in range(1, 31):
            batch.save(message(n))


def test_the_newest_messages():
    found = Message.query(PK, Message.sk.startswith("2026"), scan_index_forward=False, limit=20)
    assert texts(found) == [f"text {n}" for n in range(30, 10, -1)]
    assert found.last_evaluated_key == {"pk": {"S": PK}, "sk": {"S": at(11)}}


def test_messages_between_two_times():
    assert texts(Message.query(PK, Message.sk.between(at(5), at(7)))) == ["text 5", "text 6", "text 7"]
    assert texts(Message.query(PK, Message.sk < at(4), Message.message != "text 2")) == ["text 1", "text 3"]
    assert Message.count(PK) == 30


def test_pages():
    assert [page["Count"] for page in Message.query(PK, page_size=12).page_iter] == [12, 12, 6]
    assert texts(Message.query(PK, page_size=12)) == [f"text {n}" for n in range(1, 31)]


def test_the_index():
    for owner in ("andrew", "bayko"):
        Message(f"GRP#{owner}", at(40), message="text 40", message_group_uuid="group-1").save()
    found = sorted(one.pk for one in Message.by_group.query("group-1", GroupIndex.sk == at(40)))
    assert found == ["GRP#andrew", "GRP#bayko"]


def test_conditions():
    one = message(50)
    one.save(condition=Message.pk.does_not_exist())
    with pytest.raises(PutError) as refused:
        message(50).save(condition=Message.pk.does_not_exist())
    assert refused.value.cause_response_code == "ConditionalCheckFailedException"
    assert refused.value.cause_response_message == "The conditional request failed"
    one.update(actions=[Message.message.set("new"), Message.edits.add(1)], condition=Message.message == "text 50")
    assert (one.message, one.edits) == ("new", 1)
    with pytest.raises(UpdateError):
        one.update(actions=[Message.edits.add(1)], condition=Message.message == "text 50")
    one.delete()
    with pytest.raises(DoesNotExist):
        Message.get(PK, at(50))


def test_transactions():
    connection = Connection(region="us-east-1", host=ENDPOINT)
    with TransactWrite(connection=connection) as transaction:
        transaction.save(message(51), condition=Message.pk.does_not_exist())
        transaction.update(message(1), actions=[Message.edits.set(7)])
    with TransactGet(connection=connection) as transaction:
        futures = [transaction.get(Message, PK, at(n)) for n in (51, 1)]
    assert [future.get().edits for future in futures] == [None, 7]
    with pytest.raises(TransactWriteError) as cancelled:
        with TransactWrite(connection=connection) as transaction:
            transaction.save(message(52))
            transaction.save(message(51), condition=Message.pk.does_not_exist())
    assert cancelled.value.cause_response_code == "TransactionCanceledException"
    assert [reason and reason.code for reason in cancelled.value.cancellation_reasons] == [None, "ConditionalCheckFailed"]
    message(51).delete()


def test_batches_of_reads():
    found = Message.batch_get([(PK, at(n)) for n in (2, 3, 59)])
    assert sorted(texts(found)) == ["text 2", "text 3"]


def test_attributes_of_every_kind():
    seen = datetime(2026, 3, 1, 12, 30, tzinfo=timezone.utc)
    saved = Document("a", data=b"\x00\xff", done=True, more={"a": [1]}, parts=[1, "b", None], nested={"x": "y"}, words={"p", "q"}, seen=seen)
    saved.save()
    found = Document.get("a", consistent_read=True)
    assert (found.data, found.done, found.more, found.words, found.seen) == (b"\x00\xff", True, {"a": [1]}, {"p", "q"}, seen)
    assert found.nested.as_dict() == {"x": "y"}
    assert found.parts == [1, "b", None]


# Two writers with the same version: the second one loses.
def test_versions():
    Document("v").save()
    first, second = Document.get("v"), Document.get("v")
    first.done = True
    first.save()
    second.done = False
    with pytest.raises(PutError) as lost:
        second.save()
    assert lost.value.cause_response_code == "ConditionalCheckFailedException"
    assert Document.get("v").version == 2


# create_table has switched it on, as the model has such an attribute.
def test_time_to_live():
    with pytest.raises(TableError, match="TimeToLive is already enabled"):
        Message.update_ttl(ignore_update_ttl_errors=False)
    description = Message._get_connection().connection.client.describe_time_to_live(TableName="cruddur-messages")["TimeToLiveDescription"]
    assert description["AttributeName"] == "expires"
    Message(PK, at(55), message="later", expires=timedelta(days=1)).save()
    assert Message.get(PK, at(55)).expires > datetime.now(timezone.utc) + timedelta(hours=23)
    message(55).delete()


def test_scans_in_segments():
    found = [one.sk for segment in range(3) for one in Message.scan(Message.pk == PK, segment=segment, total_segments=3)]
    assert sorted(found) == [at(n) for n in range(1, 31)]
