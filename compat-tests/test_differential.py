# SPDX-License-Identifier: Apache-2.0
"""The differential runner itself: two servers of one kind differ in nothing, and a side that lies is found out."""

from dataclasses import replace

import pytest

from differential.compare import Judge
from differential.endpoint import Endpoint
from differential.run import run

pytestmark = pytest.mark.needs_server


@pytest.fixture
def pair(start):
    return [Endpoint(start("-inMemory", "--threads", "1").endpoint) for _ in range(2)]


# Whatever is called: the same calls have the same answers. Nothing depends on time, chance or another process.
def test_two_servers_answer_alike(pair):
    assert not run(*pair, seed=7, calls=300).first


class Forgetful(Endpoint):
    """Puts items without their attribute n."""

    def play(self, call):
        if call.operation == "PutItem" and isinstance(call.request.get("Item"), dict):
            kept = {name: value for name, value in call.request["Item"].items() if name != "n"}
            call = replace(call, request={**call.request, "Item": kept})
        return super().play(call)


def test_a_lost_attribute_is_found_and_reduced(pair):
    right = Forgetful(pair[1].url)
    found = run(pair[0], right, seed=1, calls=40, reduce=False, mistakes=(1, 0, 0))
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
