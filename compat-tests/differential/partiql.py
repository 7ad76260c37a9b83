# SPDX-License-Identifier: Apache-2.0
"""Random PartiQL: one statement, batches and transactions of them."""

from differential.calls import Call, capacity, item, name_of, pick_table, sometimes
from differential.tables import KEY_VALUES, TABLES
from support import random_expressions as expressions
from support import random_values as values
from support.random_expressions import TIGHTNESS, order_of


class Statement:
    """The text of one statement, and the parameters that stand in it in the order of their question marks."""

    def __init__(self, random):
        self.random = random
        self.parameters = []

    def value(self, value):
        if self.random.random() < 0.4 or has_no_literal(value):
            self.parameters.append(value)
            return "?"
        return literal(value)

    def name(self, name):
        return f'"{name}"' if self.random.random() < 0.2 else name

    def path(self, path):
        return "".join(f"[{element}]" if isinstance(element, int) else ("." if place else "") + self.name(element)
                       for place, element in enumerate(path))

    def member(self, text):
        return {"Statement": text, **({"Parameters": self.parameters} if self.parameters else {})}


def has_no_literal(value):
    """Binary has none; nor have sets with one member twice, once their numbers are read."""
    [(kind, content)] = value.items()
    if kind in ("L", "M"):
        return any(has_no_literal(part) for part in (content if kind == "L" else content.values()))
    return kind in ("B", "BS")


def literal(value):
    [(kind, content)] = value.items()
    if kind == "N":
        return content
    if kind == "S":
        return "'" + content.replace("'", "''") + "'"
    if kind == "BOOL":
        return str(content).lower()
    if kind == "NULL":
        return "NULL"
    if kind == "L":
        return f"[{', '.join(literal(part) for part in content)}]"
    if kind == "M":
        return "{" + ", ".join(f"'{name}': {literal(part)}" for name, part in content.items()) + "}"
    return f"<<{', '.join(literal({kind[0]: part}) for part in content)}>>"


# --- Conditions: the trees of random_expressions, in the other language ---------------------------------


def part_text(part, least, statement):
    text = condition_text(part, statement)
    return f"({text})" if TIGHTNESS.get(part[0], 3) < least else text


def operand_text(operand, statement):
    kind, content = operand
    if kind == "value":
        return statement.value(content)
    text = statement.path(content)
    return f"size({text})" if kind == "size" else text


def exists_text(tree, statement):
    path = statement.path(tree[1])
    if statement.random.random() < 0.5:
        return f"{path} IS {'NOT ' if tree[2] else ''}MISSING"
    return f"attribute_{'' if tree[2] else 'not_'}exists({path})"


def condition_text(tree, statement):
    def operand(one):
        return operand_text(one, statement)

    kind = tree[0]
    if kind == "not":
        return f"NOT {part_text(tree[1], 3, statement)}"
    if kind in ("and", "or"):
        least = TIGHTNESS[kind]
        return f"{part_text(tree[1], least, statement)} {kind.upper()} {part_text(tree[2], least + 1, statement)}"
    if kind == "compare":
        return f"{operand(tree[2])} {tree[1]} {operand(tree[3])}"
    if kind == "between":
        return f"{operand(tree[1])} BETWEEN {operand(tree[2])} AND {operand(tree[3])}"
    if kind == "in":
        return f"{operand(tree[1])} IN [{', '.join(operand(one) for one in tree[2])}]"
    if kind == "exists":
        return exists_text(tree, statement)
    if kind == "type":
        return f"attribute_type({statement.path(tree[1])}, {statement.value({'S': tree[2]})})"
    name = {"begins": "begins_with", "contains": "contains"}[kind]
    return f"{name}({statement.path(tree[1])}, {operand(tree[2])})"


def condition(random, statement, depth=2):
    return part_text(expressions.condition(random, depth), 2, statement)


def key_text(key, statement):
    return " AND ".join(f"{statement.name(name)} = {statement.value(value)}" for name, value in key.items())


def where_key(random, statement, key, chance=0.4):
    text = f" WHERE {key_text(key, statement)}"
    return f"{text} AND {condition(random, statement)}" if random.random() < chance else text


# --- SELECT --------------------------------------------------------------------------------------------


def columns(random, statement):
    if random.random() < 0.5:
        return "*"
    heads = random.sample(values.NAMES, random.randint(1, 3))
    return ", ".join(statement.path((head, *values.path(random)[1:])) for head in heads)


def sort_text(random, statement, name, kind):
    low, high = sorted(random.choices(KEY_VALUES[kind], k=2), key=order_of)
    form = random.choice(("=", "<", "<=", ">", ">=", "BETWEEN", "IN", "begins_with"))
    if form == "BETWEEN":
        return f"{name} BETWEEN {statement.value(low)} AND {statement.value(high)}"
    if form == "IN":
        return f"{name} IN [{statement.value(low)}, {statement.value(high)}]"
    if form == "begins_with" and kind != "N":
        return f"begins_with({name}, {statement.value(low)})"
    return f"{name} {'=' if form == 'begins_with' else form} {statement.value(low)}"


def select_where(random, statement, table, keys):
    """Conditions on the key from the left, then a filter: all of it may be missing. Also whether one partition is read."""
    parts, kinds = [], [table.types[name] for name in keys]
    one_partition = random.random() < 0.6
    if one_partition:
        parts.append(f"{keys[0]} = {statement.value(random.choice(KEY_VALUES[kinds[0]]))}")
        if len(keys) > 1 and random.random() < 0.5:
            parts.append(sort_text(random, statement, keys[1], kinds[1]))
    elif random.random() < 0.2:
        chosen = random.sample(KEY_VALUES[kinds[0]], 2)
        parts.append(f"{keys[0]} IN [{', '.join(statement.value(value) for value in chosen)}]")
    if random.random() < 0.5:
        parts.append(condition(random, statement))
    return f" WHERE {' AND '.join(parts)}" if parts else "", one_partition


def select(random):
    table, statement = pick_table(random), Statement(random)
    source, keys = f'"{name_of(table)}"', table.keys
    if table.indexes and random.random() < 0.4:
        index, keys = random.choice(list(table.indexes.items()))
        source += f'."{index}"'
    text = f"SELECT {columns(random, statement)} FROM {source}"
    where, one_partition = select_where(random, statement, table, keys)
    text += where
    if one_partition and len(keys) > 1 and random.random() < 0.3:
        text += f" ORDER BY {keys[1]}{random.choice(('', ' ASC', ' DESC'))}"
    return Call("ExecuteStatement", {**statement.member(text), **capacity(random), **sometimes(random, 0.3, Limit=random.randint(1, 4)),
                                     **sometimes(random, 0.2, ConsistentRead=random.random() < 0.5)}, all_pages=True)


def select_one(random, table, key):
    statement = Statement(random)
    text = f'SELECT {columns(random, statement)} FROM "{name_of(table)}"'
    return statement.member(text + where_key(random, statement, key, 0.1))


# --- Writes --------------------------------------------------------------------------------------------


def insert(random, table, key):
    statement = Statement(random)
    new = {**item(random, table), **key}
    content = ", ".join(f"'{name}': {statement.value(value)}" for name, value in new.items())
    return statement.member(f'INSERT INTO "{name_of(table)}" VALUE {{{content}}}')


def set_functions(random, path, statement):
    name = random.choice(("set_add", "set_delete"))
    kind = {"ss": "SS", "ns": "NS", "bs": "BS"}.get(path[0]) or random.choice(("SS", "NS", "BS"))
    text = statement.path(path)
    return f"{text} = {name}({text}, {statement.value(values.value(random, kind))})"


def assignment(random, path, statement):
    if random.random() < 0.15:
        return set_functions(random, path, statement)
    tree = expressions.set_value(random)
    return f"{statement.path(path)} = {set_value_text(tree, statement)}"


def set_value_text(tree, statement):
    kind = tree[0]
    if kind in ("value", "path"):
        return operand_text(tree, statement)
    if kind in "+-":
        return f"{operand_text(tree[1], statement)} {kind} {operand_text(tree[2], statement)}"
    first = statement.path(tree[1]) if kind == "if_not_exists" else set_value_text(tree[1], statement)
    return f"{kind}({first}, {set_value_text(tree[2], statement)})"


def returning(random, choices, chance=0.3):
    return f" RETURNING {random.choice(choices)} *" if random.random() < chance else ""


def update(random, table, key, may_return=True):
    statement = Statement(random)
    text, heads = f'UPDATE "{name_of(table)}"', random.sample(values.NAMES, random.choice((1, 1, 2, 3)))
    for head in heads:
        path = (head, *values.path(random)[1:])
        text += f" REMOVE {statement.path(path)}" if random.random() < 0.25 else f" SET {assignment(random, path, statement)}"
    text += where_key(random, statement, key)
    return statement.member(text + (returning(random, ("ALL OLD", "ALL NEW", "MODIFIED OLD", "MODIFIED NEW")) if may_return else ""))


def delete(random, table, key, may_return=True):
    statement = Statement(random)
    text = f'DELETE FROM "{name_of(table)}"' + where_key(random, statement, key)
    return statement.member(text + (returning(random, ("ALL OLD",)) if may_return else ""))


def write(random, table, key, may_return=True):
    kind = random.choice(("insert", "insert", "update", "update", "update", "delete"))
    if kind == "insert":
        return insert(random, table, key)
    return (update if kind == "update" else delete)(random, table, key, may_return)


def execute_statement(random):
    if random.random() < 0.5:
        return select(random)
    table = pick_table(random)
    return Call("ExecuteStatement", {**write(random, table, table.key(random)), **capacity(random)})


# --- Several -------------------------------------------------------------------------------------------


def keys_of_tables(random):
    """Distinct keys of one or two tables."""
    found = {}
    for table in random.sample(TABLES, random.choice((1, 2))):
        for _ in range(random.randint(1, 3)):
            key = table.key(random)
            found[table.name, repr(key)] = (table, key)
    return list(found.values())


def batch_execute_statement(random):
    chosen = keys_of_tables(random)
    make = select_one if random.random() < 0.4 else write
    return Call("BatchExecuteStatement", {"Statements": [make(random, table, key) for table, key in chosen], **capacity(random)})


def exists(random, table, key):
    statement = Statement(random)
    text = f'SELECT * FROM "{name_of(table)}"' + where_key(random, statement, key, 1)
    return statement.member(f"EXISTS({text})")


def write_or_exists(random, table, key):
    return exists(random, table, key) if random.random() < 0.2 else write(random, table, key, may_return=False)


def execute_transaction(random):
    make = select_one if random.random() < 0.4 else write_or_exists
    return Call("ExecuteTransaction", {"TransactStatements": [make(random, table, key) for table, key in keys_of_tables(random)],
                                       **capacity(random)})
