# SPDX-License-Identifier: Apache-2.0
"""KeyConditions, QueryFilter, ConditionalOperator and AttributesToGet of Query: from before expressions."""

import pytest

from support.errors import ENV, FSC, NEST, NOT_FOUND, P, enum_of, invalid, length_at_least, refused
from support.legacy import (BAD_ARGUMENTS, BAD_OPERATOR_NEWER, COMPARISON_OPERATORS, DUPLICATE_ATTRIBUTE, TOO_FEW, WITHOUT_CONDITIONS,
                            condition, mix)
from support.tables import attributes, keys, random_key, random_name, table
from support.values import B, BAD_VALUES, M, N, S, TRUE, nested, newer_text


@pytest.fixture(scope="module")
def letters(ddb, range_table):
    """The partition key of items a, b, ba, c, d with n = 0...4; all but d have t."""
    pk = S(random_key())
    for number, sk in enumerate(("a", "b", "ba", "c", "d")):
        more = {} if sk == "d" else {"t": S("text " + sk), "x.y": N(-number)}
        ddb.put_item(TableName=range_table, Item={"pk": pk, "sk": S(sk), "n": N(number), **more})
    return pk


@pytest.fixture
def query(ddb, range_table, letters):
    """query(condition on sk or None, ...) -> the answer for the partition of `letters`."""
    def call(sort=None, **more):
        conditions = {"pk": condition("EQ", letters), **({"sk": sort} if sort else {})}
        return ddb.query(**{"TableName": range_table, "KeyConditions": conditions, **more})
    return call


def sort_keys(answer):
    return [item["sk"]["S"] for item in answer["Items"]]


def same(answer, other):
    without = [{name: value for name, value in one.items() if name != "ResponseMetadata"} for one in (answer, other)]
    assert without[0] == without[1]


# sort condition, the equivalent expression, its values, what it finds
SORTS = {
    "none": (None, None, [], ["a", "b", "ba", "c", "d"]),
    "EQ": (condition("EQ", S("b")), "sk = :a", [S("b")], ["b"]),
    "LT": (condition("LT", S("ba")), "sk < :a", [S("ba")], ["a", "b"]),
    "LE": (condition("LE", S("ba")), "sk <= :a", [S("ba")], ["a", "b", "ba"]),
    "GT": (condition("GT", S("ba")), "sk > :a", [S("ba")], ["c", "d"]),
    "GE": (condition("GE", S("ba")), "sk >= :a", [S("ba")], ["ba", "c", "d"]),
    "BETWEEN": (condition("BETWEEN", S("b"), S("c")), "sk BETWEEN :a AND :b", [S("b"), S("c")], ["b", "ba", "c"]),
    "BEGINS_WITH": (condition("BEGINS_WITH", S("b")), "begins_with(sk, :a)", [S("b")], ["b", "ba"]),
}


@pytest.mark.parametrize("case", SORTS)
@pytest.mark.parametrize("more", [{}, {"ScanIndexForward": False}, {"Limit": 2}], ids=["forward", "backward", "page"])
def test_finds_as_the_expression_does(ddb, range_table, letters, query, case, more):
    sort, expression, values, wanted = SORTS[case]
    answer = query(sort, **more)
    found = wanted[::-1] if "ScanIndexForward" in more else wanted[:2] if "Limit" in more else wanted
    assert sort_keys(answer) == found
    same(answer, ddb.query(TableName=range_table, KeyConditionExpression="pk = :pk" + (f" AND {expression}" if expression else ""),
                           ExpressionAttributeValues={":pk": letters, **dict(zip((":a", ":b"), values))}, **more))


def test_reads_numbers_and_binaries(ddb, number_table, binary_table):
    pk = S(random_key())
    for number in (-1, 2, 10):
        ddb.put_item(TableName=number_table, Item={"pk": pk, "sk": N(number)})
        ddb.put_item(TableName=binary_table, Item={"pk": pk, "sk": B(bytes([number % 256, 7]))})
    def find(name, sort):
        answer = ddb.query(TableName=name, KeyConditions={"pk": condition("EQ", pk), "sk": sort})
        return [item["sk"] for item in answer["Items"]]
    assert find(number_table, condition("LE", N("2.0"))) == [N(-1), N(2)]
    assert find(binary_table, condition("BEGINS_WITH", B(b"\xff"))) == [B(b"\xff\x07")]


def test_pages_through(query):
    first = query(Limit=3)
    rest = query(ExclusiveStartKey=first["LastEvaluatedKey"])
    assert sort_keys(first) + sort_keys(rest) == ["a", "b", "ba", "c", "d"]


def test_reads_an_index(ddb, index_table):
    g = S(random_key())
    for number in range(3):
        ddb.put_item(TableName=index_table, Item={"pk": S(random_key()), "sk": S("s"), "g": g, "h": S(f"h{number}")})
    answer = ddb.query(TableName=index_table, IndexName="global_keys", KeyConditions={"g": condition("EQ", g), "h": condition("GT", S("h0"))},
                       AttributesToGet=["h"])
    assert answer["Items"] == [{"h": S("h1")}, {"h": S("h2")}]


# A key of several attributes takes as many conditions as it has attributes.
def test_reads_an_index_of_several_attributes(ddb):
    key_schema = [*({"AttributeName": name, "KeyType": "HASH"} for name in ("h1", "h2")),
                  *({"AttributeName": name, "KeyType": "RANGE"} for name in ("r1", "r2"))]
    wide = {"IndexName": "wide", "KeySchema": key_schema, "Projection": {"ProjectionType": "ALL"}}
    types = attributes(pk="S", h1="S", h2="S", r1="N", r2="N")
    with table(ddb, KeySchema=keys("pk"), AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST", GlobalSecondaryIndexes=[wide]) as name:
        for number in range(4):
            ddb.put_item(TableName=name, Item={"pk": S(str(number)), "h1": S("x"), "h2": S("y"), "r1": N(1), "r2": N(number)})
        hashes = {"h1": condition("EQ", S("x")), "h2": condition("EQ", S("y"))}
        def find(**more):
            return ddb.query(TableName=name, IndexName="wide", KeyConditions={**hashes, **more})
        found = find(r1=condition("EQ", N(1)), r2=condition("GT", N(1)))
        assert [item["r2"] for item in found["Items"]] == [N(2), N(3)]
        with invalid("RANGE key attributes r1 must have equality conditions specified in the query because a condition is present on "
                     "key attribute r2"):
            find(r2=condition("GT", N(1)))
        del hashes["h2"]
        with invalid("Query condition missed key schema element: h2"):
            find()


# --- KeyConditions: refusals ------------------------------------------------------------------------

NOT_INDEXABLE = "Attempted conditional constraint is not an indexable operation"
WRONG_TYPE = P + "Condition parameter type does not match schema type"
EQ = condition("EQ", S("a"))

REFUSED_CONDITIONS = {
    "none": ({}, "Conditions can be of length 1 or 2 only"),
    "no hash key": ({"sk": EQ}, "Query condition missed key schema element: pk"),
    "not a key": ({"x": EQ}, "Query condition missed key schema element: pk"),
    "not the range key": ({"pk": EQ, "x": EQ}, "Query condition missed key schema element: sk"),
    "too many": ({"pk": EQ, "sk": EQ, "x": EQ},
                 "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)"),
    "range on the hash key": ({"pk": condition("GT", S("a"))}, "Query key condition not supported"),
    "BETWEEN on the hash key": ({"pk": condition("BETWEEN", S("a"), S("b"))}, "Query key condition not supported"),
    "BEGINS_WITH on the hash key": ({"pk": condition("BEGINS_WITH", S("a"))}, "Query key condition not supported"),
    "number": ({"pk": condition("EQ", N(1))}, WRONG_TYPE),
    "boolean": ({"pk": condition("EQ", TRUE)}, WRONG_TYPE),
    "map": ({"pk": EQ, "sk": condition("EQ", M())}, WRONG_TYPE),
    "type before operator": ({"pk": condition("GT", N(1))}, WRONG_TYPE),
    **{f"{operator} on the {where} key": (conditions, NOT_INDEXABLE)
       for operator in ("NE", "IN", "CONTAINS", "NOT_CONTAINS")
       for where, conditions in (("hash", {"pk": condition(operator, S("a"))}), ("range", {"pk": EQ, "sk": condition(operator, S("a"))}))},
    "NULL": ({"pk": condition("NULL")}, NOT_INDEXABLE),
    "NOT_NULL on the range key": ({"pk": EQ, "sk": condition("NOT_NULL")}, NOT_INDEXABLE),
}


@pytest.mark.parametrize("case", REFUSED_CONDITIONS)
def test_refuses_the_key_conditions(query, case):
    conditions, text = REFUSED_CONDITIONS[case]
    with invalid(text):
        query(KeyConditions=conditions)


def test_a_table_with_a_hash_key_alone_takes_one(ddb, hash_table):
    with invalid("Query key condition not supported"):
        ddb.query(TableName=hash_table, KeyConditions={"pk": EQ, "sk": EQ})


@pytest.mark.parametrize("case", BAD_ARGUMENTS)
@pytest.mark.parametrize("parameter", ["KeyConditions", "QueryFilter"])
def test_refuses_the_arguments(query, parameter, case):
    bad, text = BAD_ARGUMENTS[case]
    with invalid(text):
        query(**{parameter: {"pk" if parameter == "KeyConditions" else "a": bad}})


# Query speaks the newer texts, without envelope.
@pytest.mark.parametrize("case", BAD_VALUES)
@pytest.mark.parametrize("parameter", ["KeyConditions", "QueryFilter"])
def test_checks_the_values(query, parameter, case):
    with invalid(newer_text(case)):
        query(**{parameter: {"pk" if parameter == "KeyConditions" else "a": condition("EQ", BAD_VALUES[case][0])}})


@pytest.mark.parametrize("parameter, path", [("KeyConditions", "keyConditions"), ("QueryFilter", "queryFilter")])
def test_wants_an_operator(query, parameter, path):
    with invalid(f"{ENV}Value null at '{path}.a.member.comparisonOperator' {FSC}Member must not be null"):
        query(**{parameter: {"a": {"AttributeValueList": [S("a")]}}})
    with invalid(f"{ENV}Value 'LIKE' at '{path}.a.member.comparisonOperator' {FSC}{enum_of(COMPARISON_OPERATORS)}"):
        query(**{parameter: {"a": condition("LIKE", S("a"))}})


# --- QueryFilter ------------------------------------------------------------------------------------

# filter, operator, the equivalent expression, its names and values, what passes
FILTERS = {
    "EQ": ({"n": condition("EQ", N(2))}, None, "n = :v", [N(2)], ["ba"]),
    "NE finds missing": ({"t": condition("NE", S("text a"))}, None, "t <> :v", [S("text a")], ["b", "ba", "c", "d"]),
    "IN": ({"n": condition("IN", N(0), N(4))}, None, "n IN (:v, :w)", [N(0), N(4)], ["a", "d"]),
    "NULL": ({"t": condition("NULL")}, None, "attribute_not_exists(t)", [], ["d"]),
    "CONTAINS": ({"t": condition("CONTAINS", S("b"))}, None, "contains(t, :v)", [S("b")], ["b", "ba"]),
    "NOT_CONTAINS wants it there": ({"t": condition("NOT_CONTAINS", S("b"))}, None, "attribute_exists(t) AND NOT contains(t, :v)", [S("b")],
                                    ["a", "c"]),
    "two are AND": ({"n": condition("GE", N(1)), "t": condition("NOT_NULL")}, None, "n >= :v AND attribute_exists(t)", [N(1)],
                    ["b", "ba", "c"]),
    "AND": ({"n": condition("GE", N(1)), "t": condition("NOT_NULL")}, "AND", "n >= :v AND attribute_exists(t)", [N(1)], ["b", "ba", "c"]),
    "OR": ({"n": condition("LT", N(1)), "t": condition("NULL")}, "OR", "n < :v OR attribute_not_exists(t)", [N(1)], ["a", "d"]),
}


@pytest.mark.parametrize("case", FILTERS)
@pytest.mark.parametrize("more", [{}, {"Limit": 3}, {"Select": "COUNT"}, {"ReturnConsumedCapacity": "TOTAL"}],
                         ids=["all", "page", "count", "capacity"])
def test_filters_as_the_expression_does(query, case, more):
    conditions, operator, expression, values, wanted = FILTERS[case]
    answer = query(QueryFilter=conditions, **({"ConditionalOperator": operator} if operator else {}), **more)
    if "Limit" not in more:
        assert answer["Count"] == len(wanted)
        assert answer["ScannedCount"] == 5
        assert "Items" not in answer or sort_keys(answer) == wanted
    placeholders = {"ExpressionAttributeValues": dict(zip((":v", ":w"), values))} if values else {}
    same(answer, query(FilterExpression=expression, **placeholders, **more))


def test_an_empty_filter_passes_all(query):
    assert query(QueryFilter={})["Count"] == 5


def test_a_dot_is_a_part_of_the_name(query):
    assert sort_keys(query(QueryFilter={"x.y": condition("EQ", N(-2))})) == ["ba"]


@pytest.mark.parametrize("name", ["pk", "sk"])
def test_refuses_keys_in_the_filter(query, name):
    with invalid(f"QueryFilter can only contain non-primary key attributes: Primary key attribute: {name}"):
        query(QueryFilter={name: condition("EQ", S("a"))})


def test_a_conditional_operator_wants_two_conditions(ddb, range_table, query):
    with invalid(WITHOUT_CONDITIONS):
        query(ConditionalOperator="AND")
    with invalid(WITHOUT_CONDITIONS):
        query(ConditionalOperator="OR", QueryFilter={})
    with invalid(TOO_FEW):
        query(ConditionalOperator="AND", QueryFilter={"n": condition("NULL")})
    with invalid(WITHOUT_CONDITIONS):
        ddb.query(TableName=range_table, ConditionalOperator="AND")


# It stands alone, without envelope, before a bad Select.
def test_refuses_a_conditional_operator_that_is_none(query):
    with invalid(BAD_OPERATOR_NEWER):
        query(ConditionalOperator="XOR", QueryFilter={"a": condition("NULL"), "b": condition("NULL")}, Select="X")


# --- AttributesToGet --------------------------------------------------------------------------------


def test_gets_attributes(query):
    answer = query(AttributesToGet=["t", "x.y", "absent"])
    assert answer["Items"] == [{"t": S("text a"), "x.y": N(0)}, {"t": S("text b"), "x.y": N(-1)}, {"t": S("text ba"), "x.y": N(-2)},
                               {"t": S("text c"), "x.y": N(-3)}, {}]
    same(answer, query(ProjectionExpression="t, #xy, absent", ExpressionAttributeNames={"#xy": "x.y"}))


def test_refuses_the_attributes(query):
    with invalid(DUPLICATE_ATTRIBUTE + "t"):
        query(AttributesToGet=["n", "t", "t"])
    with invalid(f"{ENV}Value at 'AttributesToGet' {FSC}{length_at_least(1)}"):
        query(AttributesToGet=[])


def test_select_goes_with_attributes(query):
    assert query(AttributesToGet=["n"], Select="SPECIFIC_ATTRIBUTES")["Items"][0] == {"n": N(0)}
    for select in ("ALL_ATTRIBUTES", "COUNT"):
        with invalid(f"{ENV}Cannot specify the AttributesToGet when choosing to get {select}"):
            query(AttributesToGet=["n"], Select=select)


# --- Beside expressions, order ----------------------------------------------------------------------


# KeyConditions are older than KeyConditionExpression, but not than the other expressions.
def test_key_conditions_go_with_other_expressions(query):
    answer = query(FilterExpression="n > :n", ProjectionExpression="sk", ExpressionAttributeValues={":n": N(2)})
    assert sort_keys(answer) == ["c", "d"]
    assert answer["ScannedCount"] == 5


MIXES = {
    "all": ({"AttributesToGet": ["a"], "QueryFilter": {}, "ConditionalOperator": "AND", "KeyConditionExpression": "pk = :p",
             "FilterExpression": "n = :n", "ProjectionExpression": "a"},
            mix("AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions",
                "ProjectionExpression, FilterExpression, KeyConditionExpression")),
    "filter": ({"QueryFilter": {}, "ProjectionExpression": "a"}, mix("QueryFilter", "ProjectionExpression")),
    "attributes": ({"AttributesToGet": ["a"], "FilterExpression": "n = :n"}, mix("AttributesToGet", "FilterExpression")),
    "keys": ({"KeyConditionExpression": "pk = :p"}, mix("KeyConditions", "KeyConditionExpression")),
}


@pytest.mark.parametrize("case", MIXES)
def test_does_not_mix_with_expressions(query, case):
    more, text = MIXES[case]
    with invalid(text):
        query(**more)


BAD_FILTER = {"a": condition("EQ", N("abc"))}


# What comes first when two things are wrong.
def test_checks_in_order(ddb, range_table, query):
    start = {"pk": N("xyz")}
    with invalid(TOO_FEW):
        query(QueryFilter=BAD_FILTER, ConditionalOperator="OR")
    with invalid(newer_text("letters")):
        query(QueryFilter=BAD_FILTER, AttributesToGet=["a", "a"], ExclusiveStartKey=start)
    with invalid(DUPLICATE_ATTRIBUTE + "a"):
        query(AttributesToGet=["a", "a"], ExclusiveStartKey=start)
    with invalid("The parameter cannot be converted to a numeric value: xyz"):
        query(KeyConditions={}, ExclusiveStartKey=start)
    with invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."):
        ddb.query(TableName=range_table, QueryFilter={})
    with invalid('Invalid FilterExpression: Syntax error; token: "<EOF>", near: "("'):
        query(KeyConditions={}, FilterExpression="(")
    # What needs the schema comes after the table is found.
    with invalid(NEST):
        ddb.query(TableName=random_name(), KeyConditions={"pk": condition("EQ", nested(40))})
    with refused("ResourceNotFoundException", NOT_FOUND):
        ddb.query(TableName=random_name(), KeyConditions={"pk": condition("NULL")})
