# SPDX-License-Identifier: Apache-2.0
"""pumice tail and pumice replay: a table's changes as lines, and sent to a function again."""

import http.server
import json
import os
import re
import signal
import subprocess
import threading
import time

import pytest

from support.functions import Workshop
from support.lambda_functions import create, lines
from support.poll import until
from support.server import ANSWER_SECONDS, environment
from support.shards import Consumer, rotate
from support.tables import definition, random_name, table, wait_until_active
from support.values import ONE_OF_EACH, N, S

VIEW = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
OFF = {"StreamEnabled": False}


@pytest.fixture
def program(server_binary, session, region, target):
    """(the binary, the environment in which its commands run)"""
    if target == "aws":
        pytest.skip("AWS has an endpoint for the streams and one for the tables; a command takes one")
    if not os.access(server_binary, os.X_OK):
        pytest.skip(f"no server at {server_binary}")
    keys = session.get_credentials().get_frozen_credentials()
    caller = {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key, "AWS_REGION": region,
              **({"AWS_SESSION_TOKEN": keys.token} if keys.token else {})}
    return server_binary, environment(caller)


@pytest.fixture
def command(program, endpoint):
    """command("tail", ...) -> exit code, stdout, stderr"""
    def call(*words, at=None):
        binary, variables = program
        where = ["--endpoint-url", at or endpoint]
        finished = subprocess.run([binary, *map(str, words), *where], capture_output=True, text=True, timeout=4 * ANSWER_SECONDS, env=variables)
        return finished.returncode, finished.stdout, finished.stderr
    return call


@pytest.fixture
def streamed(ddb):
    with table(ddb, **definition(("pk",), StreamSpecification=VIEW)) as name:
        yield name


def arn_of(ddb, name):
    return ddb.describe_table(TableName=name)["Table"]["LatestStreamArn"]


def put(ddb, name, *numbers):
    for n in numbers:
        ddb.put_item(TableName=name, Item={"pk": S("a"), "n": N(n)})


def numbers(lines):
    return [int(json.loads(line)["dynamodb"]["NewImage"]["n"]["N"]) for line in lines]


class Tail:
    """pumice tail as a child; `lines` is what it has printed so far."""

    def __init__(self, program, *words):
        binary, variables = program
        self.process = subprocess.Popen([binary, "tail", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables)
        self.lines, self.errors = [], []
        self.threads = [threading.Thread(target=self.read, args=(pipe, into), daemon=True)
                        for pipe, into in ((self.process.stdout, self.lines), (self.process.stderr, self.errors))]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def read(pipe, into):
        for line in pipe:
            into.append(line.rstrip("\n"))

    def follows(self):
        """Waits until all that is written from then on will be printed."""
        until(lambda: any(line.startswith("Follows ") for line in self.errors), lambda: f"it follows the stream: {self.errors}")
        return self

    def end(self, signal_number=signal.SIGINT):
        self.process.send_signal(signal_number)
        return self.wait()

    def wait(self):
        code = self.process.wait(ANSWER_SECONDS)
        for thread in self.threads:
            thread.join(ANSWER_SECONDS)
        return code


@pytest.fixture
def tail(program):
    """tail(table, *flags) -> a running pumice tail, ended after the test."""
    running = []

    def begin(*words):
        running.append(Tail(program, *words))
        return running[-1]
    yield begin
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
        one.wait()


# --- tail ---------------------------------------------------------------------------------------------


# The records are those of GetRecords, member for member, one a line; what was there before is left out.
def test_prints_changes_as_they_come(ddb, streams, endpoint, streamed, tail):
    put(ddb, streamed, 1)
    follower = tail(streamed, "--endpoint-url", endpoint).follows()
    item = {"pk": S("every type"), **ONE_OF_EACH}
    ddb.put_item(TableName=streamed, Item=item)
    ddb.delete_item(TableName=streamed, Key={"pk": item["pk"]})
    until(lambda: len(follower.lines) >= 2, lambda: f"two lines: {follower.lines} {follower.errors}")
    assert follower.end() == 0
    printed = [json.loads(line) for line in follower.lines]
    assert [(record["eventName"], record["dynamodb"]["Keys"]) for record in printed] == [("INSERT", {"pk": item["pk"]}), ("REMOVE", {"pk": item["pk"]})]
    assert set(printed[0]) == {"eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "dynamodb"}
    read = Consumer(streams, arn_of(ddb, streamed)).read(3)
    assert [record["eventID"] for record in printed] == [record["eventID"] for record in read[1:]]
    assert [record["dynamodb"]["SequenceNumber"] for record in printed] == [record["dynamodb"]["SequenceNumber"] for record in read[1:]]
    assert isinstance(printed[0]["dynamodb"]["ApproximateCreationDateTime"], int)


def test_prints_what_the_stream_holds(ddb, streamed, command):
    put(ddb, streamed, 1, 2, 3)
    code, printed, errors = command("tail", streamed, "--from", "horizon", "--no-wait")
    assert (code, numbers(printed.splitlines()), errors) == (0, [1, 2, 3], "")


@pytest.mark.needs_server
def test_follows_shards_through_splits(start, connect, tail):
    server = start("-inMemory", "--stream-shards", 2)
    ddb, name = connect(server.endpoint), random_name()
    ddb.create_table(TableName=name, **definition(("pk",), StreamSpecification=VIEW))
    wait_until_active(ddb, name)
    follower = tail(name, "--endpoint-url", server.endpoint).follows()
    for n in range(0, 40, 10):
        put(ddb, name, *range(n, n + 10))
        rotate(server.endpoint, name, 2 + n // 10)
    put(ddb, name, 40)
    until(lambda: len(follower.lines) >= 41, lambda: f"41 lines, only {len(follower.lines)}")
    assert follower.end() == 0
    assert numbers(follower.lines) == list(range(41))


def test_ends_with_a_disabled_stream(ddb, endpoint, streamed, tail):
    follower = tail(streamed, "--endpoint-url", endpoint).follows()
    put(ddb, streamed, 1)
    ddb.update_table(TableName=streamed, StreamSpecification=OFF)
    assert follower.wait() == 0
    assert numbers(follower.lines) == [1]
    assert follower.errors[1:] == ["The stream is disabled: nothing more will come"]


@pytest.mark.needs_server
def test_ends_when_the_server_does(start, connect, tail):
    server = start("-inMemory")
    ddb, name = connect(server.endpoint), random_name()
    ddb.create_table(TableName=name, **definition(("pk",), StreamSpecification=VIEW))
    follower = tail(name, "--endpoint-url", server.endpoint).follows()
    server.kill()
    assert follower.wait() == 1
    assert re.match(f"pumice: {re.escape(server.endpoint)}: .", follower.errors[-1])


def test_says_how_a_table_gets_a_stream(hash_table, command):
    code, _, errors = command("tail", hash_table)
    assert (code, errors) == (1, f"pumice: Table {hash_table} has no stream. To give it one: aws dynamodb update-table --table-name {hash_table} "
                                 "--stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES\n")


@pytest.mark.aws_only("DynamoDB Local says it in other words")
def test_says_that_there_is_no_table(command):
    code, _, errors = command("tail", "no_such_table")
    assert (code, errors) == (1, "pumice: Table no_such_table: ResourceNotFoundException: Requested resource not found: Table: no_such_table not found. "
                                 "Without -sharedDb each pair of access key and region has its own tables\n")


@pytest.mark.parametrize("words, text", [
    (["tail"], "Name one table (pumice tail -help tells more)"),
    (["tail", "one", "two"], "Name one table (pumice tail -help tells more)"),
    (["replay", "--table", "t"], "Name one function (pumice replay -help tells more)"),
    (["replay", "f"], "Name the table: --table users (pumice replay -help tells more)"),
    (["replay", "a/b", "--table", "t"], "'a/b' is no name of a function (pumice replay -help tells more)"),
    (["replay", "f", "--table", "t", "--from", "noon"],
     "--from noon: a time like 2026-11-21T10:00:00Z or a sequence number of 21 to 40 digits is needed (pumice replay -help tells more)")])
def test_a_wrong_command_line_is_told(command, words, text):
    assert command(*words) == (2, "", f"pumice: {text}\n")


# --- replay -------------------------------------------------------------------------------------------


class Lambda(http.server.ThreadingHTTPServer):
    """Answers invocations as Lambda does; `events` are those it got, `answer(event)` -> (status, headers, body)."""

    daemon_threads = True

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), Invocation)
        self.answer, self.events, self.paths = answer, [], []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Invocation(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.events.append(event)
        self.server.paths.append(self.path)
        status, headers, body = self.server.answer(event)
        text = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": len(text)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@pytest.fixture
def function():
    """function(answer) -> a Lambda"""
    running = []

    def begin(answer=lambda event: (200, {}, None)):
        running.append(Lambda(answer))
        return running[-1]
    yield begin
    for one in running:
        one.shutdown()
        one.server_close()


def sent(event):
    return [int(record["dynamodb"]["NewImage"]["n"]["N"]) for record in event["Records"]]


def test_sends_batches_in_order(ddb, streamed, command, function):
    put(ddb, streamed, *range(7))
    target = function()
    code, _, errors = command("replay", "my-function", "--table", streamed, "--batch-size", 3, "--lambda-endpoint-url", target.url)
    assert (code, errors) == (0, f"{streamed} -> my-function: 7 records in 3 batches, 0 failed\n")
    assert [sent(event) for event in target.events] == [[0, 1, 2], [3, 4, 5], [6]]
    assert set(target.paths) == {"/2015-03-31/functions/my-function/invocations"}


# An event is, member for member, what the event source mapping had sent.
@pytest.mark.needs_server
def test_an_event_is_that_of_the_first_delivery(start, connect, tmp_path, command, function):
    shop = Workshop(tmp_path)
    shop.mapping("letters", shop.function("recorder"))
    server = start("-inMemory", "--handlers", shop.file())
    ddb = connect(server.endpoint)
    ddb.create_table(TableName="letters", **definition(("pk",), StreamSpecification=VIEW))
    wait_until_active(ddb, "letters")
    item = {"pk": S("a\"b\\c \u00e4\n"), **ONE_OF_EACH}
    ddb.put_item(TableName="letters", Item=item)
    ddb.delete_item(TableName="letters", Key={"pk": item["pk"]})
    first = until(lambda: len(found := shop.records("recorder")) == 2 and found, "both records")
    target = function()
    code, _, _ = command("replay", "recorder", "--table", "letters", "--lambda-endpoint-url", target.url, at=server.endpoint)
    assert code == 0
    again = [record for event in target.events for record in event["Records"]]
    assert again == first
    # Equal in Python means nothing for the order of members, which functions print, nor for 1.0 and 1.
    assert json.dumps(again) == json.dumps(first)


def test_sends_a_range_of_sequence_numbers(ddb, streams, streamed, command, function):
    put(ddb, streamed, *range(6))
    places = [record["dynamodb"]["SequenceNumber"] for record in Consumer(streams, arn_of(ddb, streamed)).read(6)]
    target = function()
    code, _, _ = command("replay", "f", "--table", streamed, "--from", places[1], "--to", places[4], "--lambda-endpoint-url", target.url)
    assert (code, [sent(event) for event in target.events]) == (0, [[1, 2, 3, 4]])


# Records have whole seconds: those of both ends belong to the range.
def test_sends_a_range_of_time(ddb, streams, streamed, command, function):
    put(ddb, streamed, 0)
    [record] = Consumer(streams, arn_of(ddb, streamed)).read(1)
    second = record["dynamodb"]["ApproximateCreationDateTime"]
    until(lambda: time.time() >= second.timestamp() + 1, "the next second")
    put(ddb, streamed, 1)
    target = function()
    stamp = second.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert command("replay", "f", "--table", streamed, "--to", stamp, "--lambda-endpoint-url", target.url)[0] == 0
    assert [sent(event) for event in target.events] == [[0]]
    target = function()
    assert command("replay", "f", "--table", streamed, "--from", stamp, "--lambda-endpoint-url", target.url)[0] == 0
    assert [sent(event) for event in target.events] == [[0, 1]]


# A batch that fails is told, the others are sent all the same, and the exit code says that there was one.
def test_tells_each_batch_that_fails(ddb, streams, streamed, command, function):
    put(ddb, streamed, *range(4))
    places = [record["dynamodb"]["SequenceNumber"] for record in Consumer(streams, arn_of(ddb, streamed)).read(4)]

    def answer(event):
        if sent(event) == [1]:
            return 200, {"X-Amz-Function-Error": "Unhandled"}, {"errorMessage": "no ones", "errorType": "ValueError"}
        if sent(event) == [2]:
            return 200, {}, {"batchItemFailures": [{"itemIdentifier": places[2]}]}
        return 200, {}, {"batchItemFailures": []}
    target = function(answer)
    code, _, errors = command("replay", "f", "--table", streamed, "--batch-size", 1, "--lambda-endpoint-url", target.url)
    assert code == 1
    assert errors.splitlines() == [
        f"failed: 1 record from {places[1]} to {places[1]}: ValueError: no ones",
        f'failed: 1 record from {places[2]} to {places[2]}: batchItemFailures [{{"itemIdentifier":"{places[2]}"}}]',
        f"{streamed} -> f: 4 records in 4 batches, 2 failed"]
    assert len(target.events) == 4


# What fails for every batch ends the replay, and the place to go on from is told.
def test_an_endpoint_that_refuses_ends_the_replay(ddb, streams, streamed, command, function):
    put(ddb, streamed, 0, 1)
    place = Consumer(streams, arn_of(ddb, streamed)).read(2)[0]["dynamodb"]["SequenceNumber"]
    target = function(lambda event: (404, {}, {"Type": "User", "Message": "Function not found: f"}))
    code, _, errors = command("replay", "f", "--table", streamed, "--batch-size", 1, "--lambda-endpoint-url", target.url)
    assert (code, errors.splitlines()[-1]) == (3, f"pumice: HTTP 404: Function not found: f. Go on with --from {place}")
    assert len(target.events) == 1


# Keeps what it is called with, and fails for the number one.
PICKY = """
    import json, os

    def handler(event, context):
        with open(os.environ["OUT"], "a") as out:
            out.write(json.dumps(event) + "\\n")
        if event["Records"][0]["dynamodb"]["NewImage"]["n"]["N"] == "1":
            raise ValueError("no ones")
"""


# Without --lambda-endpoint-url the function is one of the same server, as CreateFunction made it.
@pytest.mark.needs_server
def test_calls_a_function_of_the_same_server(ddb, connect, endpoint, streamed, command, tmp_path):
    lam, name, out = connect(endpoint, "lambda"), random_name("f"), tmp_path / "out"
    create(lam, name, out, PICKY)
    put(ddb, streamed, 0, 1, 2)
    code, _, errors = command("replay", name, "--table", streamed, "--batch-size", 1)
    assert [sent(event) for event in lines(out)] == [[0], [1], [2]]
    [failure, summary] = errors.splitlines()
    assert re.fullmatch(r"failed: 1 record from (\d+) to \1: ValueError: no ones", failure)
    assert (code, summary) == (1, f"{streamed} -> {name}: 3 records in 3 batches, 1 failed")
    lam.delete_function(FunctionName=name)


@pytest.mark.needs_server
def test_a_function_that_is_not_there_ends_the_replay(ddb, streamed, command, region):
    put(ddb, streamed, 0)
    code, _, errors = command("replay", "no_such_function", "--table", streamed)
    arn = f"arn:aws:lambda:{region}:000000000000:function:no_such_function"
    assert code == 3
    assert re.fullmatch(rf"pumice: .*Function not found: {arn}(:\$LATEST)?\. Go on with --from \d+", errors.splitlines()[-1])
