# SPDX-License-Identifier: Apache-2.0
"""A call, and random ones of the operations on items: valid, over the tables of tables.py, whose names are written @t0@."""

from dataclasses import dataclass

from differential.tables import KEY_VALUES, TABLES
from support import random_expressions as expressions
from support import random_values as values
from support.random_expressions import Placeholders


@dataclass(frozen=True)
class Call:
    operation: str
    request: dict
    # The answer's items have no order of their own, so all pages are read and the items compared as a set.
    all_pages: bool = False


def name_of(table):
    return f"@{table.name}@"


def sometimes(random, chance, **members):
    return members if random.random() < chance else {}


def capacity(random):
    return sometimes(random, 0.25, ReturnConsumedCapacity=random.choice(("NONE", "TOTAL", "INDEXES")))


def pick_table(random):
    return random.choice(TABLES)


def item(random, table):
    return {**values.attributes(random), **table.index_attributes(random), **table.key(random)}


def with_condition(random, request, placeholders, chance=0.35):
    if random.random() < chance:
        request["ConditionExpression"] = expressions.condition_text(expressions.condition(random), placeholders)
        request.update(sometimes(random, 0.3, ReturnValuesOnConditionCheckFailure=random.choice(("ALL_OLD", "NONE"))))


def write_options(random, returned):
    return {**capacity(random), **sometimes(random, 0.5, ReturnValues=random.choice(returned)),
            **sometimes(random, 0.15, ReturnItemCollectionMetrics=random.choice(("SIZE", "NONE")))}


# --- Items ---------------------------------------------------------------------------------------------


def put_item(random):
    table, placeholders = pick_table(random), Placeholders(random)
    request = {"TableName": name_of(table), "Item": item(random, table), **write_options(random, ("ALL_OLD", "NONE"))}
    with_condition(random, request, placeholders)
    return Call("PutItem", {**request, **placeholders.parameters()})


def delete_item(random):
    table, placeholders = pick_table(random), Placeholders(random)
    request = {"TableName": name_of(table), "Key": table.key(random), **write_options(random, ("ALL_OLD", "NONE"))}
    with_condition(random, request, placeholders)
    return Call("DeleteItem", {**request, **placeholders.parameters()})


def update_item(random):
    table, placeholders = pick_table(random), Placeholders(random)
    returned = ("ALL_OLD", "NONE", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
    request = {"TableName": name_of(table), "Key": table.key(random), **write_options(random, returned)}
    if random.random() < 0.95:
        request["UpdateExpression"] = expressions.update_text(expressions.update(random), placeholders)
    with_condition(random, request, placeholders)
    return Call("UpdateItem", {**request, **placeholders.parameters()})


def projection(random, request, placeholders, chance=0.3):
    if random.random() < chance:
        request["ProjectionExpression"] = expressions.projection_text(random, placeholders)


def get_item(random):
    table, placeholders = pick_table(random), Placeholders(random)
    request = {"TableName": name_of(table), "Key": table.key(random), **capacity(random),
               **sometimes(random, 0.3, ConsistentRead=random.random() < 0.5)}
    projection(random, request, placeholders)
    return Call("GetItem", {**request, **placeholders.parameters()})


def distinct_keys(random, table, count):
    found = {}
    for _ in range(count):
        key = table.key(random)
        found[repr(key)] = key
    return list(found.values())


def batch_get_item(random):
    asked = {}
    for table in random.sample(TABLES, random.choice((1, 1, 2))):
        placeholders = Placeholders(random)
        request = {"Keys": distinct_keys(random, table, random.randint(1, 4)),
                   **sometimes(random, 0.3, ConsistentRead=random.random() < 0.5)}
        projection(random, request, placeholders)
        asked[name_of(table)] = {**request, **placeholders.parameters()}
    return Call("BatchGetItem", {"RequestItems": asked, **capacity(random)})


def batch_write_item(random):
    wanted = {}
    for table in random.sample(TABLES, random.choice((1, 1, 2))):
        keys = distinct_keys(random, table, random.randint(1, 4))
        wanted[name_of(table)] = [
            {"DeleteRequest": {"Key": key}} if random.random() < 0.3 else {"PutRequest": {"Item": {**item(random, table), **key}}}
            for key in keys]
    return Call("BatchWriteItem", {"RequestItems": wanted, **capacity(random)})


# --- Query and Scan ------------------------------------------------------------------------------------


def page_options(random, request, placeholders):
    projection(random, request, placeholders, 0.25)
    request.update(capacity(random))
    request.update(sometimes(random, 0.35, Limit=random.randint(1, 4)))
    if "ProjectionExpression" not in request:
        request.update(sometimes(random, 0.2, Select=random.choice(("COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"))))
    if random.random() < 0.3:
        request["FilterExpression"] = expressions.condition_text(expressions.condition(random, 2), placeholders)
    if "IndexName" not in request or random.random() < 0.2:
        request.update(sometimes(random, 0.3, ConsistentRead=random.random() < 0.5))


def key_condition(random, table, keys, placeholders):
    partition, *rest = keys
    text = f"{partition} = {placeholders.value(random.choice(KEY_VALUES[table.types[partition]]))}"
    if not rest or random.random() < 0.4:
        return text
    kind = table.types[rest[0]]
    first, second = (placeholders.value(bound) for bound in sorted(random.choices(KEY_VALUES[kind], k=2), key=expressions.order_of))
    form = random.choice(("=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"))
    if form == "BETWEEN":
        return f"{text} AND {rest[0]} BETWEEN {first} AND {second}"
    placeholders.values.pop(second)
    if form == "begins_with" and kind != "N":
        return f"{text} AND begins_with({rest[0]}, {first})"
    return f"{text} AND {rest[0]} {'=' if form == 'begins_with' else form} {first}"


def start_key(random, table, keys):
    wanted = (*table.keys, *keys)
    return {name: random.choice(KEY_VALUES[table.types[name]]) for name in dict.fromkeys(wanted)}


def query(random):
    table, placeholders = pick_table(random), Placeholders(random)
    request, keys = {"TableName": name_of(table)}, table.keys
    if table.indexes and random.random() < 0.6:
        request["IndexName"], keys = random.choice(list(table.indexes.items()))
    request["KeyConditionExpression"] = key_condition(random, table, keys, placeholders)
    request.update(sometimes(random, 0.4, ScanIndexForward=random.random() < 0.5))
    page_options(random, request, placeholders)
    ordered = "IndexName" not in request
    if ordered and random.random() < 0.15:
        request["ExclusiveStartKey"] = start_key(random, table, keys)
    return Call("Query", {**request, **placeholders.parameters()}, all_pages=not ordered)


def scan(random):
    table, placeholders = pick_table(random), Placeholders(random)
    request = {"TableName": name_of(table)}
    if table.indexes and random.random() < 0.5:
        request["IndexName"] = random.choice(list(table.indexes))
    page_options(random, request, placeholders)
    return Call("Scan", {**request, **placeholders.parameters()}, all_pages=True)


# --- Transactions --------------------------------------------------------------------------------------


def action(random, table, key):
    placeholders = Placeholders(random)
    kind = random.choice(("Put", "Update", "Delete", "ConditionCheck"))
    request = {"TableName": name_of(table)}
    if kind == "Put":
        request["Item"] = {**item(random, table), **key}
    else:
        request["Key"] = key
    if kind == "Update":
        request["UpdateExpression"] = expressions.update_text(expressions.update(random), placeholders)
    with_condition(random, request, placeholders, 1 if kind == "ConditionCheck" else 0.4)
    return {kind: {**request, **placeholders.parameters()}}


def transact_write_items(random):
    actions = []
    for table in random.sample(TABLES, random.choice((1, 2))):
        actions += [action(random, table, key) for key in distinct_keys(random, table, random.randint(1, 3))]
    return Call("TransactWriteItems", {"TransactItems": actions, **capacity(random)})


def transact_get_items(random):
    asked = []
    for table in random.sample(TABLES, random.choice((1, 2))):
        for key in distinct_keys(random, table, random.randint(1, 3)):
            placeholders = Placeholders(random)
            request = {"TableName": name_of(table), "Key": key}
            projection(random, request, placeholders)
            asked.append({"Get": {**request, **placeholders.parameters()}})
    return Call("TransactGetItems", {"TransactItems": asked, **capacity(random)})
