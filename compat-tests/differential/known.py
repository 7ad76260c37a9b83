# SPDX-License-Identifier: Apache-2.0
"""Differences that docs/differences.md explains, by the server they are differences to: as rewritings of both sides' answers, as
calls that are not played, for they leave the two with different items, and as shapes (known_shapes.py)."""

import json
import re
from decimal import Decimal, InvalidOperation

from differential.endpoint import text_of
from differential.known_shapes import SHAPES

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
    status, body = answer
    body = plain_numbers(body)
    if call.all_pages and isinstance(body, dict) and "Items" in body:
        body["Items"] = sorted(body["Items"], key=text_of)  # they were sorted by their old texts
    return status, body


def text(pattern, same):
    """Texts that match are one text."""
    def rule(call, answer):
        status, body = answer
        if status not in (0, 200) and isinstance(body, dict) and isinstance(body.get("text"), str):
            body = {**body, "text": re.sub(pattern, same, body["text"])}
        return status, body
    return rule


def takes_away(request):
    expression, updates = request.get("UpdateExpression"), request.get("AttributeUpdates")
    if isinstance(updates, dict) and updates:
        return all(isinstance(one, dict) and one.get("Action") == "DELETE" for one in updates.values())
    return isinstance(expression, str) and not re.search(r"\b(SET|ADD)\b", expression)


def only_takes_away(call):
    """On a missing item: DynamoDB does not create it."""
    actions = call.request.get("TransactItems")
    updates = [action["Update"] for action in actions if isinstance(action, dict) and isinstance(action.get("Update"), dict)] \
        if isinstance(actions, list) else [call.request] if call.operation == "UpdateItem" else []
    return any(takes_away(update) for update in updates)


def describes_a_table(call, answer):
    """Statuses and what else is said of a table differ, what is accepted does not."""
    accepted = call.operation in ("CreateTable", "DescribeTable", "UpdateTable") and answer[0] == 200
    return (200, "a table") if accepted else answer


def refused(*operations):
    """Whatever such an operation is refused for, and in whichever words."""
    def rule(call, answer):
        return (400, "refused") if call.operation in operations and answer[0] in (400, 500) else answer
    return rule


def puts_without_action(call):
    """DynamoDB Local does nothing with an attribute that has a value and no action."""
    updates = call.request.get("AttributeUpdates")
    return isinstance(updates, dict) and any(isinstance(one, dict) and "Action" not in one for one in updates.values())


def fills_an_index(call):
    """On an item whose new key attribute is no scalar, DynamoDB Local's new index stays in CREATING."""
    return call.operation == "UpdateTable" and '"Create"' in json.dumps(call.request)


def compares_a_missing_size(call):
    """The size of what is not there is unequal to every number for DynamoDB Local."""
    return re.search(r"size\([^)]*\) <>", json.dumps(call.request)) is not None


def counts_a_missing_attribute(call):
    """NOT_CONTAINS and the size of an attribute that is not there: true for dynoxide, as other comparisons that say "not"."""
    text_of_call = json.dumps(call.request)
    return "NOT_CONTAINS" in text_of_call or "size(" in text_of_call


def reasons_without_full_stop(call, answer):
    """DynamoDB Local ends the text of a failed ConditionCheck or EXISTS with one."""
    status, body = answer
    if isinstance(body, dict) and isinstance(body.get("CancellationReasons"), list):
        reasons = [{**reason, **({"Message": reason["Message"].rstrip(".")} if "Message" in reason else {})}
                   for reason in body["CancellationReasons"]]
        body = {**body, "CancellationReasons": reasons}
    return status, body


RULES = {
    "dynamodb-local": [
        describes_a_table, refused("CreateTable", "UpdateTable"), numbers_in_plain_decimal, reasons_without_full_stop,
        without_members("ConsumedCapacity", "ItemCollectionMetrics"), text("^" + ENVELOPE, ""),
        text("^Cannot do operations on a non-existent table$", "Requested resource not found"),
    ],
    "dynoxide": [describes_a_table, refused("CreateTable", "UpdateTable")],
}
AVOIDED = {
    "dynamodb-local": [only_takes_away, puts_without_action, fills_an_index, compares_a_missing_size],
    "dynoxide": [only_takes_away, counts_a_missing_attribute],
}


def rewriter(server):
    rules = RULES.get(server, [])

    def rewrite(call, answer):
        for rule in rules:
            answer = rule(call, answer) if answer is not None else None
        return answer
    return rewrite


def avoided(server, call):
    return any(rule(call) for rule in AVOIDED.get(server, ()))


def is_known(server, shape):
    """Whether all three parts of the shape match those of one that is known."""
    return any(all(re.fullmatch(pattern, part) for pattern, part in zip(patterns, shape)) for patterns in SHAPES.get(server, ()))
