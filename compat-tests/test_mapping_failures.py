# SPDX-License-Identifier: Apache-2.0
"""Event source mappings: what becomes of a batch that fails."""

import json
import re

import pytest

from support.mappings import FAILS, REPORTS, Lab
from support.poll import until
from support.values import S

pytestmark = pytest.mark.needs_server

QUEUE = "arn:aws:sqs:us-east-1:000000000000:dead"
TO_QUEUE = {"OnFailure": {"Destination": QUEUE}}


@pytest.fixture(params=["file", "api"])
def lab(tmp_path, start, connect, request):
    return Lab(tmp_path, start, connect, request.param)


def context(message):
    """What AWS's recordings of failure records differ in."""
    request = message["requestContext"]
    response = message.get("responseContext")
    return request["condition"], request["approximateInvokeCount"], response and response["functionError"], message["DDBStreamBatchInfo"]["batchSize"]


# --- MaximumRetryAttempts ---------------------------------------------------------------------------


# AWS-recorded: 1 is two invocations and 3 is four; approximateInvokeCount says the same.
@pytest.mark.parametrize("retries", [0, 1, 3])
def test_maximum_retry_attempts(lab, retries):
    lab.write("bad", "good")
    lab.map(bad=["bad"], BatchSize=1, MaximumRetryAttempts=retries, DestinationConfig=TO_QUEUE)
    lab.run()
    lab.settled(2)
    assert lab.calls() == [["bad"]] * (retries + 1) + [["good"]]
    assert [context(message) for message in lab.queued("dead")] == [("RetryAttemptsExhausted", retries + 1, "Unhandled", 1)]


def test_without_a_limit_a_batch_comes_again_until_it_succeeds(lab):
    lab.write("a", "b")
    lab.map(answer="fail() if not os.path.exists(os.environ['OUT'] + '.well') else None", bad=["a"], BatchSize=1)
    lab.run()
    until(lambda: len(lab.calls()) >= 3, lambda: str(lab.calls()))
    (lab.folder / "one.out.well").touch()
    lab.settled(2)
    calls = lab.calls()
    assert calls == [["a"]] * (len(calls) - 1) + [["b"]]


# --- BisectBatchOnFunctionError ---------------------------------------------------------------------


def test_bisect_leaves_out_the_bad_record_only(lab):
    lab.write(*"abcdefgh")
    lab.map(bad=["f"], BisectBatchOnFunctionError=True, MaximumRetryAttempts=1, DestinationConfig=TO_QUEUE)
    lab.run()
    lab.settled(8)
    assert lab.calls() == [list("abcdefgh"), list("abcd"), list("efgh"), list("ef"), ["e"], ["f"], ["f"], list("gh")]
    assert [context(message) for message in lab.queued("dead")] == [("RetryAttemptsExhausted", 2, "Unhandled", 1)]


def test_bisect_goes_on_after_a_kill_at_the_lowest_unfinished_record(lab):
    lab.write(*"abcdefgh")
    lab.map(bad=["e"], BisectBatchOnFunctionError=True)
    lab.run()
    until(lambda: lab.calls().count(["e"]) >= 2, lambda: str(lab.calls()))
    lab.kill()
    lab.forget_calls()
    lab.map(BisectBatchOnFunctionError=True)
    lab.run()
    lab.settled(4)
    assert lab.calls() == [list("efgh")]


# --- ReportBatchItemFailures ------------------------------------------------------------------------

ITEMS = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}


# AWS-recorded, in this very form: the bad record comes five times, the failure record says 4 and no error.
def test_reported_failures_have_retries_of_their_own(lab):
    lab.write("1", "2", "3", "4", "5", "bad")
    lab.map(answer=REPORTS, bad=["bad"], BatchSize=3, MaximumRetryAttempts=3, DestinationConfig=TO_QUEUE, **ITEMS)
    lab.run()
    lab.settled(6)
    assert lab.calls() == [["1", "2", "3"], ["4", "5", "bad"], ["bad"], ["bad"], ["bad"], ["bad"]]
    assert [context(message) for message in lab.queued("dead")] == [("RetryAttemptsExhausted", 4, None, 1)]


def test_the_lowest_of_several_reported_records_counts(lab):
    lab.write(*"abcde")
    lab.map(answer=REPORTS, bad=["d", "b"], MaximumRetryAttempts=1, **ITEMS)
    lab.run()
    lab.settled(5)
    assert lab.calls() == [list("abcde"), list("bcde"), list("bcde")]


def test_bisect_splits_at_the_reported_record(lab):
    lab.write(*"abcde")
    lab.map(answer=REPORTS, bad=["d"], BisectBatchOnFunctionError=True, MaximumRetryAttempts=1, **ITEMS)
    lab.run()
    lab.settled(5)
    assert lab.calls() == [list("abcde"), list("de"), list("de")]


# AWS-recorded.
@pytest.mark.parametrize("answer", ["[]", "None", "{}", "{'batchItemFailures': []}", "{'batchItemFailures': None}"])
def test_answers_that_report_no_failure(lab, answer):
    lab.write("a", "b")
    lab.map(answer=answer, **ITEMS)
    lab.run()
    status = lab.settled(2)
    assert lab.calls() == [["a", "b"]]
    assert status["FailedAttempts"] == 0


# AWS-recorded.
@pytest.mark.parametrize("answer", ["{'batchItemFailures': [{'itemIdentifier': ''}]}", "{'batchItemFailures': [{'itemIdentifier': None}]}",
                                    "{'batchItemFailures': [{'foo': 'bar'}]}", "{'batchItemFailures': [{'itemIdentifier': '123'}]}", "fail()"])
def test_answers_that_fail_the_whole_batch(lab, answer):
    lab.write("a", "b")
    lab.map(answer=answer, MaximumRetryAttempts=1, DestinationConfig=TO_QUEUE, **ITEMS)
    lab.run()
    status = lab.settled(2)
    assert lab.calls() == [["a", "b"], ["a", "b"]]
    assert status["LastProcessingResult"] == "PROBLEM: Function call failed"
    assert [context(message)[1] for message in lab.queued("dead")] == [2]


def test_without_the_response_type_reports_are_ignored(lab):
    lab.write("a", "b")
    lab.map(answer=REPORTS, bad=["a"])
    lab.run()
    lab.settled(2)
    assert lab.calls() == [["a", "b"]]


def test_what_was_accepted_of_a_batch_does_not_come_again_after_a_kill(lab):
    lab.write(*"abcd")
    lab.map(answer=REPORTS, bad=["c"], **ITEMS)
    lab.run()
    until(lambda: lab.calls().count(["c", "d"]) >= 2, lambda: str(lab.calls()))
    lab.kill()
    lab.forget_calls()
    lab.map(answer=REPORTS, **ITEMS)
    lab.run()
    lab.settled(2)
    assert lab.calls() == [["c", "d"]]


# --- DestinationConfig ------------------------------------------------------------------------------

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SECONDS = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def check_failure_record(message, lab, records):
    stream = lab.ddb.describe_table(TableName="letters")["Table"]["LatestStreamArn"]
    info = message["DDBStreamBatchInfo"]
    assert list(message)[:5] == ["requestContext", "responseContext", "version", "timestamp", "DDBStreamBatchInfo"]
    assert re.fullmatch(UUID, message["requestContext"].pop("requestId"))
    assert message["requestContext"] == {"functionArn": "arn:aws:lambda:us-east-1:000000000000:function:one",
                                         "condition": "RetryAttemptsExhausted", "approximateInvokeCount": 1}
    assert message["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    assert message["version"] == "1.0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", message["timestamp"])
    for name in ("approximateArrivalOfFirstRecord", "approximateArrivalOfLastRecord"):
        assert re.fullmatch(SECONDS, info.pop(name))
    assert re.fullmatch(r"shardId-\d{20}-[0-9a-f]{8}", info.pop("shardId"))
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    assert info == {"startSequenceNumber": numbers[0], "endSequenceNumber": numbers[-1], "batchSize": len(numbers), "streamArn": stream}


@pytest.mark.parametrize("service, kind", [("sqs", "queues"), ("sns", "topics")])
def test_a_failed_batch_is_told_to_a_queue_or_a_topic(lab, service, kind):
    lab.write(*"abc")
    lab.map(bad=["b"], MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": f"arn:aws:{service}:us-east-1:000000000000:dead"}})
    lab.run()
    lab.settled(3)
    [message] = lab.queued("dead", kind)
    check_failure_record(message, lab, lab.noted()[0][2])
    assert "payload" not in message


def test_a_failed_batch_is_written_to_a_bucket_with_its_payload(lab):
    lab.write(*"abc")
    lab.map(bad=["b"], MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": "arn:aws:s3:::dead-batches"}})
    lab.run()
    lab.settled(3)
    bucket = lab.folder / "data" / "lambda" / "s3" / "dead-batches"
    [path] = [path for path in bucket.rglob("*") if path.is_file()]
    # aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<uuid>
    assert re.fullmatch(rf"aws/lambda/[^/]+/shardId-[0-9]{{20}}-[0-9a-f]{{8}}/(\d{{4}})/(\d\d)/(\d\d)/\1-\2-\3T\d\d\.\d\d\.\d\d-{UUID}",
                        str(path.relative_to(bucket)))
    message = json.loads(path.read_text())
    [(_, _, records)] = lab.noted()
    assert json.loads(message["payload"]) == {"Records": records}
    check_failure_record(message, lab, records)


# The messages of a queue are there after a kill, and each failed batch is in it.
def test_dead_letters_survive_a_kill(lab):
    lab.write("bad1", "good", "bad2")
    lab.map(bad=["bad1", "bad2"], BatchSize=1, MaximumRetryAttempts=0, DestinationConfig=TO_QUEUE)
    lab.run()
    until(lambda: len(lab.queued("dead")) >= 2, lambda: str(lab.status()))
    lab.kill()
    lab.run()
    lab.write("bad1", again=S("yes"))
    until(lambda: len(lab.queued("dead")) >= 3, lambda: str(lab.status()))
    assert {context(message) for message in lab.queued("dead")} == {("RetryAttemptsExhausted", 1, "Unhandled", 1)}


# The batch is not lost silently: the log has its failure record, and the stream goes on.
def test_a_destination_that_cannot_be_written_stops_nothing(lab):
    lab.write("bad", "good")
    lab.map(bad=["bad"], BatchSize=1, MaximumRetryAttempts=0, DestinationConfig=TO_QUEUE)
    (lab.folder / "data" / "lambda").mkdir(exist_ok=True)
    (lab.folder / "data" / "lambda" / "queues").write_text("a file in the way")
    lab.run()
    status = lab.settled(2)
    assert lab.calls() == [["bad"], ["good"]]
    assert (status["RecordsDeadLettered"], status["RecordsUnreported"]) == (0, 1)
    assert '"condition":"RetryAttemptsExhausted"' in lab.server.log()


# --- A function that is no good ---------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["os._exit(7)", "print('x' * 1_000_000) or fail()", "object()"], ids=["exits", "prints a megabyte", "garbage"])
def test_a_poison_record_never_blocks_for_ever(lab, answer):
    lab.write("bad", "good")
    lab.map(answer=f"{answer} if bad else None", bad=["bad"], BatchSize=1, MaximumRetryAttempts=1, DestinationConfig=TO_QUEUE)
    lab.run()
    lab.settled(2)
    assert lab.calls() == [["bad"], ["bad"], ["good"]]
    assert [context(message) for message in lab.queued("dead")] == [("RetryAttemptsExhausted", 2, "Unhandled", 1)]


def test_a_kill_during_a_retry_pause_keeps_the_batch(lab):
    lab.write("bad", "good")
    lab.map(answer=FAILS, bad=["bad"])
    lab.run()
    until(lambda: lab.status()["FailedAttempts"] >= 3, lambda: str(lab.status()))
    lab.kill()
    lab.forget_calls()
    lab.map()
    lab.run()
    lab.settled(2)
    assert lab.calls() == [["bad", "good"]]
