#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many stream records a second reach a Python function, and do they all arrive in their order? Prints a line of JSON.

Writes to a table through BatchWriteItem while a mapping calls the function with its records: the server, the function's
processes and this writer share the machine. Nothing of it is a test: the figures are for reading."""
import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTION = """
import os, time

out = open(f"{os.environ['OUT']}.{os.getpid()}", "a")

def handler(event, context):
    now = time.time()
    for record in event["Records"]:
        image = record["dynamodb"]["NewImage"]
        out.write(f"{now} {image['pk']['S']} {image['n']['N']}\\n")
    out.flush()
"""
CREDENTIALS = "AWS4-HMAC-SHA256 Credential=bench/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"


class Server:
    def __init__(self, binary, flags, folder):
        self.log = open(folder / "server.log", "w+")
        self.process = subprocess.Popen([binary, "-port", "0", *flags], stdout=self.log, stderr=self.log)
        while "CorsParams:" not in (text := (folder / "server.log").read_text()):
            if self.process.poll() is not None:
                sys.exit(text)
            time.sleep(0.01)
        self.port = int(re.search(r"Port:\s*(\d+)", text)[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def call(self, operation, body):
        self.connection.request("POST", "/", json.dumps(body), {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Authorization": CREDENTIALS, "X-Amz-Date": "20260101T000000Z",
                                                                "Content-Type": "application/x-amz-json-1.0"})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"{operation}: {answer.status} {text.decode()}")
        return json.loads(text)

    def mapping(self):
        self.connection.request("GET", "/_pumice/handlers")
        return json.loads(self.connection.getresponse().read())["EventSourceMappings"][0]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def write_handlers(folder, options):
    code = folder / "code"
    code.mkdir()
    (code / "main.py").write_text(FUNCTION)
    mapping = {"EventSourceArn": "records", "FunctionName": "bench", "StartingPosition": "TRIM_HORIZON", "BatchSize": options.batch_size,
               "ParallelizationFactor": options.parallelization_factor}
    function = {"FunctionName": "bench", "Runtime": "python3.11", "Handler": "main.handler", "CodePath": "code", "Timeout": 60,
                "Environment": {"Variables": {"OUT": str(folder / "out")}}}
    path = folder / "handlers.json"
    path.write_text(json.dumps({"Functions": [function], "EventSourceMappings": [mapping]}))
    return path


def write_records(server, options):
    """Record n of a key is its n-th version."""
    rounds = options.records // options.keys
    for version in range(rounds):
        for first in range(0, options.keys, 25):
            puts = [{"PutRequest": {"Item": {"pk": {"S": f"k{key}"}, "n": {"N": str(version)}, "text": {"S": "x" * options.item_bytes}}}}
                    for key in range(first, min(first + 25, options.keys))]
            server.call("BatchWriteItem", {"RequestItems": {"records": puts}})
    return rounds * options.keys


def read_calls(folder):
    calls = []
    for path in folder.glob("out.*"):
        calls += [(float(time_), key, int(number)) for time_, key, number in map(str.split, path.read_text().splitlines())]
    return sorted(calls)


def report(calls, written, options):
    seen = {}
    for _, key, number in calls:
        seen.setdefault(key, []).append(number)
    wanted = list(range(options.records // options.keys))
    seconds = max(calls[-1][0] - calls[0][0], 1e-9)
    return {"records": written, "delivered": len(calls), "lost": sum(len(set(wanted) - set(numbers)) for numbers in seen.values()) + (options.keys - len(seen)) * len(wanted),
            "keys_out_of_order": sum(numbers != sorted(numbers) for numbers in seen.values()), "seconds": round(seconds, 2),
            "records_per_second": round(len(calls) / seconds), "batch_size": options.batch_size, "parallelization_factor": options.parallelization_factor}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server-binary", default=ROOT / "build/pumice")
    parser.add_argument("--records", type=int, default=50_000)
    parser.add_argument("--keys", type=int, default=1_000)
    parser.add_argument("--item-bytes", type=int, default=100)
    parser.add_argument("--batch-size", type=int, default=100)
    parser.add_argument("--parallelization-factor", type=int, default=4)
    parser.add_argument("--on-disk", action="store_true", help="with -dbPath instead of -inMemory")
    parser.add_argument("--backlog", action="store_true", help="the records are there before the function: it alone is measured")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pumice-bench-") as name:
        folder = Path(name)
        storage = ["-dbPath", folder / "data"] if options.on_disk or options.backlog else ["-inMemory"]
        handlers = ["--handlers", write_handlers(folder, options)]
        table = {"TableName": "records", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                 "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                 "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}}
        if options.backlog:
            server = Server(options.server_binary, [*storage, "-sharedDb"], folder)
            server.call("CreateTable", table)
            written = write_records(server, options)
            server.stop()
        server = Server(options.server_binary, [*storage, *handlers], folder)
        if not options.backlog:
            server.call("CreateTable", table)
            written = write_records(server, options)
        while server.mapping()["RecordsDelivered"] < written:
            time.sleep(0.1)
        server.stop()
        print(json.dumps(report(read_calls(folder), written, options)))


if __name__ == "__main__":
    main()
