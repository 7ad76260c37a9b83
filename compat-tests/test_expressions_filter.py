# SPDX-License-Identifier: Apache-2.0
"""FilterExpression in Query (newer texts without envelope) and Scan (older texts). Its grammar and meaning are those of
conditions: test_expressions_condition.py."""

import pytest

from support.errors import NEST, invalid
from support.tables import random_key
from support.values import BAD_VALUES, N, NULL, S, TRUE, newer_text, nested, older_text

KIND = "Invalid FilterExpression: "

REFUSALS = {
    "": (None, KIND + "The expression can not be empty;"),
    "a = = b": (None, KIND + 'Syntax error; token: "=", near: "= = b"'),
    "size(a)": (None, KIND + "The function is not allowed to be used this way in an expression; function: size"),
    "a = :w": (None, KIND + "An expression attribute value used in expression is not defined; attribute value: :w"),
    "#a = b": (None, KIND + "An expression attribute name used in the document path is not defined; attribute name: #a"),
    "((a = b))": (None, KIND + "The expression has redundant parentheses;"),
    "a < :v": ({":v": TRUE}, KIND + "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"),
    "begins_with(a, :v)": ({":v": N(1)}, KIND + "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"),
    "name = :v": ({":v": N(1)}, KIND + "Attribute name is a reserved keyword; reserved keyword: name"),
    "a = b" + " " * 4092: (None, KIND + "Expression size has exceeded the maximum allowed size; expression size: 4097"),
}
IDS = [found.strip() for found in REFUSALS]


def query(ddb, table, expression, values=None, **more):
    return ddb.query(TableName=table, KeyConditionExpression="pk = :pk", FilterExpression=expression,
                     ExpressionAttributeValues={":pk": S("x"), **(values or {})}, **more)


def scan(ddb, table, expression, values=None, **more):
    request = {"ExpressionAttributeValues": values} if values else {}
    return ddb.scan(TableName=table, FilterExpression=expression, Limit=1, **request, **more)


@pytest.mark.parametrize("call", [query, scan])
@pytest.mark.parametrize("expression", REFUSALS, ids=IDS)
def test_refuses(ddb, range_table, call, expression):
    values, text = REFUSALS[expression]
    with invalid(text):
        call(ddb, range_table, expression, values)


@pytest.mark.parametrize("case", BAD_VALUES)
def test_query_refuses_a_bad_value(ddb, range_table, case):
    with invalid(newer_text(case)):
        query(ddb, range_table, "a = :v", {":v": BAD_VALUES[case][0]})


# The older validator names the placeholder.
@pytest.mark.parametrize("case", BAD_VALUES)
def test_scan_refuses_a_bad_value(ddb, range_table, case):
    with invalid(f"ExpressionAttributeValues contains invalid value: {older_text(case)} for key :v"):
        scan(ddb, range_table, "a = :v", {":v": BAD_VALUES[case][0]})


@pytest.mark.parametrize("expression", ["pk = :v", "sk > :v", ":v = sk", "attribute_exists(pk)", "NOT sk = :v OR a = :v"])
def test_a_query_filter_may_not_name_the_key(ddb, range_table, expression):
    with invalid(f"Filter Expression can only contain non-primary key attributes: Primary key attribute: {'pk' if 'pk' in expression else 'sk'}"):
        query(ddb, range_table, expression, {":v": S("a")} if ":v" in expression else None)


# On an index the index's key counts, not the table's.
def test_an_index_filter_may_name_the_tables_key(ddb, index_table):
    answer = ddb.query(TableName=index_table, IndexName="global_all", KeyConditionExpression="g = :g", FilterExpression="sk = :s",
                       ExpressionAttributeValues={":g": S(random_key()), ":s": S("a")})
    assert answer["Count"] == 0


def test_an_index_filter_may_not_name_the_indexs_key(ddb, index_table):
    with invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: g"):
        ddb.query(TableName=index_table, IndexName="global_all", KeyConditionExpression="g = :g", FilterExpression="g = :g",
                  ExpressionAttributeValues={":g": S(random_key())})


@pytest.mark.parametrize("call, text", [
    (query, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"),
    (scan, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"),
])
def test_an_unused_value_is_refused(ddb, range_table, call, text):
    with invalid(text):
        call(ddb, range_table, "a = b", {":v": N(1)})


# One filter of each function, over the wire of the two reading operations.
@pytest.mark.parametrize("expression, values, wanted", [
    ("n > :v", {":v": N(2)}, ["c", "d"]),
    ("n BETWEEN :v AND :w", {":v": N(1), ":w": N(2)}, ["a", "b"]),
    ("n IN (:v, :w)", {":v": N(1), ":w": N(4)}, ["a", "d"]),
    ("begins_with(t, :v)", {":v": S("x")}, ["a", "b"]),
    ("contains(t, :v)", {":v": S("2")}, ["b", "d"]),
    ("attribute_exists(u)", None, ["c"]),
    ("attribute_not_exists(u) AND NOT n = :v", {":v": N(1)}, ["b", "d"]),
    ("size(t) = :v", {":v": N(3)}, ["d"]),
    ("n <> :v", {":v": N(1)}, ["b", "c", "d"]),
], ids=["compare", "between", "in", "begins_with", "contains", "exists", "not exists", "size", "unequal"])
def test_filters(ddb, range_table, expression, values, wanted):
    pk = S(random_key())
    for number, (sk, text) in enumerate(zip("abcd", ("x1", "x2", "y1", "y2z")), 1):
        ddb.put_item(TableName=range_table, Item={"pk": pk, "sk": S(sk), "n": N(number), "t": S(text), **({"u": NULL} if sk == "c" else {})})
    answer = ddb.query(TableName=range_table, KeyConditionExpression="pk = :pk", FilterExpression=expression,
                       ExpressionAttributeValues={":pk": pk, **(values or {})})
    assert [item["sk"]["S"] for item in answer["Items"]] == wanted
    assert answer["ScannedCount"] == 4
