# SPDX-License-Identifier: Apache-2.0
"""UpdateTable's GlobalSecondaryIndexUpdates: indexes that come to a table which has items, and go again."""

import threading

import pytest

from support.errors import P, invalid, refused
from support.poll import until
from support.tables import attributes, definition, keys, random_key, random_name, table, wait_until_active

UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
INDEX = "by_g"
ONE_AT_A_TIME = "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"


def create(name=INDEX, schema=None, projection=None, **more):
    return {"Create": {"IndexName": name, "KeySchema": schema or keys("g"), "Projection": projection or {"ProjectionType": "ALL"}, **more}}


def delete(name=INDEX):
    return {"Delete": {"IndexName": name}}


def change(ddb, name, *updates, **more):
    return ddb.update_table(TableName=name, GlobalSecondaryIndexUpdates=list(updates), **more)["TableDescription"]


def indexes(ddb, name):
    return {found["IndexName"]: found for found in ddb.describe_table(TableName=name)["Table"].get("GlobalSecondaryIndexes", [])}


def wait_for_index(ddb, name, index=INDEX):
    until(lambda: indexes(ddb, name)[index]["IndexStatus"] == "ACTIVE", f"index {index} ACTIVE", 1200)
    wait_until_active(ddb, name)


def wait_without_index(ddb, name, index=INDEX):
    until(lambda: index not in indexes(ddb, name), f"index {index} gone", 1200)
    wait_until_active(ddb, name)


@pytest.fixture
def on_demand(ddb):
    with table(ddb, **definition(("pk",))) as name:
        yield name


@pytest.fixture
def indexed(ddb, on_demand):
    change(ddb, on_demand, create(), AttributeDefinitions=attributes(g="S"))
    wait_for_index(ddb, on_demand)
    return on_demand


def scan(ddb, name, **more):
    pages = ddb.get_paginator("scan").paginate(TableName=name, **more)
    return sorted((item for page in pages for item in page["Items"]), key=str)


# What AWS answers before it begins: the SDKs' waiters and Terraform start from here.
def test_the_answer_says_what_is_going_on(ddb, on_demand):
    answer = change(ddb, on_demand, create(), AttributeDefinitions=attributes(g="S"))
    assert answer["TableStatus"] == "UPDATING"
    (index,) = answer["GlobalSecondaryIndexes"]
    assert (index["IndexStatus"], index["Backfilling"]) == ("CREATING", False)
    wait_for_index(ddb, on_demand)
    assert "Backfilling" not in indexes(ddb, on_demand)[INDEX]


# Items without the key, or with one of another type, are skipped in silence when they were there first.
def test_items_that_were_there_are_found(ddb, on_demand):
    items = [{"pk": {"S": random_key()}, "g": {"S": "x"}} for _ in range(5)]
    for item in [*items, {"pk": {"S": "no key"}}, {"pk": {"S": "number"}, "g": {"N": "1"}}]:
        ddb.put_item(TableName=on_demand, Item=item)
    change(ddb, on_demand, create(), AttributeDefinitions=attributes(g="S"))
    wait_for_index(ddb, on_demand)
    assert scan(ddb, on_demand, IndexName=INDEX) == sorted(items, key=str)


# The promise that matters: whatever is written while an index is filled, it ends up right.
def test_writes_during_the_filling_are_in_the_index(ddb, on_demand):
    for i in range(300):
        ddb.put_item(TableName=on_demand, Item={"pk": {"S": f"k{i}"}, "g": {"S": "old"}, "n": {"N": str(i)}})
    stop = threading.Event()

    def write(seed):
        i = seed
        while not stop.is_set():
            key = {"pk": {"S": f"k{i * 7919 % 400}"}}
            if i % 3:
                ddb.put_item(TableName=on_demand, Item={**key, "g": {"S": f"g{i % 5}"}, "n": {"N": str(i)}})
            else:
                ddb.delete_item(TableName=on_demand, Key=key)
            i += 1

    writers = [threading.Thread(target=write, args=(seed,)) for seed in (1, 2)]
    for writer in writers:
        writer.start()
    try:
        change(ddb, on_demand, create(projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["n"]}), AttributeDefinitions=attributes(g="S"))
        wait_for_index(ddb, on_demand)
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    wanted = scan(ddb, on_demand, ConsistentRead=True)
    until(lambda: scan(ddb, on_demand, IndexName=INDEX) == wanted, "the index holds what the table holds", 30)


def test_an_index_of_eight_keys(ddb, on_demand):
    names = "abcdefgh"
    item = {"pk": {"S": "1"}, **{name: {"S": f"v{name}"} for name in names}}
    ddb.put_item(TableName=on_demand, Item=item)
    schema = [{"AttributeName": name, "KeyType": "HASH" if name < "e" else "RANGE"} for name in names]
    change(ddb, on_demand, create(schema=schema), AttributeDefinitions=attributes(**{name: "S" for name in names}))
    wait_for_index(ddb, on_demand)
    found = ddb.query(TableName=on_demand, IndexName=INDEX, Limit=1,
                      KeyConditionExpression=" AND ".join(f"{name} = :{name}" for name in "abcdef"),
                      ExpressionAttributeValues={f":{name}": {"S": f"v{name}"} for name in "abcdef"})
    assert found["Items"] == [item]
    assert found["LastEvaluatedKey"] == item


def test_a_deleted_index_is_gone_and_its_definitions_with_it(ddb, indexed):
    answer = change(ddb, indexed, delete())
    assert answer["TableStatus"] == "UPDATING"
    assert answer["GlobalSecondaryIndexes"][0]["IndexStatus"] == "DELETING"
    wait_without_index(ddb, indexed)
    assert ddb.describe_table(TableName=indexed)["Table"]["AttributeDefinitions"] == attributes(pk="S")
    ddb.put_item(TableName=indexed, Item={"pk": {"S": "a"}, "g": {"N": "1"}})
    with invalid(f"The table does not have the specified index: {INDEX}"):
        ddb.scan(TableName=indexed, IndexName=INDEX)


# Measured on AWS, July 2026: unlike CreateTable, UpdateTable drops what no key uses.
def test_unused_definitions_are_dropped(ddb, on_demand):
    change(ddb, on_demand, create(), AttributeDefinitions=attributes(g="S", unused="S"))
    wait_for_index(ddb, on_demand)
    definitions = ddb.describe_table(TableName=on_demand)["Table"]["AttributeDefinitions"]
    assert sorted(found["AttributeName"] for found in definitions) == ["g", "pk"]


def test_an_index_needs_a_definition(ddb, on_demand):
    with invalid(P + f"AttributeDefinitions is not specified for index: {INDEX}"):
        change(ddb, on_demand, create())


def test_one_index_at_a_time(ddb, on_demand):
    with refused("LimitExceededException", ONE_AT_A_TIME):
        change(ddb, on_demand, create("one"), create("two"), AttributeDefinitions=attributes(g="S"))


def test_an_index_that_is_there_is_not_made_again(ddb, indexed):
    with invalid("Attempting to create an index which already exists"):
        change(ddb, indexed, create(), AttributeDefinitions=attributes(g="S"))


def test_one_update_an_index(ddb, indexed):
    with invalid(P + f"Only one global secondary index update per index is allowed simultaneously. Index: {INDEX}"):
        change(ddb, indexed, delete(), delete())


def test_an_update_asks_for_something(ddb, on_demand):
    with invalid(P + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                     "GlobalSecondaryIndexUpdate.Delete must not be null"):
        change(ddb, on_demand, {})


# The text is AWS's own affair; the class is what Terraform looks at.
def test_an_unknown_index_is_not_found(ddb, on_demand):
    with pytest.raises(ddb.exceptions.ResourceNotFoundException):
        change(ddb, on_demand, delete("none"))


def test_billing_mode_and_units_of_each_index_change_together(ddb, indexed):
    with invalid(P + f"ProvisionedThroughput is not specified for index: {INDEX}"):
        ddb.update_table(TableName=indexed, BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
    change(ddb, indexed, {"Update": {"IndexName": INDEX, "ProvisionedThroughput": UNITS}}, BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
    wait_for_index(ddb, indexed)
    assert indexes(ddb, indexed)[INDEX]["ProvisionedThroughput"]["ReadCapacityUnits"] == 5


def test_on_demand_maxima_of_an_index(ddb, indexed):
    change(ddb, indexed, {"Update": {"IndexName": INDEX, "OnDemandThroughput": {"MaxReadRequestUnits": 9}}})
    wait_for_index(ddb, indexed)
    assert indexes(ddb, indexed)[INDEX]["OnDemandThroughput"] == {"MaxReadRequestUnits": 9, "MaxWriteRequestUnits": -1}


# Each state is shown for two seconds, so what AWS refuses in it can be seen.
@pytest.mark.needs_server
def test_states_are_shown_if_asked_for(start, connect):
    ddb = connect(start("-inMemory", "-delayTransientStatuses").endpoint)
    name = random_name()
    ddb.create_table(TableName=name, **definition(("pk",)))
    wait_until_active(ddb, name)
    change(ddb, name, create(), AttributeDefinitions=attributes(g="S"))
    with invalid(f"Cannot read from backfilling global secondary index: {INDEX}"):
        ddb.scan(TableName=name, IndexName=INDEX)
    with invalid(f"Cannot read from backfilling global secondary index: {INDEX}"):
        ddb.execute_statement(Statement=f"SELECT * FROM \"{name}\".\"{INDEX}\" WHERE g = 'x'")
    with refused("LimitExceededException", ONE_AT_A_TIME):
        change(ddb, name, create("other"), AttributeDefinitions=attributes(g="S"))
    with refused("ResourceInUseException", "Attempt to change a resource which is still in use: Index creation is in resource "
                 f"allocation phase. Retry deletion during backfilling phase or when the index is active. Table: {name} Index: {INDEX}"):
        change(ddb, name, delete())
    until(lambda: indexes(ddb, name)[INDEX].get("Backfilling"), "backfilling", 30)
    assert ddb.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE"
    with refused("ResourceInUseException", "Attempt to change a resource which is still in use: Cannot delete table while "
                 "indexes are being created, updated, or deleted."):
        ddb.delete_table(TableName=name)
    change(ddb, name, delete())
    wait_without_index(ddb, name)
    assert ddb.delete_table(TableName=name)["TableDescription"]["TableStatus"] == "DELETING"
    assert ddb.describe_table(TableName=name)["Table"]["TableStatus"] == "DELETING"
