# SPDX-License-Identifier: Apache-2.0
"""The differential runner itself: two servers of one kind differ in nothing, and a side that lies is found out."""

import json
from dataclasses import replace

import pytest

from differential import known, makers
from differential.compare import Judge
from differential.endpoint import Endpoint
from differential.run import run

pytestmark = pytest.mark.needs_server


@pytest.fixture
def pair(start):
    return [Endpoint(start("-inMemory", "--threads", "1").endpoint) for _ in range(2)]


# Whatever is called: the same calls have the same answers. Nothing depends on time, chance or another process.
@pytest.mark.parametrize("family", sorted(makers.FAMILIES))
def test_two_servers_answer_alike(pair, family):
    assert not run(*pair, seed=7, calls=150, only={family, "PutItem"}).first


class Witness(Endpoint):
    """Remembers which operations were accepted, and what was said."""

    def __init__(self, url):
        super().__init__(url)
        self.accepted, self.said = set(), []

    def play(self, call):
        status, answer = super().play(call)
        self.said.append(json.dumps(answer))
        if status == 200:
            self.accepted.add(call.operation)
        return status, answer


# A generator whose calls are all refused would compare nothing but refusals. CreateTable is of a table that is there.
@pytest.mark.parametrize("family", sorted(makers.FAMILIES))
def test_valid_calls_are_accepted(pair, family):
    left = Witness(pair[0].url)
    run(left, pair[1], seed=3, calls=300, only={family}, mistakes=(1, 0, 0), reduce=False)
    assert left.accepted >= {maker.operation for maker in makers.chosen({family})} - {"CreateTable"}
    assert not [text for text in left.said if "well formed" in text or "Syntax error" in text]


def test_unknown_operations_and_families_are_refused():
    with pytest.raises(ValueError, match="nothing is called Nix; there are items, legacy, partiql, settings, transactions and Batch"):
        makers.chosen({"PutItem", "Nix"})


class Forgetful(Endpoint):
    """Puts items without their attribute n."""

    def play(self, call):
        if call.operation == "PutItem" and isinstance(call.request.get("Item"), dict):
            kept = {name: value for name, value in call.request["Item"].items() if name != "n"}
            call = replace(call, request={**call.request, "Item": kept})
        return super().play(call)


def test_a_lost_attribute_is_found_and_reduced(pair):
    right = Forgetful(pair[1].url)
    found = run(pair[0], right, seed=1, calls=60, reduce=False, only={"items"}, mistakes=(1, 0, 0))
    shortest = min(found.first.values(), key=lambda one: len(one.calls))
    judge = Judge(pair[0], right)
    reduced = judge.reduce(shortest, tries=100)
    assert reduced.shape == shortest.shape and judge.difference_after(reduced.calls).shape == shortest.shape
    assert "n" in next(call for call in reduced.calls if call.operation == "PutItem").request["Item"]
    assert len(reduced.calls) <= 2


class Polite(Endpoint):
    """Has its own words for one refusal."""

    def play(self, call):
        status, answer = super().play(call)
        if isinstance(answer, dict) and answer.get("error") == "ConditionalCheckFailedException":
            answer = {**answer, "text": "Sorry"}
        return status, answer


def test_another_text_is_found_and_counted(pair):
    found = run(pair[0], Polite(pair[1].url), seed=1, calls=60, reduce=False, mistakes=(1, 0, 0))
    assert {shape[1:] for shape in found.first} == {
        ("ConditionalCheckFailedException: The conditional request failed", "ConditionalCheckFailedException: Sorry")}
    assert sum(found.counts.values()) > 1


def test_a_seed_plays_the_same_calls(pair):
    first, second = (run(pair[0], Polite(pair[1].url), seed=3, calls=60, reduce=False) for _ in range(2))
    assert first.first.keys() == second.first.keys() and first.counts == second.counts


class Generous(Endpoint):
    """Accepts writes whose condition fails, without doing them; and has lost a tag."""

    def play(self, call):
        status, answer = super().play(call)
        if isinstance(answer, dict) and answer.get("error") == "ConditionalCheckFailedException":
            return 200, {}
        if call.operation == "ListTagsOfResource" and status == 200:
            answer = {**answer, "Tags": answer["Tags"][1:]}
        return status, answer


@pytest.mark.parametrize("family, operation", [("legacy", "PutItem"), ("partiql", "ExecuteStatement"), ("settings", "ListTagsOfResource")])
def test_another_answer_is_found_in_each_family(pair, family, operation):
    found = run(pair[0], Generous(pair[1].url), seed=2, calls=200, reduce=False, only={family}, mistakes=(1, 0, 0))
    assert operation in {shape[0] for shape in found.first}


# What docs/differences.md explains is left out by its shape; the rest stays.
def test_known_shapes_are_left_out(pair, monkeypatch):
    monkeypatch.setitem(known.SHAPES, "dynoxide", [("PutItem|UpdateItem|DeleteItem", "ConditionalCheckFailedException: .*", ".*: Sorry")])
    found = run(pair[0], Polite(pair[1].url), seed=1, calls=160, reduce=False, only={"items", "partiql"}, mistakes=(1, 0, 0),
                known=lambda shape: known.is_known("dynoxide", shape))
    assert {shape[0] for shape in found.first} == {"ExecuteStatement"}
