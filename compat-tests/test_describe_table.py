# SPDX-License-Identifier: Apache-2.0
"""DescribeTable."""

import pytest

from support.errors import ENV, FSC, PATTERN, invalid, refused
from support.tables import definition, keys, random_name, table


def test_describes_an_active_table(ddb, range_table):
    described = ddb.describe_table(TableName=range_table)["Table"]
    assert described["TableName"] == range_table
    assert described["TableStatus"] == "ACTIVE"
    assert described["KeySchema"] == keys("pk", "sk")


# Since March 2024 an ARN stands wherever a name may.
def test_accepts_the_arn_as_the_name(ddb, range_table):
    arn = ddb.describe_table(TableName=range_table)["Table"]["TableArn"]
    assert ddb.describe_table(TableName=arn)["Table"]["TableName"] == range_table


# Table calls name the table in the refusal, item calls do not.
def test_an_unknown_table_is_named(ddb):
    name = random_name()
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        ddb.describe_table(TableName=name)


@pytest.mark.aws_only("DynamoDB Local compares table names without regard to case")
def test_names_are_case_sensitive(ddb, range_table):
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {range_table.upper()} not found"):
        ddb.describe_table(TableName=range_table.upper())


def test_the_name_is_required(ddb):
    with invalid("The parameter 'TableName' is required but was not present in the request"):
        ddb.describe_table()


# botocore's waiters are what deployment tools call between two steps.
def test_the_sdk_waiters_end(ddb):
    with table(ddb, **definition(("pk",))) as name:
        ddb.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
        ddb.delete_table(TableName=name)
        ddb.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


# AWS brings the count up to date every six hours, so this is our own promise.
def test_the_item_count_is_a_number(ddb, hash_table):
    assert isinstance(ddb.describe_table(TableName=hash_table)["Table"]["ItemCount"], int)
