# SPDX-License-Identifier: Apache-2.0
"""Event source mappings as Lambda's control API makes, changes, lists and deletes them. What each parameter does to the calls of a
function is tested in test_handlers.py and its neighbours."""

import json

import pytest

from support.errors import ENV, FSC, refused
from support.lambda_functions import create, lines, package
from support.poll import until
from support.tables import definition, random_name, wait_until_active

pytestmark = pytest.mark.needs_server

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


@pytest.fixture(scope="module")
def lam(endpoint, connect):
    return connect(endpoint, "lambda")


@pytest.fixture(scope="module")
def table(ddb):
    """(name, stream's ARN)"""
    name = random_name("t")
    ddb.create_table(TableName=name, **definition(("pk",), StreamSpecification=STREAM))
    yield name, wait_until_active(ddb, name)["LatestStreamArn"]
    ddb.delete_table(TableName=name)


@pytest.fixture
def stream(table):
    return table[1]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def function(lam, out):
    """A function that writes its events to `out`; deleted after the test with its mappings."""
    name = random_name("f")
    create(lam, name, out)
    yield name
    for mapping in lam.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
        lam.delete_event_source_mapping(UUID=mapping["UUID"])
    lam.delete_function(FunctionName=name)


def put(ddb, table, *keys):
    for key in keys:
        ddb.put_item(TableName=table[0], Item={"pk": {"S": key}})


def keys(events):
    return [record["dynamodb"]["Keys"]["pk"]["S"] for event in events for record in event["Records"]]


def body(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def map_to(lam, function, stream, **more):
    return lam.create_event_source_mapping(**{"FunctionName": function, "EventSourceArn": stream, "StartingPosition": "LATEST", **more})


# As recorded on AWS.
def test_create_answers_with_all_defaults(lam, function, stream, region):
    made = map_to(lam, function, stream, StartingPosition="TRIM_HORIZON")
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 202
    uuid = made["UUID"]
    assert {key: value for key, value in body(made).items() if key != "LastModified"} == {
        "BatchSize": 100, "BisectBatchOnFunctionError": False, "DestinationConfig": {"OnFailure": {}}, "EventSourceArn": stream,
        "EventSourceMappingArn": f"arn:aws:lambda:{region}:000000000000:event-source-mapping:{uuid}",
        "FunctionArn": f"arn:aws:lambda:{region}:000000000000:function:{function}", "FunctionResponseTypes": [],
        "LastProcessingResult": "No records processed", "MaximumBatchingWindowInSeconds": 0, "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1, "ParallelizationFactor": 1, "StartingPosition": "TRIM_HORIZON", "State": "Creating",
        "StateTransitionReason": "User action", "TumblingWindowInSeconds": 0, "UUID": uuid}
    read = lam.get_event_source_mapping(UUID=uuid)
    assert read["State"] == "Enabled"


def test_each_parameter_reads_back(lam, function, stream):
    members = {
        "BatchSize": 7, "MaximumBatchingWindowInSeconds": 1, "ParallelizationFactor": 2, "MaximumRecordAgeInSeconds": 60,
        "MaximumRetryAttempts": 5, "BisectBatchOnFunctionError": True, "TumblingWindowInSeconds": 30,
        "FunctionResponseTypes": ["ReportBatchItemFailures"], "FilterCriteria": {"Filters": [{"Pattern": '{"eventName":["INSERT"]}'}]},
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:failures"}}}
    made = map_to(lam, function, stream, Enabled=False, **members)
    read = lam.get_event_source_mapping(UUID=made["UUID"])
    assert {key: read[key] for key in members} == members
    assert read["State"] == "Disabled"
    # How Terraform takes a filter, and a destination, away.
    lam.update_event_source_mapping(UUID=made["UUID"], FilterCriteria={}, DestinationConfig={"OnFailure": {"Destination": ""}})
    read = lam.get_event_source_mapping(UUID=made["UUID"])
    assert "FilterCriteria" not in read
    assert read["DestinationConfig"] == {"OnFailure": {}}
    assert read["BatchSize"] == 7


def test_records_reach_the_function(ddb, lam, function, table, out):
    made = map_to(lam, function, table[1])
    put(ddb, table, "a", "b")
    until(lambda: keys(lines(out)) == ["a", "b"], lambda: f"a, b; there is {keys(lines(out))}")
    until(lambda: lam.get_event_source_mapping(UUID=made["UUID"])["LastProcessingResult"] == "OK", "OK")


def test_a_mapping_is_switched_off_and_on(ddb, lam, function, table, out):
    uuid = map_to(lam, function, table[1])["UUID"]
    assert lam.update_event_source_mapping(UUID=uuid, Enabled=False)["State"] == "Disabling"
    until(lambda: lam.get_event_source_mapping(UUID=uuid)["State"] == "Disabled", "Disabled")
    put(ddb, table, "while-off")
    assert lam.update_event_source_mapping(UUID=uuid, Enabled=True)["State"] == "Enabling"
    put(ddb, table, "while-on")
    until(lambda: keys(lines(out)) == ["while-off", "while-on"], lambda: f"both; there is {keys(lines(out))}")


def test_a_deleted_mapping_is_gone(lam, function, stream):
    uuid = map_to(lam, function, stream)["UUID"]
    deleted = lam.delete_event_source_mapping(UUID=uuid)
    assert (deleted["ResponseMetadata"]["HTTPStatusCode"], deleted["State"], deleted["UUID"]) == (202, "Deleting", uuid)
    for call in (lam.get_event_source_mapping, lam.delete_event_source_mapping, lam.update_event_source_mapping):
        with refused("ResourceNotFoundException", "The resource you requested does not exist.", 404):
            call(UUID=uuid)


def test_lists_are_filtered_and_come_in_pages(lam, function, stream):
    lam.create_alias(FunctionName=function, Name="prod", FunctionVersion="$LATEST")
    made = sorted(map_to(lam, name, stream, Enabled=False)["UUID"] for name in (function, f"{function}:prod"))
    first = lam.list_event_source_mappings(FunctionName=function, EventSourceArn=stream, MaxItems=1)
    rest = lam.list_event_source_mappings(FunctionName=function, EventSourceArn=stream, Marker=first["NextMarker"])
    assert [found["UUID"] for found in first["EventSourceMappings"] + rest["EventSourceMappings"]] == made
    # As on AWS, what is unknown is no error.
    assert lam.list_event_source_mappings(FunctionName="nobody")["EventSourceMappings"] == []
    assert lam.list_event_source_mappings(EventSourceArn=f"{stream}-unknown")["EventSourceMappings"] == []


def test_tags_of_a_mapping(lam, function, stream):
    arn = map_to(lam, function, stream, Tags={"a": "1"}, Enabled=False)["EventSourceMappingArn"]
    lam.tag_resource(Resource=arn, Tags={"b": "2"})
    assert lam.list_tags(Resource=arn)["Tags"] == {"a": "1", "b": "2"}
    lam.untag_resource(Resource=arn, TagKeys=["a"])
    assert lam.list_tags(Resource=arn)["Tags"] == {"b": "2"}


# --- Refusals ---------------------------------------------------------------------------------------


VALID = {"EventSourceArn": "{stream}", "FunctionName": "{function}", "StartingPosition": "LATEST"}


@pytest.mark.parametrize("change, code, message", [
    ({"EventSourceArn": None}, "InvalidParameterValueException", "Unrecognized event source."),
    ({"FunctionName": "nobody"}, "InvalidParameterValueException", "Function does not exist"),
    ({"EventSourceArn": "{stream}1"}, "InvalidParameterValueException", "Stream not found: {stream}1"),
    ({"StartingPosition": None}, "InvalidParameterValueException",
     f"{ENV}Value null at 'startingPosition' {FSC}Member must not be null."),
    ({"StartingPosition": "AT_TIMESTAMP"}, "InvalidParameterValueException", "Unsupported starting position for arn type: {stream}"),
    ({"StartingPositionTimestamp": 1}, "InvalidParameterValueException", "Timestamp only valid with StartingPosition AT_TIMESTAMP"),
    ({"StartingPosition": "x"}, "ValidationException",
     f"{ENV}Value 'x' at 'startingPosition' {FSC}Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]"),
    ({"BatchSize": 0}, "ValidationException", f"{ENV}Value '0' at 'batchSize' {FSC}Member must have value greater than or equal to 1"),
    ({"BatchSize": 10001}, "ValidationException", f"{ENV}Value '10001' at 'batchSize' {FSC}Member must have value less than or equal to 10000"),
    ({"ParallelizationFactor": 11}, "ValidationException",
     f"{ENV}Value '11' at 'parallelizationFactor' {FSC}Member must have value less than or equal to 10"),
    ({"MaximumRetryAttempts": -2}, "ValidationException",
     f"{ENV}Value '-2' at 'maximumRetryAttempts' {FSC}Member must have value greater than or equal to -1"),
    ({"FilterCriteria": {"Filters": [{"Pattern": "single-string"}]}}, "InvalidParameterValueException", "Invalid filter pattern definition."),
    ({"FilterCriteria": {"Filters": [{"Pattern": "[{\"eventName\": [\"INSERT\"=123}]"}]}}, "InvalidParameterValueException",
     "Invalid filter pattern definition."),
])
def test_what_is_refused(lam, function, stream, change, code, message):
    def fill(value):
        return value.format(stream=stream, function=function) if isinstance(value, str) and "{stream}" in value + "{function}" else value
    members = {key: fill(value) for key, value in {**VALID, **change}.items() if value is not None}
    members["FunctionName"] = members["FunctionName"].replace("{function}", function)
    with refused(code, message.replace("{stream}", stream)):
        lam.create_event_source_mapping(**members)
    assert lam.list_event_source_mappings(FunctionName=function)["EventSourceMappings"] == []


def test_a_stream_is_mapped_to_a_function_once(lam, function, stream):
    uuid = map_to(lam, function, stream)["UUID"]
    with refused("ResourceConflictException", f"The event source arn (\" {stream} \") and function (\" {function} \") provided mapping already "
                 f"exists. Please update or delete the existing mapping with UUID {uuid}", 409):
        map_to(lam, function, stream)


# --- Changes while records flow ---------------------------------------------------------------------


# A mapping that names an alias calls what the alias points to at that time.
def test_a_mapping_follows_its_alias(ddb, lam, function, table, tmp_path):
    lam.publish_version(FunctionName=function)
    lam.create_alias(FunctionName=function, Name="live", FunctionVersion="1")
    made = map_to(lam, f"{function}:live", table[1])
    assert made["FunctionArn"].endswith(f":function:{function}:live")
    other = tmp_path / "other"
    lam.update_function_configuration(FunctionName=function, Environment={"Variables": {"OUT": str(other)}})
    put(ddb, table, "one")
    until(lambda: keys(lines(tmp_path / "out")) == ["one"], "one")
    lam.publish_version(FunctionName=function)
    lam.update_alias(FunctionName=function, Name="live", FunctionVersion="2")
    put(ddb, table, "two")
    until(lambda: keys(lines(other)) == ["two"], "two")


SLOW = """
    import json, os, time

    def handler(event, context):
        with open(os.environ["OUT"], "a") as out:
            out.write(json.dumps(event) + "\\n")
        while not os.path.exists(os.environ["OUT"] + ".go"):
            time.sleep(0.01)
"""


# New code comes while the old is busy with a batch: the batch ends with the old, nothing is lost and nothing waits for ever.
def test_new_code_takes_over_between_two_batches(ddb, lam, function, table, out):
    lam.update_function_code(FunctionName=function, ZipFile=package(SLOW))
    map_to(lam, function, table[1], BatchSize=1)
    put(ddb, table, "old")
    until(lambda: keys(lines(out)) == ["old"], "old")
    lam.update_function_code(FunctionName=function, ZipFile=package())
    put(ddb, table, "new")
    out.with_name("out.go").touch()
    until(lambda: keys(lines(out)) == ["old", "new"], lambda: f"old, new; there is {keys(lines(out))}")


# As recorded on AWS: it stays, and is there for a function of that name that comes later.
def test_a_mapping_outlives_its_function(ddb, lam, function, table, out):
    uuid = map_to(lam, function, table[1])["UUID"]
    lam.delete_function(FunctionName=function)
    assert lam.get_event_source_mapping(UUID=uuid)["State"] == "Enabled"
    put(ddb, table, "alone")
    until(lambda: lam.get_event_source_mapping(UUID=uuid)["LastProcessingResult"].startswith("PROBLEM"), "a problem")
    create(lam, function, out)
    until(lambda: keys(lines(out)) == ["alone"], "alone")


# --- Restarts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["stop", "kill"])
@pytest.mark.parametrize("flags", [[], ["-sharedDb"]])
def test_all_is_there_after_a_restart(start, connect, tmp_path, how, flags):
    out = tmp_path / "out"
    server = start("-dbPath", tmp_path / "data", *flags)
    lam, ddb = connect(server.endpoint, "lambda"), connect(server.endpoint)
    create(lam, "f", out, Tags={"a": "b"}, Publish=True)
    lam.create_alias(FunctionName="f", Name="live", FunctionVersion="1")
    lam.add_permission(FunctionName="f", StatementId="s", Action="lambda:InvokeFunction", Principal="*")
    ddb.create_table(TableName="letters", **definition(("pk",), StreamSpecification=STREAM))
    stream = wait_until_active(ddb, "letters")["LatestStreamArn"]
    uuid = map_to(lam, "f:live", stream, BatchSize=3)["UUID"]
    put(ddb, ("letters",), "before")
    until(lambda: keys(lines(out)) == ["before"], "before")
    known = [body(lam.get_function(FunctionName="f", Qualifier=qualifier))["Configuration"] for qualifier in ("$LATEST", "1", "live")]
    server.stop() if how == "stop" else server.kill()
    server = start("-dbPath", tmp_path / "data", *flags)
    lam, ddb = connect(server.endpoint, "lambda"), connect(server.endpoint)
    # A call of DynamoDB opens the database, and with it its functions: nobody has to call Lambda for that.
    put(ddb, ("letters",), "after")
    until(lambda: keys(lines(out))[-1] == "after", "after")
    assert [body(lam.get_function(FunctionName="f", Qualifier=qualifier))["Configuration"] for qualifier in ("$LATEST", "1", "live")] == known
    assert lam.get_function(FunctionName="f")["Tags"] == {"a": "b"}
    assert lam.get_alias(FunctionName="f", Name="live")["FunctionVersion"] == "1"
    assert len(json.loads(lam.get_policy(FunctionName="f")["Policy"])["Statement"]) == 1
    assert lam.get_event_source_mapping(UUID=uuid)["BatchSize"] == 3
    assert set(keys(lines(out))) == {"before", "after"}
    lam.delete_event_source_mapping(UUID=uuid)
    lam.delete_function(FunctionName="f")
    server.stop()
    server = start("-dbPath", tmp_path / "data", *flags)
    assert connect(server.endpoint, "lambda").list_functions()["Functions"] == []
    assert list((tmp_path / "data" / "lambda" / "code").iterdir()) == []
