# SPDX-License-Identifier: Apache-2.0
"""The calls of Terraform's AWS provider 5.100 for a table with tags, an index, expiry and a stream, and for one item. Their order is
that of an apply in a server's log; their members, and the calls of a change and of a destroy, are known from its
documentation, not recorded."""

import pytest

from support.errors import refused
from support.tables import attributes, index, keys, random_name, wait_until_gone
from support.values import S

UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
TAGS = [{"Key": "application", "Value": "cruddur"}]
EXPIRY = {"AttributeName": "expires", "Enabled": True}
ITEM = {"pk": S("MSG#group-1"), "sk": S("2026")}


@pytest.fixture(scope="module")
def applied(ddb):
    """What `terraform apply` makes: the table's name and ARN; gone after `terraform destroy`."""
    name = random_name("terraform")
    made = ddb.create_table(
        TableName=name, BillingMode="PROVISIONED", ProvisionedThroughput=UNITS, KeySchema=keys("pk", "sk"), Tags=TAGS,
        AttributeDefinitions=attributes(pk="S", sk="S", message_group_uuid="S"), DeletionProtectionEnabled=False,
        GlobalSecondaryIndexes=[{**index("message-group-sk-index", ("message_group_uuid", "sk")), "ProvisionedThroughput": UNITS}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}, TableClass="STANDARD")["TableDescription"]
    ddb.get_waiter("table_exists").wait(TableName=name)
    assert ddb.update_time_to_live(TableName=name, TimeToLiveSpecification=EXPIRY)["TimeToLiveSpecification"] == EXPIRY
    ddb.put_item(TableName=name, Item=ITEM, ConditionExpression="attribute_not_exists(#hk)", ExpressionAttributeNames={"#hk": "pk"})
    yield name, made["TableArn"]
    ddb.delete_item(TableName=name, Key=ITEM)
    ddb.delete_table(TableName=name)
    wait_until_gone(ddb, name)


# A second `terraform plan` finds nothing to do only if all of this reads back as it was given.
def test_what_was_applied_reads_back(ddb, applied):
    name, arn = applied
    described = ddb.describe_table(TableName=name)["Table"]
    assert described["TableStatus"] == "ACTIVE"
    assert {key: described["ProvisionedThroughput"][key] for key in UNITS} == UNITS
    assert [found["IndexName"] for found in described["GlobalSecondaryIndexes"]] == ["message-group-sk-index"]
    assert described["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert described["DeletionProtectionEnabled"] is False
    assert "SSEDescription" not in described
    assert ddb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["AttributeName"] == "expires"
    assert ddb.list_tags_of_resource(ResourceArn=arn)["Tags"] == TAGS
    assert ddb.get_item(TableName=name, Key=ITEM, ConsistentRead=True)["Item"] == ITEM


# The provider asks while it reads a table, and goes on after this very error.
def test_continuous_backups_are_an_unknown_operation(ddb, target, applied):
    if target != "pumice":
        pytest.skip("AWS has them")
    with refused("UnknownOperationException", ""):
        ddb.describe_continuous_backups(TableName=applied[0])


def test_tags_and_units_are_changed_in_place(ddb, applied):
    name, arn = applied
    ddb.untag_resource(ResourceArn=arn, TagKeys=["application"])
    ddb.tag_resource(ResourceArn=arn, Tags=[{"Key": "application", "Value": "changed"}])
    assert ddb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "application", "Value": "changed"}]
    more = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 7}
    ddb.update_table(TableName=name, ProvisionedThroughput=more)
    ddb.get_waiter("table_exists").wait(TableName=name)
    described = ddb.describe_table(TableName=name)["Table"]["ProvisionedThroughput"]
    assert {key: described[key] for key in more} == more
    ddb.tag_resource(ResourceArn=arn, Tags=TAGS)
    ddb.update_table(TableName=name, ProvisionedThroughput=UNITS)
