# SPDX-License-Identifier: Apache-2.0
"""One run: worlds of new tables, some tens of calls each, ended by reading all that is in them."""

from collections import Counter
from random import Random

from differential import makers as all_makers
from differential.calls import Call
from differential.compare import Difference, Judge
from differential.mistakes import spoil
from differential.settings import ADDED_INDEX
from differential.tables import TABLES

CALLS_PER_WORLD = 80
READS = {"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan", "DescribeTable", "DescribeTimeToLive", "ListTagsOfResource"}


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


def next_call(random, makers, mistakes, avoided):
    while True:
        call = all_makers.make(random, makers)
        spoilt = spoil(random, call, random.choices((0, 1, 2), mistakes)[0])
        if not avoided(spoilt):
            return spoilt


def closing_calls():
    """Everything that is there, and in each index."""
    for table in TABLES:
        for index in (None, *table.indexes, ADDED_INDEX):
            yield Call("Scan", {"TableName": f"@{table.name}@", **({"IndexName": index} if index else {})}, all_pages=True)


def parts_the_sides(call, left, right):
    """Whether the two hold different items from here on: a write was accepted by one side only, or of a batch not the same parts."""
    if call.operation in READS:
        return False
    return (left[0] == 200) != (right[0] == 200) or call.operation == "BatchExecuteStatement"


def play_world(judge, planned, found, known=lambda shape: False):
    """Plays until a write differs: from there on the two sides hold different items. Gives the number of calls played."""
    judge.new_world()
    played = []
    for call in planned:
        played.append(call)
        answers = judge.play(call)
        if answers:
            difference = Difference(list(played), *answers)
            if not known(difference.shape):
                found.add(difference)
            if parts_the_sides(call, *answers):
                break
    return len(played)


def run(left, right, *, seed, calls, reduce=True, rewrite=lambda call, answer: answer, known=lambda shape: False,
        avoided=lambda call: False, only=(), mistakes=(6, 3, 1)):
    """`rewrite`, `known`, `avoided`: see known.py. `mistakes`: weights of calls with none, one and two."""
    random, judge, found, count = Random(seed), Judge(left, right, rewrite), Found(), 0
    shared = {name for name in all_makers.OPERATIONS if left.knows(name) and right.knows(name)}
    makers = [maker for maker in all_makers.chosen(only) if maker.operation in shared]
    try:
        while count < calls:
            planned = [next_call(random, makers, mistakes, avoided) for _ in range(min(CALLS_PER_WORLD, calls - count))]
            count += play_world(judge, [*planned, *closing_calls()], found, known)
        if reduce:
            found.first = {shape: judge.reduce(difference) for shape, difference in found.first.items()}
    finally:
        for endpoint in (left, right):
            endpoint.drop_tables()
    return found
