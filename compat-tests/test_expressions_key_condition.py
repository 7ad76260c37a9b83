# SPDX-License-Identifier: Apache-2.0
"""In which words a bad KeyConditionExpression is refused. What a good one finds: test_query.py."""

import re

import pytest

from support.errors import P, invalid
from support.tables import random_name
from support.values import BAD_VALUES, B, L, N, NULL, S, TRUE, newer_text

KIND = "Invalid KeyConditionExpression: "
TYPE = P + "Condition parameter type does not match schema type"


def operand_type(name, kind):
    return f"{KIND}Incorrect operand type for operator or function; operator or function: {name}, operand type: {kind}"


def either(text):
    """Whether AWS puts the kind in front of this text is not known."""
    return re.compile(f"({KIND})?{text}")


A, AB = {":a": S("a")}, {":a": S("a"), ":b": S("b")}
# These need no table.
STATIC = {
    "": ({}, KIND + "The expression can not be empty;"),
    "pk = = :a": (A, KIND + 'Syntax error; token: "=", near: "= = :a"'),
    "pk": ({}, KIND + 'Syntax error; token: "<EOF>", near: "pk"'),
    "pk = :c": (A, KIND + "An expression attribute value used in expression is not defined; attribute value: :c"),
    "#p = :a": (A, KIND + "An expression attribute name used in the document path is not defined; attribute name: #p"),
    "((pk = :a))": (A, KIND + "The expression has redundant parentheses;"),
    "pk = :a AND begins_with(sk, :b)": ({":a": S("a"), ":b": N(1)}, operand_type("begins_with", "N")),
    "pk = :a AND begins_with(sk, :b) ": ({":a": S("a"), ":b": TRUE}, operand_type("begins_with", "BOOL")),
    "pk = :a AND sk < :b": ({":a": S("a"), ":b": TRUE}, operand_type("<", "BOOL")),
    "pk = :a AND sk BETWEEN :b AND :c": ({":a": S("a"), ":b": TRUE, ":c": TRUE}, operand_type("BETWEEN", "BOOL")),
    "pk = :a OR sk = :b": (AB, "Invalid operator used in KeyConditionExpression: OR"),
    "NOT pk = :a": (A, "Invalid operator used in KeyConditionExpression: NOT"),
    "pk IN (:a, :b)": (AB, "Invalid operator used in KeyConditionExpression: IN"),
    "pk <> :a": (A, "Invalid operator used in KeyConditionExpression: <>"),
    "attribute_exists(pk)": ({}, "Invalid operator used in KeyConditionExpression: attribute_exists"),
    "pk = :a AND contains(sk, :b)": (AB, "Invalid operator used in KeyConditionExpression: contains"),
    "pk = :a AND size(sk) = :b": ({":a": S("a"), ":b": N(1)}, either("KeyConditionExpressions cannot contain nested operations")),
    "pk = :a AND x.y = :b": (AB, either("KeyConditionExpressions cannot have conditions on nested attributes")),
    "pk = :a AND x[0] = :b": (AB, either("KeyConditionExpressions cannot have conditions on nested attributes")),
    "pk = sk": ({}, "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition"),
    ":a = :b": (AB, "Invalid condition in KeyConditionExpression: No key attribute specified"),
    ":a BETWEEN pk AND :b": (AB, "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its first operand"),
    "pk = :a AND sk > :a AND sk < :b": (AB, KIND + "KeyConditionExpressions must only contain one condition per key"),
    "pk = :a AND sk BETWEEN :b AND :c ": (
        {":a": S("a"), ":b": S("z"), ":c": S("b")},
        KIND + "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
               "lower bound operand: AttributeValue: {S:z}, upper bound operand: AttributeValue: {S:b}"),
}
# These need the key schema (pk S, sk S).
WITH_SCHEMA = {
    "three attributes": ("pk = :a AND sk = :b AND x = :b", AB,
                         "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)"),
    "no partition key": ("sk = :a", A, "Query condition missed key schema element: pk"),
    "another attribute": ("x = :a", A, "Query condition missed key schema element: pk"),
    "another attribute beside pk": ("pk = :a AND x = :b", AB, "Query condition missed key schema element: sk"),
    "range on the partition key": ("pk > :a", A, "Query key condition not supported"),
    "begins_with on the partition key": ("begins_with(pk, :a)", A, "Query key condition not supported"),
    "number for text": ("pk = :a", {":a": N(1)}, TYPE),
    "binary for text": ("pk = :a AND sk = :b", {":a": S("a"), ":b": B(b"b")}, TYPE),
    "BOOL": ("pk = :a", {":a": TRUE}, TYPE),
    "empty partition key": ("pk = :a", {":a": S("")},
                            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk"),
}


def query(ddb, table, expression, values):
    request = {"ExpressionAttributeValues": values} if values else {}
    return ddb.query(TableName=table, KeyConditionExpression=expression, **request)


@pytest.mark.parametrize("expression", STATIC)
def test_refuses(ddb, range_table, expression):
    values, text = STATIC[expression]
    with invalid(text):
        query(ddb, range_table, expression.strip(), values)


@pytest.mark.parametrize("case", WITH_SCHEMA)
def test_refuses_against_the_schema(ddb, range_table, case):
    expression, values, text = WITH_SCHEMA[case]
    with invalid(text):
        query(ddb, range_table, expression, values)


@pytest.mark.parametrize("expression", ["pk = = :a", "pk = :c", "pk = :a AND sk < :b"])
def test_a_bad_expression_beats_a_missing_table(ddb, expression):
    values, text = STATIC[expression]
    with invalid(text):
        query(ddb, random_name(), expression, values)


# begins_with takes text, the number key does not.
def test_begins_with_on_a_number_key_is_refused(ddb, number_table):
    with invalid(TYPE):
        query(ddb, number_table, "pk = :a AND begins_with(sk, :b)", AB)


# The first problem in the written order wins.
def test_clauses_are_checked_in_order(ddb, range_table):
    with invalid(KIND + "An expression attribute value used in expression is not defined; attribute value: :x"):
        query(ddb, range_table, "pk = :x AND begins_with(sk, :b)", {":b": N(1)})


@pytest.mark.parametrize("case", BAD_VALUES)
def test_refuses_a_bad_value(ddb, range_table, case):
    with invalid(newer_text(case)):
        query(ddb, range_table, "pk = :a", {":a": BAD_VALUES[case][0]})


def test_the_size_is_bounded(ddb, range_table):
    with invalid(KIND + "Expression size has exceeded the maximum allowed size; expression size: 4097"):
        query(ddb, range_table, "pk = :a" + " " * 4090, A)
