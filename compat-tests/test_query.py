# SPDX-License-Identifier: Apache-2.0
"""Query: order, conditions on the key, paging, indexes. Filters and their texts: test_expressions_filter.py."""

import re

import pytest

from support.errors import (ENV, FSC, NOT_FOUND, OVERFLOW, P, bad_consumed_capacity, enum_of, invalid, refused, value_at_least)
from support.tables import definition, random_key, random_name, table
from support.values import B, FALSE, L, M, N, NULL, S, TRUE


@pytest.fixture(scope="module")
def letters(ddb, range_table):
    """The partition key of items a, b, ba, c, d with n = 0...4."""
    pk = S(random_key())
    for number, sk in enumerate(("a", "b", "ba", "c", "d")):
        ddb.put_item(TableName=range_table, Item={"pk": pk, "sk": S(sk), "n": N(number)})
    return pk


@pytest.fixture
def query(ddb, range_table, letters):
    """query(condition on sk or None, values, ...) -> the answer for the partition of `letters`."""
    def call(condition=None, values=None, **more):
        whole = "pk = :pk" + (f" AND {condition}" if condition else "")
        request = {"TableName": range_table, "KeyConditionExpression": whole,
                   "ExpressionAttributeValues": {":pk": letters, **(values or {})}, **more}
        return ddb.query(**request)
    return call


def sort_keys(answer):
    return [item["sk"]["S"] for item in answer["Items"]]


CONDITIONS = {
    "none": (None, None, ["a", "b", "ba", "c", "d"]),
    "=": ("sk = :a", {":a": S("b")}, ["b"]),
    "= nothing": ("sk = :a", {":a": S("q")}, []),
    "<": ("sk < :a", {":a": S("ba")}, ["a", "b"]),
    "<=": ("sk <= :a", {":a": S("ba")}, ["a", "b", "ba"]),
    ">": ("sk > :a", {":a": S("ba")}, ["c", "d"]),
    ">=": ("sk >= :a", {":a": S("ba")}, ["ba", "c", "d"]),
    "BETWEEN": ("sk BETWEEN :a AND :b", {":a": S("b"), ":b": S("c")}, ["b", "ba", "c"]),
    "BETWEEN equal bounds": ("sk BETWEEN :a AND :b", {":a": S("b"), ":b": S("b")}, ["b"]),
    "begins_with": ("begins_with(sk, :a)", {":a": S("b")}, ["b", "ba"]),
    "begins_with nothing": ("begins_with(sk, :a)", {":a": S("bb")}, []),
    # The attribute may stand on the right: the operator is mirrored.
    "mirrored": (":a < sk", {":a": S("ba")}, ["c", "d"]),
    "in parentheses": ("(sk > :a)", {":a": S("ba")}, ["c", "d"]),
    "lower case keywords": ("sk between :a and :b", {":a": S("b"), ":b": S("c")}, ["b", "ba", "c"]),
}


@pytest.mark.parametrize("case", CONDITIONS)
def test_finds_in_order(query, case):
    condition, values, wanted = CONDITIONS[case]
    answer = query(condition, values)
    assert sort_keys(answer) == wanted
    assert (answer["Count"], answer["ScannedCount"]) == (len(wanted), len(wanted))
    assert "LastEvaluatedKey" not in answer


@pytest.mark.parametrize("case", CONDITIONS)
def test_finds_newest_first(query, case):
    condition, values, wanted = CONDITIONS[case]
    assert sort_keys(query(condition, values, ScanIndexForward=False)) == wanted[::-1]


def test_the_clauses_may_stand_in_any_order(ddb, range_table, letters):
    answer = ddb.query(TableName=range_table, KeyConditionExpression="sk > :a AND :pk = pk",
                       ExpressionAttributeValues={":pk": letters, ":a": S("b")})
    assert sort_keys(answer) == ["ba", "c", "d"]


def test_names_may_be_placeholders(ddb, range_table, letters):
    answer = ddb.query(TableName=range_table, KeyConditionExpression="#p = :pk AND begins_with(#s, :a)",
                       ExpressionAttributeNames={"#p": "pk", "#s": "sk"}, ExpressionAttributeValues={":pk": letters, ":a": S("b")})
    assert sort_keys(answer) == ["b", "ba"]


# Strings order by their UTF-8 bytes: a character beyond U+FFFF comes after U+FFFD, which UTF-16 has wrong.
def test_text_orders_by_utf8_bytes(ddb, range_table):
    pk = S(random_key())
    wanted = ["A", "Z", "a", "z", "ä", "\ufffd", "\U0001f600"]
    for sk in reversed(wanted):
        ddb.put_item(TableName=range_table, Item={"pk": pk, "sk": S(sk)})
    answer = ddb.query(TableName=range_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": pk})
    assert sort_keys(answer) == wanted


def test_bytes_order_unsigned(ddb, binary_table):
    pk = S(random_key())
    wanted = [b"\x00", b"\x00\x00", b"\x01", b"\x7f", b"\x80", b"\xff", b"\xff\x00"]
    for sk in reversed(wanted):
        ddb.put_item(TableName=binary_table, Item={"pk": pk, "sk": B(sk)})
    answer = ddb.query(TableName=binary_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": pk})
    assert [item["sk"]["B"] for item in answer["Items"]] == wanted


def test_begins_with_bytes(ddb, binary_table):
    pk = S(random_key())
    for sk in (b"\xff", b"\xff\xff", b"\xfe\xff"):
        ddb.put_item(TableName=binary_table, Item={"pk": pk, "sk": B(sk)})
    answer = ddb.query(TableName=binary_table, KeyConditionExpression="pk = :p AND begins_with(sk, :b)",
                       ExpressionAttributeValues={":p": pk, ":b": B(b"\xff")})
    assert [item["sk"]["B"] for item in answer["Items"]] == [b"\xff", b"\xff\xff"]


# A partition key that begins like another is another partition.
def test_partitions_do_not_mix(ddb, range_table):
    stem = random_key()
    for pk in (stem, stem + "\x00", stem + "a"):
        ddb.put_item(TableName=range_table, Item={"pk": S(pk), "sk": S("s")})
    answer = ddb.query(TableName=range_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": S(stem)})
    assert [item["pk"]["S"] for item in answer["Items"]] == [stem]


# --- Limit, pages -----------------------------------------------------------------------------------


def test_limit_ends_the_page(query, letters):
    answer = query(Limit=2)
    assert sort_keys(answer) == ["a", "b"]
    assert answer["LastEvaluatedKey"] == {"pk": letters, "sk": S("b")}


# The page ended because of Limit, so there is a key, although nothing follows.
def test_a_limit_of_exactly_all_items_still_gives_a_key(query):
    answer = query(Limit=5)
    assert answer["LastEvaluatedKey"]["sk"] == S("d")
    rest = query(Limit=5, ExclusiveStartKey=answer["LastEvaluatedKey"])
    assert rest["Items"] == []
    assert "LastEvaluatedKey" not in rest


def test_a_limit_beyond_all_items_gives_none(query):
    assert "LastEvaluatedKey" not in query(Limit=6)


@pytest.mark.parametrize("forward", [True, False])
def test_pages_join_without_gap(query, forward):
    found, start = [], {}
    while True:
        answer = query(Limit=2, ScanIndexForward=forward, **start)
        found += sort_keys(answer)
        if "LastEvaluatedKey" not in answer:
            break
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    assert found == (["a", "b", "ba", "c", "d"] if forward else ["d", "c", "ba", "b", "a"])


# The key need not exist.
def test_starts_after_a_key_that_does_not_exist(query, letters):
    assert sort_keys(query(ExclusiveStartKey={"pk": letters, "sk": S("bz")})) == ["c", "d"]


# Limit counts what was read, before the filter.
def test_limit_counts_before_the_filter(query):
    answer = query(values={":n": N(3)}, FilterExpression="n >= :n", Limit=4)
    assert sort_keys(answer) == ["c"]
    assert (answer["Count"], answer["ScannedCount"]) == (1, 4)
    assert answer["LastEvaluatedKey"]["sk"] == S("c")


def test_a_page_without_an_item_may_have_a_key(query):
    answer = query(values={":n": N(4)}, FilterExpression="n = :n", Limit=2)
    assert answer["Items"] == []
    assert answer["LastEvaluatedKey"]["sk"] == S("b")


@pytest.fixture(scope="module")
def large(ddb, range_table):
    """The partition key of 12 items of 100,000 bytes."""
    pk = S(random_key())
    for number in range(12):
        ddb.put_item(TableName=range_table, Item={"pk": pk, "sk": S(f"{number:02}"), "x": S("x" * (100_000 - 39))})
    return pk


# A page ends with the item that carries it across 1 MB: 1,048,576 / 100,000 -> the 11th.
@pytest.mark.parametrize("more, count", [({}, 11), ({"ProjectionExpression": "sk"}, 11), ({"Select": "COUNT"}, 11),
                                         ({"FilterExpression": "attribute_not_exists(x)"}, 0)],
                         ids=["whole", "projected", "counted", "filtered"])
def test_a_page_reads_one_megabyte(ddb, range_table, large, more, count):
    answer = ddb.query(TableName=range_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": large}, **more)
    assert answer["Count"] == count
    assert answer["ScannedCount"] == 11
    assert answer["LastEvaluatedKey"] == {"pk": large, "sk": S("10")}


START_KEYS = {
    "no sort key": ({"pk": S("x")}, "The provided starting key is invalid"),
    "an attribute too many": ({"pk": S("x"), "sk": S("a"), "z": S("a")}, "The provided starting key is invalid"),
    "another type": ({"pk": S("x"), "sk": N(1)}, "The provided starting key is invalid"),
    "another partition": ({"pk": S("other"), "sk": S("a")}, "The provided starting key is outside query boundaries based on provided conditions"),
    "bad number": ({"pk": S("x"), "sk": N("1e126")}, OVERFLOW),
}


@pytest.mark.parametrize("case", START_KEYS)
def test_refuses_the_start_key(query, letters, case):
    start, text = START_KEYS[case]
    with invalid(text):
        query(ExclusiveStartKey={**start, "pk": letters if start["pk"] == S("x") else start["pk"]})


def test_a_start_key_must_fit_the_condition(query, letters):
    with invalid("The provided starting key does not match the range key predicate"):
        query("sk > :a", {":a": S("c")}, ExclusiveStartKey={"pk": letters, "sk": S("a")})


# With a condition on the sort key AWS looks at that first, and has another text for another partition.
def test_a_start_key_of_another_partition_beside_a_sort_key_condition(query):
    with invalid("The query can return at most one row and cannot be restarted"):
        query("sk > :a", {":a": S("c")}, ExclusiveStartKey={"pk": S("other"), "sk": S("d")})
    with invalid("The provided starting key does not match the range key predicate"):
        query("sk > :a", {":a": S("c")}, ExclusiveStartKey={"pk": S("other"), "sk": S("a")})


# --- Select, projection -----------------------------------------------------------------------------


def test_count_has_no_items(query):
    answer = query(Select="COUNT")
    assert answer["Count"] == 5
    assert "Items" not in answer


def test_projects(query):
    assert query("sk = :a", {":a": S("b")}, ProjectionExpression="n")["Items"] == [{"n": N(1)}]


@pytest.mark.parametrize("more, text", [
    ({"Limit": 0}, f"{ENV}Value at 'Limit' {FSC}{value_at_least(1)}"),
    ({"Limit": -1}, f"{ENV}Value at 'Limit' {FSC}{value_at_least(1)}"),
    ({"Select": "X"}, f"{ENV}Value 'X' at 'select' {FSC}{enum_of('SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES')}"),
    ({"Select": "SPECIFIC_ATTRIBUTES"}, ENV + "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"),
    ({"ReturnConsumedCapacity": "X"}, ENV + bad_consumed_capacity("X")),
], ids=["limit 0", "limit -1", "unknown select", "select without projection", "unknown capacity"])
def test_refuses_the_parameter(query, more, text):
    with invalid(text):
        query(**more)


# The measured part of these two sentences; Query puts them into the envelope.
@pytest.mark.parametrize("more, pattern", [
    ({"Select": "ALL_ATTRIBUTES", "ProjectionExpression": "n"}, r".*Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES"),
    ({"Select": "COUNT", "ProjectionExpression": "n"}, r".*Cannot specify the ProjectionExpression when choosing to get (COUNT|only the Count)"),
    ({"Select": "ALL_PROJECTED_ATTRIBUTES"}, r".*ALL_PROJECTED_ATTRIBUTES.*"),
], ids=["all attributes", "count", "projected without index"])
def test_refuses_like(query, more, pattern):
    with invalid(re.compile(pattern)):
        query(**more)


def test_no_key_condition_is_refused(ddb, range_table):
    with invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."):
        ddb.query(TableName=range_table)


def test_an_unknown_table_is_not_named(ddb):
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.query(TableName=random_name(), KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": S("a")})


def test_an_unknown_index_is_named(query):
    with invalid("The table does not have the specified index: nothing"):
        query(IndexName="nothing")


# --- Indexes ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def indexed(ddb, index_table):
    """Three items of one partition and one group: (pk, g) values; l falls, h and m rise; and one without index keys."""
    pk, group = S(random_key()), S(random_key())
    for number, sk in enumerate("abc"):
        ddb.put_item(TableName=index_table, Item={"pk": pk, "sk": S(sk), "g": group, "h": S(f"h{number}"), "l": S(f"l{9 - number}"),
                                                  "m": N(number), "named": S("n"), "extra": S("o")})
    ddb.put_item(TableName=index_table, Item={"pk": pk, "sk": S("z")})
    return pk, group


@pytest.fixture
def query_index(ddb, index_table):
    def call(index, condition, values, **more):
        return ddb.query(TableName=index_table, IndexName=index, KeyConditionExpression=condition, ExpressionAttributeValues=values, **more)
    return call


def test_a_local_index_orders_by_its_key(query_index, indexed):
    answer = query_index("local_all", "pk = :p", {":p": indexed[0]})
    assert sort_keys(answer) == ["c", "b", "a"]


def test_a_local_index_takes_a_range(query_index, indexed):
    answer = query_index("local_all", "pk = :p AND l >= :l", {":p": indexed[0], ":l": S("l8")})
    assert sort_keys(answer) == ["b", "a"]


def test_a_local_index_may_be_read_consistently(query_index, indexed):
    assert query_index("local_all", "pk = :p", {":p": indexed[0]}, ConsistentRead=True)["Count"] == 3


# An index projects its own key, the table's key, and what was named.
PROJECTED = {
    "local_keys": {"pk", "sk", "m"}, "global_keys": {"pk", "sk", "g", "h"}, "global_some": {"pk", "sk", "h", "named"},
    "global_all": {"pk", "sk", "g", "h", "l", "m", "named", "extra"},
}


@pytest.mark.parametrize("index", PROJECTED)
def test_an_index_answers_what_it_projects(query_index, indexed, index):
    pk, group = indexed
    condition, values = {"l": ("pk = :v", {":v": pk}), "g": ("g = :v", {":v": group})}[index[0]]
    if index == "global_some":
        condition, values = "h = :v", {":v": S("h1")}
    items = [item for item in query_index(index, condition, values)["Items"] if item["pk"] == pk]
    assert items
    assert all(set(item) == PROJECTED[index] for item in items)


# A local index fetches from the table what it does not project.
def test_a_local_index_fetches_all_attributes(query_index, indexed):
    answer = query_index("local_keys", "pk = :p", {":p": indexed[0]}, Select="ALL_ATTRIBUTES")
    assert all("extra" in item for item in answer["Items"])


def test_a_local_index_fetches_a_projected_attribute(query_index, indexed):
    answer = query_index("local_keys", "pk = :p", {":p": indexed[0]}, ProjectionExpression="extra")
    assert answer["Items"] == [{"extra": S("o")}] * 3


def test_a_global_index_orders_by_its_sort_key(query_index, indexed):
    answer = query_index("global_keys", "g = :g", {":g": indexed[1]}, ScanIndexForward=False)
    assert [item["h"]["S"] for item in answer["Items"]] == ["h2", "h1", "h0"]


# The last key of an index page holds the index's and the table's key.
def test_an_index_page_ends_with_both_keys(query_index, indexed):
    pk, group = indexed
    answer = query_index("global_keys", "g = :g", {":g": group}, Limit=1)
    assert answer["LastEvaluatedKey"] == {"pk": pk, "sk": S("a"), "g": group, "h": S("h0")}
    rest = query_index("global_keys", "g = :g", {":g": group}, ExclusiveStartKey=answer["LastEvaluatedKey"])
    assert [item["h"]["S"] for item in rest["Items"]] == ["h1", "h2"]


# Entries of one index key keep apart by the table's key.
def test_pages_within_one_index_key_join(query_index, indexed):
    found, start = [], {}
    while True:
        answer = query_index("global_all", "g = :g", {":g": indexed[1]}, Limit=1, **start)
        found += sort_keys(answer)
        if "LastEvaluatedKey" not in answer:
            break
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    assert sorted(found) == ["a", "b", "c"]


INDEX_REFUSALS = {
    "consistent read": ("global_all", {"ConsistentRead": True}, "Consistent reads are not supported on global secondary indexes"),
    "all attributes of KEYS_ONLY": (
        "global_keys", {"Select": "ALL_ATTRIBUTES"},
        P + "Select type ALL_ATTRIBUTES is not supported for global secondary index global_keys because its projection type is not ALL"),
    "attribute outside the projection": (
        "global_keys", {"ProjectionExpression": "extra"}, P + "Global secondary index global_keys does not project [extra]"),
    "filter outside the projection": (
        "global_keys", {"FilterExpression": "attribute_exists(extra)"},
        P + "Secondary index global_keys does not project one or more filter attributes: [extra]"),
    "start key without the table's key": (
        "global_keys", {"ExclusiveStartKey": {"g": S("x"), "h": S("y")}}, "The provided starting key is invalid"),
}


@pytest.mark.parametrize("case", INDEX_REFUSALS)
def test_refuses_on_an_index(query_index, case):
    index, more, text = INDEX_REFUSALS[case]
    with invalid(text):
        query_index(index, "g = :g", {":g": S("x")}, **more)


# --- Multi-attribute keys ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wide_table(ddb):
    """A global index `wide` of 2 HASH and 3 RANGE attributes, and the items (r1, r2, r3) of one pair of HASH values."""
    schema = [{"AttributeName": n, "KeyType": "HASH"} for n in ("h1", "h2")]
    schema += [{"AttributeName": n, "KeyType": "RANGE"} for n in ("r1", "r2", "r3")]
    types = dict(pk="S", h1="S", h2="N", r1="S", r2="N", r3="S")
    request = definition(("pk",), types, GlobalSecondaryIndexes=[
        {"IndexName": "wide", "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}}])
    with table(ddb, **request) as name:
        for number, (r1, r2, r3) in enumerate([("a", 1, "x"), ("a", 1, "y"), ("a", 2, "x"), ("a", 10, "x"), ("b", 1, "x")]):
            ddb.put_item(TableName=name, Item={"pk": S(str(number)), "h1": S("H"), "h2": N(7), "r1": S(r1), "r2": N(r2), "r3": S(r3)})
        # Lacks one of the key's attributes, so it is not in the index.
        ddb.put_item(TableName=name, Item={"pk": S("sparse"), "h1": S("H"), "h2": N(7), "r1": S("a"), "r2": N(1)})
        yield name


WIDE = {
    "hash alone": ("", {}, "01234"),
    "first": (" AND r1 = :a", {":a": S("a")}, "0123"),
    "first two": (" AND r1 = :a AND r2 = :b", {":a": S("a"), ":b": N(1)}, "01"),
    "all": (" AND r1 = :a AND r2 = :b AND r3 = :c", {":a": S("a"), ":b": N(1), ":c": S("y")}, "1"),
    "range on the last": (" AND r1 = :a AND r2 > :b", {":a": S("a"), ":b": N(1)}, "23"),
    "range on the first": (" AND r1 > :a", {":a": S("a")}, "4"),
    "begins_with on the last": (" AND r1 = :a AND r2 = :b AND begins_with(r3, :c)", {":a": S("a"), ":b": N(1), ":c": S("y")}, "1"),
    "any order of clauses": (" AND r2 BETWEEN :b AND :c AND r1 = :a", {":a": S("a"), ":b": N(2), ":c": N(10)}, "23"),
}


@pytest.mark.parametrize("case", WIDE)
@pytest.mark.parametrize("forward", [True, False], ids=["forward", "backward"])
def test_a_wide_index(ddb, wide_table, case, forward):
    condition, values, wanted = WIDE[case]
    answer = ddb.query(TableName=wide_table, IndexName="wide", KeyConditionExpression="h1 = :h AND h2 = :i" + condition,
                       ExpressionAttributeValues={":h": S("H"), ":i": N(7), **values}, ScanIndexForward=forward)
    assert [item["pk"]["S"] for item in answer["Items"]] == list(wanted if forward else wanted[::-1])


def test_a_page_of_a_wide_index_ends_with_all_its_attributes(ddb, wide_table):
    answer = ddb.query(TableName=wide_table, IndexName="wide", KeyConditionExpression="h1 = :h AND h2 = :i",
                       ExpressionAttributeValues={":h": S("H"), ":i": N(7)}, Limit=2)
    assert answer["LastEvaluatedKey"] == {"pk": S("1"), "h1": S("H"), "h2": N(7), "r1": S("a"), "r2": N(1), "r3": S("y")}


WIDE_REFUSALS = {
    "gap": (" AND r1 = :a AND r3 = :c", {":a": S("a"), ":c": S("x")}, "r2", "r3"),
    "range before another": (" AND r1 = :a AND r2 > :b AND r3 = :c", {":a": S("a"), ":b": N(1), ":c": S("x")}, "r2", "r3"),
    "first left out": (" AND r2 = :b", {":b": N(1)}, "r1", "r2"),
}


@pytest.mark.parametrize("case", WIDE_REFUSALS)
def test_a_wide_index_is_used_from_the_left(ddb, wide_table, case):
    condition, values, missing, present = WIDE_REFUSALS[case]
    text = (f"RANGE key attributes {missing} must have equality conditions specified in the query "
            f"because a condition is present on key attribute {present}")
    with invalid(re.compile(".*" + re.escape(text) + ".*")):
        ddb.query(TableName=wide_table, IndexName="wide", KeyConditionExpression="h1 = :h AND h2 = :i" + condition,
                  ExpressionAttributeValues={":h": S("H"), ":i": N(7), **values})
