# SPDX-License-Identifier: Apache-2.0
"""UpdateTable: throughput, billing mode and the stream."""

import re

import pytest

from support.errors import ENV, FSC, P, enum_of, invalid, refused, value_at_least
from support.tables import attributes, definition, keys, random_name, table, wait_until_active

UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
ON = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
OFF = {"StreamEnabled": False}


@pytest.fixture
def on_demand(ddb):
    with table(ddb, **definition(("pk",))) as name:
        yield name


@pytest.fixture
def provisioned(ddb):
    with table(ddb, KeySchema=keys("pk"), AttributeDefinitions=attributes(pk="S"), ProvisionedThroughput=UNITS) as name:
        yield name


def update(ddb, name, **changes):
    """The description after the change took effect."""
    ddb.update_table(TableName=name, **changes)
    return wait_until_active(ddb, name)


# Cruddur switches its stream on after the table was made.
def test_switches_a_stream_on(ddb, on_demand):
    answer = ddb.update_table(TableName=on_demand, StreamSpecification=ON)["TableDescription"]
    assert answer["StreamSpecification"] == ON
    described = wait_until_active(ddb, on_demand)
    assert described["LatestStreamArn"].startswith(described["TableArn"] + "/stream/")
    assert described["LatestStreamLabel"] == described["LatestStreamArn"].rsplit("/", 1)[1]


# The label stays so that a reader finds what was written before.
def test_switching_off_keeps_the_latest_arn(ddb, on_demand):
    before = update(ddb, on_demand, StreamSpecification=ON)["LatestStreamArn"]
    described = update(ddb, on_demand, StreamSpecification=OFF)
    assert "StreamSpecification" not in described
    assert described["LatestStreamArn"] == before


def test_switching_on_again_gives_a_new_arn(ddb, on_demand):
    first = update(ddb, on_demand, StreamSpecification=ON)["LatestStreamArn"]
    update(ddb, on_demand, StreamSpecification=OFF)
    assert update(ddb, on_demand, StreamSpecification=ON)["LatestStreamArn"] != first


@pytest.mark.parametrize("again", [ON, {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}], ids=["same view", "other view"])
def test_a_stream_cannot_be_switched_on_twice(ddb, on_demand, again):
    update(ddb, on_demand, StreamSpecification=ON)
    with invalid(f"Table already has an enabled stream: TableName: {on_demand}"):
        ddb.update_table(TableName=on_demand, StreamSpecification=again)


def test_no_stream_cannot_be_switched_off(ddb, on_demand):
    with invalid(f"Table has no stream to disable: TableName: {on_demand}"):
        ddb.update_table(TableName=on_demand, StreamSpecification=OFF)


def test_a_stream_needs_a_view(ddb, on_demand):
    with invalid(P + "If stream is being enabled then UpdateViewType is required"):
        ddb.update_table(TableName=on_demand, StreamSpecification={"StreamEnabled": True})


def test_switching_off_takes_no_view(ddb, on_demand):
    update(ddb, on_demand, StreamSpecification=ON)
    with invalid(P + "If stream is being disabled, then UpdateViewType must not be specified"):
        ddb.update_table(TableName=on_demand, StreamSpecification={"StreamEnabled": False, "StreamViewType": "NEW_IMAGE"})


def test_items_survive_switching(ddb, on_demand):
    ddb.put_item(TableName=on_demand, Item={"pk": {"S": "a"}})
    update(ddb, on_demand, StreamSpecification=ON)
    update(ddb, on_demand, StreamSpecification=OFF)
    assert ddb.get_item(TableName=on_demand, Key={"pk": {"S": "a"}})["Item"] == {"pk": {"S": "a"}}


def test_changes_the_throughput(ddb, provisioned):
    found = update(ddb, provisioned, ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 6})["ProvisionedThroughput"]
    assert (found["ReadCapacityUnits"], found["WriteCapacityUnits"]) == (7, 6)
    assert "LastIncreaseDateTime" in found


def test_counts_decreases(ddb, provisioned):
    found = update(ddb, provisioned, ProvisionedThroughput={"ReadCapacityUnits": 4, "WriteCapacityUnits": 4})["ProvisionedThroughput"]
    assert found["NumberOfDecreasesToday"] == 1
    assert "LastDecreaseDateTime" in found


def test_unchanged_throughput_is_refused(ddb, provisioned):
    with invalid(re.compile(re.escape(
            "The provisioned throughput for the table will not change. The requested value equals the current value. "
            "Current ReadCapacityUnits provisioned for the table: 5. ") + ".*")):
        ddb.update_table(TableName=provisioned, ProvisionedThroughput=UNITS)


def test_switches_to_on_demand(ddb, provisioned):
    described = update(ddb, provisioned, BillingMode="PAY_PER_REQUEST")
    assert described["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert "LastUpdateToPayPerRequestDateTime" in described["BillingModeSummary"]
    assert described["ProvisionedThroughput"]["ReadCapacityUnits"] == 0


def test_switches_to_provisioned(ddb, on_demand):
    described = update(ddb, on_demand, BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
    assert described["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert described["ProvisionedThroughput"]["WriteCapacityUnits"] == 5


# Measured on AWS, July 2026: no change and no refusal.
def test_on_demand_to_on_demand_is_accepted(ddb, on_demand):
    assert update(ddb, on_demand, BillingMode="PAY_PER_REQUEST")["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_accepts_the_arn_as_the_name(ddb, on_demand):
    arn = ddb.describe_table(TableName=on_demand)["Table"]["TableArn"]
    assert ddb.update_table(TableName=arn, StreamSpecification=ON)["TableDescription"]["TableName"] == on_demand


def test_an_unknown_table_is_named(ddb):
    name = random_name()
    with refused("ResourceNotFoundException", f"Requested resource not found: Table: {name} not found"):
        ddb.update_table(TableName=name, ProvisionedThroughput=UNITS)


def test_the_name_is_required(ddb):
    with invalid("The parameter 'TableName' is required but was not present in the request"):
        ddb.update_table(ProvisionedThroughput=UNITS)


# AWS's list of members grows; what stands before and after it does not.
def test_nothing_to_change_is_refused(ddb, on_demand):
    with invalid(re.compile(r"At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates.* is required")):
        ddb.update_table(TableName=on_demand)


def test_units_are_at_least_one(ddb, provisioned):
    with invalid(f"{ENV}Value '0' at 'provisionedThroughput.writeCapacityUnits' {FSC}{value_at_least(1)}"):
        ddb.update_table(TableName=provisioned, ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 0})


def test_an_unknown_billing_mode_is_refused(ddb, on_demand):
    with invalid(f"{ENV}Value 'FREE' at 'billingMode' {FSC}{enum_of('PROVISIONED, PAY_PER_REQUEST')}"):
        ddb.update_table(TableName=on_demand, BillingMode="FREE")


def test_units_do_not_go_with_on_demand(ddb, provisioned):
    with invalid(P + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"):
        ddb.update_table(TableName=provisioned, BillingMode="PAY_PER_REQUEST", ProvisionedThroughput=UNITS)
