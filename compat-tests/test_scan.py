# SPDX-License-Identifier: Apache-2.0
"""Scan: the older validator's bare texts."""

import pytest

from support.errors import (EMPTY_KEY, ENV, FSC, KEY_MISMATCH, NOT_FOUND, P, bad_consumed_capacity, enum_of, invalid, refused,
                            value_at_least)
from support.tables import definition, index, random_name, table
from support.values import N, S


@pytest.fixture(scope="module")
def scanned(ddb):
    """A table of its own: 10 partitions p0...p9 with sort keys 0 and 1; n = number of the partition; the odd ones have g."""
    request = definition(("pk", "sk"), dict(pk="S", sk="N", g="S"), GlobalSecondaryIndexes=[index("by_g", ("g",), "KEYS_ONLY")])
    with table(ddb, **request) as name:
        for number in range(10):
            extra = {"g": S("odd")} if number % 2 else {}
            for sk in (0, 1):
                ddb.put_item(TableName=name, Item={"pk": S(f"p{number}"), "sk": N(sk), "n": N(number), **extra})
        yield name


def identity(item):
    return item["pk"]["S"], item["sk"]["N"]


ALL = sorted((f"p{number}", sk) for number in range(10) for sk in "01")


def pages(ddb, **request):
    start = {}
    while True:
        page = ddb.scan(**request, **start)
        yield page
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def test_finds_all_items(ddb, scanned):
    answer = ddb.scan(TableName=scanned)
    assert sorted(map(identity, answer["Items"])) == ALL
    assert (answer["Count"], answer["ScannedCount"]) == (20, 20)
    assert "LastEvaluatedKey" not in answer


# Inside a partition by sort key, and the partitions in an order that stays.
def test_the_order_is_stable(ddb, scanned):
    first, second = (list(map(identity, ddb.scan(TableName=scanned)["Items"])) for _ in range(2))
    assert first == second
    assert [sk for _, sk in first] == ["0", "1"] * 10


@pytest.mark.parametrize("limit", [1, 3, 20])
def test_pages_join_without_gap(ddb, scanned, limit):
    found = []
    for page in pages(ddb, TableName=scanned, Limit=limit):
        assert len(page["Items"]) <= limit
        found += map(identity, page["Items"])
    assert sorted(found) == ALL


def test_a_limit_of_exactly_all_items_still_gives_a_key(ddb, scanned):
    assert "LastEvaluatedKey" in ddb.scan(TableName=scanned, Limit=20)


@pytest.mark.parametrize("total", [1, 2, 3, 7, 1000])
def test_segments_are_disjoint_and_complete(ddb, scanned, total):
    found = []
    for segment in range(total):
        found += map(identity, ddb.scan(TableName=scanned, Segment=segment, TotalSegments=total)["Items"])
    assert sorted(found) == ALL


def test_segments_are_paged(ddb, scanned):
    found = []
    for segment in range(3):
        for page in pages(ddb, TableName=scanned, Segment=segment, TotalSegments=3, Limit=2):
            found += map(identity, page["Items"])
    assert sorted(found) == ALL


def test_filters(ddb, scanned):
    answer = ddb.scan(TableName=scanned, FilterExpression="n > :n", ExpressionAttributeValues={":n": N(7)})
    assert sorted(map(identity, answer["Items"])) == [("p8", "0"), ("p8", "1"), ("p9", "0"), ("p9", "1")]
    assert (answer["Count"], answer["ScannedCount"]) == (4, 20)


# Unlike Query, Scan may filter by the key.
def test_filters_by_the_key(ddb, scanned):
    answer = ddb.scan(TableName=scanned, FilterExpression="pk = :p AND sk = :s", ExpressionAttributeValues={":p": S("p3"), ":s": N(1)})
    assert list(map(identity, answer["Items"])) == [("p3", "1")]


def test_projects(ddb, scanned):
    answer = ddb.scan(TableName=scanned, ProjectionExpression="n")
    assert sorted(int(item["n"]["N"]) for item in answer["Items"]) == sorted(list(range(10)) * 2)
    assert all(set(item) == {"n"} for item in answer["Items"])


def test_counts(ddb, scanned):
    answer = ddb.scan(TableName=scanned, Select="COUNT", FilterExpression="n < :n", ExpressionAttributeValues={":n": N(2)})
    assert (answer["Count"], answer["ScannedCount"]) == (4, 20)
    assert "Items" not in answer


def test_scans_an_index(ddb, scanned):
    answer = ddb.scan(TableName=scanned, IndexName="by_g")
    assert sorted(map(identity, answer["Items"])) == [key for key in ALL if int(key[0][1]) % 2]
    assert all(set(item) == {"pk", "sk", "g"} for item in answer["Items"])


def test_index_pages_join_without_gap(ddb, scanned):
    found = []
    for page in pages(ddb, TableName=scanned, IndexName="by_g", Limit=3):
        found += map(identity, page["Items"])
        assert "LastEvaluatedKey" not in page or set(page["LastEvaluatedKey"]) == {"pk", "sk", "g"}
    assert sorted(found) == [key for key in ALL if int(key[0][1]) % 2]


def test_accepts_the_arn_as_the_name(ddb, scanned):
    arn = ddb.describe_table(TableName=scanned)["Table"]["TableArn"]
    assert ddb.scan(TableName=arn)["Count"] == 20


# A page ends with the item that carries it across 1 MB: 1,048,576 / 100,000 -> the 11th.
def test_a_page_reads_one_megabyte(ddb):
    with table(ddb, **definition(("pk",))) as name:
        for number in range(12):
            ddb.put_item(TableName=name, Item={"pk": S(f"{number:02}"), "x": S("x" * (100_000 - 5))})
        first, second = pages(ddb, TableName=name)
    assert (first["Count"], second["Count"]) == (11, 1)


SELECT = "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES"
REFUSALS = {
    "segment not below total": (
        {"Segment": 5, "TotalSegments": 5},
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less than TotalSegments: 5"),
    "only segment": ({"Segment": 0}, "The TotalSegments parameter is required but was not present in the request when Segment parameter is present"),
    "only total": ({"TotalSegments": 2},
                   "The Segment parameter is required but was not present in the request when parameter TotalSegments is present"),
    "segment below 0": ({"Segment": -1, "TotalSegments": 2}, f"{ENV}Value '-1' at 'segment' {FSC}{value_at_least(0)}"),
    "limit 0": ({"Limit": 0}, f"{ENV}Value '0' at 'limit' {FSC}{value_at_least(1)}"),
    "unknown select": ({"Select": "X"}, f"{ENV}Value 'X' at 'select' {FSC}{enum_of(SELECT)}"),
    "unknown capacity": ({"ReturnConsumedCapacity": "X"}, ENV + bad_consumed_capacity("X")),
    "select without projection": (
        {"Select": "SPECIFIC_ATTRIBUTES"}, "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"),
    "start key without sort key": (
        {"ExclusiveStartKey": {"pk": S("a")}}, f"The provided starting key is invalid: {KEY_MISMATCH}"),
    "start key of another type": (
        {"ExclusiveStartKey": {"pk": S("a"), "sk": S("a")}}, f"The provided starting key is invalid: {KEY_MISMATCH}"),
    "unknown index": ({"IndexName": "nothing"}, "The table does not have the specified index: nothing"),
    "consistent read of a global index": ({"IndexName": "by_g", "ConsistentRead": True}, "Consistent reads are not supported on global secondary indexes"),
    "projection outside the projection": (
        {"IndexName": "by_g", "ProjectionExpression": "n"}, P + "Global secondary index by_g does not project [n]"),
    "index start key without the index key": (
        {"IndexName": "by_g", "ExclusiveStartKey": {"pk": S("a"), "sk": N(1)}}, "The provided starting key is invalid"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_refuses(ddb, scanned, case):
    changes, text = REFUSALS[case]
    with invalid(text):
        ddb.scan(TableName=scanned, **changes)


# Unlike a Query, a Scan may filter by what the index does not hold: it is missing there. Measured on AWS of PartiQL's scans.
def test_filters_an_index_by_what_it_does_not_hold(ddb, scanned):
    found = ddb.scan(TableName=scanned, IndexName="by_g", FilterExpression="attribute_exists(n)")
    assert found["Count"] == 0
    assert found["ScannedCount"] == ddb.scan(TableName=scanned, IndexName="by_g", FilterExpression="attribute_not_exists(n)")["Count"] > 0


# Empty key values are told as part of the start key; those of an index key, which is looked at first, are not.
@pytest.mark.parametrize("more, start, text", [
    ({}, {"pk": S(""), "sk": N(1)}, "The provided starting key is invalid: " + EMPTY_KEY + "pk"),
    ({"IndexName": "by_g"}, {"pk": S(""), "sk": N(1), "g": S("g")}, "The provided starting key is invalid: " + EMPTY_KEY + "pk"),
    ({"IndexName": "by_g"}, {"pk": S("a"), "sk": N(1), "g": S("")}, EMPTY_KEY + "g"),
], ids=["table", "table's key beside an index", "index"])
def test_refuses_a_start_key_with_an_empty_value(ddb, scanned, more, start, text):
    with invalid(text):
        ddb.scan(TableName=scanned, ExclusiveStartKey=start, **more)


# A start key belongs to one segment.
def test_refuses_a_start_key_of_another_segment(ddb, scanned):
    keys = [page["LastEvaluatedKey"] for page in
            (ddb.scan(TableName=scanned, Segment=segment, TotalSegments=4, Limit=1) for segment in range(4)) if "LastEvaluatedKey" in page]
    segments = {segment: ddb.scan(TableName=scanned, Segment=segment, TotalSegments=4)["Items"] for segment in range(4)}
    owner = next(segment for segment in range(4) if any(identity(item) == identity(keys[0]) for item in segments[segment]))
    other = (owner + 1) % 4
    with invalid("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
                 f"TotalSegments: 4 Segment: {other}"):
        ddb.scan(TableName=scanned, Segment=other, TotalSegments=4, ExclusiveStartKey=keys[0])


def test_an_unknown_table_is_not_named(ddb):
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.scan(TableName=random_name())
