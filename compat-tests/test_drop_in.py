# SPDX-License-Identifier: Apache-2.0
"""What users and launchers of amazon/dynamodb-local rely on, where no other file tests it; docs/drop-in.md lists all of it."""

import os
import re
import signal
import stat
import subprocess
from pathlib import Path

import boto3
import pytest
from botocore.credentials import Credentials

from support.server import ANSWER_SECONDS, environment
from support.tables import definition, random_key, random_name, table
from support.values import S
from support.wire import Wire

REPOSITORY = Path(__file__).parent.parent
JAVA = REPOSITORY / "docker" / "java"
DOCUMENT = REPOSITORY / "docs" / "drop-in.md"

# Without -port the server would take the port of another one of this machine: the help tells what it would take.
@pytest.mark.needs_server
def test_port_8000_is_the_default(server_binary):
    text = subprocess.run([server_binary, "-help"], capture_output=True, text=True, timeout=ANSWER_SECONDS).stdout
    assert re.search(r"-port <n>.*Default: 8000$", text, re.MULTILINE)


# --- Accounts, regions, names -----------------------------------------------------------------------


@pytest.fixture
def arn_for(start):
    """arn_for(access key, region) -> the ARNs of a new table and of its stream, on one server."""
    endpoint = start("-inMemory").endpoint

    def call(key, region):
        wire = Wire(endpoint, Credentials(key, "secret", None), region)
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        described = wire.call("CreateTable", {"TableName": "letters", **definition(("pk",), StreamSpecification=stream)}).json["TableDescription"]
        return described["TableArn"], described["LatestStreamArn"]
    return call


# The habit of emulators with many accounts: a key of 12 digits is the account.
@pytest.mark.needs_server
@pytest.mark.parametrize("key, account", [("123456789012", "123456789012"), ("000000000001", "000000000001"), ("12345678901", "000000000000"),
                                          ("1234567890123", "000000000000"), ("12345678901a", "000000000000"), ("key", "000000000000")])
def test_a_key_of_12_digits_is_the_account(arn_for, key, account):
    table_arn, stream_arn = arn_for(key, "us-east-1")
    assert table_arn == f"arn:aws:dynamodb:us-east-1:{account}:table/letters"
    assert stream_arn.startswith(f"{table_arn}/stream/")


# Those that AWS has, and those that people type.
@pytest.mark.needs_server
def test_every_region_is_taken_and_named(arn_for):
    regions = [*boto3.Session().get_available_regions("dynamodb"), "localhost", "local", "local-env", "ddblocal", "us_east_1", "x"]
    assert len(regions) > 30
    for region in regions:
        assert arn_for("key", region)[0] == f"arn:aws:dynamodb:{region}:000000000000:table/letters"


# DynamoDB Local 2 refuses what is not alphanumeric (jest-dynamodb #212, dynamoose #1639).
@pytest.mark.needs_server
@pytest.mark.parametrize("key", ["fake-key", "local_dev", "a.b", "test:key", "dummy key", "ключ".encode().hex(), "a+b=c", "*" * 3, "key@example.com"])
def test_a_client_may_have_any_key(start, key):
    client = boto3.client("dynamodb", endpoint_url=start("-inMemory").endpoint, region_name="local",
                          aws_access_key_id=key, aws_secret_access_key="x")
    client.create_table(TableName="letters", **definition(("pk",)))
    assert client.list_tables()["TableNames"] == ["letters"]


# As in AWS; DynamoDB Local takes one for the other.
@pytest.mark.aws_only("table names are case-insensitive in DynamoDB Local")
def test_tables_whose_names_differ_in_case_are_two(ddb):
    name = random_name("case")
    with table(ddb, TableName=name, **definition(("pk",))), table(ddb, TableName=name.upper(), **definition(("pk",))):
        ddb.put_item(TableName=name, Item={"pk": S("lower")})
        assert ddb.scan(TableName=name.upper())["Items"] == []
        assert ddb.scan(TableName=name)["Items"] == [{"pk": S("lower")}]


@pytest.fixture(scope="module")
def named(ddb):
    """A table with a stream and one item: its name, its ARN, the item."""
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    with table(ddb, **definition(("pk",), StreamSpecification=stream)) as name:
        item = {"pk": S(random_key())}
        ddb.put_item(TableName=name, Item=item)
        yield name, ddb.describe_table(TableName=name)["Table"]["TableArn"], item


# Each call by ARN, and what of its answer shows that it found the table. The other operations' own files have such a test.
BY_ARN = {
    "BatchGetItem": lambda ddb, arn, item: ddb.batch_get_item(RequestItems={arn: {"Keys": [item]}})["Responses"][arn] == [item],
    "DeleteItem": lambda ddb, arn, item: ddb.delete_item(TableName=arn, Key={"pk": S("none")}, ConditionExpression="attribute_not_exists(pk)"),
    "Query": lambda ddb, arn, item: ddb.query(TableName=arn, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": item["pk"]})["Items"] == [item],
    "TransactGetItems": lambda ddb, arn, item: ddb.transact_get_items(TransactItems=[{"Get": {"TableName": arn, "Key": item}}])["Responses"] == [{"Item": item}],
    "UpdateItem": lambda ddb, arn, item: ddb.update_item(
        TableName=arn, Key=item, UpdateExpression="REMOVE x", ReturnValues="ALL_NEW")["Attributes"] == item,
}


@pytest.mark.parametrize("operation", BY_ARN)
def test_the_arn_is_taken_for_the_name(ddb, named, operation):
    _, arn, item = named
    assert BY_ARN[operation](ddb, arn, item)


def test_streams_are_listed_by_the_tables_arn(streams, named):
    name, arn, _ = named
    assert [found["TableName"] for found in streams.list_streams(TableName=arn)["Streams"]] == [name]


# --- The client's environment -----------------------------------------------------------------------

DYNAMODB, STREAMS = "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_DYNAMODB_STREAMS"


# Cruddur's functions and AWS's settings: no line of code names the server.
@pytest.mark.parametrize("variables", [("AWS_ENDPOINT_URL",), (DYNAMODB, STREAMS)], ids=" ".join)
def test_boto3_finds_the_server_by_its_environment(session, endpoint, target, hash_table, monkeypatch, variables):
    if target == "aws":
        pytest.skip("AWS is found without them")
    for name in variables:
        monkeypatch.setenv(name, endpoint)
    assert session.client("dynamodb").describe_table(TableName=hash_table)["Table"]["TableName"] == hash_table
    assert session.resource("dynamodb").Table(hash_table).table_status == "ACTIVE"
    assert session.client("dynamodbstreams").list_streams(TableName=hash_table)["Streams"] == []


# --- java, the entry point of the image -------------------------------------------------------------


@pytest.fixture
def java(tmp_path):
    """java(*words) -> the finished shim, in the layout of the image, with a pumice that prints what it is given."""
    fake = tmp_path / "pumice"
    fake.write_text("#!/bin/sh\nfor word; do printf '%s\\n' \"$word\"; done\n")
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)

    def call(*words):
        return subprocess.run([JAVA, *words], capture_output=True, text=True, timeout=ANSWER_SECONDS,
                              env=environment({"PATH": f"{tmp_path}{os.pathsep}/usr/bin:/bin"}))
    return call


JAVA_WORDS = {
    "the sample's": (["-jar", "DynamoDBLocal.jar", "-sharedDb", "-dbPath", "./data"], ["-sharedDb", "-dbPath", "./data"]),
    "Testcontainers for Go": (["-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-sharedDb", "-disableTelemetry"],
                              ["-sharedDb", "-disableTelemetry"]),
    "heap": (["-Xms64m", "-Xmx512m", "-XX:+UseG1GC", "-server", "-jar", "DynamoDBLocal.jar", "-inMemory"], ["-inMemory"]),
    "no flags": (["-jar", "DynamoDBLocal.jar"], []),
    "a path": (["-jar", "/home/dynamodblocal/DynamoDBLocal.jar", "-port", "9000"], ["-port", "9000"]),
    "flags of the JVM that take a value": (["--add-opens", "java.base/java.lang=ALL-UNNAMED", "-jar", "DynamoDBLocal.jar"], []),
    "values with blanks": (["-jar", "DynamoDBLocal.jar", "-dbPath", "my data", "-cors", "http://a.example, b"], ["-dbPath", "my data", "-cors", "http://a.example, b"]),
    "version": (["-version"], ["-version"]),
}


@pytest.mark.parametrize("case", JAVA_WORDS)
def test_java_hands_the_flags_on(java, case):
    words, handed = JAVA_WORDS[case]
    finished = java(*words)
    assert (finished.returncode, finished.stdout.splitlines()) == (0, handed)


@pytest.mark.parametrize("words", [[], ["Hello"], ["-jar"], ["-Xmx1g"], ["-cp"]], ids=" ".join)
def test_another_use_of_java_is_explained(java, words):
    finished = java(*words)
    assert (finished.returncode, finished.stdout) == (1, "")
    assert finished.stderr == "java: in this image java starts Pumice only: java [flags of the JVM] -jar DynamoDBLocal.jar [flags]\n"


# The shim becomes the server: the signal that a launcher sends to "java" reaches it.
@pytest.mark.needs_server
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_to_java_ends_the_server(server_binary, tmp_path, number):
    (tmp_path / "pumice").symlink_to(server_binary)
    process = subprocess.Popen([JAVA, "-Xmx64m", "-jar", "DynamoDBLocal.jar", "-inMemory", "-port", "0"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
                               env=environment({"PATH": f"{tmp_path}{os.pathsep}/usr/bin:/bin"}))
    assert any(line.startswith("CorsParams:") for line in process.stdout)
    process.send_signal(number)
    assert process.wait(ANSWER_SECONDS) in (0, 128 + number)
    process.stdout.close()


# --- The list of all this ---------------------------------------------------------------------------

TEST = re.compile(r"`([\w/.-]+\.(?:py|cc|mjs))(?:::(\w+(?:\.\w+)?))?`")


def defines(path, name):
    text = path.read_text()
    if path.suffix == ".cc":
        suite, _, case = name.partition(".")
        return re.search(rf"TEST(?:_F|_P)?\({suite}, {case}\)", text) is not None
    return f"def {name}(" in text


# A promise whose test was renamed or taken away would be a promise only.
def test_the_document_names_tests_that_are_there():
    named = [(REPOSITORY / path, test) for path, test in TEST.findall(DOCUMENT.read_text())]
    assert len(named) > 40
    assert [str(path) for path, _ in named if not path.is_file()] == []
    assert [f"{path.name}::{test}" for path, test in named if test and not defines(path, test)] == []
