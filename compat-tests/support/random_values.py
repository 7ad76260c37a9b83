# SPDX-License-Identifier: Apache-2.0
"""Random attribute values and expressions from a seeded random.Random. Domains are small, so that values meet: equal ones,
neighbours, the same number written in two ways."""

import base64

from support.values import L, M, N, S

NUMBERS = ["0", "1", "-1", "2", "5", "10", "1.5", "-0.5", "1e3", "1.0", "100", "99999999999999999999999999999999999999",
           "1e-130", "-1e125", "0.1", "12345678901234567890.5"]
TEXTS = ["", "a", "b", "ab", "abc", "B", "ä", "zz", "10", "a b", "\u20ac", "\U0001f600"]
BYTES = [base64.b64encode(data).decode() for data in (b"", b"a", b"ab", b"\x00", b"\xff", b"\x80\x00")]
NAMES = ["a", "b", "c", "d", "e", "n", "m", "l", "ss", "ns", "bs"]
SCALARS = ("S", "N", "B", "BOOL", "NULL")
TYPES = (*SCALARS, "L", "M", "SS", "NS", "BS")


def number(random):
    return random.choice(NUMBERS) if random.random() < 0.7 else str(random.randint(-50, 50))


def distinct_numbers(random):
    found = {}
    for text in random.sample(NUMBERS, random.randint(1, 3)):
        found.setdefault(float(text), text)
    return list(found.values())


def value(random, kind=None, depth=2):
    """A legal attribute value in the wire's form."""
    kind = kind or random.choice(TYPES if depth else SCALARS)
    if kind == "S":
        return S(random.choice(TEXTS))
    if kind == "N":
        return N(number(random))
    if kind == "B":
        return {"B": random.choice(BYTES)}
    if kind == "BOOL":
        return {"BOOL": random.random() < 0.5}
    if kind == "NULL":
        return {"NULL": True}
    if kind == "L":
        return L(*(value(random, depth=depth - 1) for _ in range(random.randint(0, 3))))
    if kind == "M":
        return M(**{name: value(random, depth=depth - 1) for name in random.sample(NAMES, random.randint(0, 3))})
    if kind == "NS":
        return {"NS": distinct_numbers(random)}
    return {kind: random.sample(TEXTS if kind == "SS" else BYTES, random.randint(1, 3))}


def attributes(random, most=6):
    """Attributes of an item besides its key: l, m, n and the sets usually hold what they are called after."""
    kinds = {"l": "L", "m": "M", "n": "N", "ss": "SS", "ns": "NS", "bs": "BS"}
    found = {}
    for name in random.sample(NAMES, random.randint(0, most)):
        found[name] = value(random, kinds.get(name) if random.random() < 0.8 else None)
    return found


def path(random):
    """A document path as a tuple of names and list indexes."""
    elements = [random.choice(NAMES)]
    while len(elements) < 4 and random.random() < 0.3:
        elements.append(random.randint(0, 3) if random.random() < 0.4 else random.choice(NAMES))
    return tuple(elements)
