# SPDX-License-Identifier: Apache-2.0
"""What Lambda's control API keeps beside a function: versions, aliases, permissions, concurrency, event invoke configurations, tags,
layers; and what Terraform's provider reads of it."""

import base64
import hashlib
import json

import pytest

from support.errors import refused
from support.lambda_functions import ROLE, create, package, payload
from support.tables import random_name

pytestmark = pytest.mark.needs_server


@pytest.fixture(scope="module")
def lam(endpoint, connect):
    return connect(endpoint, "lambda")


@pytest.fixture
def name(lam):
    """A function that answers 1, deleted after the test."""
    name = random_name("f")
    create(lam, name, source="def handler(event, context): return [1, context.function_version]")
    yield name
    try:
        lam.delete_function(FunctionName=name)
    except lam.exceptions.ResourceNotFoundException:
        pass


@pytest.fixture
def arn(name, region):
    return f"arn:aws:lambda:{region}:000000000000:function:{name}"


def publish_another(lam, name, value=2):
    lam.update_function_code(FunctionName=name, ZipFile=package(f"def handler(event, context): return [{value}, context.function_version]"))
    return lam.publish_version(FunctionName=name)


def body(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


# --- Versions ---------------------------------------------------------------------------------------


def test_a_version_keeps_code_and_configuration(lam, name, arn):
    made = lam.publish_version(FunctionName=name, Description="first")
    assert (status(made), made["Version"], made["FunctionArn"], made["Description"], made["State"], made["LastUpdateStatus"]) == (
        201, "1", f"{arn}:1", "first", "Active", "Successful")
    publish_another(lam, name)
    lam.update_function_code(FunctionName=name, ZipFile=package("def handler(event, context): return [3, context.function_version]"))
    answers = {version: payload(lam.invoke(FunctionName=name, Qualifier=version)) for version in ("1", "2", "$LATEST")}
    assert answers == {"1": [1, "1"], "2": [2, "2"], "$LATEST": [3, "$LATEST"]}
    assert lam.invoke(FunctionName=f"{arn}:2")["ExecutedVersion"] == "2"
    assert [found["Version"] for found in lam.list_versions_by_function(FunctionName=name)["Versions"]] == ["$LATEST", "1", "2"]


def test_nothing_is_published_twice(lam, name):
    first = lam.publish_version(FunctionName=name)
    assert body(lam.publish_version(FunctionName=name)) == body(first)


def test_a_version_is_published_of_what_the_caller_knows(lam, name):
    known = lam.get_function_configuration(FunctionName=name)
    with refused("InvalidParameterValueException", f"CodeSHA256 (x) is different from current CodeSHA256 in $LATEST ({known['CodeSha256']}). "
                 "Please try again with the CodeSHA256 in $LATEST."):
        lam.publish_version(FunctionName=name, CodeSha256="x")
    with refused("PreconditionFailedException", "The Revision Id provided does not match the latest Revision Id. Call the "
                 "GetFunction/GetAlias API to retrieve the latest Revision Id", 412):
        lam.publish_version(FunctionName=name, RevisionId="x")
    assert lam.publish_version(FunctionName=name, CodeSha256=known["CodeSha256"], RevisionId=known["RevisionId"])["Version"] == "1"


def test_versions_come_in_pages(lam, name):
    for value in (2, 3):
        publish_another(lam, name, value)
    first = lam.list_versions_by_function(FunctionName=name, MaxItems=2)
    rest = lam.list_versions_by_function(FunctionName=name, Marker=first["NextMarker"])
    assert [found["Version"] for found in first["Versions"] + rest["Versions"]] == ["$LATEST", "1", "2"]
    assert "NextMarker" not in rest


def test_a_version_is_deleted_alone(lam, name, arn):
    publish_another(lam, name)
    assert status(lam.delete_function(FunctionName=name, Qualifier="1")) == 204
    with refused("ResourceNotFoundException", f"Function not found: {arn}:1", 404):
        lam.get_function(FunctionName=name, Qualifier="1")
    assert payload(lam.invoke(FunctionName=name)) == [2, "$LATEST"]
    with refused("InvalidParameterValueException", "$LATEST version cannot be deleted without deleting the function."):
        lam.delete_function(FunctionName=name, Qualifier="$LATEST")


# --- Aliases ----------------------------------------------------------------------------------------


def test_an_alias_points_to_a_version(lam, name, arn):
    publish_another(lam, name)
    made = lam.create_alias(FunctionName=name, Name="prod", FunctionVersion="1", Description="live")
    revision = made["RevisionId"]
    assert status(made) == 201
    assert body(made) == {"AliasArn": f"{arn}:prod", "Name": "prod", "FunctionVersion": "1", "Description": "live", "RevisionId": revision}
    assert payload(lam.invoke(FunctionName=name, Qualifier="prod")) == [2, "1"]
    assert lam.get_function_configuration(FunctionName=name, Qualifier="prod")["FunctionArn"] == f"{arn}:prod"
    assert body(lam.get_alias(FunctionName=name, Name="prod")) == body(made)
    assert lam.list_aliases(FunctionName=name, FunctionVersion="1")["Aliases"] == [body(made)]
    assert lam.list_aliases(FunctionName=name, FunctionVersion="7")["Aliases"] == []
    with refused("PreconditionFailedException", "The Revision Id provided does not match the latest Revision Id. Call the "
                 "GetFunction/GetAlias API to retrieve the latest Revision Id", 412):
        lam.update_alias(FunctionName=name, Name="prod", FunctionVersion="$LATEST", RevisionId="x")
    changed = lam.update_alias(FunctionName=name, Name="prod", FunctionVersion="$LATEST", RevisionId=revision)
    assert (changed["FunctionVersion"], changed["Description"]) == ("$LATEST", "live")
    assert payload(lam.invoke(FunctionName=name, Qualifier="prod")) == [2, "$LATEST"]
    assert status(lam.delete_alias(FunctionName=name, Name="prod")) == 204
    assert status(lam.delete_alias(FunctionName=name, Name="prod")) == 204
    with refused("ResourceNotFoundException", f"Cannot find alias arn: {arn}:prod", 404):
        lam.get_alias(FunctionName=name, Name="prod")
    with refused("ResourceNotFoundException", f"Function not found: {arn}:prod", 404):
        lam.invoke(FunctionName=name, Qualifier="prod")


def test_what_aliases_are_refused_for(lam, name, arn):
    lam.create_alias(FunctionName=name, Name="prod", FunctionVersion="$LATEST")
    with refused("ResourceConflictException", f"Alias already exists: {arn}:prod", 409):
        lam.create_alias(FunctionName=name, Name="prod", FunctionVersion="$LATEST")
    with refused("ResourceNotFoundException", f"Function not found: {arn}:9", 404):
        lam.create_alias(FunctionName=name, Name="other", FunctionVersion="9")
    with refused("ResourceNotFoundException", f"Function not found: {arn}-unknown:1", 404):
        lam.create_alias(FunctionName=f"{name}-unknown", Name="other", FunctionVersion="1")
    with refused("ValidationException", "1 validation error detected: Value '12' at 'name' failed to satisfy constraint: Member must satisfy "
                 "regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"):
        lam.create_alias(FunctionName=name, Name="12", FunctionVersion="$LATEST")


# A weight of one leaves nothing to chance.
def test_weights_route_to_another_version(lam, name):
    publish_another(lam, name)
    publish_another(lam, name, 3)
    routing = {"AdditionalVersionWeights": {"2": 1.0}}
    made = lam.create_alias(FunctionName=name, Name="canary", FunctionVersion="1", RoutingConfig=routing)
    assert made["RoutingConfig"] == routing
    assert lam.invoke(FunctionName=name, Qualifier="canary")["ExecutedVersion"] == "2"
    assert "RoutingConfig" not in lam.update_alias(FunctionName=name, Name="canary", RoutingConfig={"AdditionalVersionWeights": {}})
    assert lam.invoke(FunctionName=name, Qualifier="canary")["ExecutedVersion"] == "1"


# --- Permissions ------------------------------------------------------------------------------------


def test_permissions_are_kept(lam, name, arn):
    statement = {"Sid": "s1", "Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "lambda:InvokeFunction",
                 "Resource": arn, "Condition": {"StringEquals": {"AWS:SourceAccount": "000000000000"},
                                                "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}}}
    added = lam.add_permission(FunctionName=name, StatementId="s1", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
                               SourceArn="arn:aws:s3:::bucket", SourceAccount="000000000000")
    assert status(added) == 201
    assert json.loads(added["Statement"]) == statement
    lam.add_permission(FunctionName=name, StatementId="s2", Action="lambda:InvokeFunction", Principal="111111111111")
    policy = json.loads(lam.get_policy(FunctionName=name)["Policy"])
    assert (policy["Version"], policy["Id"]) == ("2012-10-17", "default")
    assert policy["Statement"] == [statement, {"Sid": "s2", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
                                               "Action": "lambda:InvokeFunction", "Resource": arn}]
    with refused("ResourceConflictException", "The statement id (s1) provided already exists. Please provide a new statement id, or "
                 "remove the existing statement.", 409):
        lam.add_permission(FunctionName=name, StatementId="s1", Action="lambda:InvokeFunction", Principal="*")
    for sid in ("s1", "s2"):
        assert status(lam.remove_permission(FunctionName=name, StatementId=sid)) == 204
    with refused("ResourceNotFoundException", "The resource you requested does not exist.", 404):
        lam.get_policy(FunctionName=name)


# --- Concurrency ------------------------------------------------------------------------------------


def test_reserved_concurrency(lam, name):
    assert body(lam.get_function_concurrency(FunctionName=name)) == {}
    assert body(lam.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=3)) == {"ReservedConcurrentExecutions": 3}
    assert lam.get_function(FunctionName=name)["Concurrency"] == {"ReservedConcurrentExecutions": 3}
    lam.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    with refused("TooManyRequestsException", "Rate Exceeded.", 429):
        lam.invoke(FunctionName=name)
    assert status(lam.delete_function_concurrency(FunctionName=name)) == 204
    assert payload(lam.invoke(FunctionName=name)) == [1, "$LATEST"]
    with refused("InvalidParameterValueException", "Specified ReservedConcurrentExecutions for function decreases account's "
                 "UnreservedConcurrentExecution below its minimum value of [100]."):
        lam.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=901)


def test_account_settings(lam, name):
    before = lam.get_account_settings()
    assert before["AccountLimit"] == {"TotalCodeSize": 80530636800, "CodeSizeUnzipped": 262144000, "CodeSizeZipped": 52428800,
                                      "ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 1000}
    assert before["AccountUsage"]["FunctionCount"] >= 1


# --- Event invoke configurations --------------------------------------------------------------------


def test_event_invoke_configurations(lam, name, arn):
    nothing = {"OnSuccess": {}, "OnFailure": {}}
    put = lam.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1)
    modified = put["LastModified"]
    assert body(put) == {"FunctionArn": f"{arn}:$LATEST", "LastModified": modified, "MaximumRetryAttempts": 1, "DestinationConfig": nothing}
    changed = lam.update_function_event_invoke_config(FunctionName=name, MaximumEventAgeInSeconds=60)
    assert (changed["MaximumRetryAttempts"], changed["MaximumEventAgeInSeconds"]) == (1, 60)
    lam.create_alias(FunctionName=name, Name="prod", FunctionVersion="$LATEST")
    lam.put_function_event_invoke_config(FunctionName=name, Qualifier="prod", MaximumRetryAttempts=0)
    listed = lam.list_function_event_invoke_configs(FunctionName=name)["FunctionEventInvokeConfigs"]
    assert [found["FunctionArn"] for found in listed] == [f"{arn}:$LATEST", f"{arn}:prod"]
    assert status(lam.delete_function_event_invoke_config(FunctionName=name)) == 204
    for call in (lam.get_function_event_invoke_config, lam.delete_function_event_invoke_config):
        with refused("ResourceNotFoundException", f"The function {arn}:$LATEST doesn't have an EventInvokeConfig", 404):
            call(FunctionName=name)
    with refused("ResourceNotFoundException", "The function doesn't exist.", 404):
        lam.put_function_event_invoke_config(FunctionName="nobody", MaximumRetryAttempts=0)
    with refused("InvalidParameterValueException", "You must specify at least one of error handling or destination setting."):
        lam.put_function_event_invoke_config(FunctionName=name)
    with refused("InvalidParameterValueException", "The derived qualifier from the function name does not match the specified qualifier."):
        lam.put_function_event_invoke_config(FunctionName=f"{arn}:prod", Qualifier="1", MaximumRetryAttempts=0)


# --- Tags -------------------------------------------------------------------------------------------


def test_tags_of_a_function(lam, name, arn):
    assert lam.list_tags(Resource=arn)["Tags"] == {}
    assert status(lam.tag_resource(Resource=arn, Tags={"A": "a", "B": "b"})) == 204
    lam.tag_resource(Resource=arn, Tags={"B": "c", "D": "d"})
    assert lam.list_tags(Resource=arn)["Tags"] == {"A": "a", "B": "c", "D": "d"}
    assert status(lam.untag_resource(Resource=arn, TagKeys=["A", "D", "nothing"])) == 204
    assert lam.list_tags(Resource=arn)["Tags"] == {"B": "c"}
    for call, more in ((lam.list_tags, {}), (lam.tag_resource, {"Tags": {"a": "b"}}), (lam.untag_resource, {"TagKeys": ["a"]})):
        with refused("ResourceNotFoundException", f"Function not found: {arn}-unknown", 404):
            call(Resource=f"{arn}-unknown", **more)


# --- Layers -----------------------------------------------------------------------------------------


def test_a_layer_is_published_and_used(lam, name, region):
    layer = random_name("l")
    code = package("VALUE = 'of the layer'", name="python/shared.py")
    made = lam.publish_layer_version(LayerName=layer, Content={"ZipFile": code}, CompatibleRuntimes=["python3.12"])
    arn = f"arn:aws:lambda:{region}:000000000000:layer:{layer}"
    assert (status(made), made["LayerArn"], made["LayerVersionArn"], made["Version"]) == (201, arn, f"{arn}:1", 1)
    assert (made["Content"]["CodeSize"], made["Content"]["CodeSha256"]) == (
        len(code), base64.b64encode(hashlib.sha256(code).digest()).decode())
    lam.update_function_code(FunctionName=name, ZipFile=package("import shared\ndef handler(event, context): return shared.VALUE"))
    changed = lam.update_function_configuration(FunctionName=name, Layers=[f"{arn}:1"])
    assert changed["Layers"] == [{"Arn": f"{arn}:1", "CodeSize": len(code)}]
    assert payload(lam.invoke(FunctionName=name)) == "of the layer"
    assert lam.get_layer_version_by_arn(Arn=f"{arn}:1")["Version"] == 1
    assert [found["LayerName"] for found in lam.list_layers()["Layers"]].count(layer) == 1
    assert [found["Version"] for found in lam.list_layer_versions(LayerName=layer)["LayerVersions"]] == [1]
    lam.delete_layer_version(LayerName=layer, VersionNumber=1)
    with refused("ResourceNotFoundException", "The resource you requested does not exist.", 404):
        lam.get_layer_version(LayerName=layer, VersionNumber=1)
    assert payload(lam.invoke(FunctionName=name)) == "of the layer"


def test_a_folder_is_a_layer(lam, name, tmp_path):
    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "shared.py").write_text("VALUE = 'of the folder'")
    lam.update_function_code(FunctionName=name, ZipFile=package("import shared\ndef handler(event, context): return shared.VALUE"))
    lam.update_function_configuration(FunctionName=name, Layers=[f"file://{tmp_path}"])
    assert payload(lam.invoke(FunctionName=name)) == "of the folder"


# --- Terraform --------------------------------------------------------------------------------------


# The calls of aws_lambda_function's read, as its provider's source has them.
def test_what_terraform_reads(lam, name, arn):
    read = lam.get_function(FunctionName=name)
    assert (read["Configuration"]["State"], read["Configuration"]["LastUpdateStatus"]) == ("Active", "Successful")
    assert lam.list_versions_by_function(FunctionName=name, MaxItems=10000)["Versions"][-1]["FunctionArn"] == f"{arn}:$LATEST"
    assert body(lam.get_function_code_signing_config(FunctionName=name)) == {}
    assert body(lam.get_runtime_management_config(FunctionName=name)) == {"UpdateRuntimeOn": "Auto", "FunctionArn": f"{arn}:$LATEST"}
    assert body(lam.get_function_recursion_config(FunctionName=name)) == {"RecursiveLoop": "Terminate"}
    with refused("ResourceNotFoundException", "The resource you requested does not exist.", 404):
        lam.get_function_url_config(FunctionName=name)


# Every member that is answered is one that the SDK's model has.
def test_answers_hold_no_unknown_members(lam, name):
    shape = lam.meta.service_model.operation_model("GetFunctionConfiguration").output_shape
    captured = []
    lam.meta.events.register_first("after-call.lambda.GetFunctionConfiguration", lambda http_response, **_: captured.append(http_response.content))
    lam.get_function_configuration(FunctionName=name)
    assert set(json.loads(captured[0])) <= set(shape.members)
