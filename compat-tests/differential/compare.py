# SPDX-License-Identifier: Apache-2.0
"""Differences: found, named by their shape, and reduced to the fewest calls that still show them."""

import copy
import re
from dataclasses import dataclass, replace

from differential.mistakes import places
from differential.tables import TABLES

# Removed from a text before shapes are compared: what depends on the one call.
HOLES = [(r"@t\d@", "<table>"), (r"[:#]\w+", "<placeholder>"), (r"\[[^\]]*\]", "[…]"), (r'"[^"]*"', '"…"'), (r"'[^']*'", "'…'"),
         (r"-?\d[\d.]*", "<number>"), (r"(attribute|path|key|Key|keys|operator|name|Attribute|function|type): [^,;]+", r"\1: …")]


@dataclass
class Difference:
    calls: list   # the last one is answered differently
    left: tuple
    right: tuple

    @property
    def shape(self):
        return shape_of(self.calls[-1].operation, self.left, self.right)


def holes(text):
    for pattern, stands_for in HOLES:
        text = re.sub(pattern, stands_for, text)
    return text


def differing(left, right, path=""):
    """Paths at which two answers differ; list indexes are left out, for items and elements are alike."""
    if isinstance(left, dict) and isinstance(right, dict):
        found = set()
        for key in left.keys() | right.keys():
            inner = f"{path}.{key}" if path else key
            if key not in left:
                found.add(f"{inner} only right")
            elif key not in right:
                found.add(f"{inner} only left")
            else:
                found |= differing(left[key], right[key], inner)
        return found
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return set().union(*(differing(a, b, f"{path}[]") for a, b in zip(left, right))) if left else set()
    return set() if left == right and type(left) is type(right) else {path}


def side(answer):
    status, body = answer
    if status == 200:
        return "accepted"
    if not isinstance(body, dict):
        return f"{status} {body}"
    return f"{body.get('error')}: {holes(str(body.get('text')))}"


def shape_of(operation, left, right):
    if side(left) != side(right):
        return operation, side(left), side(right)
    if left[0] == 200:
        return operation, "accepted", ", ".join(sorted(differing(left[1], right[1])))
    # One shape, yet not equal: only what fills its holes differs.
    return operation, side(left), "the same, other details"


class Judge:
    """Plays calls on both endpoints. `rewrite` removes known differences from an answer, or gives None: whatever it says."""

    def __init__(self, left, right, rewrite=lambda call, answer: answer):
        self.left, self.right, self.rewrite = left, right, rewrite
        self.worlds = self.tries = 0

    def new_world(self, wanted=TABLES):
        self.worlds += 1
        for endpoint in (self.left, self.right):
            endpoint.make_tables(f"differential_{id(self) % 10_000}_{self.worlds}", wanted)

    def play(self, call):
        """(left's answer, right's answer) if they differ, else None."""
        answers = [self.rewrite(call, endpoint.play(call)) for endpoint in (self.left, self.right)]
        if None in answers or answers[0] == answers[1]:
            return None
        return answers

    def difference_after(self, calls):
        """How the last of these calls differs on new tables, or None; also None if an earlier one does."""
        text = repr(calls)
        self.new_world([table for table in TABLES if f"@{table.name}@" in text])
        for call in calls[:-1]:
            if self.play(call):
                return None
        found = self.play(calls[-1])
        return found and Difference(list(calls), *found)

    # --- Reduction ---------------------------------------------------------------------------------

    def reduce(self, difference, tries=200):
        """Fewer calls, then a smaller last request, then smaller ones before it; the shape stays. Ends after that many tries."""
        self.tries = tries
        alone = self.same(difference, difference.calls[-1:])
        reduced = alone or self.fewer_calls(difference)
        for place in reversed(range(len(reduced.calls))):
            reduced = self.smaller_request(reduced, place)
        return reduced

    def same(self, difference, calls):
        if self.tries <= 0:
            return None
        self.tries -= 1
        found = self.difference_after(calls)
        return found if found and found.shape == difference.shape else None

    def fewer_calls(self, difference):
        size = len(difference.calls) // 2
        while size:
            start = 0
            while start < len(difference.calls) - 1:
                end = min(start + size, len(difference.calls) - 1)
                found = self.same(difference, difference.calls[:start] + difference.calls[end:])
                if found:
                    difference = found
                else:
                    start += size
            size //= 2
        return difference

    def smaller_request(self, difference, place):
        again = True
        while again:
            again = False
            for path in sorted((path for _, _, path in places(difference.calls[place].request)), key=len):
                calls = list(difference.calls)
                smaller = without(calls[place].request, path)
                if smaller is None:
                    continue
                calls[place] = replace(calls[place], request=smaller)
                found = self.same(difference, calls)
                if found:
                    difference, again = found, True
        return difference


def without(request, path):
    """A copy of the request without what stands at `path`; None if it stands there no more."""
    request = copy.deepcopy(request)
    container = request
    try:
        for step in path[:-1]:
            container = container[step]
        del container[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return request
