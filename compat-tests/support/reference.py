# SPDX-License-Identifier: Apache-2.0
"""What conditions mean, once more and as plainly as Python can say it: a reference for random trees. A tree is what
random_expressions.py makes; the verdict on an item follows the Developer Guide, "Comparison Operator and Function Reference"."""

import base64
from decimal import Context, Decimal

EXACT = Context(prec=400)
ORDERINGS = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


def find(item, path):
    """The value at a document path, or None."""
    value = {"M": item}
    for step in path:
        members = value.get("L") if isinstance(step, int) else value.get("M")
        if members is None or (step >= len(members) if isinstance(step, int) else step not in members):
            return None
        value = members[step]
    return value


def meaning(value):
    """(type, something that is equal exactly if two values are)."""
    [(kind, content)] = value.items()
    if kind == "N":
        return kind, Decimal(content)
    if kind == "B":
        return kind, base64.b64decode(content)
    if kind == "S":
        return kind, content.encode()
    if kind == "NS":
        return kind, frozenset(map(Decimal, content))
    if kind in ("SS", "BS"):
        return kind, frozenset(content)
    if kind == "L":
        return kind, tuple(map(meaning, content))
    if kind == "M":
        return kind, frozenset((name, meaning(part)) for name, part in content.items())
    return kind, content


def size(value):
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content.encode("utf-16-le")) // 2  # AWS counts UTF-16 units
    if kind == "B":
        return len(base64.b64decode(content))
    return len(content) if kind in ("L", "M", "SS", "NS", "BS") else None


def operand(item, tree):
    kind, content = tree
    if kind == "value":
        return content
    found = find(item, content)
    if kind == "path":
        return found
    length = None if found is None else size(found)
    return None if length is None else {"N": str(length)}


def compare(op, left, right, missing_size):
    if missing_size:
        return False  # a size that is none is neither equal nor unequal to anything
    if left is None or right is None:
        return op == "<>"
    (kind, one), (other_kind, other) = meaning(left), meaning(right)
    if op in ("=", "<>"):
        return ((kind, one) == (other_kind, other)) == (op == "=")
    return kind == other_kind and kind in ("S", "N", "B") and ORDERINGS[op](one, other)


def contains(container, element):
    if container is None or element is None:
        return False
    [(kind, content)] = container.items()
    if kind in ("S", "B"):
        other_kind, wanted = meaning(element)
        return kind == other_kind and wanted in meaning(container)[1]
    if kind in ("SS", "NS", "BS"):
        return meaning(element) in {meaning({kind[0]: member}) for member in content}
    return kind == "L" and meaning(element) in [meaning(part) for part in content]


def begins_with(value, prefix):
    if value is None or prefix is None:
        return False
    (kind, content), (other_kind, start) = meaning(value), meaning(prefix)
    return kind == other_kind and kind in ("S", "B") and content.startswith(start)


def holds(tree, item):
    """Whether the condition holds for the item."""
    kind = tree[0]
    if kind == "and":
        return holds(tree[1], item) and holds(tree[2], item)
    if kind == "or":
        return holds(tree[1], item) or holds(tree[2], item)
    if kind == "not":
        return not holds(tree[1], item)
    if kind == "compare":
        left, right = (operand(item, part) for part in tree[2:])
        return compare(tree[1], left, right, tree[2][0] == "size" and left is None)
    if kind == "between":
        value, low, high = (operand(item, part) for part in tree[1:])
        return compare(">=", value, low, False) and compare("<=", value, high, False)
    if kind == "in":
        value = operand(item, tree[1])
        return any(compare("=", value, operand(item, part), False) for part in tree[2])
    if kind == "exists":
        return (find(item, tree[1]) is not None) == tree[2]
    if kind == "type":
        return (found := find(item, tree[1])) is not None and tree[2] in found
    judge = {"begins": begins_with, "contains": contains}[kind]
    return judge(find(item, tree[1]), operand(item, tree[2]))


# --- Arithmetic --------------------------------------------------------------------------------------

LARGEST, SMALLEST = Decimal("1e126"), Decimal("1e-130")


def add(left, right):
    """The sum as DynamoDB stores it, or None: out of range or of more than 38 digits. Decimals in, a Decimal out."""
    exact = EXACT.add(left, right)
    digits = exact.normalize(EXACT).as_tuple().digits
    if exact and (abs(exact) >= LARGEST or abs(exact) < SMALLEST):
        return None
    return exact if len(digits) <= 38 else None


def plain(number):
    """A Decimal in DynamoDB's writing."""
    return format(number.normalize(EXACT), "f") if number else "0"
