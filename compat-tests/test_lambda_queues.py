# SPDX-License-Identifier: Apache-2.0
"""The part of SQS by which what event source mappings gave up is read."""

import hashlib
import json
import urllib.request

import pytest

from support.errors import refused
from support.lambda_functions import create
from support.poll import until
from support.tables import definition, random_name, wait_until_active

pytestmark = pytest.mark.needs_server

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
NO_QUEUE = ("QueueDoesNotExist", "The specified queue does not exist.")


@pytest.fixture(scope="module")
def sqs(endpoint, connect):
    return connect(endpoint, "sqs")


@pytest.fixture(scope="module")
def lam(endpoint, connect):
    return connect(endpoint, "lambda")


@pytest.fixture
def url(sqs):
    return sqs.create_queue(QueueName=random_name("q"))["QueueUrl"]


def test_a_queue_is_found_by_its_name(sqs, url, endpoint):
    name = url.rsplit("/", 1)[1]
    assert url == f"{endpoint}/000000000000/{name}"
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == url
    assert sqs.list_queues(QueueNamePrefix=name)["QueueUrls"] == [url]
    for call, more in ((sqs.get_queue_url, {"QueueName": "nothing"}), (sqs.receive_message, {"QueueUrl": f"{url}-nothing"})):
        with pytest.raises(sqs.exceptions.QueueDoesNotExist, match="The specified queue does not exist."):
            call(**more)


def test_messages_are_received_and_deleted(sqs, url, region):
    sent = sqs.send_message(QueueUrl=url, MessageBody="one")
    assert sent["MD5OfMessageBody"] == hashlib.md5(b"one").hexdigest()
    counts = {"QueueArn": f"arn:aws:sqs:{region}:000000000000:{url.rsplit('/', 1)[1]}", "ApproximateNumberOfMessages": "1"}
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(counts))["Attributes"] == counts
    [message] = sqs.receive_message(QueueUrl=url, AttributeNames=["ApproximateReceiveCount"])["Messages"]
    assert (message["MessageId"], message["Body"], message["Attributes"]) == (sent["MessageId"], "one", {"ApproximateReceiveCount": "1"})
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "0"
    with pytest.raises(sqs.exceptions.ReceiptHandleIsInvalid):
        sqs.delete_message(QueueUrl=url, ReceiptHandle="x")


def test_purge_deletes_all(sqs, url):
    for number in range(12):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    assert len(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)["Messages"]) == 10
    sqs.purge_queue(QueueUrl=url)
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["ApproximateNumberOfMessages"] == "0"


# What a user does who looks after failed batches: the mapping names the queue, the queue tells which records.
def test_a_batch_that_was_given_up_is_in_the_queue(ddb, lam, sqs, region, endpoint, tmp_path):
    table, function, queue = random_name("t"), random_name("f"), random_name("q")
    ddb.create_table(TableName=table, **definition(("pk",), StreamSpecification=STREAM))
    stream = wait_until_active(ddb, table)["LatestStreamArn"]
    create(lam, function, source="def handler(event, context): raise ValueError('no')")
    made = lam.create_event_source_mapping(
        FunctionName=function, EventSourceArn=stream, StartingPosition="LATEST", MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": f"arn:aws:sqs:{region}:000000000000:{queue}"}})
    ddb.put_item(TableName=table, Item={"pk": {"S": "a"}})
    url = f"{endpoint}/000000000000/{queue}"
    until(lambda: queue in json.dumps(sqs.list_queues().get("QueueUrls", [])), "the queue")
    [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    failure = json.loads(message["Body"])
    assert failure["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert failure["DDBStreamBatchInfo"]["streamArn"] == stream
    with urllib.request.urlopen(f"{endpoint}/_pumice/queues/{queue}") as answer:
        assert json.load(answer)["Messages"][0]["Body"] == message["Body"]
    with urllib.request.urlopen(f"{endpoint}/_pumice/queues") as answer:
        assert queue in [found["Name"] for found in json.load(answer)["Queues"]]
    lam.delete_event_source_mapping(UUID=made["UUID"])
    lam.delete_function(FunctionName=function)
    ddb.delete_table(TableName=table)
