# SPDX-License-Identifier: Apache-2.0
"""Functions as Lambda's control API makes, changes, lists and deletes them."""

import base64
import hashlib
import io
import json
import os
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from support.errors import refused
from support.functions import Workshop
from support.lambda_functions import ROLE, create, lines, package, payload
from support.poll import until
from support.tables import definition, random_name

pytestmark = pytest.mark.needs_server


@pytest.fixture(scope="module")
def lam(endpoint, connect):
    return connect(endpoint, "lambda")


@pytest.fixture
def name(lam):
    """A name; the function is deleted after the test."""
    name = random_name("f")
    yield name
    try:
        lam.delete_function(FunctionName=name)
    except lam.exceptions.ResourceNotFoundException:
        pass


def arn_of(name, region):
    return f"arn:aws:lambda:{region}:000000000000:function:{name}"


def without(document, *names):
    return {key: value for key, value in document.items() if key not in (*names, "ResponseMetadata")}


# The whole answer, as AWS's tools compare it with what they asked for.
def test_create_answers_with_all_defaults(lam, name, region):
    code = package()
    made = create(lam, name, Code={"ZipFile": code}, Timeout=3)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert without(made, "LastModified", "RevisionId", "RuntimeVersionConfig") == {
        "FunctionName": name, "FunctionArn": arn_of(name, region), "Runtime": "python3.12", "Role": ROLE,
        "Handler": "main.handler", "CodeSize": len(code), "Description": "", "Timeout": 3, "MemorySize": 128,
        "CodeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode(), "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"}, "State": "Pending", "StateReason": "The function is being created.",
        "StateReasonCode": "Creating", "PackageType": "Zip", "Architectures": ["x86_64"], "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"}}


# AWS changes the revision once more when the function becomes active.
def test_a_function_is_active_when_it_is_read(lam, name):
    made = create(lam, name)
    read = lam.get_function_configuration(FunctionName=name)
    assert read["RevisionId"] != made["RevisionId"]
    assert read["LastUpdateStatus"] == "Successful"
    assert without(read, "RevisionId", "LastUpdateStatus") == {
        **without(made, "RevisionId", "StateReason", "StateReasonCode"), "State": "Active"}
    lam.get_waiter("function_active_v2").wait(FunctionName=name)
    lam.get_waiter("function_updated_v2").wait(FunctionName=name)


def test_get_function_tells_tags_and_where_the_package_is(lam, name):
    code = package()
    create(lam, name, Code={"ZipFile": code}, Tags={"team": "a"})
    read = lam.get_function(FunctionName=name)
    assert read["Tags"] == {"team": "a"}
    assert read["Code"]["RepositoryType"] == "S3"
    with urllib.request.urlopen(read["Code"]["Location"]) as answer:
        assert answer.read() == code


@pytest.mark.parametrize("form", ["{name}", "{arn}", "000000000000:function:{name}", "function:{name}", "{arn}:$LATEST"])
def test_a_function_is_named_in_each_way(lam, name, region, form):
    create(lam, name)
    text = form.format(name=name, arn=arn_of(name, region))
    assert lam.get_function_configuration(FunctionName=text)["FunctionName"] == name


def test_an_unknown_function(lam, region):
    for call in (lam.get_function, lam.get_function_configuration, lam.delete_function, lam.invoke, lam.publish_version,
                 lam.list_versions_by_function):
        with refused("ResourceNotFoundException", f"Function not found: {arn_of('nobody', region)}", 404):
            call(FunctionName="nobody")
    with refused("ResourceNotFoundException", f"Function not found: {arn_of('nobody', region)}:prod", 404):
        lam.get_function(FunctionName="nobody", Qualifier="prod")


def test_a_name_is_taken_once(lam, name):
    create(lam, name)
    with refused("ResourceConflictException", f"Function already exist: {name}", 409):
        create(lam, name)


def test_a_function_that_is_deleted_is_gone(lam, name, region):
    create(lam, name)
    assert lam.delete_function(FunctionName=name)["ResponseMetadata"]["HTTPStatusCode"] == 204
    with refused("ResourceNotFoundException", f"Function not found: {arn_of(name, region)}", 404):
        lam.get_function(FunctionName=name)


def test_invoke_gives_the_function_its_event(lam, name, tmp_path):
    create(lam, name, tmp_path / "out")
    answer = lam.invoke(FunctionName=name, Payload=b'{"a":[1,"x"]}')
    assert (answer["StatusCode"], answer["ExecutedVersion"], payload(answer)) == (200, "$LATEST", {"a": [1, "x"]})
    assert "FunctionError" not in answer


def test_new_code_is_called_from_then_on(lam, name):
    create(lam, name, source="def handler(event, context): return 1")
    assert payload(lam.invoke(FunctionName=name)) == 1
    code = package("def handler(event, context): return 2")
    changed = lam.update_function_code(FunctionName=name, ZipFile=code)
    assert changed["CodeSha256"] == base64.b64encode(hashlib.sha256(code).digest()).decode()
    assert (changed["State"], changed["LastUpdateStatus"], changed["LastUpdateStatusReason"], changed["LastUpdateStatusReasonCode"]) == (
        "Active", "InProgress", "The function is being created.", "Creating")
    assert payload(lam.invoke(FunctionName=name)) == 2


# --- Code -------------------------------------------------------------------------------------------


# What is refused leaves nothing behind: the name is free afterwards.
@pytest.mark.parametrize("code, kind, message", [
    ({"ZipFile": b"no zip"}, "InvalidParameterValueException",
     "Could not unzip uploaded file. Please check your file, then try to upload again."),
    ({"ZipFile": b"PK\x05\x06" + bytes(18)}, "InvalidParameterValueException", "Uploaded file must be a non-empty zip"),
    ({"ZipFile": package(name="../evil.py")}, "InvalidParameterValueException",
     'The zip file holds "../evil.py", which would be outside the function\'s folder'),
    ({}, "InvalidParameterValueException", "Please provide a source for function code."),
    ({"S3Bucket": "b", "S3Key": "k"}, "InvalidParameterValueException",
     'Pumice has no S3, so no bucket "b": give ZipFile, or S3Bucket=hot-reload with an absolute folder as S3Key'),
    ({"S3Bucket": "hot-reload", "S3Key": "/no/such/folder"}, "InvalidParameterValueException",
     'There is no folder "/no/such/folder" where the server runs; give the absolute path of one'),
])
def test_code_that_is_refused(lam, name, code, kind, message):
    with refused(kind, message):
        create(lam, name, Code=code)
    create(lam, name)


@pytest.mark.parametrize("change, message", [
    ({"Runtime": "java21"}, 'Pumice has no runtime "java21": it runs python3.*, nodejs* and provided.* (a bootstrap of your own). Or start it '
     "elsewhere and name where it attaches: Code={ImageUri=runtime://127.0.0.1:9001}."),
    ({"Handler": None}, "Runtime and Handler are mandatory parameters for functions created with deployment packages."),
    ({"Runtime": None}, "Runtime and Handler are mandatory parameters for functions created with deployment packages."),
    ({"Layers": ["arn:aws:lambda:us-east-1:000000000000:layer:none:1"]},
     "Layer version arn:aws:lambda:us-east-1:000000000000:layer:none:1 does not exist. Publish it here, or name a folder that is laid out as "
     "below /opt: file:///folder"),
])
def test_functions_that_are_refused(lam, name, change, message):
    with refused("InvalidParameterValueException", message):
        create(lam, name, **change)


# As a developer works: the folder is the code, a saved file is in force with the next invocation.
@pytest.mark.parametrize("code", [lambda path: {"ImageUri": f"file://{path}"}, lambda path: {"S3Bucket": "hot-reload", "S3Key": str(path)}])
def test_a_folder_is_read_again_when_it_changes(lam, name, tmp_path, code):
    (tmp_path / "main.py").write_text("def handler(event, context): return 'first'")
    create(lam, name, Code=code(tmp_path))
    assert payload(lam.invoke(FunctionName=name)) == "first"
    (tmp_path / "main.py").write_text("def handler(event, context): return 'the second'")
    assert payload(lam.invoke(FunctionName=name)) == "the second"


# Packages with their libraries are larger than any request of DynamoDB may be; only this API takes them.
def test_a_large_package(lam, name):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("main.py", "import os\ndef handler(event, context): return os.path.getsize('large')")
        archive.writestr("large", os.urandom(20 * 1024 * 1024))
    assert create(lam, name, Code={"ZipFile": buffer.getvalue()})["CodeSize"] > 20 * 1024 * 1024
    assert payload(lam.invoke(FunctionName=name)) == 20 * 1024 * 1024


# A file mode in the archive is what makes a bootstrap run.
def test_a_bootstrap_is_run_from_a_package(lam, name):
    info = zipfile.ZipInfo("bootstrap")
    info.external_attr = 0o100755 << 16
    script = """#!/usr/bin/env bash
while :; do
  headers=$(mktemp)
  event=$(curl -sS -D "$headers" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next")
  id=$(grep -i lambda-runtime-aws-request-id "$headers" | tr -d '\\r' | cut -d' ' -f2)
  curl -sS -X POST "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response" -d "[$event]"
done
"""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, script)
    create(lam, name, Runtime="provided.al2023", Handler="none", Code={"ZipFile": buffer.getvalue()})
    assert payload(lam.invoke(FunctionName=name, Payload=b"5")) == [5]


def test_updates_are_made_of_what_the_caller_knows(lam, name):
    create(lam, name)
    for call, more in ((lam.update_function_code, {"ZipFile": package()}), (lam.update_function_configuration, {"Timeout": 4})):
        known = lam.get_function_configuration(FunctionName=name)["RevisionId"]
        with refused("PreconditionFailedException", "The Revision Id provided does not match the latest Revision Id. Call the "
                     "GetFunction/GetAlias API to retrieve the latest Revision Id", 412):
            call(FunctionName=name, RevisionId="x", **more)
        call(FunctionName=name, RevisionId=known, **more)


def test_a_dry_run_changes_nothing(lam, name):
    create(lam, name, source="def handler(event, context): return 1")
    before = lam.get_function_configuration(FunctionName=name)
    other = package("def handler(event, context): return 2")
    assert lam.update_function_code(FunctionName=name, ZipFile=other, DryRun=True)["CodeSize"] == len(other)
    assert without(lam.get_function_configuration(FunctionName=name)) == without(before)
    assert payload(lam.invoke(FunctionName=name)) == 1


def test_functions_are_listed_in_pages(lam):
    names = sorted(random_name("list") for _ in range(3))
    for each in names:
        create(lam, each)
    found, marker = [], {}
    while True:
        page = lam.list_functions(MaxItems=1, **marker)
        assert len(page["Functions"]) == 1
        found += [function["FunctionName"] for function in page["Functions"]]
        if "NextMarker" not in page:
            break
        marker = {"Marker": page["NextMarker"]}
    assert [each for each in found if each in names] == names
    for each in names:
        lam.delete_function(FunctionName=each)


# --- Invocations ------------------------------------------------------------------------------------


def test_an_error_of_the_function_is_told(lam, name):
    create(lam, name, source="def handler(event, context): raise KeyError('x')")
    answer = lam.invoke(FunctionName=name)
    assert (answer["StatusCode"], answer["FunctionError"], answer["ExecutedVersion"]) == (200, "Unhandled", "$LATEST")
    error = payload(answer)
    assert (error["errorType"], error["errorMessage"]) == ("KeyError", "'x'")
    assert error["requestId"] == answer["ResponseMetadata"]["RequestId"]


def test_a_function_that_takes_too_long(lam, name):
    create(lam, name, source="import time\ndef handler(event, context): time.sleep(60)", Timeout=1)
    answer = lam.invoke(FunctionName=name)
    assert answer["FunctionError"] == "Unhandled"
    request = answer["ResponseMetadata"]["RequestId"]
    assert payload(answer) == {"errorType": "Sandbox.Timedout", "errorMessage": f"RequestId: {request} Error: Task timed out after 1.00 seconds"}


def test_what_the_function_printed_comes_with_its_answer(lam, name):
    create(lam, name, source="def handler(event, context): print('hello from here')")
    log = base64.b64decode(lam.invoke(FunctionName=name, LogType="Tail")["LogResult"]).decode()
    assert "hello from here" in log
    assert log.startswith("START RequestId: ")
    assert "LogResult" not in lam.invoke(FunctionName=name)


def test_an_event_is_answered_before_the_function_has_run(lam, name, tmp_path):
    create(lam, name, tmp_path / "out")
    answer = lam.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"a":1}')
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    until(lambda: lines(tmp_path / "out") == [{"a": 1}], "the event")
    assert lam.invoke_async(FunctionName=name, InvokeArgs=b'{"a":2}')["Status"] == 202
    until(lambda: lines(tmp_path / "out") == [{"a": 1}, {"a": 2}], "the second event")


def test_a_dry_run_calls_nothing(lam, name, tmp_path):
    create(lam, name, tmp_path / "out")
    assert lam.invoke(FunctionName=name, InvocationType="DryRun")["StatusCode"] == 204
    assert payload(lam.invoke(FunctionName=name)) == {}
    assert lines(tmp_path / "out") == [{}]


def test_the_client_context_reaches_the_function(lam, name):
    create(lam, name, source="def handler(event, context): return context.client_context.custom")
    context = base64.b64encode(json.dumps({"custom": {"a": "b"}}).encode()).decode()
    assert payload(lam.invoke(FunctionName=name, ClientContext=context)) == {"a": "b"}


def test_what_invoke_refuses(lam, name):
    create(lam, name)
    with refused("InvalidRequestContentException", "Could not parse request body into json: Could not parse payload into json"):
        lam.invoke(FunctionName=name, Payload=b"{")
    with refused("RequestTooLargeException", "Request must be smaller than 6291456 bytes for the InvokeFunction operation", 413):
        lam.invoke(FunctionName=name, Payload=b'"' + b"x" * 6291456 + b'"')
    with refused("ValidationException", "1 validation error detected: Value 'x' at 'invocationType' failed to satisfy constraint: Member must "
                 "satisfy enum value set: [Event, RequestResponse, DryRun]"):
        lam.invoke(FunctionName=name, InvocationType="x")
    with refused("InvalidParameterValueException", "Pumice does not stream the answers of functions: call Invoke, which gives the whole answer"):
        lam.invoke_with_response_stream(FunctionName=name)


# The function calls back into the server that waits for it: on as many threads as the server has, and more.
def test_functions_call_back_while_they_are_called(lam, name, endpoint, tmp_path):
    create(lam, name, source="""
        import os, urllib.request

        def handler(event, context):
            with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/") as answer:
                return answer.read().decode()[:7]
    """)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: payload(lam.invoke(FunctionName=name)), range(16)))
    assert answers == ["healthy"] * 16


# Who is called is busy when the server stops: the caller gets an answer, and the server its end.
def test_a_stop_answers_those_who_wait(start, connect, tmp_path):
    server = start("-inMemory")
    lam = connect(server.endpoint, "lambda")
    create(lam, "slow", tmp_path / "out", source="""
        import os, time

        def handler(event, context):
            open(os.environ["OUT"], "a").write("[]\\n")
            time.sleep(60)
    """, Timeout=60)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lam.invoke, FunctionName="slow")
        until(lambda: lines(tmp_path / "out"), "the call")
        assert server.stop() == 0
        with refused("ServiceException", "The function was changed or removed, or the server stopped, before it had returned; call it again", 500):
            waiting.result()


# Without -sharedDb each access key and region has tables of its own, and functions.
def test_a_function_sees_its_creators_tables(start, tmp_path):
    server = start("-inMemory")
    def client(service, key):
        return boto3.Session(key, "secret", region_name="eu-west-1").client(service, endpoint_url=server.endpoint)
    for key in ("one", "two"):
        create(client("lambda", key), "tables", source="""
            import json, os, urllib.request

            def handler(event, context):
                credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/20260101/{os.environ['AWS_REGION']}/dynamodb/aws4_request"
                request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], b"{}", {
                    "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.ListTables", "X-Amz-Date": "20260101T000000Z",
                    "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0"})
                with urllib.request.urlopen(request) as answer:
                    return json.load(answer)["TableNames"]
        """)
        client("dynamodb", key).create_table(TableName=f"of-{key}", **definition(("pk",)))
    for key in ("one", "two"):
        assert payload(client("lambda", key).invoke(FunctionName="tables")) == [f"of-{key}"]


# handlers.json is the file's owner's word: it is shown and called, and changed there.
def test_functions_of_handlers_json_are_listed(start, connect, tmp_path):
    shop = Workshop(tmp_path)
    shop.mapping("letters", shop.function("one"))
    server = start("-inMemory", "--handlers", shop.file())
    lam = connect(server.endpoint, "lambda")
    assert [found["FunctionName"] for found in lam.list_functions()["Functions"]] == ["one"]
    [mapping] = lam.list_event_source_mappings(FunctionName="one")["EventSourceMappings"]
    assert (mapping["EventSourceArn"], mapping["BatchSize"]) == ("letters", 10)
    lam.invoke(FunctionName="one", Payload=b'{"Records":[{"a":1}]}')
    assert shop.records("one") == [{"a": 1}]
    with refused("InvalidParameterValueException", "Function one stands in the server's handlers.json: change it there"):
        lam.delete_function(FunctionName="one")
    with refused("InvalidParameterValueException", "This mapping stands in the server's handlers.json: change it there"):
        lam.delete_event_source_mapping(UUID=mapping["UUID"])
