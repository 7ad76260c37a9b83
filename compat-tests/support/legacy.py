# SPDX-License-Identifier: Apache-2.0
"""What the tests of the parameters from before expressions share: conditions short to write, the texts of their refusals."""

from support.errors import P, enum_of
from support.values import BS, FALSE, L, M, NS, NULL, S, SS

TOO_FEW = "ConditionalOperator can only be used when Filter or Expected has two or more elements"
WITHOUT_CONDITIONS = "ConditionalOperator cannot be used without Filter or Expected"
DIFFERENT_TYPES = P + "AttributeValues inside AttributeValueList must be of same type"
BOUNDS_REVERSED = "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound"
DUPLICATE_ATTRIBUTE = P + "Duplicate value in attribute name: "
BAD_OPERATOR_NEWER = f"Failed to satisfy constraint: {enum_of('ALL, OR')}"
COMPARISON_OPERATORS = ("IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS")


def condition(operator, *values):
    return {"ComparisonOperator": operator, "AttributeValueList": list(values)}


def argument_count(operator):
    return f"{P}Invalid number of argument(s) for the {operator} ComparisonOperator"


def not_for_type(operator, kind):
    return f"{P}ComparisonOperator {operator} is not valid for {kind} AttributeValue type"


def mix(legacy, expressions):
    return ("Can not use both expression and non-expression parameters in the same request: "
            f"Non-expression parameters: {{{legacy}}} Expression parameters: {{{expressions}}}")


# Arguments that no operator takes, name -> (condition, text). The same for Expected, filters and KeyConditions.
BAD_ARGUMENTS = {
    "EQ none": (condition("EQ"), argument_count("EQ")),
    "EQ two": (condition("EQ", S("a"), S("a")), argument_count("EQ")),
    "LT two": (condition("LT", S("a"), S("a")), argument_count("LT")),
    "NULL one": (condition("NULL", S("a")), argument_count("NULL")),
    "NOT_NULL one": (condition("NOT_NULL", S("a")), argument_count("NOT_NULL")),
    "IN none": (condition("IN"), argument_count("IN")),
    "BETWEEN one": (condition("BETWEEN", S("a")), argument_count("BETWEEN")),
    "BETWEEN three": (condition("BETWEEN", S("a"), S("b"), S("c")), argument_count("BETWEEN")),
    "BEGINS_WITH two": (condition("BEGINS_WITH", S("a"), S("b")), argument_count("BEGINS_WITH")),
    "CONTAINS two": (condition("CONTAINS", S("a"), S("b")), argument_count("CONTAINS")),
    "IN of two types": (condition("IN", S("a"), {"N": "1"}), DIFFERENT_TYPES),
    "BETWEEN of two types": (condition("BETWEEN", S("a"), {"N": "1"}), DIFFERENT_TYPES),
    "BETWEEN reversed": (condition("BETWEEN", {"N": "10"}, {"N": "9"}), BOUNDS_REVERSED),
    "BETWEEN of lists": (condition("BETWEEN", L(), L()), not_for_type("BETWEEN", "L")),
    "LT a set": (condition("LT", SS("a")), not_for_type("LT", "SS")),
    "GE a boolean": (condition("GE", FALSE), not_for_type("GE", "BOOL")),
    "GT null": (condition("GT", NULL), not_for_type("GT", "NULL")),
    "LE a map": (condition("LE", M()), not_for_type("LE", "M")),
    "IN of sets": (condition("IN", NS(1)), not_for_type("IN", "NS")),
    "CONTAINS a set": (condition("CONTAINS", BS(b"a")), not_for_type("CONTAINS", "BS")),
    "NOT_CONTAINS a list": (condition("NOT_CONTAINS", L()), not_for_type("NOT_CONTAINS", "L")),
    "BEGINS_WITH a number": (condition("BEGINS_WITH", {"N": "1"}), not_for_type("BEGINS_WITH", "N")),
    # The number of arguments comes before their types.
    "count before type": (condition("BEGINS_WITH", {"N": "1"}, S("a")), argument_count("BEGINS_WITH")),
}
