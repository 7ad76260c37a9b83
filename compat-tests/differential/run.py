# SPDX-License-Identifier: Apache-2.0
"""One run: worlds of new tables, some tens of calls each, ended by reading all that is in them."""

from collections import Counter
from random import Random

from differential import calls as random_calls
from differential.calls import Call
from differential.compare import Difference, Judge
from differential.mistakes import spoil
from differential.tables import TABLES

CALLS_PER_WORLD = 80
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}


class Found:
    """Differences by shape: the first of each, and how often it was met."""

    def __init__(self):
        self.first, self.counts = {}, Counter()

    def __bool__(self):
        return bool(self.first)

    def add(self, difference):
        """Whether the shape is new."""
        self.counts[difference.shape] += 1
        if difference.shape in self.first:
            return False
        self.first[difference.shape] = difference
        return True


def next_call(random, operations, mistakes, avoided):
    while True:
        call = random_calls.make(random, operations)
        spoilt = spoil(random, call, random.choices((0, 1, 2), mistakes)[0])
        if not avoided(spoilt):
            return spoilt


def closing_calls():
    """Everything that is there, and in each index."""
    for table in TABLES:
        for index in (None, *table.indexes):
            yield Call("Scan", {"TableName": f"@{table.name}@", **({"IndexName": index} if index else {})}, all_pages=True)


def play_world(judge, planned, found):
    """Plays until a write differs: from there on the two sides hold different items. Gives the number of calls played."""
    judge.new_world()
    played = []
    for call in planned:
        played.append(call)
        answers = judge.play(call)
        if answers:
            found.add(Difference(list(played), *answers))
            if call.operation in WRITES and (answers[0][0] == 200) != (answers[1][0] == 200):
                break
    return len(played)


def run(left, right, *, seed, calls, reduce=True, rewrite=lambda call, answer: answer, avoided=lambda call: False, only=(),
        mistakes=(6, 3, 1)):
    """`mistakes`: weights of calls with none, one and two."""
    random, judge, found, count = Random(seed), Judge(left, right, rewrite), Found(), 0
    operations = {name for name in random_calls.MAKERS if (not only or name in only) and left.knows(name) and right.knows(name)}
    try:
        while count < calls:
            planned = [next_call(random, operations, mistakes, avoided) for _ in range(min(CALLS_PER_WORLD, calls - count))]
            count += play_world(judge, [*planned, *closing_calls()], found)
        if reduce:
            found.first = {shape: judge.reduce(difference) for shape, difference in found.first.items()}
    finally:
        for endpoint in (left, right):
            endpoint.drop_tables()
    return found
