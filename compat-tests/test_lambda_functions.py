# SPDX-License-Identifier: Apache-2.0
"""Functions as Lambda's control API makes, changes, lists and deletes them."""

import base64
import hashlib
import urllib.request

import pytest

from support.errors import refused
from support.lambda_functions import ECHO, ROLE, create, package, payload
from support.tables import random_name

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
