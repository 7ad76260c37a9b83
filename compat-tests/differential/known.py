# SPDX-License-Identifier: Apache-2.0
"""Differences that docs/differences.md explains, by the server they are differences to: as rewritings of both sides' answers, and
as calls that are not played, for they leave the two with different items."""

import re
from decimal import Decimal, InvalidOperation

ENVELOPE = "1 validation error detected: "


def plain_number(text):
    try:
        return format(Decimal(text).normalize(), "f")
    except InvalidOperation:
        return text


def plain_numbers(value):
    """Numbers as DynamoDB writes them: DynamoDB Local keeps exponents and trailing zeros inside documents and sets."""
    if isinstance(value, dict):
        if set(value) == {"N"} and isinstance(value["N"], str):
            return {"N": plain_number(value["N"])}
        if set(value) == {"NS"} and isinstance(value["NS"], list):
            return {"NS": sorted(plain_number(text) for text in value["NS"])}
        return {key: plain_numbers(part) for key, part in value.items()}
    return [plain_numbers(part) for part in value] if isinstance(value, list) else value


def without_members(*names):
    def rule(call, answer):
        status, body = answer
        if status == 200 and isinstance(body, dict):
            body = {key: part for key, part in body.items() if key not in names}
        return status, body
    return rule


def numbers_in_plain_decimal(call, answer):
    return answer[0], plain_numbers(answer[1])


def text(pattern, same):
    """Texts that match are one text."""
    def rule(call, answer):
        status, body = answer
        if status not in (0, 200) and isinstance(body, dict) and isinstance(body.get("text"), str):
            body = {**body, "text": re.sub(pattern, same, body["text"])}
        return status, body
    return rule


def whatever(operation):
    return lambda call, answer: None if call.operation == operation else answer


def only_takes_away(call):
    """On a missing item: DynamoDB does not create it."""
    expression = call.request.get("UpdateExpression")
    return call.operation == "UpdateItem" and isinstance(expression, str) and not re.search(r"\b(SET|ADD)\b", expression)


RULES = {
    "dynamodb-local": [
        whatever("DescribeTable"), whatever("CreateTable"), numbers_in_plain_decimal,
        without_members("ConsumedCapacity", "ItemCollectionMetrics"), text("^" + ENVELOPE, ""),
        text("^Cannot do operations on a non-existent table$", "Requested resource not found"),
    ],
    "dynoxide": [],
}
AVOIDED = {"dynamodb-local": [only_takes_away]}


def rewriter(server):
    rules = RULES.get(server, [])

    def rewrite(call, answer):
        for rule in rules:
            answer = rule(call, answer) if answer is not None else None
        return answer
    return rewrite


def avoided(server, call):
    return any(rule(call) for rule in AVOIDED.get(server, ()))
