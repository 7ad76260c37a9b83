# SPDX-License-Identifier: Apache-2.0
"""In which words a bad ProjectionExpression is refused: the same ones in GetItem, Query, Scan and BatchGetItem, without
an envelope. What a good one selects: test_get_item.py."""

import re

import pytest

from support.errors import invalid
from support.values import N, S

KIND = "Invalid ProjectionExpression: "


def overlap(one, two):
    return f"{KIND}Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [{one}], path two: [{two}]"


def conflict(one, two):
    return f"{KIND}Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [{one}], path two: [{two}]"


REFUSALS = {
    "empty": ("", None, KIND + "The expression can not be empty;"),
    "syntax": ("a b", None, f'{KIND}Syntax error; token: "b", near: "a b"'),
    "comma at the end": ("a,", None, f'{KIND}Syntax error; token: "<EOF>", near: ","'),
    "value": (":v", None, f'{KIND}Syntax error; token: ":v", near: ":v"'),
    "reserved word": ("name", None, KIND + "Attribute name is a reserved keyword; reserved keyword: name"),
    "reserved word in a path": ("a.Status", None, KIND + "Attribute name is a reserved keyword; reserved keyword: Status"),
    "undefined name": ("#undef", None, KIND + "An expression attribute name used in the document path is not defined; attribute name: #undef"),
    "same path": ("a, a", None, overlap("a", "a")),
    "same resolved path": ("#a, #b", {"#a": "x", "#b": "x"}, overlap("x", "x")),
    "prefix first": ("a, a.b", None, overlap("a", "a, b")),
    "prefix last": ("a.b, a", None, overlap("a, b", "a")),
    "list and its element": ("l, l[0]", None, overlap("l", "l, [0]")),
    "map and list": ("a.b, a[0]", None, conflict("a, b", "a, [0]")),
    "no names in the map": ("a", {}, "ExpressionAttributeNames must not be empty"),
    "unused name": ("a", {"#n": "b"}, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}"),
    "names without an expression": (None, {"#n": "b"}, "ExpressionAttributeNames can only be specified when using expressions"),
    # Whether the size is printed here is not known.
    "4097 bytes": ("a" + " " * 4096, None,
                   re.compile(KIND + "Expression size has exceeded the maximum allowed size;( expression size: 4097)?")),
}


def request_of(case):
    expression, names, _ = REFUSALS[case]
    request = {} if expression is None else {"ProjectionExpression": expression}
    return request if names is None else {**request, "ExpressionAttributeNames": names}


@pytest.mark.parametrize("case", REFUSALS)
def test_get_item_refuses(ddb, range_table, case):
    with invalid(REFUSALS[case][2]):
        ddb.get_item(TableName=range_table, Key={"pk": S("a"), "sk": S("a")}, **request_of(case))


@pytest.mark.parametrize("case", ["empty", "syntax", "prefix first", "same resolved path", "undefined name", "4097 bytes"])
def test_scan_refuses(ddb, range_table, case):
    with invalid(REFUSALS[case][2]):
        ddb.scan(TableName=range_table, Limit=1, **request_of(case))


@pytest.mark.parametrize("case", ["empty", "syntax", "prefix first", "same resolved path", "undefined name", "4097 bytes"])
def test_query_refuses(ddb, range_table, case):
    with invalid(REFUSALS[case][2]):
        ddb.query(TableName=range_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": S("a")}, **request_of(case))


@pytest.mark.parametrize("case", ["syntax", "prefix first", "same resolved path", "undefined name"])
def test_batch_get_item_refuses(ddb, range_table, case):
    with invalid(REFUSALS[case][2]):
        ddb.batch_get_item(RequestItems={range_table: {"Keys": [{"pk": S("a"), "sk": S("a")}], **request_of(case)}})


@pytest.mark.parametrize("expression", ["a.b, a.c", "l[0], l[1]", "l[0].x, l[0].y", " a , b ", "a" + " " * 4095])
def test_accepts(ddb, range_table, expression):
    ddb.get_item(TableName=range_table, Key={"pk": S("a"), "sk": S("a")}, ProjectionExpression=expression)


# 32 elements are the deepest path.
def test_a_path_of_33_elements_is_refused(ddb, range_table):
    with invalid(KIND + "The document path has too many nesting levels; nesting levels: 33"):
        ddb.get_item(TableName=range_table, Key={"pk": S("a"), "sk": S("a")}, ProjectionExpression=".".join(["a"] * 33))
