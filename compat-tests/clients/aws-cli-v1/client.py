# SPDX-License-Identifier: Apache-2.0
"""AWS CLI version 1: Cruddur's table from the shell, with the endpoint given by flag or by environment."""

import json
import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

ENDPOINT = os.environ["ENDPOINT"]
TABLE, INDEX = "cruddur-messages", "message-group-sk-index"
AWS = Path(sysconfig.get_path("scripts")) / "aws"
REFUSED = 255  # version 2 ends with 254
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


def keys(hash_key, sort_key):
    return [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": sort_key, "KeyType": "RANGE"}]


SCHEMA = {
    "TableName": TABLE, "KeySchema": keys("pk", "sk"), "ProvisionedThroughput": UNITS,
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "message_group_uuid")],
    "GlobalSecondaryIndexes": [{"IndexName": INDEX, "KeySchema": keys("message_group_uuid", "sk"),
                                "Projection": {"ProjectionType": "ALL"}, "ProvisionedThroughput": UNITS}],
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    "Tags": [{"Key": "application", "Value": "cruddur"}],
}


def run(*words, flags=("--endpoint-url", ENDPOINT), **variables):
    """The finished process of `aws <words>`; values that are no text are passed as JSON."""
    texts = [word if isinstance(word, str) else json.dumps(word) for word in words]
    return subprocess.run([AWS, *texts, "--output", "json", *flags], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **variables})


def aws(*words, **more):
    """The answer of `aws <words>`, which must succeed."""
    finished = run(*words, **more)
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout) if finished.stdout.strip() else None


def at(n):
    return f"2026-03-01T00:{n:02}:00.000000+00:00"


def key(n):
    return {"pk": {"S": "MSG#group-1"}, "sk": {"S": at(n)}}


def message(n):
    return {**key(n), "message": {"S": f"text {n}"}}


def texts(answer):
    return [item["message"]["S"] for item in answer["Items"]]


@pytest.fixture(scope="module", autouse=True)
def table():
    aws("dynamodb", "create-table", "--cli-input-json", SCHEMA)
    aws("dynamodb", "wait", "table-exists", "--table-name", TABLE)
    batch = {TABLE: [{"PutRequest": {"Item": message(n)}} for n in range(1, 11)]}
    assert aws("dynamodb", "batch-write-item", "--request-items", batch) == {"UnprocessedItems": {}}
    yield
    aws("dynamodb", "delete-table", "--table-name", TABLE)
    aws("dynamodb", "wait", "table-not-exists", "--table-name", TABLE)
    gone = run("dynamodb", "describe-table", "--table-name", TABLE)
    assert gone.returncode == REFUSED
    assert gone.stderr.strip().endswith("An error occurred (ResourceNotFoundException) when calling the DescribeTable operation: "
                                        f"Requested resource not found: Table: {TABLE} not found")


def test_the_newest_messages():
    answer = aws("dynamodb", "query", "--table-name", TABLE, "--no-scan-index-forward", "--limit", "4",
                 "--key-condition-expression", "pk = :pk AND begins_with(sk, :year)", "--return-consumed-capacity", "TOTAL",
                 "--expression-attribute-values", {":pk": {"S": "MSG#group-1"}, ":year": {"S": "2026"}})
    assert texts(answer) == ["text 10", "text 9", "text 8", "text 7"]
    assert answer["ConsumedCapacity"] == {"TableName": TABLE, "CapacityUnits": 0.5}
    assert answer["LastEvaluatedKey"] == key(7)


def test_messages_between_two_times():
    answer = aws("dynamodb", "query", "--table-name", TABLE, "--key-condition-expression", "pk = :pk AND sk BETWEEN :from AND :to",
                 "--expression-attribute-values", {":pk": {"S": "MSG#group-1"}, ":from": {"S": at(2)}, ":to": {"S": at(3)}})
    assert answer == {"Items": [message(2), message(3)], "Count": 2, "ScannedCount": 2, "ConsumedCapacity": None}


# The CLI asks for page after page, and cuts at --max-items with a token of its own.
def test_pages():
    query = ("dynamodb", "query", "--table-name", TABLE, "--key-condition-expression", "pk = :pk", "--page-size", "3",
             "--expression-attribute-values", {":pk": {"S": "MSG#group-1"}})
    assert texts(aws(*query)) == [f"text {n}" for n in range(1, 11)]
    first = aws(*query, "--max-items", "4")
    assert texts(first) == [f"text {n}" for n in range(1, 5)]
    assert texts(aws(*query, "--starting-token", first["NextToken"])) == [f"text {n}" for n in range(5, 11)]


def test_an_update_with_a_condition_and_its_failure():
    aws("dynamodb", "put-item", "--table-name", TABLE, "--item", message(20))
    update = ("dynamodb", "update-item", "--table-name", TABLE, "--key", key(20), "--update-expression", "SET message = :new ADD edits :one",
              "--condition-expression", "message = :old", "--return-values", "UPDATED_NEW", "--expression-attribute-values",
              {":new": {"S": "new"}, ":old": {"S": "text 20"}, ":one": {"N": "1"}})
    assert aws(*update) == {"Attributes": {"message": {"S": "new"}, "edits": {"N": "1"}}}
    again = run(*update)
    assert again.returncode == REFUSED
    assert again.stderr.strip().endswith("An error occurred (ConditionalCheckFailedException) when calling the UpdateItem operation: "
                                         "The conditional request failed")
    aws("dynamodb", "delete-item", "--table-name", TABLE, "--key", key(20))
    assert aws("dynamodb", "get-item", "--table-name", TABLE, "--key", key(20)) is None


def test_transactions():
    put = {"Put": {"TableName": TABLE, "Item": message(30), "ConditionExpression": "attribute_not_exists(pk)"}}
    assert aws("dynamodb", "transact-write-items", "--transact-items", [put]) is None
    again = run("dynamodb", "transact-write-items", "--transact-items", [put])
    assert again.stderr.strip().endswith(
        "An error occurred (TransactionCanceledException) when calling the TransactWriteItems operation: "
        "Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed]")
    read = aws("dynamodb", "transact-get-items", "--transact-items", [{"Get": {"TableName": TABLE, "Key": key(30)}}])
    assert read == {"Responses": [{"Item": message(30)}]}
    aws("dynamodb", "delete-item", "--table-name", TABLE, "--key", key(30))


def test_partiql():
    answer = aws("dynamodb", "execute-statement", "--statement", f"SELECT message FROM \"{TABLE}\" WHERE pk = 'MSG#group-1' AND sk = '{at(1)}'")
    assert answer["Items"] == [{"message": {"S": "text 1"}}]


def test_time_to_live():
    wish = {"Enabled": True, "AttributeName": "expires"}
    answer = aws("dynamodb", "update-time-to-live", "--table-name", TABLE, "--time-to-live-specification", "Enabled=true,AttributeName=expires")
    assert answer == {"TimeToLiveSpecification": wish}
    assert aws("dynamodb", "describe-time-to-live", "--table-name", TABLE)["TimeToLiveDescription"]["AttributeName"] == "expires"


def test_tags():
    arn = aws("dynamodb", "describe-table", "--table-name", TABLE)["Table"]["TableArn"]
    assert aws("dynamodb", "list-tags-of-resource", "--resource-arn", arn) == {"Tags": SCHEMA["Tags"]}


# The endpoint by environment, as AWS's settings have it: for all services, or for one.
@pytest.mark.parametrize("variables", [("AWS_ENDPOINT_URL",), ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS")], ids=" ".join)
def test_the_endpoint_by_environment(variables):
    given = dict.fromkeys(variables, ENDPOINT)
    assert aws("dynamodb", "list-tables", flags=(), **given) == {"TableNames": [TABLE]}
    listed = aws("dynamodbstreams", "list-streams", "--table-name", TABLE, flags=(), **given)["Streams"]
    assert [stream["TableName"] for stream in listed] == [TABLE]


def test_the_stream():
    arn = aws("dynamodbstreams", "list-streams", "--table-name", TABLE)["Streams"][0]["StreamArn"]
    shard = aws("dynamodbstreams", "describe-stream", "--stream-arn", arn)["StreamDescription"]["Shards"][0]["ShardId"]
    start = aws("dynamodbstreams", "get-shard-iterator", "--stream-arn", arn, "--shard-id", shard, "--shard-iterator-type", "TRIM_HORIZON")
    records = aws("dynamodbstreams", "get-records", "--shard-iterator", start["ShardIterator"], "--limit", "2")["Records"]
    assert [(record["eventName"], record["dynamodb"]["NewImage"]) for record in records] == [("INSERT", message(1)), ("INSERT", message(2))]
