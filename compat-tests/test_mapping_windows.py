# SPDX-License-Identifier: Apache-2.0
"""Event source mappings: TumblingWindowInSeconds."""

import re

import pytest

from support.mappings import Lab
from support.poll import until

pytestmark = pytest.mark.needs_server

# Counts the keys of its window.
COUNTS = "{'state': {'n': event['state'].get('n', 0) + len(keys)}}"


@pytest.fixture(params=["file", "api"])
def lab(tmp_path, start, connect, request):
    return Lab(tmp_path, start, connect, request.param)


def finals(lab):
    return [window for _, window, _ in lab.noted() if window["isFinalInvokeForWindow"]]


def seconds(time):
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time)
    return int(time[-3:-1]) + 60 * int(time[-6:-4])


def test_a_window_carries_its_state_to_a_final_call(lab):
    lab.write(*"abcdefg")
    lab.map(answer=COUNTS, TumblingWindowInSeconds=2, BatchSize=2)
    lab.run()
    lab.settled(7)
    until(lambda: sum(window["state"]["n"] for window in finals(lab)) == 7, lambda: str(finals(lab)))
    assert sum(lab.calls(), []) == list("abcdefg")
    state = {}
    for keys, window, records in lab.noted():
        assert set(window) == {"window", "state", "shardId", "eventSourceARN", "isFinalInvokeForWindow", "isWindowTerminatedEarly"}
        assert window["isWindowTerminatedEarly"] is False
        start, end = (seconds(window["window"][name]) for name in ("start", "end"))
        assert (end - start) % 3600 == 2 and start % 2 == 0
        assert window["state"] == state
        assert window["eventSourceARN"].endswith(window["eventSourceARN"].split("/stream/")[1])
        # The final call has no records, and the window behind it begins with no state.
        assert bool(keys) != window["isFinalInvokeForWindow"]
        state = {"n": state.get("n", 0) + len(keys)} if keys else {}


# AWS: the state must come back with each answer.
def test_an_answer_without_a_state_is_a_failure(lab):
    lab.write("a")
    lab.map(answer="{}", TumblingWindowInSeconds=900, MaximumRetryAttempts=1)
    lab.run()
    status = lab.settled(1)
    assert lab.calls() == [["a"], ["a"]]
    assert status["LastError"] == "The function's answer has no state, which a tumbling window needs"


def test_a_state_that_is_too_large_ends_the_window_early(lab):
    lab.write("a", "b")
    lab.map(answer="{'state': 'x' * 1_048_576 if keys == ['a'] else event['state']}", TumblingWindowInSeconds=900, BatchSize=1)
    lab.run()
    lab.settled(2)
    told = [(keys, len(window["state"]), window["isFinalInvokeForWindow"], window["isWindowTerminatedEarly"]) for keys, window, _ in lab.noted()]
    assert told[:3] == [(["a"], 0, False, False), ([], 1_048_576, True, True), (["b"], 0, False, False)]


# The state is stored with the checkpoint: each record is counted once.
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_the_state_survives(lab, end):
    lab.write(*"abc")
    lab.map(answer=COUNTS, TumblingWindowInSeconds=900, BatchSize=1)
    lab.run()
    lab.settled(3)
    if end == "kill":
        # Progress is stored within milliseconds; the next record's call shows that it is.
        lab.write("d")
        lab.settled(4)
        lab.kill()
    lab.run()
    lab.write("z")
    until(lambda: ["z"] in lab.calls(), lambda: str(lab.calls()))
    counted = {keys[0]: window["state"].get("n", 0) for keys, window, _ in lab.noted() if keys}
    if not finals(lab):
        assert counted["z"] == len(counted) - 1


def test_a_failing_call_leaves_the_state_as_it_was(lab):
    lab.write(*"abc")
    lab.map(answer=f"fail() if bad else {COUNTS}", bad=["b"], TumblingWindowInSeconds=900, BatchSize=1, MaximumRetryAttempts=1)
    lab.run()
    lab.settled(3)
    told = [(keys, window["state"]) for keys, window, _ in lab.noted() if keys]
    assert told == [(["a"], {}), (["b"], {"n": 1}), (["b"], {"n": 1}), (["c"], {"n": 1})]
