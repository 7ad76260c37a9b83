# SPDX-License-Identifier: Apache-2.0
"""Numbers: what is accepted, how it comes back, and that equality is by value. Measured on AWS, October 2026."""

import pytest

from support.errors import ENV, NOT_A_NUMBER, OVERFLOW, P, TOO_MANY_DIGITS, UNDERFLOW, invalid
from support.tables import random_key
from support.values import N, NS, S

# Input -> output: always plain decimal, never an exponent.
CANONICAL = {
    "1": "1", "1.0": "1", "1e3": "1000", "1E3": "1000", "1e-3": "0.001", "007": "7", "00042": "42", "-0": "0", "-.5": "-0.5",
    "1.10": "1.1", "0e5": "0", "0e125": "0", "+5": "5", ".5": "0.5", "+.5": "0.5", "5.": "5", "1.e5": "100000", "+1e-2": "0.01",
    "123.456": "123.456", "-123.456e2": "-12345.6", "1e125": "1" + "0" * 125, "1e-130": "0." + "0" * 129 + "1",
    "9" * 38: "9" * 38, "31415926535897932384626433832795028841e30": "31415926535897932384626433832795028841" + "0" * 30,
    "0.00000000000000000000000000000000000001": "0.00000000000000000000000000000000000001",
    "12345678901234567890.123456789012345678": "12345678901234567890.123456789012345678",
}

REFUSED = {
    "1e126": OVERFLOW, "-1e126": OVERFLOW, "1e99999999999": OVERFLOW, "1e2147483648": OVERFLOW, "1e2147483647": OVERFLOW,
    "1e-131": UNDERFLOW, "0.9e-130": UNDERFLOW, "1e-99999999999": UNDERFLOW,
    # Zero is range-checked by the exponent it is written with.
    "0e126": OVERFLOW, "0e-131": UNDERFLOW,
    "1" * 39: TOO_MANY_DIGITS, "1." + "1" * 38: TOO_MANY_DIGITS,
    **{text: f"{NOT_A_NUMBER}: {text}" for text in (
        "+", "-", ".", "++5", "+-5", "1+2", "1.2.3", "e2", "+e2", "1e", "1e+", "1.2e3.4", "1_000", "0x5", "NaN", "Infinity",
        "-Infinity", "one", "1,5", "1 2", " 1", "1 ", "\t1")},
}


def put(ddb, table, value):
    key = {"pk": S(random_key())}
    ddb.put_item(TableName=table, Item={**key, "a": value})
    return ddb.get_item(TableName=table, Key=key)["Item"]["a"]


@pytest.mark.parametrize("text", CANONICAL)
def test_comes_back_in_plain_decimal(ddb, hash_table, text):
    assert put(ddb, hash_table, N(text)) == N(CANONICAL[text])


@pytest.mark.parametrize("text", REFUSED)
def test_is_refused(ddb, hash_table, text):
    with invalid(ENV + REFUSED[text]):
        put(ddb, hash_table, N(text))


# A key outside the range is an error, not a key that finds nothing.
@pytest.mark.parametrize("text", ["1e126", "1e-131", "x"])
def test_is_refused_in_a_key(ddb, number_table, text):
    with invalid(REFUSED.get(text, f"{NOT_A_NUMBER}: {text}")):
        ddb.get_item(TableName=number_table, Key={"pk": S("a"), "sk": N(text)})


def test_sets_come_back_sorted_by_value(ddb, hash_table):
    assert put(ddb, hash_table, NS("10", "9", "-1", "0.5")) == NS("-1", "0.5", "9", "10")


def test_equal_members_of_a_set_are_duplicates(ddb, hash_table):
    with invalid(ENV + P + "Input collection contains duplicates."):
        put(ddb, hash_table, NS("1", "1.0"))


def test_sort_keys_order_by_value(ddb, number_table):
    pk = S(random_key())
    numbers = ["-1e100", "-10", "-9.5", "-1e-100", "0", "1e-100", "0.5", "2", "10", "1e100"]
    for number in reversed(numbers):
        ddb.put_item(TableName=number_table, Item={"pk": pk, "sk": N(number), "text": S(number)})
    found = ddb.query(TableName=number_table, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": pk})
    assert [item["text"]["S"] for item in found["Items"]] == numbers


# 38 digits are exact, so numbers that differ only in the last one are two keys.
def test_38_digits_are_exact(ddb, number_table):
    pk = S(random_key())
    one, other = "1" * 37 + "2", "1" * 37 + "3"
    ddb.put_item(TableName=number_table, Item={"pk": pk, "sk": N(one)})
    assert "Item" not in ddb.get_item(TableName=number_table, Key={"pk": pk, "sk": N(other)})


ARITHMETIC = {
    "sum": ("1.5", "+", "2.5", "4"),
    "difference": ("1", "-", "1.1", "-0.1"),
    "tenths are exact": ("0.1", "+", "0.2", "0.3"),
    "38 digits": ("9" * 37 + "8", "+", "1", "9" * 38),
    "carries over": ("9" * 38, "+", "1", "1" + "0" * 38),
    "cancels": ("1e125", "-", "1e125", "0"),
}


@pytest.mark.parametrize("case", ARITHMETIC)
def test_calculates_exactly(ddb, hash_table, case):
    left, operator, right, result = ARITHMETIC[case]
    answer = ddb.update_item(TableName=hash_table, Key={"pk": S(random_key())}, UpdateExpression=f"SET a = :x {operator} :y",
                             ExpressionAttributeValues={":x": N(left), ":y": N(right)}, ReturnValues="ALL_NEW")
    assert answer["Attributes"]["a"] == N(result)


# A result that 38 digits cannot hold is refused, never rounded.
@pytest.mark.parametrize("left, right", [("1e50", "1"), ("9e125", "9e125"), ("1e-130", "1")], ids=["digits", "magnitude", "fraction"])
def test_never_rounds(ddb, hash_table, left, right):
    with invalid(OVERFLOW):
        ddb.update_item(TableName=hash_table, Key={"pk": S(random_key())}, UpdateExpression="SET a = :x + :y",
                        ExpressionAttributeValues={":x": N(left), ":y": N(right)})
