# SPDX-License-Identifier: Apache-2.0
"""Lambda's control API as the AWS CLI, curl and SDKs of other years call it."""

import base64
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request

import pytest

from support.lambda_functions import ROLE, lines, package
from support.poll import until
from support.tables import definition, random_name

pytestmark = pytest.mark.needs_server


@pytest.fixture
def aws(endpoint, region):
    """aws(*words) -> what `aws <words>` answered."""
    program = shutil.which("aws")
    if program is None:
        pytest.skip("the AWS CLI is not installed")
    settings = {**os.environ, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": region, "AWS_PAGER": ""}

    def call(*words):
        finished = subprocess.run([program, *map(str, words), "--endpoint-url", endpoint, "--output", "json"], capture_output=True, text=True,
                                  timeout=60, env=settings)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout) if finished.stdout.strip() else None

    return call


# docs/lambda.md's example, from the zip file to the function's output.
def test_the_way_of_the_documentation(aws, tmp_path):
    name, table, out = random_name("f"), random_name("t"), tmp_path / "out"
    (tmp_path / "hello.zip").write_bytes(package())
    made = aws("lambda", "create-function", "--function-name", name, "--runtime", "python3.12", "--handler", "main.handler", "--role", ROLE,
               "--zip-file", f"fileb://{tmp_path}/hello.zip", "--environment", f"Variables={{OUT={out}}}")
    assert made["State"] == "Pending"
    aws("lambda", "wait", "function-active-v2", "--function-name", name)
    schema = definition(("pk",))
    aws("dynamodb", "create-table", "--table-name", table, "--attribute-definitions", json.dumps(schema["AttributeDefinitions"]), "--key-schema",
        json.dumps(schema["KeySchema"]), "--billing-mode", "PAY_PER_REQUEST", "--stream-specification",
        "StreamEnabled=true,StreamViewType=NEW_IMAGE")
    stream = aws("dynamodb", "describe-table", "--table-name", table)["Table"]["LatestStreamArn"]
    mapping = aws("lambda", "create-event-source-mapping", "--function-name", name, "--starting-position", "LATEST", "--event-source-arn", stream)
    assert aws("lambda", "get-event-source-mapping", "--uuid", mapping["UUID"])["State"] == "Enabled"
    aws("dynamodb", "put-item", "--table-name", table, "--item", '{"pk":{"S":"a"}}')
    until(lambda: lines(out), "a record")
    # Version 1 of the CLI takes the text, version 2 base64.
    version = subprocess.run([shutil.which("aws"), "--version"], capture_output=True, text=True).stdout
    payload = "{}" if version.startswith("aws-cli/1") else base64.b64encode(b"{}").decode()
    answer = aws("lambda", "invoke", "--function-name", name, "--payload", payload, "--log-type", "Tail", tmp_path / "answer.json")
    assert (answer["StatusCode"], answer["ExecutedVersion"], (tmp_path / "answer.json").read_text()) == (200, "$LATEST", "{}")
    assert b"START RequestId:" in base64.b64decode(answer["LogResult"])
    assert name in [found["FunctionName"] for found in aws("lambda", "list-functions")["Functions"]]
    aws("lambda", "update-function-configuration", "--function-name", name, "--timeout", 5)
    aws("lambda", "wait", "function-updated-v2", "--function-name", name)
    assert aws("lambda", "get-function", "--function-name", name)["Configuration"]["Timeout"] == 5
    aws("lambda", "delete-event-source-mapping", "--uuid", mapping["UUID"])
    aws("lambda", "delete-function", "--function-name", name)
    aws("dynamodb", "delete-table", "--table-name", table)


# Each parameter of a mapping as the CLI's own flag: what Get answers is what was said.
def test_every_parameter_of_a_mapping(aws, tmp_path):
    name, table = random_name("f"), random_name("t")
    (tmp_path / "hello.zip").write_bytes(package())
    aws("lambda", "create-function", "--function-name", name, "--runtime", "python3.12", "--handler", "main.handler", "--role", ROLE,
        "--zip-file", f"fileb://{tmp_path}/hello.zip")
    schema = definition(("pk",))
    made = aws("dynamodb", "create-table", "--table-name", table, "--attribute-definitions", json.dumps(schema["AttributeDefinitions"]),
               "--key-schema", json.dumps(schema["KeySchema"]), "--billing-mode", "PAY_PER_REQUEST", "--stream-specification",
               "StreamEnabled=true,StreamViewType=NEW_IMAGE")
    stream = made["TableDescription"]["LatestStreamArn"]
    queue = ":".join([*stream.split(":")[:2], "sqs", *stream.split(":")[3:5], "failures"])
    pattern = {"Pattern": '{"eventName":["INSERT"]}'}
    uuid = aws("lambda", "create-event-source-mapping", "--function-name", name, "--event-source-arn", stream, "--starting-position", "TRIM_HORIZON",
               "--batch-size", 7, "--maximum-batching-window-in-seconds", 2, "--parallelization-factor", 3, "--maximum-retry-attempts", 4,
               "--maximum-record-age-in-seconds", 61, "--bisect-batch-on-function-error", "--function-response-types", "ReportBatchItemFailures",
               "--filter-criteria", json.dumps({"Filters": [pattern]}), "--destination-config", json.dumps({"OnFailure": {"Destination": queue}}),
               "--no-enabled")["UUID"]

    def told(*members):
        found = aws("lambda", "get-event-source-mapping", "--uuid", uuid)
        return {member: found[member] for member in members}

    wanted = {"StartingPosition": "TRIM_HORIZON", "BatchSize": 7, "MaximumBatchingWindowInSeconds": 2, "ParallelizationFactor": 3,
              "MaximumRetryAttempts": 4, "MaximumRecordAgeInSeconds": 61, "BisectBatchOnFunctionError": True, "TumblingWindowInSeconds": 0,
              "FunctionResponseTypes": ["ReportBatchItemFailures"], "FilterCriteria": {"Filters": [pattern]},
              "DestinationConfig": {"OnFailure": {"Destination": queue}}, "State": "Disabled"}
    assert told(*wanted) == wanted
    aws("lambda", "update-event-source-mapping", "--uuid", uuid, "--enabled", "--parallelization-factor", 1, "--tumbling-window-in-seconds", 30,
        "--no-bisect-batch-on-function-error", "--destination-config", json.dumps({"OnFailure": {"Destination": ""}}))
    changed = {**wanted, "ParallelizationFactor": 1, "TumblingWindowInSeconds": 30, "BisectBatchOnFunctionError": False,
               "DestinationConfig": {"OnFailure": {}}, "State": "Enabled"}
    assert told(*changed) == changed
    aws("lambda", "delete-event-source-mapping", "--uuid", uuid)
    aws("lambda", "delete-function", "--function-name", name)
    aws("dynamodb", "delete-table", "--table-name", table)


@pytest.fixture
def rest(wire):
    """rest(method, path, body=None, **headers) -> the answer of a signed request."""
    def call(method, path, document=None, **headers):
        text = b"" if document is None else json.dumps(document).encode()
        signed = wire.signed_headers("ListTables", text)
        signed.pop("X-Amz-Target", None)
        connection = wire.connect()
        connection.request(method, path, text, {**signed, "Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, answer.getheader("x-amzn-ErrorType"), answer.read()
    return call


# botocore 1.29 and others of its time send one on the paths of lists.
def test_a_slash_at_the_end_of_a_path_counts_for_nothing(rest):
    for path in ("/2015-03-31/functions/", "/2015-03-31/functions"):
        status, _, body = rest("GET", path)
        assert status == 200
        assert "Functions" in json.loads(body)
    status, kind, body = rest("POST", "/2015-03-31/event-source-mappings/", {"FunctionName": "f"})
    assert (status, kind, json.loads(body)) == (400, "InvalidParameterValueException", {"Type": "User", "message": "Unrecognized event source."})


def test_an_unknown_path_is_told_so(rest):
    status, kind, body = rest("POST", "/2021-10-31/functions/f/url", {})
    assert (status, kind) == (404, "UnknownOperationException")
    assert json.loads(body) == {"Message": "Pumice has no operation POST /2021-10-31/functions/f/url. docs/lambda.md lists those of Lambda "
                                           "that it has."}


# A page in the browser must not start programs.
def test_a_web_page_is_refused(rest):
    status, kind, body = rest("GET", "/2015-03-31/functions", Origin="http://localhost:3000")
    assert (status, kind) == (403, "AccessDeniedException")
    assert json.loads(body)["Message"].endswith("start Pumice with --lambda all")


def test_the_api_can_be_open_or_closed(start, connect):
    closed = start("-inMemory", "--lambda", "off")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{closed.endpoint}/2015-03-31/functions")
    assert json.loads(refusal.value.read()) == {"Message": "Lambda's API is switched off: start Pumice without --lambda off"}
    opened = start("-inMemory", env={"PUMICE_LAMBDA": "all"})
    request = urllib.request.Request(f"{opened.endpoint}/2015-03-31/functions", headers={"Origin": "http://localhost:3000"})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert json.loads(refusal.value.read()) == {"message": "Missing Authentication Token"}
