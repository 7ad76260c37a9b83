# SPDX-License-Identifier: Apache-2.0
"""The tables of a run: all key types, with and without sort key and indexes. Calls name them t0, t1, …; on the endpoints they
have random names. Key values are few, so that calls meet on one item."""

import base64
from dataclasses import dataclass

from support.tables import definition, index

KEY_VALUES = {
    "S": [{"S": text} for text in ("a", "ab", "b", "z", "\u20ac")],
    "N": [{"N": text} for text in ("0", "-1", "1", "10", "2.5", "1e2")],
    "B": [{"B": base64.b64encode(data).decode()} for data in (b"\x00", b"a", b"\xff")],
}


@dataclass(frozen=True)
class Table:
    name: str
    keys: tuple     # of the table
    types: dict     # of all key attributes, those of indexes too
    indexes: dict   # name -> its key attributes
    request: dict   # CreateTable's, without the name

    def key(self, random):
        return {name: random.choice(KEY_VALUES[self.types[name]]) for name in self.keys}

    def index_attributes(self, random):
        """Each index key attribute usually there, usually of its type."""
        return {name: random.choice(KEY_VALUES[kind]) for name, kind in self.types.items()
                if name not in self.keys and random.random() < 0.7}


def make(name, keys, indexes=(), local=(), **types):
    request = definition(keys, types)
    if indexes:
        request["GlobalSecondaryIndexes"] = list(indexes)
    if local:
        request["LocalSecondaryIndexes"] = list(local)
    named = {one["IndexName"]: tuple(element["AttributeName"] for element in one["KeySchema"]) for one in (*indexes, *local)}
    return Table(name, tuple(keys), types, named, request)


TABLES = (
    make("t0", ("pk",), pk="S"),
    make("t1", ("pk", "sk"), pk="S", sk="N"),
    make("t2", ("pk", "sk"), pk="N", sk="B"),
    make("t3", ("pk", "sk"), [index("by_g", ("g",)), index("by_gh", ("g", "h"), "KEYS_ONLY")],
         [index("by_l", ("pk", "k"))], pk="S", sk="S", g="S", h="N", k="N"),
    make("t4", ("pk",), [index("by_h", ("h",), "INCLUDE", ["a", "m"])], pk="B", h="N"),
)
