# SPDX-License-Identifier: Apache-2.0
"""Attribute values in the wire's form, short to write; and values that AWS refuses."""

from support.errors import NEST, NOT_A_NUMBER, OVERFLOW, P, TOO_MANY_DIGITS, UNDERFLOW


def S(text):
    return {"S": text}


def N(number):
    return {"N": str(number)}


def B(data):
    return {"B": data}


def L(*elements):
    return {"L": list(elements)}


def M(**members):
    return {"M": members}


def SS(*texts):
    return {"SS": list(texts)}


def NS(*numbers):
    return {"NS": [str(number) for number in numbers]}


def BS(*data):
    return {"BS": list(data)}


TRUE, FALSE, NULL = {"BOOL": True}, {"BOOL": False}, {"NULL": True}

ONE_OF_EACH = {"s": S("text"), "n": N("1.5"), "b": B(b"\x00\xff"), "t": TRUE, "z": NULL, "l": L(S("a"), N(1)),
               "m": M(x=S("y")), "ss": SS("a", "b"), "ns": NS(1, 2), "bs": BS(b"\x00", b"\x01")}


def nested(levels):
    """`levels` one-key maps around a scalar."""
    value = S("x")
    for _ in range(levels):
        value = M(a=value)
    return value


# name -> (value, text of the newer validator, text of the older one). Measured on AWS, October 2026.
BAD_VALUES = {
    "letters": (N("abc"), f"{NOT_A_NUMBER}: abc", None),
    "two points": (N("1.2.3"), f"{NOT_A_NUMBER}: 1.2.3", None),
    "hexadecimal": (N("0x10"), f"{NOT_A_NUMBER}: 0x10", None),
    "exponent without digits": (N("1e"), f"{NOT_A_NUMBER}: 1e", None),
    "blank in front": (N(" 1"), f"{NOT_A_NUMBER}:  1", None),
    "blank behind": (N("1 "), f"{NOT_A_NUMBER}: 1 ", None),
    "NaN": (N("NaN"), f"{NOT_A_NUMBER}: NaN", None),
    "Infinity": (N("Infinity"), f"{NOT_A_NUMBER}: Infinity", None),
    "no digits": (N(""), f"{NOT_A_NUMBER}: ", NOT_A_NUMBER),
    "too large": (N("1e126"), OVERFLOW, None),
    "too small": (N("1e-131"), UNDERFLOW, None),
    "40 digits": (N("1" * 40), TOO_MANY_DIGITS, None),
    "empty number in a set": ({"NS": ["1", ""]}, f"{NOT_A_NUMBER}: ", NOT_A_NUMBER),
    "text twice": (SS("b", "a", "b"), P + 'Input collection ["a", "b", "b"] contains duplicates.',
                   P + "Input collection [b, a, b] contains duplicates."),
    "number twice": (NS(2, 1, 2), P + "Input collection contains duplicates.", "Input collection contains duplicates"),
    "bytes twice": (BS(b"\xff", b"\x00", b"\x00"), P + 'Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.',
                    P + "Input collection [/w==, AA==, AA==]of type BS contains duplicates."),
    "no text in the set": (SS(), P + "An string set  may not be empty", None),
    "no number in the set": (NS(), P + "An number set  may not be empty", None),
    "no bytes in the set": (BS(), P + "Binary sets should not be empty", None),
    "NULL that is false": ({"NULL": False}, P + "Null attribute value types must have the value of true", None),
    "no type": ({}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes", None),
    "two types": ({"S": "a", "N": "1"},
                  "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes", None),
    "32 levels": (nested(32), NEST, None),
    "bad number in a list": (L(S("a"), N("x")), f"{NOT_A_NUMBER}: x", None),
    "bad number in a map": (M(a=M(b=N("x"))), f"{NOT_A_NUMBER}: x", None),
}


def newer_text(name):
    return BAD_VALUES[name][1]


def older_text(name):
    return BAD_VALUES[name][2] or BAD_VALUES[name][1]
