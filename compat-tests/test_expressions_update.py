# SPDX-License-Identifier: Apache-2.0
"""In which words a bad UpdateExpression is refused. What a good one does: test_update_item.py."""

import re

import pytest

from support.errors import ENV, invalid
from support.tables import random_key, random_name
from support.values import BAD_VALUES, L, M, N, S, SS, TRUE, newer_text

KIND = "Invalid UpdateExpression: "


def syntax(token, near):
    return f'{KIND}Syntax error; token: "{token}", near: "{near}"'


def operand_type(name, kind):
    return f"{KIND}Incorrect operand type for operator or function; operator or function: {name}, operand type: {kind}"


def action_type(name, kind):
    return (f"{KIND}Incorrect operand type for operator or function; operator: {name}, operand type: {kind}, "
            f"typeSet: ALLOWED_FOR_{name}_OPERAND")


def overlap(one, two):
    return f"{KIND}Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [{one}], path two: [{two}]"


def conflict(one, two):
    return f"{KIND}Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [{one}], path two: [{two}]"


def misused(name):
    return f"{KIND}The function is not allowed to be used this way in an expression; function: {name}"


V = {":v": N(1)}
REFUSALS = {
    "": (None, KIND + "The expression can not be empty;"),
    "SET": (None, syntax("<EOF>", "SET")),
    "SET a": (None, syntax("<EOF>", "a")),
    "SET a = ": (None, syntax("<EOF>", "= ")),
    "REMOVE set": (None, syntax("set", "REMOVE set")),
    "SET a = :v,": (V, syntax("<EOF>", ",")),
    "a = :v": (V, syntax("a", "a =")),
    "INVALID SYNTAX HERE": (None, syntax("INVALID", "INVALID SYNTAX")),
    "SET a = :v b = :v": (V, syntax("b", ":v b =")),
    "SET _a = :v": (V, syntax("_", "SET _a")),
    "REMOVE a b": (None, syntax("b", "a b")),
    "ADD a = :v": (V, syntax("=", "a = :v")),
    "SET a = :v + :v + :v": (V, syntax("+", ":v + :v")),
    "SET a = list_append(:v + :v, b)": (V, syntax("+", ":v + :v")),
    "SET a = b SET c = d": (None, KIND + 'The "SET" section can only be used once in an update expression;'),
    "REMOVE a REMOVE b": (None, KIND + 'The "REMOVE" section can only be used once in an update expression;'),
    "ADD a :v ADD b :v": (V, KIND + 'The "ADD" section can only be used once in an update expression;'),
    "SET name = :v": (V, KIND + "Attribute name is a reserved keyword; reserved keyword: name"),
    "SET a = nofunction(b)": (None, KIND + "Invalid function name; function: nofunction"),
    "SET a = list_append(list_append(b, c), d)": (None, misused("list_append")),
    "SET #a = :v": (V, KIND + "An expression attribute name used in the document path is not defined; attribute name: #a"),
    "SET a = :w": (None, KIND + "An expression attribute value used in expression is not defined; attribute value: :w"),
    "SET a = if_not_exists(b)": (None, KIND + "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1"),
    "SET a = if_not_exists(:v, b)": (V, KIND + "Operator or function requires a document path; operator or function: if_not_exists"),
    "SET a = list_append(b, :v)": (V, operand_type("list_append", "N")),
    "SET a = b + :v": ({":v": S("x")}, operand_type("+", "S")),
    "SET a = b - :v": ({":v": L()}, operand_type("-", "L")),
    "ADD a :v": ({":v": S("x")}, action_type("ADD", "STRING")),
    "ADD b :v": ({":v": L()}, action_type("ADD", "LIST")),
    "ADD c :v": ({":v": TRUE}, action_type("ADD", "BOOLEAN")),
    "DELETE a :v": ({":v": N(1)}, action_type("DELETE", "NUMBER")),
    "DELETE b :v": ({":v": M()}, action_type("DELETE", "MAP")),
    "SET a = :v, a = :v": (V, overlap("a", "a")),
    "SET a = :v REMOVE a": (V, overlap("a", "a")),
    "SET a.b = :v, a = :v": (V, overlap("a, b", "a")),
    "SET a.b = :v, a.b[0] = :v": (V, overlap("a, b", "a, b, [0]")),
    "SET a.b = :v, a[0] = :v": (V, conflict("a, b", "a, [0]")),
}


def update(ddb, table, expression, values=None, **more):
    request = {"TableName": table, "Key": {"pk": S(random_key())}, "UpdateExpression": expression, **more}
    if values is not None:
        request["ExpressionAttributeValues"] = values
    return ddb.update_item(**request)


@pytest.mark.parametrize("expression", REFUSALS)
def test_refuses(ddb, hash_table, expression):
    values, text = REFUSALS[expression]
    with invalid(ENV + text):
        update(ddb, hash_table, expression, values)


@pytest.mark.parametrize("expression", ["SET a", "SET a = :v, a = :v", "SET a = nofunction(b)"])
def test_a_bad_expression_beats_a_missing_table(ddb, expression):
    values, text = REFUSALS[expression]
    with invalid(ENV + text):
        update(ddb, random_name(), expression, values)


# The update is parsed before the condition.
def test_the_update_is_read_first(ddb, hash_table):
    with invalid(ENV + REFUSALS["SET a"][1]):
        update(ddb, hash_table, "SET a", None, ConditionExpression="b = = c")


def test_a_bad_condition_is_told_as_such(ddb, hash_table):
    with invalid(f'{ENV}Invalid ConditionExpression: Syntax error; token: "=", near: "= = c"'):
        update(ddb, hash_table, "SET a = :v", V, ConditionExpression="b = = c")


@pytest.mark.parametrize("case", BAD_VALUES)
def test_refuses_a_bad_value(ddb, hash_table, case):
    with invalid(ENV + newer_text(case)):
        update(ddb, hash_table, "SET a = :v", {":v": BAD_VALUES[case][0]})


def test_4096_bytes_are_accepted(ddb, hash_table):
    update(ddb, hash_table, "SET a = :v" + " " * 4086, V)


# This one expression's text has no number, and ends in a semicolon.
def test_4097_bytes_are_refused(ddb, hash_table):
    with invalid(f"{ENV}{KIND}Expression size has exceeded the maximum allowed size;"):
        update(ddb, hash_table, "SET a = :v" + " " * 4087, V)


# Names are counted as written, not as what they stand for.
def test_placeholders_do_not_count_for_their_names(ddb, hash_table):
    names = {f"#{i}": f"{i:02}" + "n" * 248 for i in range(30)}
    update(ddb, hash_table, "SET " + ", ".join(f"{name} = :v" for name in names), V, ExpressionAttributeNames=names)


@pytest.mark.parametrize("more, text", [
    ({"ExpressionAttributeValues": {":v": N(1), ":w": N(1)}}, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"),
    ({"ExpressionAttributeNames": {"#a": "a"}}, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"),
    ({"ExpressionAttributeNames": {}}, "ExpressionAttributeNames must not be empty"),
], ids=["unused value", "unused name", "no names in the map"])
def test_refuses_the_placeholders(ddb, hash_table, more, text):
    with invalid(ENV + text):
        update(ddb, hash_table, "SET a = :v", **{"ExpressionAttributeValues": V, **more})


@pytest.mark.parametrize("name", ["attribute_exists", "size", "begins_with"])
def test_a_function_of_conditions_is_refused(ddb, hash_table, name):
    operands = "(b, c)" if name == "begins_with" else "(b)"
    with invalid(f"{ENV}{KIND}The function is not allowed in an update expression; function: {name}"):
        update(ddb, hash_table, f"SET a = {name}{operands}")


# Both texts are known for a path into a key attribute.
def test_a_path_into_the_key_is_refused(ddb, hash_table):
    with invalid(re.compile(r"Key attributes must be scalars; list random access '\[\]' and map lookup '\.' are not allowed: Key: pk"
                            r"|One or more parameter values were invalid: Cannot update attribute pk\. This attribute is part of the key")):
        update(ddb, hash_table, "SET pk.x = :v", V)
