# SPDX-License-Identifier: Apache-2.0
"""Event source mappings: FilterCriteria. All of the pattern language is in streams/handlers/event_pattern_test.cc."""

import json

import pytest

from support.errors import refused
from support.mappings import Lab
from support.values import N, S

pytestmark = pytest.mark.needs_server


@pytest.fixture
def lab(tmp_path, start, connect):
    return Lab(tmp_path, start, connect)


def criteria(*patterns):
    return {"Filters": [{"Pattern": pattern if isinstance(pattern, str) else json.dumps(pattern)} for pattern in patterns]}


def image(**fields):
    return {"dynamodb": {"NewImage": fields}}


# What AWS does with each, after LocalStack's recordings of it where there is one.
PATTERNS = {
    "equal": ([image(colour={"S": ["red"]})], ["a"]),
    "one of several": ([image(colour={"S": ["red", "blue"]})], ["a", "b"]),
    "filters are alternatives": ([image(colour={"S": ["red"]}), image(colour={"S": ["blue"]})], ["a", "b"]),
    "fields must all match": ([image(colour={"S": ["red"]}, n={"N": ["2"]})], []),
    "without the type's tag nothing matches": ([image(colour=["red"])], []),
    "prefix": ([image(colour={"S": [{"prefix": "b"}]})], ["b"]),
    "anything-but": ([image(colour={"S": [{"anything-but": ["red"]}]})], ["b"]),
    "exists": ([image(colour={"S": [{"exists": True}]})], ["a", "b"]),
    "exists is asked of values": ([image(colour=[{"exists": True}])], []),
    "does not exist": ([image(colour={"S": [{"exists": False}]})], ["c"]),
    "numeric matches no N": ([image(n={"N": [{"numeric": [">", 0]}]})], []),
    "numeric matches the creation time": ([{"dynamodb": {"ApproximateCreationDateTime": [{"numeric": [">", 0]}]}}], ["a", "b", "c"]),
    "the event's name": ([{"eventName": ["INSERT"]}], ["a", "b", "c"]),
    "another event's name": ([{"eventName": ["REMOVE"]}], []),
    "a member named twice": (['{"dynamodb":{"Keys":{"pk":{"S":["a","b"]}}},"dynamodb":{"NewImage":{"n":{"N":["2"]}}}}'], ["b"]),
    "no filter": ([], ["a", "b", "c"]),
}


@pytest.mark.parametrize("case", PATTERNS)
def test_patterns(lab, case):
    patterns, wanted = PATTERNS[case]
    lab.write("a", colour=S("red"), n=N(1))
    lab.write("b", colour=S("blue"), n=N(2))
    lab.write("c", n=N(3))
    lab.map(FilterCriteria=criteria(*patterns))
    lab.run()
    status = lab.settled(3)
    assert lab.calls() == ([wanted] if wanted else [])
    assert status["RecordsFiltered"] == 3 - len(wanted)


# LocalStack's recording of AWS: not even JSON.
def test_the_api_refuses_a_broken_pattern(start, connect, tmp_path):
    api = Lab(tmp_path, start, connect, "api")
    api.map(FilterCriteria=criteria("single-string"))
    with refused("InvalidParameterValueException", "Invalid filter pattern definition."):
        api.run()


# What is left out is behind the checkpoint: without the filter it does not come either.
def test_the_checkpoint_moves_past_what_is_left_out(lab):
    lab.write(*"abc")
    lab.map(FilterCriteria=criteria({"eventName": ["REMOVE"]}))
    lab.run()
    lab.settled(3)
    lab.map()
    lab.run()
    lab.write("d")
    lab.settled(1)
    assert lab.calls() == [["d"]]


def test_a_batch_holds_records_that_match(lab):
    lab.write(*(f"{letter}{number}" for number in range(10) for letter in "xy"))
    lab.map(BatchSize=4, FilterCriteria=criteria({"dynamodb": {"Keys": {"pk": {"S": [{"prefix": "y"}]}}}}))
    lab.run()
    lab.settled(20)
    assert lab.calls() == [["y0", "y1", "y2", "y3"], ["y4", "y5", "y6", "y7"], ["y8", "y9"]]


@pytest.mark.parametrize("pattern", ["single-string", "{", '{"a": "b"}', '{"a": []}', '{"a": [{"unknown": 1}]}'])
def test_a_broken_pattern_stops_the_start(lab, pattern):
    lab.map(FilterCriteria=criteria(pattern))
    with pytest.raises(AssertionError, match=r"FilterCriteria\.Filters\[0\]\.Pattern is no filter pattern: "):
        lab.run()
