# SPDX-License-Identifier: Apache-2.0
"""ScanFilter and ConditionalOperator of Scan; AttributesToGet of GetItem, BatchGetItem and Scan: from before expressions."""

import pytest

from support.errors import ENV, FSC, NEST, bad_consumed_capacity, enum_of, invalid, length_at_least
from support.legacy import (BAD_ARGUMENTS, COMPARISON_OPERATORS, DUPLICATE_ATTRIBUTE, TOO_FEW, WITHOUT_CONDITIONS, condition, mix)
from support.tables import definition, random_key, table
from support.values import BAD_VALUES, L, M, N, S, nested, newer_text, older_text


@pytest.fixture(scope="module")
def letters(ddb):
    """A table (pk S, sk S) of items a, b, ba, c, d in one partition, n = 0...4; all but d have t."""
    with table(ddb, **definition(("pk", "sk"))) as name:
        for number, sk in enumerate(("a", "b", "ba", "c", "d")):
            more = {} if sk == "d" else {"t": S("text " + sk)}
            ddb.put_item(TableName=name, Item={"pk": S("p"), "sk": S(sk), "n": N(number), **more})
        yield name


@pytest.fixture
def scan(ddb, letters):
    return lambda **more: ddb.scan(TableName=letters, **more)


def sort_keys(answer):
    return [item["sk"]["S"] for item in answer["Items"]]


def same(answer, other):
    without = [{name: value for name, value in one.items() if name != "ResponseMetadata"} for one in (answer, other)]
    assert without[0] == without[1]


# filter, operator, the equivalent expression, its values, what passes
FILTERS = {
    "EQ": ({"n": condition("EQ", N(2))}, None, "n = :v", [N(2)], ["ba"]),
    "NE finds missing": ({"t": condition("NE", S("text a"))}, None, "t <> :v", [S("text a")], ["b", "ba", "c", "d"]),
    "LT": ({"n": condition("LT", N(2))}, None, "n < :v", [N(2)], ["a", "b"]),
    "BETWEEN": ({"n": condition("BETWEEN", N(1), N(2))}, None, "n BETWEEN :v AND :w", [N(1), N(2)], ["b", "ba"]),
    "BEGINS_WITH": ({"t": condition("BEGINS_WITH", S("text b"))}, None, "begins_with(t, :v)", [S("text b")], ["b", "ba"]),
    "NOT_CONTAINS wants it there": ({"t": condition("NOT_CONTAINS", S("b"))}, None, "attribute_exists(t) AND NOT contains(t, :v)", [S("b")],
                                    ["a", "c"]),
    "NULL": ({"t": condition("NULL")}, None, "attribute_not_exists(t)", [], ["d"]),
    # Unlike Query, Scan takes keys.
    "key": ({"sk": condition("GT", S("c"))}, None, "sk > :v", [S("c")], ["d"]),
    "AND": ({"n": condition("GE", N(1)), "t": condition("NOT_NULL")}, "AND", "n >= :v AND attribute_exists(t)", [N(1)], ["b", "ba", "c"]),
    "OR": ({"n": condition("LT", N(1)), "t": condition("NULL")}, "OR", "n < :v OR attribute_not_exists(t)", [N(1)], ["a", "d"]),
    "none": ({}, None, None, [], ["a", "b", "ba", "c", "d"]),
}


@pytest.mark.parametrize("case", FILTERS)
def test_filters_as_the_expression_does(scan, case):
    conditions, operator, expression, values, wanted = FILTERS[case]
    answer = scan(ScanFilter=conditions, **({"ConditionalOperator": operator} if operator else {}))
    assert sort_keys(answer) == wanted
    assert answer["ScannedCount"] == 5
    more = {"FilterExpression": expression} if expression else {}
    if values:
        more["ExpressionAttributeValues"] = dict(zip((":v", ":w"), values))
    same(answer, scan(**more))


@pytest.mark.parametrize("case", BAD_ARGUMENTS)
def test_refuses_the_arguments(scan, case):
    bad, text = BAD_ARGUMENTS[case]
    with invalid(text):
        scan(ScanFilter={"a": bad})


# Scan speaks the older texts.
@pytest.mark.parametrize("case", BAD_VALUES)
def test_checks_the_values(scan, case):
    with invalid(older_text(case)):
        scan(ScanFilter={"a": condition("EQ", BAD_VALUES[case][0])})


def test_a_conditional_operator_wants_two_conditions(scan):
    with invalid(WITHOUT_CONDITIONS):
        scan(ConditionalOperator="AND")
    with invalid(WITHOUT_CONDITIONS):
        scan(ConditionalOperator="OR", ScanFilter={}, AttributesToGet=["a", "b"])
    with invalid(TOO_FEW):
        scan(ConditionalOperator="AND", ScanFilter={"n": condition("NULL")})
    # Measured in us-east-1; regions with the newer validator for Scan have it the other way round.
    with invalid(NEST):
        scan(ConditionalOperator="AND", ScanFilter={"n": condition("EQ", nested(40))})


def test_refuses_words_that_are_none(scan):
    with invalid(f"{ENV}Value 'XOR' at 'conditionalOperator' {FSC}{enum_of('OR, AND')}"):
        scan(ConditionalOperator="XOR")
    with invalid(f"{ENV}Value 'LIKE' at 'scanFilter.a.member.comparisonOperator' {FSC}{enum_of(COMPARISON_OPERATORS)}"):
        scan(ScanFilter={"a": condition("LIKE", S("a"))})
    with invalid(f"{ENV}Value null at 'scanFilter.a.member.comparisonOperator' {FSC}Member must not be null"):
        scan(ScanFilter={"a": {"AttributeValueList": [S("a")]}})


MIXES = {
    "all": ({"AttributesToGet": ["a"], "ScanFilter": {}, "ConditionalOperator": "AND", "FilterExpression": "n = :n", "ProjectionExpression": "a"},
            mix("AttributesToGet, ScanFilter, ConditionalOperator", "ProjectionExpression, FilterExpression")),
    "filter": ({"ScanFilter": {}, "ProjectionExpression": "a"}, mix("ScanFilter", "ProjectionExpression")),
    "attributes": ({"AttributesToGet": ["a"], "FilterExpression": "n = :n"}, mix("AttributesToGet", "FilterExpression")),
    "operator": ({"ConditionalOperator": "AND", "FilterExpression": "n = :n"}, mix("ConditionalOperator", "FilterExpression")),
}


@pytest.mark.parametrize("case", MIXES)
def test_scan_does_not_mix_with_expressions(scan, case):
    more, text = MIXES[case]
    with invalid(text):
        scan(**more)


# What comes first when two things are wrong.
def test_scan_checks_in_order(scan):
    bad_filter = {"a": condition("EQ", N("abc"))}
    with invalid(ENV + bad_consumed_capacity("X")):
        scan(ScanFilter=bad_filter, ReturnConsumedCapacity="X")
    with invalid(DUPLICATE_ATTRIBUTE + "a"):
        scan(ScanFilter=bad_filter, AttributesToGet=["a", "a"])
    with invalid(newer_text("letters")):
        scan(ScanFilter=bad_filter, ExclusiveStartKey={"pk": N("xyz")})
    with invalid(newer_text("letters")):
        scan(ScanFilter=bad_filter, Segment=1)


# --- AttributesToGet --------------------------------------------------------------------------------

ITEM = {"a": S("x"), "a.b": N(1), "m": M(b=N(2), c=L(S("y")))}


@pytest.fixture
def key(ddb, hash_table):
    found = {"pk": S(random_key())}
    ddb.put_item(TableName=hash_table, Item={**found, **ITEM})
    return found


# Names are those of top-level attributes; keys are not added; a missing item has no Item, one without any of them is empty.
@pytest.mark.parametrize("names, wanted", [(["a"], ["a"]), (["m", "a.b"], ["m", "a.b"]), (["m.b", "missing"], []), (["pk", "a"], ["pk", "a"])],
                         ids=["one", "dot in the name", "no paths", "key"])
def test_gets_attributes(ddb, hash_table, key, names, wanted):
    found = {name: {**key, **ITEM}[name] for name in wanted}
    assert ddb.get_item(TableName=hash_table, Key=key, AttributesToGet=names)["Item"] == found
    batch = ddb.batch_get_item(RequestItems={hash_table: {"Keys": [key], "AttributesToGet": names}})
    assert batch["Responses"] == {hash_table: [found]}
    assert ddb.scan(TableName=hash_table, AttributesToGet=names, ScanFilter={"pk": condition("EQ", key["pk"])})["Items"] == [found]


def test_a_missing_item_has_none(ddb, hash_table):
    assert "Item" not in ddb.get_item(TableName=hash_table, Key={"pk": S(random_key())}, AttributesToGet=["a"])


@pytest.fixture(params=["GetItem", "BatchGetItem", "Scan"])
def read(request, ddb, hash_table, key):
    def call(**more):
        if request.param == "GetItem":
            return ddb.get_item(TableName=hash_table, Key=key, **more)
        if request.param == "Scan":
            return ddb.scan(TableName=hash_table, **more)
        return ddb.batch_get_item(RequestItems={hash_table: {"Keys": [key], **more}})
    call.operation = request.param
    return call


def test_refuses_an_attribute_twice(read):
    with invalid(DUPLICATE_ATTRIBUTE + "b"):
        read(AttributesToGet=["a", "b", "b", "a"])


def test_wants_an_attribute(hash_table, read):
    path = {"GetItem": "Value at 'AttributesToGet'", "BatchGetItem": f"Value at 'RequestItems.{hash_table}.member.AttributesToGet'",
            "Scan": "Value '[]' at 'attributesToGet'"}[read.operation]
    with invalid(f"{ENV}{path} {FSC}{length_at_least(1)}"):
        read(AttributesToGet=[])


def test_does_not_mix_with_a_projection(read):
    with invalid(mix("AttributesToGet", "ProjectionExpression")):
        read(AttributesToGet=["a"], ProjectionExpression="a")
    with invalid("ExpressionAttributeNames can only be specified when using expressions"):
        read(AttributesToGet=["a"], ExpressionAttributeNames={"#a": "a"})


# Attributes for one table and a projection for another are a mix, too.
def test_a_batch_does_not_mix_across_tables(ddb, hash_table, letters, key):
    with invalid(mix("AttributesToGet", "ProjectionExpression")):
        ddb.batch_get_item(RequestItems={hash_table: {"Keys": [key], "AttributesToGet": ["a"]},
                                         letters: {"Keys": [{"pk": S("p"), "sk": S("a")}], "ProjectionExpression": "n"}})


def test_select_goes_with_attributes(scan):
    assert scan(AttributesToGet=["n"], Select="SPECIFIC_ATTRIBUTES", Limit=1)["Items"] == [{"n": N(0)}]
    for select in ("ALL_ATTRIBUTES", "COUNT"):
        with invalid(f"Cannot specify the AttributesToGet when choosing to get {select}"):
            scan(AttributesToGet=["n"], Select=select)


# What does not fit into an answer of 16 MB comes back with its AttributesToGet.
def test_unprocessed_keys_keep_their_attributes(ddb):
    with table(ddb, **definition(("pk",))) as name:
        keys = [{"pk": S(f"{number:02}")} for number in range(45)]
        for key in keys:
            ddb.put_item(TableName=name, Item={**key, "big": S("x" * 400_000), "a": S("y")})
        answer = ddb.batch_get_item(RequestItems={name: {"Keys": keys, "AttributesToGet": ["a"]}})
        rest = answer["UnprocessedKeys"][name]
        assert rest["AttributesToGet"] == ["a"]
        assert len(answer["Responses"][name]) + len(rest["Keys"]) == 45
