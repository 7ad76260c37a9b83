# SPDX-License-Identifier: Apache-2.0
"""AWS's error texts that several tests share, and the check that a call was refused with exactly one of them."""

import re
from contextlib import contextmanager

from botocore.exceptions import ClientError

# The envelope that the newer request validator puts in front of a text.
ENV = "1 validation error detected: "
P = "One or more parameter values were invalid: "
NEST = ("Nesting Levels have exceeded supported limits: "
        "Attributes in the item have nested levels beyond supported limit")
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
TOO_MANY_DIGITS = "Attempting to store more than 38 significant digits in a Number"
NOT_A_NUMBER = "The parameter cannot be converted to a numeric value"
KEY_MISMATCH = "The provided key element does not match the schema"
NOT_FOUND = "Requested resource not found"
CONDITION_FAILED = "The conditional request failed"
EMPTY_KEY = ("One or more parameter values are not valid. "
             "The AttributeValue for a key attribute cannot contain an empty string value. Key: ")
EMPTY_INDEX_KEY_BY_UPDATE = ("One or more parameter values are not valid. The update expression attempted to update a secondary "
                             "index key to a value that is not supported. The AttributeValue for a key attribute cannot contain "
                             "an empty string value.")
ITEM_TOO_LARGE = "Item size has exceeded the maximum allowed size"
UPDATE_TOO_LARGE = "Item size to update has exceeded the maximum allowed size"
NAME_TOO_LARGE = "Attribute name is too large, must be less than 65536 bytes"
CONDITION_NOT_MET = {"ConditionExpression": "attribute_exists(nothing_has_this)"}
FSC = "failed to satisfy constraint: "
PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
BAD_RETURN_VALUES = ("Failed to satisfy constraint: Member must satisfy enum value set: "
                     "[ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]")


def length_at_least(count):
    return f"Member must have length greater than or equal to {count}"


def length_at_most(count):
    return f"Member must have length less than or equal to {count}"


def value_at_least(count):
    return f"Member must have value greater than or equal to {count}"


def value_at_most(count):
    return f"Member must have value less than or equal to {count}"


def enum_of(members):
    return f"Member must satisfy enum value set: [{members}]"


def bad_consumed_capacity(value):
    return f"Value '{value}' at 'returnConsumedCapacity' {FSC}{enum_of('INDEXES, TOTAL, NONE')}"


def bad_collection_metrics(value):
    return f"Value '{value}' at 'returnItemCollectionMetrics' {FSC}{enum_of('SIZE, NONE')}"


@contextmanager
def refused(code, message, status=400):
    """The block must end in this exception with exactly this text (a compiled pattern: full match)."""
    try:
        yield
    except ClientError as error:
        actual = (error.response["Error"]["Code"], error.response["Error"].get("Message", ""))
        wanted = (code, message.pattern if isinstance(message, re.Pattern) else message)
        fits = message.fullmatch(actual[1]) if isinstance(message, re.Pattern) else actual[1] == message
        assert actual[0] == code and fits, f"answered {actual}; AWS: {wanted}"
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == status
    else:
        raise AssertionError(f"answered success; AWS: {code}: {message}")


def invalid(message):
    return refused("ValidationException", message)
