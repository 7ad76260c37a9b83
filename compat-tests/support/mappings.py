# SPDX-License-Identifier: Apache-2.0
"""One table, its records, and functions that are mapped to its stream; every call that a function gets is kept.

Functions and mappings reach the server by one of two ways that mean the same: a handlers.json, or Lambda's control API."""

import json
import urllib.request

from support.functions import Workshop
from support.poll import until
from support.tables import definition, wait_until_active
from support.values import S

TABLE = "letters"
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}

# Notes each call as a line, then does what the file OUT.answer says: an expression over `keys` and `event`, and
# `bad`, the keys among them that are also in OUT.bad.
CALLED = """
    import json, os

    def fail(text="bad key"):
        raise ValueError(text)

    def item_failures(keys, event, bad):
        failed = [record["dynamodb"]["SequenceNumber"] for key, record in zip(keys, event["Records"]) if key in bad]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}

    def handler(event, context):
        keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
        with open(os.environ["OUT"], "a") as out:
            out.write(json.dumps([keys, {name: value for name, value in event.items() if name != "Records"}, event["Records"]]) + "\\n")
        with open(os.environ["OUT"] + ".bad") as names, open(os.environ["OUT"] + ".answer") as answer:
            return eval(answer.read(), globals(), {"keys": keys, "event": event, "bad": set(keys) & set(names.read().split())})
"""
# Notes each call and ends it when the file OUT.go is there.
WAITS = """
    import json, os, time

    def handler(event, context):
        keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
        with open(os.environ["OUT"], "a") as out:
            out.write(json.dumps([keys, {}, []]) + "\\n")
        while not os.path.exists(os.environ["OUT"] + ".go"):
            time.sleep(0.01)
"""
FAILS = "fail() if bad else None"
REPORTS = "item_failures(keys, event, bad)"


# What a mapping of the API goes back to where a test leaves a parameter out.
DEFAULTS = {
    "BatchSize": 100, "MaximumBatchingWindowInSeconds": 0, "ParallelizationFactor": 1, "MaximumRetryAttempts": -1, "MaximumRecordAgeInSeconds": -1,
    "BisectBatchOnFunctionError": False, "TumblingWindowInSeconds": 0, "FunctionResponseTypes": [], "FilterCriteria": {},
    "DestinationConfig": {"OnFailure": {"Destination": ""}}, "Enabled": True}


class Lab:
    """`way`: "file" or "api"."""

    def __init__(self, folder, start, connect, way="file"):
        self.folder = folder
        self.way = way
        self.start = start
        self.connect = connect
        self.flags = ["-dbPath", folder / "data", "-sharedDb"]
        self.shop = Workshop(folder)
        self.server = None
        self.ddb = None

    # --- The server ---

    def _up(self, *flags):
        if self.server:
            self.server.stop()
        self.server = self.start(*self.flags, *flags)
        self.ddb = self.connect(self.server.endpoint)

    def write(self, *keys, **item):
        """Puts the keys in their order, with the server as it runs, or with one that has no functions."""
        if not self.server:
            self._up()
        if TABLE not in self.ddb.list_tables()["TableNames"]:
            self.ddb.create_table(TableName=TABLE, **definition(("pk",), StreamSpecification=STREAM))
            wait_until_active(self.ddb, TABLE)
        for key in keys:
            self.ddb.put_item(TableName=TABLE, Item={"pk": S(key), **item})

    def map(self, name="one", answer=FAILS, bad=(), source=CALLED, **parameters):
        """A function and its mapping, for the next run. The same name again: the mapping changes, and what the function does."""
        for known in (self.shop.functions, self.shop.mappings):
            known[:] = [entry for entry in known if entry["FunctionName"] != name]
        self.shop.function(name, source, timeout=20)
        self.shop.out(name).with_suffix(".out.bad").write_text(" ".join(bad))
        self.shop.out(name).with_suffix(".out.answer").write_text(answer)
        self.shop.mapping(TABLE, name, **{"StartingPosition": "TRIM_HORIZON", **parameters})

    def run(self):
        """Starts the server anew, with what was mapped."""
        if self.way == "file":
            return self._up("--handlers", self.shop.file())
        self._up()
        self.write()
        lam = self.connect(self.server.endpoint, "lambda")
        for function in self.shop.functions:
            self._put_function(lam, **function)
        for mapping in self.shop.mappings:
            self._put_mapping(lam, **mapping)

    def _put_function(self, lam, FunctionName, CodePath, **members):
        if FunctionName in (known["FunctionName"] for known in lam.list_functions()["Functions"]):
            return
        lam.create_function(FunctionName=FunctionName, Role="arn:aws:iam::000000000000:role/any",
                            Code={"S3Bucket": "hot-reload", "S3Key": str(self.folder / CodePath)}, **members)

    def _put_mapping(self, lam, EventSourceArn, FunctionName, StartingPosition, **members):
        members = {**DEFAULTS, **members}
        known = lam.list_event_source_mappings(FunctionName=FunctionName)["EventSourceMappings"]
        if known:
            lam.update_event_source_mapping(UUID=known[0]["UUID"], **members)
            return
        stream = self.ddb.describe_table(TableName=EventSourceArn)["Table"]["LatestStreamArn"]
        lam.create_event_source_mapping(EventSourceArn=stream, FunctionName=FunctionName, StartingPosition=StartingPosition, **members)

    def kill(self):
        self.server.kill()
        self.server = None

    # --- What happened ---

    def status(self, name="one"):
        with urllib.request.urlopen(f"{self.server.endpoint}/_pumice/handlers") as answer:
            mappings = json.load(answer)["EventSourceMappings"]
        return next(mapping for mapping in mappings if mapping["FunctionName"] == name)

    def settled(self, count, name="one"):
        """The mapping's status once it is done with so many records since the server's start."""
        done = ("RecordsDelivered", "RecordsGivenUp", "RecordsFiltered")
        return until(lambda: sum((found := self.status(name))[member] for member in done) >= count and found,
                     lambda: f"{count} records done; {self.status(name)}\n{self.server.log()}")

    def noted(self, name="one"):
        return [json.loads(line) for line in self.shop.lines(name)]

    def calls(self, name="one"):
        """The keys of each call, in the order of the calls."""
        return [keys for keys, _, _ in self.noted(name)]

    def forget_calls(self, name="one"):
        self.shop.out(name).unlink(missing_ok=True)

    def queued(self, queue, kind="queues"):
        """The bodies of the messages in a local queue."""
        path = self.folder / "data" / "lambda" / kind / f"{queue}.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(json.loads(line)["Body"]) for line in lines]
