# SPDX-License-Identifier: Apache-2.0
"""Spoils a valid call in one place: a member too few, a value of the wrong kind, a bent expression. Two mistakes in one call
show which of them is found first."""

import copy
import re
from dataclasses import replace

from support.values import BAD_VALUES, nested

BAD_JSON = [None, 7, "text", [], {}, True, -1, 1.5]
BAD_TEXTS = ["", "x", "a" * 256, "no such", "NONE", "ALL_OLD", "\u20ac", "OR", "EQ", "NULL", "BETWEEN"]
TOKENS = ["AND", "OR", "NOT", "(", ")", ",", "=", "<", "a", "b", ":v0", ":nix", "#nix", "SET", "REMOVE", "ADD", "size", "size(a)", "+",
          "[0]", "[", "]", ".", "IN", "BETWEEN", "attribute_exists(a)", "nix(a)", "begins_with(a, :v0)", "contains(a, a)", "null", "name",
          "1", "!", "\u20ac"]
PARTIQL_TOKENS = ["SELECT", "*", "FROM", "WHERE", "AND", "OR", "NOT", "(", ")", ",", "=", "<>", "<=", "a", "b", "m.a", "l[0]", "?", "'a'", "1",
                  "'", '"', "VALUE", "INSERT", "INTO", "UPDATE", "SET", "REMOVE", "DELETE", "RETURNING", "ALL", "OLD", "IS", "MISSING",
                  "NULL", "IN", "BETWEEN", "ORDER BY", "pk", "sk", "size(a)", "nix(a)", "begins_with(a, 'a')", "attribute_exists(a)",
                  "[0]", "<<", ">>", "<<1, 1>>", "{", "}", "1e200", "LIMIT 1", ";", "--", "+", "-", "true", "."]
EXPRESSIONS = ("ConditionExpression", "UpdateExpression", "KeyConditionExpression", "FilterExpression", "ProjectionExpression", "Statement")
UNJSON = {"B", "BS"}  # BAD_VALUES hold Python's bytes there


def bad_value(random):
    while True:
        found = random.choice(list(BAD_VALUES.values()))[0]
        if not UNJSON & set(found):
            return copy.deepcopy(found)


def places(value, above=()):
    """(container, key or index, path) of everything in a request."""
    if isinstance(value, dict):
        entries = list(value.items())
    elif isinstance(value, list):
        entries = list(enumerate(value))
    else:
        return
    for key, part in entries:
        yield value, key, (*above, key)
        yield from places(part, (*above, key))


def is_attribute_value(value):
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in BAD_KINDS


BAD_KINDS = ("S", "N", "B", "SS", "NS", "BS", "BOOL", "NULL", "L", "M")


# --- Mistakes: each changes the request in place and says whether it found a place for itself -----------


def drop_member(random, request):
    container, key, _ = random.choice(list(places(request)))
    del container[key]
    return True


def other_json(random, request):
    container, key, _ = random.choice(list(places(request)))
    container[key] = random.choice(BAD_JSON)
    return True


def other_text(random, request):
    found = [(container, key) for container, key, _ in places(request) if isinstance(container[key], str)]
    if not found:
        return False
    container, key = random.choice(found)
    container[key] = random.choice(BAD_TEXTS)
    return True


def other_value(random, request):
    found = [(container, key) for container, key, _ in places(request) if is_attribute_value(container[key])]
    if not found:
        return False
    container, key = random.choice(found)
    container[key] = random.choice((bad_value(random), {"S": ""}, {"N": "7"}, {"S": "z"}, {"BOOL": True}, {"B": ""}, nested(33), {"L": []}))
    return True


def more_attributes(random, request):
    found = [container[key] for container, key, _ in places(request) if key in ("Key", "ExclusiveStartKey", "Item")
             and isinstance(container[key], dict)]
    if not found:
        return False
    random.choice(found)[random.choice(("pk", "sk", "zz", ""))] = random.choice(({"S": "a"}, {"N": "1"}, {"S": ""}, bad_value(random)))
    return True


def more_members(random, request):
    name, value = random.choice((
        ("ReturnValues", "ALL_OLD"), ("ReturnValues", "WRONG"), ("ReturnConsumedCapacity", "WRONG"), ("ReturnItemCollectionMetrics", "WRONG"),
        ("ConsistentRead", True), ("Select", "SPECIFIC_ATTRIBUTES"), ("Select", "WRONG"), ("IndexName", "nix"), ("IndexName", "by_g"),
        ("Limit", 0), ("Limit", -1), ("Segment", 0), ("TotalSegments", 2), ("ConditionExpression", ""), ("UpdateExpression", ""),
        ("ConditionExpression", "attribute_exists(a)"), ("FilterExpression", "pk = :v0"), ("ProjectionExpression", "a, a.b"),
        ("ExpressionAttributeNames", {"#n0": "a"}), ("ExpressionAttributeValues", {":v0": {"S": "a"}}), ("ExpressionAttributeValues", {}),
        ("ExpressionAttributeNames", {}), ("ExpressionAttributeNames", {"n": "a"}), ("ExpressionAttributeValues", {"v": {"S": "a"}}),
        ("Expected", {"a": {"Exists": False}}), ("Expected", {}), ("ConditionalOperator", "OR"), ("ConditionalOperator", "WRONG"),
        ("AttributesToGet", ["a", "a"]), ("AttributesToGet", []), ("KeyConditions", {}), ("ScanFilter", {}), ("AttributeUpdates", {}),
        ("Parameters", [{"S": "a"}]), ("Parameters", []), ("NextToken", "x"), ("ClientRequestToken", "x" * 37),
        ("TableName", "missing_table"), ("TableName", "ab"), ("TableName", "a/b"), ("ReturnValuesOnConditionCheckFailure", "WRONG")))
    request[name] = copy.deepcopy(value)
    return True


def bent_expression(random, request):
    found = [(container, key) for container, key, _ in places(request) if key in EXPRESSIONS and isinstance(container[key], str)]
    if not found:
        return False
    container, key = random.choice(found)
    words = PARTIQL_TOKENS if key == "Statement" else TOKENS
    tokens = re.findall(r"\s+|@\w+@|[\w:#]+|.", container[key])
    place = random.randrange(len(tokens)) if tokens else 0
    form = random.choice(("delete", "insert", "replace", "double"))
    if form == "insert":
        tokens.insert(place, f" {random.choice(words)} ")
    elif form == "replace":
        tokens[place:place + 1] = [random.choice(words)]
    elif form == "double":
        tokens[place:place] = tokens[place:place + 1]
    else:
        del tokens[place:place + 1]
    container[key] = "".join(tokens)
    return True


MISTAKES = ((drop_member, 3), (other_json, 1), (other_text, 2), (other_value, 3), (more_attributes, 1), (more_members, 4),
            (bent_expression, 5))


def spoil(random, call, count):
    request = copy.deepcopy(call.request)
    mistakes, weights = zip(*MISTAKES)
    for _ in range(count):
        [mistake] = random.choices(mistakes, weights)
        if request:
            mistake(random, request)
    if call.operation == "CreateTable":
        request["TableName"] = call.request["TableName"]  # one that is there: nothing is left behind
    return replace(call, request=request)
