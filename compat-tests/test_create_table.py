# SPDX-License-Identifier: Apache-2.0
"""CreateTable: what it answers, and in which words it refuses."""

import re
import uuid

import pytest

from support.errors import (ENV, FSC, P, PATTERN, enum_of, invalid, length_at_least, length_at_most, refused,
                            value_at_least)
from support.tables import attributes, definition, index, keys, random_name, table, wait_until_active, wait_until_gone

UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 4}


def global_index(name, key_names=("g",), **more):
    return {**index(name, key_names), **more}


@pytest.fixture
def created(ddb):
    """created(**request) -> CreateTable's TableDescription; the table is deleted after the test."""
    names = []

    def create(**request):
        name = request.pop("TableName", None) or random_name()
        names.append(name)
        return ddb.create_table(TableName=name, **request)["TableDescription"]

    yield create
    for name in names:
        wait_until_active(ddb, name)
        ddb.delete_table(TableName=name)


# The answer of CreateTable itself says CREATING: the SDKs' waiters and Terraform begin from that state.
def test_answers_creating_then_becomes_active(ddb, created):
    description = created(**definition(("pk",)))
    assert description["TableStatus"] == "CREATING"
    assert wait_until_active(ddb, description["TableName"])["TableStatus"] == "ACTIVE"


def test_describes_keys_and_definitions(created):
    description = created(**definition(("pk", "sk"), {"pk": "S", "sk": "N"}))
    assert description["KeySchema"] == keys("pk", "sk")
    assert sorted(description["AttributeDefinitions"], key=str) == sorted(attributes(pk="S", sk="N"), key=str)
    assert description["ItemCount"] == 0
    assert description["TableSizeBytes"] == 0


@pytest.mark.aws_only("DynamoDB Local leaves DeletionProtectionEnabled and the on-demand members as it likes")
def test_describes_an_on_demand_table(ddb, created):
    description = created(**definition(("pk",)))
    described = wait_until_active(ddb, description["TableName"])
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert described["ProvisionedThroughput"] == {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    assert described["DeletionProtectionEnabled"] is False


def test_describes_a_provisioned_table(ddb, created):
    name = created(KeySchema=keys("pk"), AttributeDefinitions=attributes(pk="S"), ProvisionedThroughput=UNITS)["TableName"]
    throughput = wait_until_active(ddb, name)["ProvisionedThroughput"]
    assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (5, 4)
    assert throughput["NumberOfDecreasesToday"] == 0


# BillingModeSummary stands only where on-demand was ever asked for.
def test_a_provisioned_table_has_no_billing_summary(created):
    assert "BillingModeSummary" not in created(
        KeySchema=keys("pk"), AttributeDefinitions=attributes(pk="S"), ProvisionedThroughput=UNITS)


def test_gives_an_arn_and_a_uuid(created):
    description = created(**definition(("pk",)))
    assert re.fullmatch(rf"arn:aws:dynamodb:[a-z0-9-]+:\d{{12}}:table/{description['TableName']}", description["TableArn"])
    assert str(uuid.UUID(description["TableId"])) == description["TableId"]


def test_a_new_table_of_an_old_name_has_the_old_arn_and_a_new_id(ddb, created):
    with table(ddb, **definition(("pk",))) as name:
        before = ddb.describe_table(TableName=name)["Table"]
    wait_until_gone(ddb, name)
    after = created(TableName=name, **definition(("pk",)))
    assert after["TableArn"] == before["TableArn"]
    assert after["TableId"] != before["TableId"]


# The wire has seconds with milliseconds, which boto3 turns into a time with a zone.
def test_gives_the_creation_time(created):
    assert created(**definition(("pk",)))["CreationDateTime"].tzinfo is not None


def test_describes_a_global_index(ddb, created):
    request = definition(("pk",), dict(pk="S", g="N"), GlobalSecondaryIndexes=[global_index("by_g")])
    name = created(**request)["TableName"]
    described = wait_until_active(ddb, name)
    [found] = described["GlobalSecondaryIndexes"]
    assert found["IndexName"] == "by_g"
    assert found["KeySchema"] == keys("g")
    assert found["Projection"] == {"ProjectionType": "ALL"}
    assert found["IndexStatus"] == "ACTIVE"
    assert (found["ItemCount"], found["IndexSizeBytes"]) == (0, 0)
    assert found["IndexArn"] == described["TableArn"] + "/index/by_g"
    assert "Backfilling" not in found


def test_describes_a_provisioned_global_index(ddb, created):
    request = dict(KeySchema=keys("pk"), AttributeDefinitions=attributes(pk="S", g="S"), ProvisionedThroughput=UNITS,
                   GlobalSecondaryIndexes=[global_index("by_g", ProvisionedThroughput=UNITS)])
    [found] = wait_until_active(ddb, created(**request)["TableName"])["GlobalSecondaryIndexes"]
    assert found["ProvisionedThroughput"]["WriteCapacityUnits"] == 4


# Local indexes have neither a status nor a throughput of their own.
def test_describes_a_local_index(ddb, created):
    request = definition(("pk", "sk"), dict(pk="S", sk="S", l="S"),
                         LocalSecondaryIndexes=[index("by_l", ("pk", "l"), "INCLUDE", ["x", "y"])])
    [found] = wait_until_active(ddb, created(**request)["TableName"])["LocalSecondaryIndexes"]
    assert found["IndexName"] == "by_l"
    assert found["KeySchema"] == keys("pk", "l")
    assert found["Projection"]["ProjectionType"] == "INCLUDE"
    assert sorted(found["Projection"]["NonKeyAttributes"]) == ["x", "y"]
    assert "IndexStatus" not in found
    assert "ProvisionedThroughput" not in found


def test_two_indexes_may_have_the_same_keys(created):
    request = definition(("pk",), dict(pk="S", g="S"),
                         GlobalSecondaryIndexes=[global_index("index1"), global_index("index2")])
    assert {found["IndexName"] for found in created(**request)["GlobalSecondaryIndexes"]} == {"index1", "index2"}


def test_accepts_tags(created):
    assert created(Tags=[{"Key": "team", "Value": "cruddur"}], **definition(("pk",)))["TableStatus"] == "CREATING"


# Terraform sends an empty list.
def test_accepts_an_empty_list_of_tags(created):
    assert created(Tags=[], **definition(("pk",)))["TableStatus"] == "CREATING"


@pytest.mark.parametrize("view", ["NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"])
def test_switches_a_stream_on(created, view):
    wanted = {"StreamEnabled": True, "StreamViewType": view}
    description = created(StreamSpecification=wanted, **definition(("pk",)))
    assert description["StreamSpecification"] == wanted
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", description["LatestStreamLabel"])
    assert description["LatestStreamArn"] == f"{description['TableArn']}/stream/{description['LatestStreamLabel']}"


@pytest.mark.parametrize("specification", [{}, {"StreamSpecification": {"StreamEnabled": False}}], ids=["absent", "disabled"])
def test_without_a_stream_no_stream_member_is_described(created, specification):
    description = created(**specification, **definition(("pk",)))
    assert not {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel"} & description.keys()


@pytest.mark.aws_only("DynamoDB Local compares table names without regard to case")
def test_names_are_case_sensitive(created):
    name = random_name()
    created(TableName=name, **definition(("pk",)))
    assert created(TableName=name.upper(), **definition(("pk",)))["TableName"] == name.upper()


def test_an_existing_name_is_in_use(ddb, hash_table):
    with refused("ResourceInUseException", f"Table already exists: {hash_table}"):
        ddb.create_table(TableName=hash_table, **definition(("pk",)))


# A mistake in the request is told before the table is looked up.
def test_a_bad_request_beats_an_existing_name(ddb, hash_table):
    with invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"):
        ddb.create_table(TableName=hash_table, **definition(("pk",), KeySchema=[{"AttributeName": "pk", "KeyType": "RANGE"}]))


@pytest.mark.parametrize("name", ["abc", "A.b-c_9", "x" * 255])
def test_accepts_a_legal_name(created, name):
    unique = name if len(name) == 255 else name + random_name("")
    assert created(TableName=unique, **definition(("pk",)))["TableName"] == unique


# Since November 2025 a global index may have up to four HASH and four RANGE attributes.
@pytest.mark.aws_only("DynamoDB Local may know only one HASH and one RANGE attribute")
def test_a_global_index_may_have_eight_key_attributes(created):
    schema = [{"AttributeName": f"h{i}", "KeyType": "HASH"} for i in range(4)]
    schema += [{"AttributeName": f"r{i}", "KeyType": "RANGE"} for i in range(4)]
    types = dict(pk="S", **{element["AttributeName"]: "S" for element in schema})
    description = created(**definition(("pk",), types, GlobalSecondaryIndexes=[
        {"IndexName": "wide", "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}}]))
    assert description["GlobalSecondaryIndexes"][0]["KeySchema"] == schema


def request_with(**changes):
    """A legal request of one key with changes; a change to None leaves the member out."""
    merged = {"TableName": random_name(), **definition(("pk",)), **changes}
    return {name: value for name, value in merged.items() if value is not None}


def with_global(*indexes, types=None, **more):
    return request_with(AttributeDefinitions=attributes(**(types or dict(pk="S", g="S"))),
                        GlobalSecondaryIndexes=list(indexes), **more)


def with_local(*indexes, types=None, **more):
    return request_with(KeySchema=keys("pk", "sk"), AttributeDefinitions=attributes(**(types or dict(pk="S", sk="S", l="S"))),
                        LocalSecondaryIndexes=list(indexes), **more)


def multi(hash_count, range_count=0, order=None):
    schema = [{"AttributeName": f"h{i}", "KeyType": "HASH"} for i in range(hash_count)]
    schema += [{"AttributeName": f"r{i}", "KeyType": "RANGE"} for i in range(range_count)]
    if order:
        schema = [schema[i] for i in order]
    types = dict(pk="S", **{element["AttributeName"]: "S" for element in schema})
    return with_global({"IndexName": "wide", "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}}, types=types)


HASH_TWICE = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "HASH"}]

REFUSALS = {
    "name absent": (request_with(TableName=None), "The parameter 'TableName' is required but was not present in the request"),
    "name too short": (request_with(TableName="ab"), f"{ENV}Value 'ab' at 'tableName' {FSC}{length_at_least(3)}"),
    "name of bad characters": (request_with(TableName="a b c"), f"{ENV}Value 'a b c' at 'tableName' {FSC}{PATTERN}"),
    "three table keys": (
        request_with(KeySchema=[*keys("pk", "sk"), {"AttributeName": "x", "KeyType": "RANGE"}],
                     AttributeDefinitions=attributes(pk="S", sk="S", x="S")),
        f"{ENV}Value '[KeySchemaElement(attributeName=pk, keyType=HASH), KeySchemaElement(attributeName=sk, keyType=RANGE), "
        f"KeySchemaElement(attributeName=x, keyType=RANGE)]' at 'keySchema' {FSC}{length_at_most(2)}"),
    "unknown key type": (
        request_with(KeySchema=[{"AttributeName": "pk", "KeyType": "SORT"}]),
        f"{ENV}Value 'SORT' at 'keySchema.1.member.keyType' {FSC}{enum_of('HASH, RANGE')}"),
    "unknown attribute type": (
        request_with(AttributeDefinitions=attributes(pk="BOOL")),
        f"{ENV}Value 'BOOL' at 'attributeDefinitions.1.member.attributeType' {FSC}{enum_of('B, N, S')}"),
    "unknown billing mode": (
        request_with(BillingMode="FREE"),
        f"{ENV}Value 'FREE' at 'billingMode' {FSC}{enum_of('PROVISIONED, PAY_PER_REQUEST')}"),
    "no read units": (
        request_with(BillingMode=None, ProvisionedThroughput={"ReadCapacityUnits": 0, "WriteCapacityUnits": 1}),
        f"{ENV}Value '0' at 'provisionedThroughput.readCapacityUnits' {FSC}{value_at_least(1)}"),
    "absurd read units": (
        request_with(BillingMode=None, ProvisionedThroughput={"ReadCapacityUnits": 1000000000001, "WriteCapacityUnits": 1}),
        "Given value 1000000000001 for ReadCapacityUnits is out of bounds"),
    "units on demand": (
        request_with(ProvisionedThroughput=UNITS),
        P + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"),
    "provisioned without units": (
        request_with(BillingMode="PROVISIONED"),
        P + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"),
    "neither mode nor units": (
        request_with(BillingMode=None),
        P + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"),
    "one attribute as both keys": (
        request_with(KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "pk", "KeyType": "RANGE"}]),
        "Invalid KeySchema: Some index key attribute have no definition"),
    "two definitions, one as both keys": (
        request_with(KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "pk", "KeyType": "RANGE"}],
                     AttributeDefinitions=attributes(pk="S", sk="S")),
        "Both the Hash Key and the Range Key element in the KeySchema have the same name"),
    "first key is RANGE": (
        request_with(KeySchema=[{"AttributeName": "pk", "KeyType": "RANGE"}]),
        "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
    "second key is HASH": (
        request_with(KeySchema=HASH_TWICE, AttributeDefinitions=attributes(pk="S", sk="S")),
        "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"),
    "unused definition": (
        request_with(AttributeDefinitions=attributes(pk="S", other="S")),
        P + "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"),
    "no global index in the list": (request_with(GlobalSecondaryIndexes=[]), P + "List of GlobalSecondaryIndexes is empty"),
    "no local index in the list": (
        with_local(types=dict(pk="S", sk="S")), P + "List of LocalSecondaryIndexes is empty"),
    "local index without a table sort key": (
        request_with(AttributeDefinitions=attributes(pk="S", l="S"), LocalSecondaryIndexes=[index("by_l", ("pk", "l"))]),
        P + "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex"),
    "local index without a sort key": (
        with_local(index("by_l", ("pk",)), types=dict(pk="S", sk="S")),
        P + "Index KeySchema does not have a range key for index: by_l"),
    "local index of another hash": (
        with_local(index("by_l", ("l", "sk"))),
        P + "Index KeySchema does not have the same leading hash key as table KeySchema for index: by_l. "
            "index hash key: l, table hash key: pk"),
    "six local indexes": (
        with_local(*(index(f"local{i}", ("pk", "l")) for i in range(6))),
        P + "Number of LocalSecondaryIndexes exceeds per-table limit of 5"),
    "21 global indexes": (
        with_global(*(global_index(f"global{i}") for i in range(21))),
        P + "GlobalSecondaryIndex count exceeds the per-table limit of 20"),
    "projection without a type": (
        with_global({"IndexName": "by_g", "KeySchema": keys("g"), "Projection": {}}), P + "Unknown ProjectionType: null"),
    "unknown projection": (
        with_global(index("by_g", ("g",), "SOME")),
        f"{ENV}Value 'SOME' at 'globalSecondaryIndexes.1.member.projection.projectionType' {FSC}{enum_of('ALL, INCLUDE, KEYS_ONLY')}"),
    "names beside ALL": (
        with_global(index("by_g", ("g",), "ALL", ["x"])), P + "ProjectionType is ALL, but NonKeyAttributes is specified"),
    "names beside KEYS_ONLY": (
        with_global(index("by_g", ("g",), "KEYS_ONLY", ["x"])),
        P + "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified"),
    "INCLUDE without names": (
        with_global(index("by_g", ("g",), "INCLUDE")), P + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"),
    "one index name twice": (with_global(global_index("same"), global_index("same")), P + "Duplicate index name: same"),
    "one name for both kinds of index": (
        request_with(KeySchema=keys("pk", "sk"), AttributeDefinitions=attributes(pk="S", sk="S", l="S"),
                     LocalSecondaryIndexes=[index("same", ("pk", "l"))], GlobalSecondaryIndexes=[index("same", ("l",))]),
        P + "Duplicate index name: same"),
    "provisioned index without units": (
        with_global(global_index("by_g"), BillingMode=None, ProvisionedThroughput=UNITS),
        P + "ProvisionedThroughput is not specified for index: by_g"),
    "index units on demand": (
        with_global(global_index("by_g", ProvisionedThroughput=UNITS)),
        P + "ProvisionedThroughput should not be specified for index: by_g when BillingMode is PAY_PER_REQUEST"),
    # Global indexes are checked before local ones, whatever the request's order.
    "two short index names": (
        request_with(KeySchema=keys("pk", "sk"), AttributeDefinitions=attributes(pk="S", sk="S", l="S"),
                     LocalSecondaryIndexes=[index("l1", ("pk", "l"))], GlobalSecondaryIndexes=[index("g1", ("l",))]),
        f"2 validation errors detected: Value 'g1' at 'globalSecondaryIndexes.1.member.indexName' {FSC}{length_at_least(3)}; "
        f"Value 'l1' at 'localSecondaryIndexes.1.member.indexName' {FSC}{length_at_least(3)}"),
    "index name of bad characters": (
        with_global(global_index("by g")),
        f"{ENV}Value 'by g' at 'globalSecondaryIndexes.1.member.indexName' {FSC}{PATTERN}"),
    "stream without a view": (
        request_with(StreamSpecification={"StreamEnabled": True}),
        P + "Table is being created with a stream enabled, UpdateViewType is required"),
    "view without a stream": (
        request_with(StreamSpecification={"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"}),
        P + "Table is being created with a stream disabled, UpdateViewType should not be specified"),
    "HASH after RANGE": (
        multi(2, 1, order=[0, 2, 1]), P + "All HASH key attributes must precede RANGE key attributes in the KeySchema"),
    "five HASH": (multi(5), P + "The KeySchema exceeds the maximum allowed number of HASH key attributes"),
    "five RANGE": (multi(1, 5), P + "The KeySchema exceeds the maximum allowed number of RANGE key attributes"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses(ddb, case):
    request, text = REFUSALS[case]
    with invalid(text):
        ddb.create_table(**request)


# Where the published words leave the order of the names open, only the fixed part is asserted.
@pytest.mark.parametrize("request_, pattern", [
    (with_global(global_index("by_g"), types=dict(pk="S", g="S", x="S")),
     re.escape(P + "Some AttributeDefinitions are not used. AttributeDefinitions: [") + r"(pk|g|x), (pk|g|x), (pk|g|x)\], keys used: \[(pk, g|g, pk)\]"),
    (request_with(AttributeDefinitions=attributes(other="S")),
     r".*[Ss]ome index key attribute(s are not defined in AttributeDefinitions\. Keys: \[pk\], AttributeDefinitions: \[other\]| have no definition)"),
    (with_global(global_index("by_g"), types=dict(pk="S")), r".*[Ss]ome index key attribute.*"),
    (request_with(AttributeDefinitions=attributes(pk="S") * 2), r".*Attribute Name is duplicated: pk|.*Number of attributes in KeySchema.*|.*Duplicate.*"),
    (request_with(StreamSpecification={"StreamEnabled": True, "StreamViewType": "ALL"}), r".*ENUM.*|.*streamSpecification\.streamViewType.*"),
    (with_global(index("by_g", ("g",), "INCLUDE", ["x", "x"])), r".*Duplicate element in NonKeyAttributes: x"),
], ids=["unused definition beside an index", "undefined table key", "undefined index key", "definition twice", "unknown view type",
        "named attribute twice"])
def test_refuses_like(ddb, request_, pattern):
    with invalid(re.compile(pattern)):
        ddb.create_table(**request_)


def test_a_refused_table_does_not_exist(ddb):
    request = request_with(ProvisionedThroughput=UNITS)
    with invalid(REFUSALS["units on demand"][1]):
        ddb.create_table(**request)
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {request['TableName']} not found"):
        ddb.describe_table(TableName=request["TableName"])
