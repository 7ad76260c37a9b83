# SPDX-License-Identifier: Apache-2.0
"""Stream functions: how soon is one called behind the write, how many records does it take, and what does it
cost the writer? One Python function, unpinned: server, function and writer share the machine as they do at a user's."""
import http.client
import itertools
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from harness import servers
from harness.servers import FOLDER, Server, say

# CLOCK_MONOTONIC is the same in all processes of the machine.
CODE = """
import os, time
out = open(os.path.join(os.environ["BENCH_FOLDER"], "%d.txt" % os.getpid()), "a")
def handle(event, context):
    started = time.monotonic_ns()
    for record in event["Records"]:
        image = record["dynamodb"]["NewImage"]
        out.write("%d %s %s\\n" % (started, image["pk"]["S"], image["n"]["N"]))
    out.flush()
"""
AUTHORIZATION = ("AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/dynamodb/aws4_request, "
                 "SignedHeaders=host, Signature=0")
KEYS = 500
BATCH = 25
SETTLE_SECONDS = 60
RATE = 5_100  # records a second: the target is 5,000 from the first write to the last call


@dataclass
class Handled:
    """One record, as the function saw it."""
    started_ns: int
    key: str
    n: int


class Client:
    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def call(self, operation: str, body: dict) -> dict:
        self.connection.request("POST", "/", json.dumps(body), {
            "X-Amz-Target": "DynamoDB_20120810." + operation,
            "Content-Type": "application/x-amz-json-1.0", "Authorization": AUTHORIZATION,
            "X-Amz-Date": "20260101T000000Z"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{operation}: {answer.status} {text.decode()}")
        return json.loads(text)

    def create(self, table: str) -> None:
        self.call("CreateTable", {
            "TableName": table, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}})


def item(key: int, n: int) -> dict:
    return {"pk": {"S": f"k{key}"}, "n": {"N": str(n)}, "text": {"S": "x" * 200}}


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def paced(count: int, rate: float):
    """The numbers from 0, each when it is due."""
    start = time.monotonic()
    for i in range(count):
        pause = start + i / rate - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        yield i


class Run:
    """A server with one function on the table "measured", and its folder."""

    def __init__(self, mapping: dict | None):
        self.folder = FOLDER / "handlers"
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "code").mkdir(parents=True)
        (self.folder / "code/own.py").write_text(CODE)
        mappings = [] if mapping is None else [
            {"EventSourceArn": "measured", "FunctionName": "measured", "StartingPosition": "LATEST", **mapping}]
        (self.folder / "handlers.json").write_text(json.dumps({
            "Functions": [{"FunctionName": "measured", "Runtime": "python3.11", "Handler": "own.handle",
                           "CodePath": "code", "Timeout": 30,
                           "Environment": {"Variables": {"BENCH_FOLDER": str(self.folder)}}}],
            "EventSourceMappings": mappings}))
        port = servers.free_port()
        self.server = Server("handlers", [
            str(servers.PUMICE), "-sharedDb", "-inMemory", "-port", str(port), "--log-level", "warn",
            "--handlers", str(self.folder / "handlers.json")], port)

    def __enter__(self) -> "Run":
        self.server.start(sorted(os.sched_getaffinity(0)))
        self.client = Client(self.server.port)
        self.client.create("measured")
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    def cpu_seconds(self) -> dict[str, float]:
        """User and system time up to now, of the server and of the function's processes."""
        self.client.connection.request("GET", "/_pumice/handlers")
        status = json.loads(self.client.connection.getresponse().read())
        return {"server": cpu_seconds(self.server.pid), "function": sum(map(cpu_seconds, status["Functions"][0]["Pids"]))}

    def warm_up(self, mapped: bool) -> None:
        """Until the function was called."""
        for n in itertools.count(1):
            self.client.call("PutItem", {"TableName": "measured", "Item": item(KEYS, n)})
            time.sleep(0.05)
            if not mapped or self.handled():
                return

    def handled(self) -> list[Handled]:
        found = []
        for file in Path(self.folder).glob("*.txt"):
            for line in file.read_text().splitlines():
                parts = line.split(" ")
                if len(parts) == 3:
                    found.append(Handled(int(parts[0]), parts[1], int(parts[2])))
        return sorted(found, key=lambda one: one.started_ns)

    def wait_for(self, count: int) -> list[Handled]:
        end = time.monotonic() + SETTLE_SECONDS
        while True:
            found = [one for one in self.handled() if one.key != f"k{KEYS}"]
            if len(found) >= count or time.monotonic() > end:
                return found
            time.sleep(0.2)


def measure_latency(seconds: float, rate: float) -> dict:
    """From the write's acknowledgement to the function's first line, in ms."""
    acknowledged = {}
    with Run({"BatchSize": 1}) as run:
        run.warm_up(True)
        for n in paced(int(seconds * rate), rate):
            run.client.call("PutItem", {"TableName": "measured", "Item": item(n % KEYS, n)})
            acknowledged[n] = time.monotonic_ns()
        found = run.wait_for(len(acknowledged))
    times = [max(one.started_ns - acknowledged[one.n], 0) / 1e6 for one in found]
    return {"rate": rate, "records": len(times), "lost": len(acknowledged) - len({one.n for one in found}),
            "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99), "max_ms": max(times)}


def out_of_order(found: list[Handled]) -> int:
    last: dict[str, int] = {}
    wrong = 0
    for one in found:
        wrong += one.n <= last.get(one.key, -1)
        last[one.key] = max(one.n, last.get(one.key, -1))
    return wrong


def measure_rate(seconds: float, rate: float, mapping: dict | None) -> dict:
    """BatchWriteItem of 25 at a pace; the writer's latency, and when the function has seen all of it."""
    writes = []
    batches = int(seconds * rate / BATCH)
    with Run(mapping) as run:
        run.warm_up(mapping is not None)
        numbers = itertools.count()
        before = run.cpu_seconds()
        start = time.monotonic()
        for batch in paced(batches, rate / BATCH):
            requests = [{"PutRequest": {"Item": item(next(numbers) % KEYS, batch)}} for _ in range(BATCH)]
            began = time.monotonic()
            run.client.call("BatchWriteItem", {"RequestItems": {"measured": requests}})
            writes.append((time.monotonic() - began) * 1e3)
        written = time.monotonic() - start
        result = {"records": batches * BATCH, "rate": batches * BATCH / written,
                  "write_p50_ms": percentile(writes, 0.5), "write_p99_ms": percentile(writes, 0.99)}
        found = run.wait_for(batches * BATCH) if mapping is not None else []
        after = run.cpu_seconds()
        # A process of the function's that began meanwhile counts with its start.
        result |= {f"{name}_cpu_us_per_record": 1e6 * (after[name] - before[name]) / (batches * BATCH) for name in after}
        if mapping is None:
            return result
        distinct = {(one.key, one.n) for one in found}
        return result | {
            "lost": batches * BATCH - len(distinct), "repeated": len(found) - len(distinct),
            "out_of_order": out_of_order(found),
            "behind_s": max(found[-1].started_ns / 1e9 - (start + written), 0.0) if found else SETTLE_SECONDS}


def measure(seconds: float) -> dict[str, dict]:
    """{"latency": …, "writes_alone": …, "writes": …}: see measure_latency and measure_rate."""
    say("writes at 100/s, BatchSize 1: from the acknowledgement to the call")
    latency = measure_latency(seconds, 100)
    say("writes at 5,100/s without a function")
    alone = measure_rate(seconds, RATE, None)
    say("writes at 5,100/s, BatchSize 100, ParallelizationFactor 4")
    return {"latency": latency, "writes_alone": alone,
            "writes": measure_rate(seconds, RATE, {"BatchSize": 100, "ParallelizationFactor": 4})}


def is_right(found: dict[str, dict]) -> bool:
    """No record was lost or out of order."""
    return not (found["latency"]["lost"] or found["writes"]["lost"] or found["writes"]["out_of_order"])
