# SPDX-License-Identifier: Apache-2.0
"""A random history of writes that may be cut off at any moment, and what must hold of the table afterwards: each acknowledged
write is there, a transaction is there as a whole or not at all, and indexes, stream and totals follow from the items."""

import threading
from random import Random

from support.tables import definition, index
from support.values import N, S

KEYS = [(f"p{p}", f"s{s}") for p in range(3) for s in range(5)]
INDEXES = {  # name -> (its key attributes, what it holds beside them and the table's keys; None: all)
    "by_g": (("g",), None), "by_gn": (("g", "n"), ()), "by_n": (("n",), ("x",)), "by_k": (("pk", "k"), ("g",)),
}
REQUEST = definition(
    ("pk", "sk"), dict(pk="S", sk="S", g="S", n="N", k="S"),
    GlobalSecondaryIndexes=[index("by_g", ("g",)), index("by_gn", ("g", "n"), "KEYS_ONLY"), index("by_n", ("n",), "INCLUDE", ["x"])],
    LocalSecondaryIndexes=[index("by_k", ("pk", "k"), "INCLUDE", ["g"])],
    StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})


class RandomWriter(threading.Thread):
    """Writes to keys of its own until the server is gone. `acknowledged`: key -> item, None for deleted; `pending`: what the
    call that failed may have done, `pending_together`: as a whole or not at all."""

    def __init__(self, ddb, table, name, items):
        super().__init__(daemon=True)
        self.ddb, self.table, self.name = ddb, table, name
        self.random = Random(name)
        self.owner = name.rsplit("-", 1)[0]
        self.acknowledged = {key: item for key, item in items.items() if key[0].startswith(self.owner)}
        self.pending, self.pending_together, self.writes = {}, False, 0

    def run(self):
        try:
            while True:
                self.random.choice((self.put, self.put, self.update, self.update, self.delete, self.batch, self.transact))()
                self.writes += 1
        except Exception:  # the server was killed: whatever was pending stays undecided
            return

    def key(self):
        partition, sort = self.random.choice(KEYS)
        return f"{self.owner}{partition}", sort

    def keys(self):
        return list(dict.fromkeys(self.key() for _ in range(self.random.randint(2, 6))))

    def attributes(self):
        """Each index key now and then missing: entries come and go."""
        chosen = {"g": S(f"g{self.random.randrange(4)}"), "n": N(self.random.randrange(50)), "k": S(f"k{self.random.randrange(9)}"),
                  "x": S("x" * self.random.randrange(300))}
        return {name: value for name, value in chosen.items() if self.random.random() < 0.7}

    def item(self, key):
        return {"pk": S(key[0]), "sk": S(key[1]), **self.attributes()}

    def write(self, outcome, call, together=False):
        self.pending, self.pending_together = outcome, together
        call()
        self.acknowledged.update(outcome)
        self.pending = {}

    def put(self):
        item = self.item(key := self.key())
        self.write({key: item}, lambda: self.ddb.put_item(TableName=self.table, Item=item))

    def delete(self):
        key = self.key()
        self.write({key: None}, lambda: self.ddb.delete_item(TableName=self.table, Key=key_of(key)))

    def change(self, key):
        """An update and what it makes of the item: some attributes set, those left out removed."""
        kept, new = self.acknowledged.get(key) or key_of(key), self.attributes()
        gone = [name for name in ("g", "n", "k", "x") if name not in new]
        sets = ", ".join(["w = :w", *(f"{name} = :{name}" for name in new)])
        new["w"] = N(self.writes)
        request = {"Key": key_of(key), "UpdateExpression": f"SET {sets}" + (f" REMOVE {', '.join(gone)}" if gone else ""),
                   "ExpressionAttributeValues": {f":{name}": value for name, value in new.items()}}
        return request, {**{name: value for name, value in kept.items() if name not in gone}, **new}

    def update(self):
        request, outcome = self.change(key := self.key())
        self.write({key: outcome}, lambda: self.ddb.update_item(TableName=self.table, **request))

    def batch(self):
        outcome = {key: self.item(key) if self.random.random() < 0.7 else None for key in self.keys()}
        requests = [{"PutRequest": {"Item": item}} if item else {"DeleteRequest": {"Key": key_of(key)}} for key, item in outcome.items()]
        self.write(outcome, lambda: self.ddb.batch_write_item(RequestItems={self.table: requests}))

    def transact(self):
        outcome, actions = {}, []
        for key in self.keys():
            kind = self.random.choice(("Put", "Update", "Delete"))
            if kind == "Put":
                outcome[key] = self.item(key)
                request = {"Item": outcome[key]}
            elif kind == "Update":
                request, outcome[key] = self.change(key)
            else:
                request, outcome[key] = {"Key": key_of(key)}, None
            actions.append({kind: {"TableName": self.table, **request}})
        self.write(outcome, lambda: self.ddb.transact_write_items(TransactItems=actions), together=True)


def key_of(key):
    return {"pk": S(key[0]), "sk": S(key[1])}


def by_key(items):
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in items}


def check_writes(writer, found):
    """Each acknowledged write of this writer is there, unless the one that was cut off came after it."""
    done = {key: found.get(key) == outcome for key, outcome in writer.pending.items()}
    if writer.pending_together:
        changed = {key for key, outcome in writer.pending.items() if outcome != writer.acknowledged.get(key)}
        assert len({done[key] for key in changed}) < 2, f"half a transaction: {writer.pending}"
    for key, item in writer.acknowledged.items():
        assert found.get(key) == item or done.get(key), f"{key} was acknowledged as {item}, is {found.get(key)}"
    unasked = [key for key in found if key[0].startswith(writer.owner) and key not in writer.acknowledged and not done.get(key)]
    assert not unasked, f"nobody wrote {unasked}"


def expected_index(items, name):
    """What an index must hold, from the table's items."""
    key_names, held = INDEXES[name]
    kept = {"pk", "sk", *key_names, *(held or ())}
    return {key: item if held is None else {attribute: value for attribute, value in item.items() if attribute in kept}
            for key, item in items.items() if all(attribute in item for attribute in key_names)}


def replay(records):
    """The items that the stream's records add up to; each record's old image is what the records before it left."""
    items = {}
    for record in records:
        change = record["dynamodb"]
        [(key, _)] = by_key([change["Keys"]]).items()
        assert change.get("OldImage") == items.get(key), "a record is missing before this one"
        assert record["eventName"] == ("REMOVE" if "NewImage" not in change else "MODIFY" if key in items else "INSERT")
        items.pop(key, None)
        if "NewImage" in change:
            items[key] = change["NewImage"]
    return items


def size_of(item):
    """Bytes as DynamoDB counts them, of items with strings and numbers below 10,000: two digits a byte, and one more."""
    def value_size(value):
        if "S" in value:
            return len(value["S"].encode())
        digits = value["N"]
        pairs = len(digits.zfill(len(digits) + len(digits) % 2)) // 2
        return 1 if digits == "0" else 1 + pairs - (len(digits) > 2 and digits.endswith("00"))
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())
