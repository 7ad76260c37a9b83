# SPDX-License-Identifier: Apache-2.0
"""Random expression trees, and their text with placeholders.

A condition is a tuple: ("compare", op, x, y) ("between", x, low, high) ("in", x, list) ("exists", path, bool)
("type", path, type) ("begins", path, operand) ("contains", path, operand) ("and"|"or", left, right) ("not", part).
An operand is ("path", path), ("size", path) or ("value", value). An update is a list of ("SET", path, value),
("REMOVE", path), ("ADD", path, value), ("DELETE", path, value); a SET value is an operand or
("+"|"-", x, y), ("if_not_exists", path, y), ("list_append", x, y)."""

from support import random_values as values

ORDERED = ("S", "N", "B")
COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
TIGHTNESS = {"or": 0, "and": 1, "not": 2}


class Placeholders:
    """Collects ExpressionAttributeNames and -Values while trees are printed."""

    def __init__(self, random):
        self.random = random
        self.names, self.values = {}, {}

    def name(self, name):
        if name in self.names.values() and self.random.random() < 0.5:
            return next(alias for alias, known in self.names.items() if known == name)
        if self.random.random() < 0.6:
            return name
        alias = f"#n{len(self.names)}"
        self.names[alias] = name
        return alias

    def value(self, value):
        alias = f":v{len(self.values)}"
        self.values[alias] = value
        return alias

    def path(self, path):
        return "".join(f"[{element}]" if isinstance(element, int) else ("." if place else "") + self.name(element)
                       for place, element in enumerate(path))

    def parameters(self):
        found = {}
        if self.names:
            found["ExpressionAttributeNames"] = self.names
        if self.values:
            found["ExpressionAttributeValues"] = self.values
        return found


# --- Conditions ---------------------------------------------------------------------------------------


def other_operand(random, kinds, but):
    """An operand that is not the path `but`: most functions refuse to be given one thing twice."""
    if random.random() < 0.25:
        path = values.path(random)
        if path != but:
            return ("path", path)
    return ("value", values.value(random, random.choice(kinds), depth=1))


def comparison(random):
    path, op = values.path(random), random.choice(COMPARATORS)
    if random.random() < 0.15:
        return ("compare", op, ("size", path), ("value", values.N(random.randint(0, 4))))
    return ("compare", op, ("path", path), other_operand(random, values.TYPES if op in ("=", "<>") else ORDERED, path))


def between(random):
    kind = random.choice(ORDERED)
    low, high = values.value(random, kind), values.value(random, kind)
    return ("between", ("path", values.path(random)), *(("value", bound) for bound in sorted((low, high), key=order_of)))


def order_of(value):
    """A sort key among ordered values of one type."""
    [(kind, content)] = value.items()
    if kind == "N":
        from decimal import Decimal
        return Decimal(content)
    if kind == "B":
        import base64
        return base64.b64decode(content)
    return content.encode()


def leaf(random):
    path = values.path(random)
    kind = random.choice(("compare", "compare", "compare", "between", "in", "exists", "type", "begins", "contains"))
    if kind == "compare":
        return comparison(random)
    if kind == "between":
        return between(random)
    if kind == "in":
        return ("in", ("path", path), [other_operand(random, values.TYPES, path) for _ in range(random.randint(1, 3))])
    if kind == "exists":
        return ("exists", path, random.random() < 0.5)
    if kind == "type":
        return ("type", path, random.choice(values.TYPES))
    if kind == "begins":
        return ("begins", path, other_operand(random, ("S", "B"), path))
    return ("contains", path, other_operand(random, values.SCALARS, path))


def condition(random, depth=3):
    if depth == 0 or random.random() < 0.4:
        return leaf(random)
    kind = random.choice(("and", "or", "not"))
    if kind == "not":
        return ("not", condition(random, depth - 1))
    return (kind, condition(random, depth - 1), condition(random, depth - 1))


def operand_text(operand, placeholders):
    kind, content = operand
    if kind == "value":
        return placeholders.value(content)
    text = placeholders.path(content)
    return f"size({text})" if kind == "size" else text


def part_text(part, least, placeholders):
    """`part` in parentheses if it binds less than `least`, and now and then without need."""
    text = condition_text(part, placeholders)
    loose = TIGHTNESS.get(part[0], 3) < least
    return f"({text})" if loose or placeholders.random.random() < 0.15 else text


def condition_text(tree, placeholders):
    def operand(one):
        return operand_text(one, placeholders)

    kind = tree[0]
    if kind == "not":
        return f"NOT {part_text(tree[1], 2, placeholders)}"
    if kind in ("and", "or"):
        # Both group to the left: a right part of the same kind needs its parentheses.
        least = TIGHTNESS[kind]
        return f"{part_text(tree[1], least, placeholders)} {kind.upper()} {part_text(tree[2], least + 1, placeholders)}"
    if kind == "compare":
        return f"{operand(tree[2])} {tree[1]} {operand(tree[3])}"
    if kind == "between":
        return f"{operand(tree[1])} BETWEEN {operand(tree[2])} AND {operand(tree[3])}"
    if kind == "in":
        return f"{operand(tree[1])} IN ({', '.join(operand(one) for one in tree[2])})"
    if kind == "exists":
        return f"attribute_{'' if tree[2] else 'not_'}exists({placeholders.path(tree[1])})"
    if kind == "type":
        return f"attribute_type({placeholders.path(tree[1])}, {placeholders.value(values.S(tree[2]))})"
    name = {"begins": "begins_with", "contains": "contains"}[kind]
    return f"{name}({placeholders.path(tree[1])}, {operand(tree[2])})"


# --- Updates ------------------------------------------------------------------------------------------


def set_value(random):
    kind = random.choice(("value", "value", "value", "path", "+", "-", "if_not_exists", "list_append"))
    if kind == "value":
        return ("value", values.value(random))
    if kind == "path":
        return ("path", values.path(random))
    if kind in "+-":
        return (kind, ("path", values.path(random)), ("value", values.value(random, "N")))
    if kind == "if_not_exists":
        return (kind, values.path(random), ("value", values.value(random)))
    parts = [("path", values.path(random)), ("value", values.value(random, "L", 1))]
    random.shuffle(parts)
    return (kind, *parts)


def update(random):
    """One to three actions; their paths never overlap, for that is refused before anything else."""
    taken, actions = set(), []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        kind, path = random.choice(("SET", "SET", "SET", "REMOVE", "ADD", "DELETE")), values.path(random)
        if path[0] in taken:
            continue
        taken.add(path[0])
        if kind == "SET":
            actions.append((kind, path, set_value(random)))
        elif kind == "REMOVE":
            actions.append((kind, path))
        else:
            wanted = ("SS", "NS", "BS", "N") if kind == "ADD" else ("SS", "NS", "BS")
            natural = {"n": "N", "ss": "SS", "ns": "NS", "bs": "BS"}.get(path[0])
            chosen = natural if natural in wanted else random.choice(wanted)
            actions.append((kind, path, values.value(random, chosen)))
    return actions


def set_value_text(tree, placeholders):
    kind = tree[0]
    if kind in ("value", "path"):
        return operand_text(tree, placeholders)
    if kind in "+-":
        return f"{operand_text(tree[1], placeholders)} {kind} {operand_text(tree[2], placeholders)}"
    first = placeholders.path(tree[1]) if kind == "if_not_exists" else set_value_text(tree[1], placeholders)
    return f"{kind}({first}, {set_value_text(tree[2], placeholders)})"


def update_text(actions, placeholders):
    clauses = {}
    for action in actions:
        text = placeholders.path(action[1])
        if action[0] == "SET":
            text += f" = {set_value_text(action[2], placeholders)}"
        elif action[0] != "REMOVE":
            text += f" {placeholders.value(action[2])}"
        clauses.setdefault(action[0], []).append(text)
    return " ".join(f"{clause} {', '.join(parts)}" for clause, parts in clauses.items())


def projection_text(random, placeholders):
    heads = random.sample(values.NAMES, random.randint(1, 3))
    return ", ".join(placeholders.path((head, *values.path(random)[1:])) for head in heads)
