# SPDX-License-Identifier: Apache-2.0
"""What conditions mean, and in which words a bad one is refused. Meaning is tested with DeleteItem's condition on an
item that stays (it always fails in the end), refusals with PutItem, whose texts carry the envelope."""

import pytest

from support.errors import CONDITION_FAILED, ENV, NEST, invalid
from support.tables import random_key, random_name
from support.values import BAD_VALUES, B, BS, FALSE, L, M, N, NS, NULL, S, SS, TRUE, nested, newer_text

ITEM = {"s": S("text"), "n": N(5), "b": B(b"\x01\x02"), "t": TRUE, "f": FALSE, "z": NULL, "l": L(S("a"), N(1), L(S("x"))),
        "m": M(x=N(1), y=M(z=S("deep"))), "ss": SS("a", "b"), "ns": NS(1, 2), "bs": BS(b"a"), "e": S(""), "six": N(6),
        "uni": S("äöü"), "s2": S("text")}


@pytest.fixture(scope="module")
def key(ddb, hash_table):
    found = {"pk": S(random_key())}
    ddb.put_item(TableName=hash_table, Item={**found, **ITEM})
    return found


@pytest.fixture
def holds(ddb, hash_table, key):
    """Whether the condition holds for ITEM: an update with it that changes nothing."""
    def judge(condition, values=None, names=None):
        request = {"TableName": hash_table, "Key": key, "ConditionExpression": condition}
        if values:
            request["ExpressionAttributeValues"] = values
        if names:
            request["ExpressionAttributeNames"] = names
        try:
            ddb.update_item(**request)
            return True
        except ddb.exceptions.ConditionalCheckFailedException:
            return False
    return judge


V = {":v": N(5)}
MEANING = {
    # comparison
    "n = :v": (V, True), "n <> :v": (V, False), "n < :v": (V, False), "n <= :v": (V, True), "n > :v": (V, False), "n >= :v": (V, True),
    ":v = n": (V, True), "n < six": (None, True), "six < n": (None, False), "s = s2": (None, True),
    "n = :s": ({":s": S("5")}, False), "n <> :s": ({":s": S("5")}, True), "n < :s": ({":s": S("9")}, False),
    "s < :s": ({":s": S("texu")}, True), "b < :b": ({":b": B(b"\x01\x03")}, True), "b > :b": ({":b": B(b"\x01")}, True),
    "n = :w": ({":w": N("5.0")}, True), "t = :t": ({":t": TRUE}, True), "t = :f": ({":f": FALSE}, False), "z = :z": ({":z": NULL}, True),
    "l = :l": ({":l": ITEM["l"]}, True), "l <> :l2": ({":l2": L(N(1), S("a"), L(S("x")))}, True),
    "m = :m": ({":m": M(y=M(z=S("deep")), x=N("1.0"))}, True), "ss = :ss": ({":ss": SS("b", "a")}, True),
    "ns = :ns": ({":ns": NS("2.0", "1")}, True), "ns = :ns3": ({":ns3": NS(1, 2, 3)}, False), "bs = :bs": ({":bs": BS(b"a")}, True),
    # Where an operand is missing every comparison is false, but <> is true.
    "nothing = :v": (V, False), "nothing <> :v": (V, True), "nothing < :v": (V, False), "nothing >= :v": (V, False),
    "nothing <> nix": (None, True), "nothing = nix": (None, False),
    # A stored value without an order is never less or greater.
    "t < :v": (V, False), "l < :v": (V, False),
    # BETWEEN, IN
    "n BETWEEN :a AND :b": ({":a": N(5), ":b": N(6)}, True), "n BETWEEN :c AND :d": ({":c": N(6), ":d": N(7)}, False),
    "n BETWEEN :a AND six": ({":a": N(1)}, True), "n BETWEEN six AND :b": ({":b": N(7)}, False), "s BETWEEN :a AND :b": ({":a": N(1), ":b": N(9)}, False),
    "n IN (:a, :b)": ({":a": S("x"), ":b": N(5)}, True), "n IN (:a)": ({":a": N(4)}, False), "n IN (six, ns, l)": (None, False),
    "nothing IN (:a)": ({":a": N(4)}, False),
    # logic
    "NOT n = :v": (V, False), "NOT nothing = :v": (V, True), "NOT NOT n = :v": (V, True), "n = :v AND s = :v": (V, False),
    "n = :v OR s = :v": (V, True), "s = :v AND s = :v OR n = :v": (V, True), "n = :v OR s = :v AND s = :v": (V, True),
    "(n = :v OR s = :v) AND s = :v": (V, False), "NOT n = :v OR n = :v": (V, True), "not (n = :v and s = :v)": (V, True),
    # functions
    "attribute_exists(s)": (None, True), "attribute_exists(nothing)": (None, False), "attribute_exists(m.y.z)": (None, True),
    "attribute_exists(l[1])": (None, True), "attribute_exists(l[3])": (None, False), "attribute_exists(l[2][0])": (None, True),
    "attribute_exists(z)": (None, True), "attribute_exists(s.x)": (None, False), "attribute_exists(m[0])": (None, False),
    "attribute_not_exists(nothing)": (None, True), "attribute_not_exists(s)": (None, False), "attribute_exists(pk)": (None, True),
    "attribute_type(s, :t)": ({":t": S("S")}, True), "attribute_type(n, :t)": ({":t": S("S")}, False),
    "attribute_type(z, :t)": ({":t": S("NULL")}, True), "attribute_type(m.y, :t)": ({":t": S("M")}, True),
    "attribute_type(nothing, :t)": ({":t": S("S")}, False),
    "begins_with(s, :p)": ({":p": S("te")}, True), "begins_with(s, :q)": ({":q": S("ext")}, False), "begins_with(s, :e)": ({":e": S("")}, True),
    "begins_with(b, :p)": ({":p": B(b"\x01")}, True), "begins_with(n, :p)": ({":p": S("5")}, False), "begins_with(:p, s)": ({":p": S("text2")}, True),
    "contains(s, :c)": ({":c": S("ex")}, True), "contains(s, :d)": ({":d": S("xe")}, False), "contains(b, :c)": ({":c": B(b"\x02")}, True),
    "contains(ss, :c)": ({":c": S("a")}, True), "contains(ss, :d)": ({":d": S("c")}, False), "contains(ns, :c)": ({":c": N("2.0")}, True),
    "contains(l, :c)": ({":c": N("1")}, True), "contains(l, :d)": ({":d": L(S("x"))}, True), "contains(m, :c)": ({":c": S("x")}, False),
    "contains(n, :c)": ({":c": N(5)}, False), "contains(:c, s)": ({":c": S("a text b")}, True),
    "size(s) = :v": ({":v": N(4)}, True), "size(b) = :v": ({":v": N(2)}, True), "size(l) = :v": ({":v": N(3)}, True), "size(m) = :v": ({":v": N(2)}, True),
    "size(ss) > :v": ({":v": N(1)}, True), "size(e) = :v": ({":v": N(0)}, True), "size(n) = :v": ({":v": N(1)}, False),
    # size counts UTF-16 code units; of nothing it equals nothing, not even 0.
    "size(uni) = :v": ({":v": N(3)}, True), "size(nothing) = :v": ({":v": N(0)}, False), "size(s) IN (:v)": ({":v": N(4)}, True),
    "size(s) BETWEEN :a AND :b": ({":a": N(4), ":b": N(5)}, True), "size(m.y.z) = size(s)": (None, True),
}


@pytest.mark.parametrize("condition", MEANING)
def test_means(holds, condition):
    values, wanted = MEANING[condition]
    assert holds(condition, values) is wanted


def test_placeholders_stand_for_any_name(ddb, hash_table):
    key = {"pk": S(random_key())}
    ddb.put_item(TableName=hash_table, Item={**key, "a.b": M(**{"c d": N(1)})})
    ddb.delete_item(TableName=hash_table, Key=key, ConditionExpression="#x.#y = :v", ExpressionAttributeNames={"#x": "a.b", "#y": "c d"},
                    ExpressionAttributeValues={":v": N(1)})


def test_placeholders_may_begin_with_a_digit(holds):
    assert holds("#1 = :2", {":2": N(5)}, {"#1": "n"})


@pytest.mark.parametrize("condition", ["n=:v", "n  =\t:v\r\n", "(n = :v)", "((n = :v) AND n = :v)", "m . x < :v", "l [ 1 ] < :v"])
def test_blanks_and_parentheses(holds, condition):
    assert holds(condition, V)


# --- Refusals ---------------------------------------------------------------------------------------

KIND = "Invalid ConditionExpression: "


def syntax(token, near):
    return f'{KIND}Syntax error; token: "{token}", near: "{near}"'


def operand_type(name, kind):
    return f"{KIND}Incorrect operand type for operator or function; operator or function: {name}, operand type: {kind}"


def operand_count(name, count):
    return f"{KIND}Incorrect number of operands for operator or function; operator or function: {name}, number of operands: {count}"


def misused(name):
    return f"{KIND}The function is not allowed to be used this way in an expression; function: {name}"


def update_only(name):
    return f"{KIND}The function is not allowed in a condition expression; function: {name}"


UNDEFINED_NAME = KIND + "An expression attribute name used in the document path is not defined; attribute name: "
UNDEFINED_VALUE = KIND + "An expression attribute value used in expression is not defined; attribute value: "
A, S1, N1 = None, {":v": S("a")}, {":v": N(1)}

REFUSALS = {
    "": (A, KIND + "The expression can not be empty;"),
    "INVALID SYNTAX HERE": (A, syntax("SYNTAX", "INVALID SYNTAX HERE")),
    "a = = b": (A, syntax("=", "= = b")),
    "attribute_not_exists(": (A, syntax("<EOF>", "(")),
    "!!!": (A, syntax("!", "!!")),
    "a = :v AND": (S1, syntax("<EOF>", "AND")),
    "a": (A, syntax("<EOF>", "a")),
    "a = b c": (A, syntax("c", "b c")),
    "_a = :v": (S1, syntax("_", "_a")),
    "1a = :v": (S1, None),
    "a = :v)": (S1, syntax(")", ":v)")),
    "(a = :v": (S1, syntax("<EOF>", ":v")),
    "a == :v": (S1, syntax("=", "== :v")),
    "a IN ()": (A, syntax(")", "()")),
    "a[b] = :v": (S1, syntax("b", "[b]")),
    "a[-1] = :v": (S1, None),
    "a[:v] = :v": (S1, None),
    "((a = :v))": (S1, KIND + "The expression has redundant parentheses;"),
    "((attribute_exists(a)))": (A, KIND + "The expression has redundant parentheses;"),
    "name = :v": (S1, KIND + "Attribute name is a reserved keyword; reserved keyword: name"),
    "a.Select = :v": (S1, KIND + "Attribute name is a reserved keyword; reserved keyword: Select"),
    "nofunction(a)": (A, KIND + "Invalid function name; function: nofunction"),
    "ATTRIBUTE_EXISTS(a)": (A, KIND + "Invalid function name; function: ATTRIBUTE_EXISTS"),
    "size(a)": (A, misused("size")),
    "a = attribute_exists(b)": (A, misused("attribute_exists")),
    "size(size(a)) = :v": (N1, None),
    "if_not_exists(a, :v) = :v": (S1, update_only("if_not_exists")),
    "list_append(a, b) = :v": (S1, update_only("list_append")),
    " = :v": (S1, syntax("=", " = :v")),
    "a = delete": (A, syntax("delete", "= delete")),
    "#a = :v": (S1, UNDEFINED_NAME + "#a"),
    "a.#b = :v": (S1, UNDEFINED_NAME + "#b"),
    "a = :w": (S1, UNDEFINED_VALUE + ":w"),
    "attribute_exists(a, b)": (A, operand_count("attribute_exists", 2)),
    "attribute_exists()": (A, None),
    "begins_with(a)": (A, operand_count("begins_with", 1)),
    "contains(a, :v, b)": (S1, operand_count("contains", 3)),
    "size(a, b) = :v": (N1, operand_count("size", 2)),
    "attribute_exists(:v)": (S1, KIND + "Operator or function requires a document path; operator or function: attribute_exists"),
    "attribute_not_exists(:v)": (S1, KIND + "Operator or function requires a document path; operator or function: attribute_not_exists"),
    "begins_with(a, :v)": (N1, operand_type("begins_with", "N")),
    "begins_with(:v, a)": ({":v": TRUE}, operand_type("begins_with", "BOOL")),
    "attribute_type(a, :v)": (N1, operand_type("attribute_type", "N")),
    "attribute_type(b, :v)": (S1, KIND + "Invalid attribute type name found; type: a, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"),
    "a < :v": ({":v": TRUE}, operand_type("<", "BOOL")),
    "a >= :v": ({":v": L()}, operand_type(">=", "L")),
    "a > :v": ({":v": SS("x")}, operand_type(">", "SS")),
    "a BETWEEN :v AND b": ({":v": NULL}, operand_type("BETWEEN", "NULL")),
    "size(:v) = a": (N1, operand_type("size", "N")),
    "a = a": (A, KIND + "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]"),
    "a.b < a.b": (A, KIND + "The first operand must be distinct from the remaining operands for this operator or function; operator: <, first operand: [a, b]"),
    "contains(a, a)": (A, KIND + "The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [a]"),
    "a BETWEEN :x AND :y": (
        {":x": N(5), ":y": N(3)}, KIND + "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
        "lower bound operand: AttributeValue: {N:5}, upper bound operand: AttributeValue: {N:3}"),
    "b BETWEEN :x AND :y": (
        {":x": N(5), ":y": S("x")}, KIND + "The BETWEEN operator requires same data type for lower and upper bounds; "
        "lower bound operand: AttributeValue: {N:5}, upper bound operand: AttributeValue: {S:x}"),
    # Undefined names and values are told before what the whole expression lacks: the unused ones.
    "c = :w": ({":v": S("a")}, UNDEFINED_VALUE + ":w"),
}


def put(ddb, table, condition, values=None, names=None):
    request = {"TableName": table, "Item": {"pk": S(random_key())}, "ConditionExpression": condition}
    if values is not None:
        request["ExpressionAttributeValues"] = values
    if names is not None:
        request["ExpressionAttributeNames"] = names
    ddb.put_item(**request)


@pytest.mark.parametrize("condition", [found for found, (_, text) in REFUSALS.items() if text])
def test_refuses(ddb, hash_table, condition):
    values, text = REFUSALS[condition]
    with invalid(ENV + text):
        put(ddb, hash_table, condition, values)


# Where only the beginning of the text is known.
@pytest.mark.parametrize("condition", [found for found, (_, text) in REFUSALS.items() if not text])
def test_refuses_somehow(ddb, hash_table, condition):
    with pytest.raises(ddb.exceptions.ClientError) as caught:
        put(ddb, hash_table, condition, REFUSALS[condition][0])
    error = caught.value.response["Error"]
    assert error["Code"] == "ValidationException"
    assert error["Message"].startswith(ENV + KIND)


# All of this is found without looking at the table.
@pytest.mark.parametrize("condition", ["a = = b", "size(a)", "((a = :v))", "c = :w", "a = a"])
def test_a_bad_expression_beats_a_missing_table(ddb, condition):
    values, text = REFUSALS[condition]
    with invalid(ENV + text):
        put(ddb, random_name(), condition, values)


PLACEHOLDERS = {
    "no names in the map": ("a = b", None, {}, "ExpressionAttributeNames must not be empty"),
    "no values in the map": ("a = b", {}, None, "ExpressionAttributeValues must not be empty"),
    "unused name": ("a = b", None, {"#unused": "x"}, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}"),
    "unused value": ("a = b", {":v": N(1)}, None, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"),
    "name without #": ("a = b", None, {"x": "x"}, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "x"'),
    "value without colon": ("a = b", {"v": N(1)}, None, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"'),
    "name of other characters": ("a = b", None, {"#a-b": "x"}, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"'),
}


@pytest.mark.parametrize("case", PLACEHOLDERS)
def test_refuses_the_placeholders(ddb, hash_table, case):
    condition, values, names, text = PLACEHOLDERS[case]
    with invalid(ENV + text):
        put(ddb, hash_table, condition, values, names)


# The newer validator tells a bad value without naming the placeholder.
@pytest.mark.parametrize("case", BAD_VALUES)
def test_refuses_a_bad_value(ddb, hash_table, case):
    with invalid(ENV + newer_text(case)):
        put(ddb, hash_table, "a = :v", {":v": BAD_VALUES[case][0]})


# A part that cannot decide the result still counts as a use.
def test_a_short_circuited_part_is_a_use(holds):
    assert holds("n = :v OR n = :unused", {":v": N(5), ":unused": N(9)})


def test_4096_bytes_are_accepted(holds):
    condition = "n = :v" + " " * 4090
    assert holds(condition, V)


def test_4097_bytes_are_refused(ddb, hash_table):
    with invalid(f"{ENV}{KIND}Expression size has exceeded the maximum allowed size; expression size: 4097"):
        put(ddb, hash_table, "n = :v" + " " * 4091, V)


# The size is checked before the syntax.
def test_the_size_beats_the_syntax(ddb, hash_table):
    with invalid(f"{ENV}{KIND}Expression size has exceeded the maximum allowed size; expression size: 4097"):
        put(ddb, hash_table, "(" * 4097)


# A parser that recurses must not fall over what still fits the limit.
@pytest.mark.parametrize("condition", ["(" * 4096, "NOT " * 1024, "a" + "[0]" * 1300 + " = :v"], ids=["parentheses", "NOT", "brackets"])
def test_deep_nesting_is_refused_and_survived(ddb, hash_table, condition):
    with pytest.raises(ddb.exceptions.ClientError) as caught:
        put(ddb, hash_table, condition, {":v": N(1)} if ":v" in condition else None)
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_300_operators_are_accepted(ddb, hash_table):
    condition = "NOT " + " OR ".join(["a=:v"] * 150)
    put(ddb, hash_table, condition, {":v": N(1)})


def test_301_operators_are_refused(ddb, hash_table):
    condition = " OR ".join(["a=:v"] * 151)
    with invalid(f"{ENV}{KIND}The expression contains too many operators; operator count: 301"):
        put(ddb, hash_table, condition, {":v": N(1)})


def test_in_takes_many_operands(holds):
    values = {f":v{i}": N(i) for i in range(99)}
    assert holds(f"n IN ({', '.join(values)})", values)


# Keys are scalars, those of the table and those of its indexes. That a condition is refused for it is known of DynamoDB Local.
@pytest.mark.parametrize("attribute, key_name", [("pk", "Key: pk"), ("sk", "Key: sk"), ("l", "IndexKey: l"), ("g", "IndexKey: g")])
def test_a_path_into_a_key_is_refused(ddb, index_table, attribute, key_name):
    item = {"pk": S(random_key()), "sk": S("a")}
    text = f"Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: {key_name}"
    condition = {"ConditionExpression": f"attribute_not_exists(q) OR attribute_exists({attribute}.x)"}
    projection = {"ProjectionExpression": f"q, {attribute}[0]"}
    for refuse in (lambda: ddb.put_item(TableName=index_table, Item=item, **condition),
                   lambda: ddb.update_item(TableName=index_table, Key=item, **condition),
                   lambda: ddb.delete_item(TableName=index_table, Key=item, **condition),
                   lambda: ddb.scan(TableName=index_table, FilterExpression=f"attribute_exists({attribute}.x)"),
                   lambda: ddb.get_item(TableName=index_table, Key=item, **projection),
                   lambda: ddb.batch_get_item(RequestItems={index_table: {"Keys": [item], **projection}}),
                   lambda: ddb.transact_get_items(TransactItems=[{"Get": {"TableName": index_table, "Key": item, **projection}}])):
        with invalid(text):
            refuse()
