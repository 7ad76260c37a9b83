# SPDX-License-Identifier: Apache-2.0
"""ConsumedCapacity: which units a call reports. A read unit is 4 KB (eventually consistent half), a write unit 1 KB."""

import pytest

from support.tables import random_key
from support.values import N, S


def item(size, **more):
    """An item with a random key of about `size` bytes, below it by less than 100."""
    return {"pk": S(random_key()), "sk": S("s"), "x": S("x" * max(0, size - 100)), **more}


def key_of(stored):
    return {"pk": stored["pk"], "sk": stored["sk"]}


def units(answer):
    found = dict(answer["ConsumedCapacity"])
    found.pop("TableName")
    return found


@pytest.fixture
def put(ddb, range_table):
    def call(stored, **more):
        return ddb.put_item(TableName=range_table, Item=stored, ReturnConsumedCapacity="TOTAL", **more)
    return call


@pytest.mark.parametrize("wanted", [None, "NONE"])
def test_is_absent_unless_asked_for(ddb, range_table, wanted):
    more = {"ReturnConsumedCapacity": wanted} if wanted else {}
    assert "ConsumedCapacity" not in ddb.put_item(TableName=range_table, Item=item(0), **more)


def test_total_names_the_table_and_one_number(put, range_table):
    assert put(item(0))["ConsumedCapacity"] == {"TableName": range_table, "CapacityUnits": 1.0}


# The number is a double on the wire.
def test_units_are_written_as_a_double(wire, range_table):
    answer = wire.call("PutItem", {"TableName": range_table, "Item": item(0), "ReturnConsumedCapacity": "TOTAL"})
    assert b'"CapacityUnits":1.0' in answer.body.replace(b" ", b"")


def test_indexes_names_the_table_part(ddb, range_table):
    answer = ddb.put_item(TableName=range_table, Item=item(0), ReturnConsumedCapacity="INDEXES")
    assert units(answer) == {"CapacityUnits": 1.0, "Table": {"CapacityUnits": 1.0}}


@pytest.mark.parametrize("size, cost", [(200, 1), (1024, 1), (1200, 2), (4000, 4), (10_400, 11)])
def test_put_costs_the_item(put, size, cost):
    assert units(put(item(size))) == {"CapacityUnits": cost}


def exact(size):
    """An item of exactly `size` bytes: pk 2 + 32, sk 2 + 1, x 1 + text."""
    return {"pk": S(random_key()), "sk": S("s"), "x": S("x" * (size - 38))}


@pytest.mark.parametrize("size, cost", [(1024, 1), (1025, 2), (2048, 2), (2049, 3)])
def test_put_rounds_up_to_kilobytes(put, size, cost):
    assert units(put(exact(size))) == {"CapacityUnits": cost}


def test_put_costs_the_larger_of_old_and_new(put):
    stored = item(5000)
    put(stored)
    assert units(put(key_of(stored))) == {"CapacityUnits": 5}


def test_delete_costs_the_old_item(ddb, range_table, put):
    stored = item(3000)
    put(stored)
    delete = lambda: ddb.delete_item(TableName=range_table, Key=key_of(stored), ReturnConsumedCapacity="TOTAL")
    assert units(delete()) == {"CapacityUnits": 3}
    assert units(delete()) == {"CapacityUnits": 1}


def test_update_costs_the_larger_whole_item(ddb, range_table, put):
    stored = item(3000)
    put(stored)
    update = lambda expression, **more: units(ddb.update_item(
        TableName=range_table, Key=key_of(stored), UpdateExpression=expression, ReturnConsumedCapacity="TOTAL", **more))
    assert update("SET a = :v", ExpressionAttributeValues={":v": N(1)}) == {"CapacityUnits": 3}
    assert update("REMOVE x") == {"CapacityUnits": 3}
    assert update("SET a = :v", ExpressionAttributeValues={":v": N(1)}) == {"CapacityUnits": 1}


@pytest.mark.parametrize("size, consistent, cost", [(100, False, 0.5), (100, True, 1), (4096, False, 0.5), (4200, False, 1), (4200, True, 2), (9000, True, 3)])
def test_get_costs_the_whole_item(ddb, range_table, put, size, consistent, cost):
    stored = item(size)
    put(stored)
    answer = ddb.get_item(TableName=range_table, Key=key_of(stored), ConsistentRead=consistent, ProjectionExpression="sk", ReturnConsumedCapacity="TOTAL")
    assert units(answer) == {"CapacityUnits": cost}


@pytest.mark.parametrize("consistent, cost", [(False, 0.5), (True, 1)])
def test_a_missing_item_costs_the_minimum(ddb, range_table, consistent, cost):
    answer = ddb.get_item(TableName=range_table, Key=key_of(item(0)), ConsistentRead=consistent, ReturnConsumedCapacity="TOTAL")
    assert units(answer) == {"CapacityUnits": cost}


# Each item of a batch is rounded by itself: 2 x 0.5 + 1 + 0.5 for the one that does not exist.
def test_batch_get_rounds_each_item(ddb, range_table, put):
    stored = [item(0), item(0), item(4300)]
    for one in stored:
        put(one)
    answer = ddb.batch_get_item(RequestItems={range_table: {"Keys": [key_of(one) for one in [*stored, item(0)]]}}, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == [{"TableName": range_table, "CapacityUnits": 2.5}]


def test_batch_write_sums_its_requests(ddb, range_table, hash_table):
    answer = ddb.batch_write_item(RequestItems={
        range_table: [{"PutRequest": {"Item": item(0)}}, {"PutRequest": {"Item": item(2000)}}, {"DeleteRequest": {"Key": key_of(item(0))}}],
        hash_table: [{"PutRequest": {"Item": {"pk": S(random_key())}}}]}, ReturnConsumedCapacity="TOTAL")
    found = {one["TableName"]: one["CapacityUnits"] for one in answer["ConsumedCapacity"]}
    assert found == {range_table: 4.0, hash_table: 1.0}


@pytest.fixture(scope="module")
def partition(ddb, range_table):
    """The partition key of 5 items of about 2 KB: 10 KB together."""
    pk = S(random_key())
    for number in range(5):
        ddb.put_item(TableName=range_table, Item={"pk": pk, "sk": S(str(number)), "x": S("x" * 2000)})
    return pk


# The sizes of all items read are added before rounding, whatever is returned of them.
@pytest.mark.parametrize("more, cost", [
    ({}, 1.5), ({"ConsistentRead": True}, 3), ({"Limit": 1}, 0.5), ({"Limit": 3}, 1), ({"ProjectionExpression": "sk"}, 1.5),
    ({"Select": "COUNT"}, 1.5), ({"FilterExpression": "attribute_not_exists(x)"}, 1.5),
], ids=["eventual", "consistent", "one item", "three items", "projected", "counted", "filtered"])
def test_query_costs_what_it_reads(ddb, range_table, partition, more, cost):
    answer = ddb.query(TableName=range_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": partition},
                       ReturnConsumedCapacity="TOTAL", **more)
    assert units(answer) == {"CapacityUnits": cost}


def test_a_query_that_finds_nothing_costs_the_minimum(ddb, range_table):
    answer = ddb.query(TableName=range_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": S(random_key())},
                       ReturnConsumedCapacity="TOTAL")
    assert units(answer) == {"CapacityUnits": 0.5}


def indexed(**more):
    return {"pk": S(random_key()), "sk": S("s"), **more}


# Index writes: a new entry 1, another index key 2, a projected attribute 1, nothing projected: no member at all.
def test_writes_to_indexes_are_charged(ddb, index_table):
    stored = indexed(g=S(random_key()), h=S("h"), l=S("l"))
    answer = ddb.put_item(TableName=index_table, Item=stored, ReturnConsumedCapacity="INDEXES")
    one = {"CapacityUnits": 1.0}
    assert units(answer) == {"CapacityUnits": 5.0, "Table": one, "LocalSecondaryIndexes": {"local_all": one},
                             "GlobalSecondaryIndexes": {"global_all": one, "global_keys": one, "global_some": one}}


def test_an_unindexed_change_is_not_charged_to_indexes(ddb, index_table):
    stored = indexed(h=S("h"))
    ddb.put_item(TableName=index_table, Item=stored)
    answer = ddb.update_item(TableName=index_table, Key=key_of(stored), UpdateExpression="SET q = :v", ExpressionAttributeValues={":v": N(1)},
                             ReturnConsumedCapacity="INDEXES")
    assert units(answer) == {"CapacityUnits": 1.0, "Table": {"CapacityUnits": 1.0}}


def test_an_identical_overwrite_is_not_charged_to_indexes(ddb, index_table):
    stored = indexed(g=S(random_key()))
    ddb.put_item(TableName=index_table, Item=stored)
    answer = ddb.put_item(TableName=index_table, Item=stored, ReturnConsumedCapacity="INDEXES")
    assert units(answer) == {"CapacityUnits": 1.0, "Table": {"CapacityUnits": 1.0}}


def test_another_index_key_costs_two(ddb, index_table):
    stored = indexed(g=S(random_key()))
    ddb.put_item(TableName=index_table, Item=stored)
    answer = ddb.update_item(TableName=index_table, Key=key_of(stored), UpdateExpression="SET g = :v",
                             ExpressionAttributeValues={":v": S(random_key())}, ReturnConsumedCapacity="INDEXES")
    assert units(answer) == {"CapacityUnits": 3.0, "Table": {"CapacityUnits": 1.0}, "GlobalSecondaryIndexes": {"global_all": {"CapacityUnits": 2.0}}}


def test_a_projected_attribute_costs_one(ddb, index_table):
    stored = indexed(g=S(random_key()), h=S("h"))
    ddb.put_item(TableName=index_table, Item=stored)
    answer = ddb.update_item(TableName=index_table, Key=key_of(stored), UpdateExpression="SET named = :v",
                             ExpressionAttributeValues={":v": S("x")}, ReturnConsumedCapacity="INDEXES")
    one = {"CapacityUnits": 1.0}
    assert units(answer) == {"CapacityUnits": 3.0, "Table": one, "GlobalSecondaryIndexes": {"global_all": one, "global_some": one}}


# Reading an index costs the index alone; on AWS the table's part is 0 or absent.
def test_a_query_of_a_global_index_is_charged_to_it(ddb, index_table):
    group = S(random_key())
    ddb.put_item(TableName=index_table, Item=indexed(g=group))
    answer = ddb.query(TableName=index_table, IndexName="global_all", KeyConditionExpression="g = :g", ExpressionAttributeValues={":g": group},
                       ReturnConsumedCapacity="INDEXES")
    found = units(answer)
    assert found["CapacityUnits"] == 0.5
    assert found["GlobalSecondaryIndexes"] == {"global_all": {"CapacityUnits": 0.5}}
    assert found.get("Table", {"CapacityUnits": 0.0}) == {"CapacityUnits": 0.0}


# A name given as an ARN is echoed as the ARN.
@pytest.mark.aws_only("DynamoDB Local knows ARNs only in part")
def test_the_name_is_echoed_as_given(ddb, range_table):
    arn = ddb.describe_table(TableName=range_table)["Table"]["TableArn"]
    answer = ddb.put_item(TableName=arn, Item=item(0), ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"]["TableName"] == arn


# --- ReturnItemCollectionMetrics --------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["put_item", "update_item", "delete_item"])
def test_a_table_with_a_local_index_reports_its_collection(ddb, index_table, operation):
    stored = indexed()
    if operation == "put_item":
        answer = ddb.put_item(TableName=index_table, Item=stored, ReturnItemCollectionMetrics="SIZE")
    else:
        ddb.put_item(TableName=index_table, Item=stored)
        answer = getattr(ddb, operation)(TableName=index_table, Key=stored, ReturnItemCollectionMetrics="SIZE")
    assert answer["ItemCollectionMetrics"] == {"ItemCollectionKey": {"pk": stored["pk"]}, "SizeEstimateRangeGB": [0.0, 1.0]}


def test_a_table_without_local_indexes_reports_none(ddb, range_table):
    assert "ItemCollectionMetrics" not in ddb.put_item(TableName=range_table, Item=item(0), ReturnItemCollectionMetrics="SIZE")


# The collection is that of the deleted item, so there is none where nothing was deleted.
def test_deleting_nothing_touches_no_collection(ddb, index_table):
    key = {"pk": S(random_key()), "sk": S("a")}
    assert "ItemCollectionMetrics" not in ddb.delete_item(TableName=index_table, Key=key, ReturnItemCollectionMetrics="SIZE")
