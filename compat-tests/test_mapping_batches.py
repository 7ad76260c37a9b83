# SPDX-License-Identifier: Apache-2.0
"""Event source mappings: which records come in one call, and in which order the calls come."""

import json

import pytest

from support.mappings import WAITS, Lab
from support.poll import until
from support.values import N, S

pytestmark = pytest.mark.needs_server


@pytest.fixture(params=["file", "api"])
def lab(tmp_path, start, connect, request):
    return Lab(tmp_path, start, connect, request.param)


@pytest.mark.parametrize("size, wanted", [(1, [["a"], ["b"], ["c"], ["d"], ["e"]]), (2, [["a", "b"], ["c", "d"], ["e"]]), (5, [["a", "b", "c", "d", "e"]]),
                                          (10000, [["a", "b", "c", "d", "e"]])])
def test_batch_size(lab, size, wanted):
    lab.write(*"abcde")
    lab.map(BatchSize=size)
    lab.run()
    lab.settled(5)
    assert lab.calls() == wanted


# AWS accepts a large BatchSize without a window for streams, against what the API's text says.
def test_the_default_batch_size_is_100(lab):
    keys = [f"k{number:03}" for number in range(150)]
    lab.write(*keys)
    lab.map()
    del lab.shop.mappings[0]["BatchSize"]
    lab.run()
    lab.settled(150)
    assert lab.calls() == [keys[:100], keys[100:]]


def test_a_batching_window_gathers_records(lab):
    lab.write()
    lab.map(MaximumBatchingWindowInSeconds=2, BatchSize=100)
    lab.run()
    lab.write(*"abc")
    lab.settled(3)
    assert lab.calls() == [["a", "b", "c"]]


def test_a_full_batch_does_not_wait_for_its_window(lab):
    lab.write()
    lab.map(MaximumBatchingWindowInSeconds=300, BatchSize=2)
    lab.run()
    lab.write(*"abcde")
    lab.settled(4)
    assert lab.calls() == [["a", "b"], ["c", "d"]]


# A synchronous invocation carries 6 MB; the rest of the batch comes in the next call.
def test_a_payload_has_at_most_6_mb(lab):
    keys = [f"k{number:02}" for number in range(20)]
    lab.write(*keys, text=S("x" * 390_000))
    lab.map(BatchSize=100, source="""
        import json, os

        def handler(event, context):
            keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
            with open(os.environ["OUT"], "a") as out:
                out.write(json.dumps([keys, len(json.dumps(event, separators=(",", ":"))), []]) + "\\n")
    """)
    lab.run()
    lab.settled(20)
    first, second = lab.calls()
    assert first + second == keys
    assert 15 <= len(first) <= 16
    assert max(size for _, size, _ in lab.noted()) <= 6 * 1024 * 1024


def test_parallel_lanes_keep_the_order_of_each_item(lab):
    lab.write()
    for number in range(200):
        lab.write(f"k{number % 9}", n=N(number))
    lab.map(ParallelizationFactor=4, BatchSize=5)
    lab.run()
    lab.settled(200)
    numbers = {}
    for _, _, records in lab.noted():
        for record in records:
            image = record["dynamodb"]["NewImage"]
            numbers.setdefault(image["pk"]["S"], []).append(int(image["n"]["N"]))
    assert numbers == {f"k{key}": list(range(key, 200, 9)) for key in range(9)}


@pytest.mark.parametrize("factor", [1, 3])
def test_so_many_invocations_are_in_flight(lab, factor):
    lab.write(*(f"k{number}" for number in range(30)))
    lab.map(source=WAITS, ParallelizationFactor=factor, BatchSize=1)
    lab.run()
    until(lambda: lab.status()["InFlight"] == factor, lambda: str(lab.status()))
    (lab.folder / "one.out.go").touch()
    assert lab.settled(30)["InFlight"] == 0


# After a kill no record is skipped, whichever lanes were ahead of the others.
def test_parallel_lanes_lose_nothing_by_a_kill(lab):
    keys = [f"k{number:02}" for number in range(60)]
    lab.write(*keys)
    lab.map(bad=["k05"], ParallelizationFactor=4, BatchSize=2)
    lab.run()
    until(lambda: lab.status()["FailedAttempts"] >= 3 and lab.status()["RecordsDelivered"] >= 30, lambda: str(lab.status()))
    lab.kill()
    before = {key for call in lab.calls() if "k05" not in call for key in call}
    lab.forget_calls()
    lab.map(ParallelizationFactor=4, BatchSize=2)
    lab.run()
    until(lambda: lab.status()["RecordsDelivered"] > 0 and lab.status()["InFlight"] == 0 and "k05" in sum(lab.calls(), []), lambda: str(lab.status()))
    until(lambda: before | set(sum(lab.calls(), [])) == set(keys), lambda: str(lab.calls()))


def test_a_disabled_mapping_keeps_its_checkpoint(lab):
    lab.write(*"ab")
    lab.map(BatchSize=1)
    lab.run()
    lab.settled(2)
    lab.map(BatchSize=1, Enabled=False)
    lab.run()
    lab.write(*"cd")
    assert lab.status()["State"] == "Disabled"
    assert lab.calls() == [["a"], ["b"]]
    lab.map(BatchSize=1)
    lab.run()
    lab.settled(2)
    assert lab.calls() == [["a"], ["b"], ["c"], ["d"]]


def test_the_status_tells_all_counts(lab):
    lab.write(*"abcd")
    pattern = json.dumps({"dynamodb": {"Keys": {"pk": {"S": [{"anything-but": "c"}]}}}})
    lab.map(bad=["b"], BatchSize=1, MaximumRetryAttempts=1, FilterCriteria={"Filters": [{"Pattern": pattern}]},
            DestinationConfig={"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:dead"}})
    lab.run()
    status = lab.settled(4)
    assert lab.calls() == [["a"], ["b"], ["b"], ["d"]]
    assert {name: status[name] for name in status if name.startswith("Records") or name in ("FailedAttempts", "InFlight", "State")} == {
        "State": "Enabled", "RecordsRead": 4, "RecordsFiltered": 1, "RecordsDelivered": 2, "RecordsRetried": 1, "RecordsGivenUp": 1,
        "RecordsDeadLettered": 1, "RecordsUnreported": 0, "FailedAttempts": 2, "InFlight": 0}
    assert status["LastProcessingResult"] == "OK"
    assert status["LastError"].startswith("ValueError: bad key")
    assert status["IteratorAgeMillis"] >= 0
