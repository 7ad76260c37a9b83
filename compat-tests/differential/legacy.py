# SPDX-License-Identifier: Apache-2.0
"""Random calls with the parameters from before expressions."""

from differential.calls import Call, capacity, distinct_keys, item, name_of, pick_table, sometimes, start_key, write_options
from differential.tables import KEY_VALUES
from support import random_values as values
from support.legacy import condition as compared
from support.random_expressions import order_of

ORDERED = ("S", "N", "B")
OPERATORS = ("EQ", "NE", "LT", "LE", "GT", "GE", "BETWEEN", "IN", "NULL", "NOT_NULL", "BEGINS_WITH", "CONTAINS", "NOT_CONTAINS")


def arguments(random, operator):
    if operator in ("NULL", "NOT_NULL"):
        return []
    if operator in ("EQ", "NE"):
        return [values.value(random)]
    if operator == "IN":
        kind = random.choice(values.SCALARS)
        return [values.value(random, kind) for _ in range(random.randint(1, 3))]
    if operator == "BETWEEN":
        kind = random.choice(ORDERED)
        return sorted((values.value(random, kind) for _ in range(2)), key=order_of)
    if operator == "BEGINS_WITH":
        return [values.value(random, random.choice(("S", "B")))]
    return [values.value(random, random.choice(values.SCALARS if "CONTAINS" in operator else ORDERED))]


def condition(random):
    operator = random.choice(OPERATORS)
    return compared(operator, *arguments(random, operator))


def expectation(random):
    """An entry of Expected: a comparison, or one of the two older forms."""
    form = random.random()
    if form < 0.6:
        return condition(random)
    if form < 0.8:
        return {"Exists": False}
    return {"Value": values.value(random), **sometimes(random, 0.5, Exists=True)}


def conditions(random, name, one):
    """{`name`: conditions on one to three attributes}, and how they are combined."""
    found = {name: {attribute: one(random) for attribute in random.sample(values.NAMES, random.choice((1, 1, 2, 3)))}}
    if len(found[name]) > 1:
        found.update(sometimes(random, 0.5, ConditionalOperator=random.choice(("AND", "OR"))))
    return found


def expected(random, chance=0.7):
    return conditions(random, "Expected", expectation) if random.random() < chance else {}


def attributes_to_get(random, chance=0.4):
    return sometimes(random, chance, AttributesToGet=random.sample(values.NAMES, random.randint(1, 3)))


# --- Items ---------------------------------------------------------------------------------------------


def put_item(random):
    table = pick_table(random)
    return Call("PutItem", {"TableName": name_of(table), "Item": item(random, table), **expected(random, 1),
                            **write_options(random, ("ALL_OLD", "NONE"))})


def delete_item(random):
    table = pick_table(random)
    return Call("DeleteItem", {"TableName": name_of(table), "Key": table.key(random), **expected(random, 1),
                               **write_options(random, ("ALL_OLD", "NONE"))})


def change(random, attribute):
    action = random.choice(("PUT", "PUT", "ADD", "DELETE", None))
    if action == "DELETE" and random.random() < 0.5:
        return {"Action": "DELETE"}
    natural = {"n": "N", "ss": "SS", "ns": "NS", "bs": "BS", "l": "L"}.get(attribute)
    kinds = {"ADD": ("N", "SS", "NS", "BS", "L"), "DELETE": ("SS", "NS", "BS")}.get(action, values.TYPES)
    kind = natural if natural in kinds and random.random() < 0.8 else random.choice(kinds)
    return {"Value": values.value(random, kind), **({"Action": action} if action else {})}


def update_item(random):
    table = pick_table(random)
    changed = random.sample(values.NAMES, random.choice((1, 1, 2, 3)))
    returned = ("ALL_OLD", "NONE", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
    return Call("UpdateItem", {"TableName": name_of(table), "Key": table.key(random),
                               "AttributeUpdates": {attribute: change(random, attribute) for attribute in changed},
                               **expected(random, 0.4), **write_options(random, returned)})


def get_item(random):
    table = pick_table(random)
    return Call("GetItem", {"TableName": name_of(table), "Key": table.key(random), **attributes_to_get(random, 1), **capacity(random)})


def batch_get_item(random):
    table = pick_table(random)
    asked = {"Keys": distinct_keys(random, table, random.randint(1, 4)), **attributes_to_get(random, 1)}
    return Call("BatchGetItem", {"RequestItems": {name_of(table): asked}, **capacity(random)})


# --- Query and Scan ------------------------------------------------------------------------------------


def key_conditions(random, table, keys):
    partition, *rest = keys
    found = {partition: compared("EQ", random.choice(KEY_VALUES[table.types[partition]]))}
    if rest and random.random() < 0.6:
        kind = table.types[rest[0]]
        bounds = sorted(random.choices(KEY_VALUES[kind], k=2), key=order_of)
        operator = random.choice(("EQ", "LT", "LE", "GT", "GE", "BETWEEN", *(("BEGINS_WITH",) if kind != "N" else ())))
        found[rest[0]] = compared(operator, *(bounds if operator == "BETWEEN" else bounds[:1]))
    return {"KeyConditions": found}


def page_options(random, filter_name):
    filters = conditions(random, filter_name, condition) if random.random() < 0.5 else {}
    return {**filters, **attributes_to_get(random, 0.3), **capacity(random), **sometimes(random, 0.35, Limit=random.randint(1, 4))}


def query(random):
    table = pick_table(random)
    request, keys = {"TableName": name_of(table)}, table.keys
    if table.indexes and random.random() < 0.5:
        request["IndexName"], keys = random.choice(list(table.indexes.items()))
    request.update(key_conditions(random, table, keys))
    request.update(sometimes(random, 0.4, ScanIndexForward=random.random() < 0.5))
    request.update(page_options(random, "QueryFilter"))
    ordered = "IndexName" not in request
    if ordered and random.random() < 0.15:
        request["ExclusiveStartKey"] = start_key(random, table, keys)
    return Call("Query", request, all_pages=not ordered)


def scan(random):
    table = pick_table(random)
    request = {"TableName": name_of(table), **page_options(random, "ScanFilter")}
    if table.indexes and random.random() < 0.4:
        request["IndexName"] = random.choice(list(table.indexes))
    return Call("Scan", request, all_pages=True)
