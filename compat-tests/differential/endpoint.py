# SPDX-License-Identifier: Apache-2.0
"""One of the two sides: sends calls, makes tables, and gives answers in a form that two servers can be compared in."""

import json
import re

from botocore.credentials import Credentials

from differential.tables import TABLES
from support.poll import until
from support.wire import Wire

MAX_PAGES = 200
SETS = ("SS", "NS", "BS")
# What may differ from server to server and from run to run.
PRIVATE = {"TableId", "CreationDateTime", "LatestStreamLabel", "LastUpdateToPayPerRequestDateTime", "LastIncreaseDateTime",
           "LastDecreaseDateTime", "LastUpdateDateTime"}
UNORDERED = {"ConsumedCapacity", "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "AttributeDefinitions", "Tags"}


def text_of(value):
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def normalised(value, name=None):
    """Without what may differ: ids, times, regions, the order of sets and of lists that have none."""
    if isinstance(value, dict):
        return {key: normalised(part, key) for key, part in value.items() if key not in PRIVATE}
    if isinstance(value, list):
        parts = [normalised(part, name) for part in value]
        return sorted(parts, key=text_of) if name in SETS or name in UNORDERED else parts
    if isinstance(value, str):
        return re.sub(r"(/stream/)[-\d:T.]+", r"\1<time>", re.sub(r"arn:aws:dynamodb:[^:]*:\d*:", "arn:", value))
    return value


class Endpoint:
    def __init__(self, url, region="us-east-1"):
        self.url = url
        self.wire = Wire(url, Credentials("differential", "secret"), region)
        self.connection = self.wire.connect()
        self.names = {}  # @t0@ -> its name here, @arn@ -> the front of all ARNs here

    def send(self, operation, request):
        """(HTTP status, JSON or text of the body)."""
        body = json.dumps(request)
        for logical, real in self.names.items():
            body = body.replace(logical, real)
        try:
            answer = self.wire.call(operation, body.encode(), connection=self.connection)
        except OSError as error:
            self.connection = self.wire.connect()
            return 0, f"no answer: {type(error).__name__}"
        text = answer.body.decode(errors="replace")
        for logical, real in self.names.items():
            text = text.replace(real, logical)
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text

    def play(self, call):
        """The comparable answer: what is equal on both sides is the same."""
        status, answer = self.send(call.operation, call.request)
        if status != 200 or not isinstance(answer, dict):
            return status, error_of(answer)
        if call.operation == "UpdateTable" and not self.becomes_active(call.request["TableName"]):
            return 0, "the table or an index of it never becomes ACTIVE"
        if not call.all_pages:
            return status, self.ordered(call, normalised(answer))
        return status, self.all_pages(call, answer)

    @staticmethod
    def ordered(call, answer):
        if call.operation == "BatchGetItem" and isinstance(answer.get("Responses"), dict):
            answer["Responses"] = {table: sorted(items, key=text_of) for table, items in answer["Responses"].items()}
        return answer

    def all_pages(self, call, answer):
        """Items of all pages, sorted, and the sum of the counts. Where pages end may differ: hash orders do."""
        pages = [answer]
        end, start = ("NextToken", "NextToken") if call.operation == "ExecuteStatement" else ("LastEvaluatedKey", "ExclusiveStartKey")
        while end in pages[-1] and len(pages) < MAX_PAGES:
            status, page = self.send(call.operation, {**call.request, start: pages[-1][end]})
            if status != 200:
                return {"refused on a later page": error_of(page)}
            pages.append(page)
        items = [normalised(item) for page in pages for item in page.get("Items", ())]
        found = {"Items": sorted(items, key=text_of), **{count: sum(page.get(count, 0) for page in pages)
                                                        for count in ("Count", "ScannedCount")}}
        if len(pages) == 1 and "ConsumedCapacity" in answer:
            found["ConsumedCapacity"] = normalised(answer["ConsumedCapacity"])
        return found

    def knows(self, operation):
        _, answer = self.send(operation, [])
        return not (isinstance(answer, dict) and str(answer.get("__type")).endswith("#UnknownOperationException"))

    def make_tables(self, label, wanted=TABLES):
        """New empty tables in the place of those that were there. Others have a name, too, but are not there."""
        self.drop_tables()
        self.names = {f"@{table.name}@": f"{label}_{table.name}" for table in TABLES}
        for table in wanted:
            status, answer = self.send("CreateTable", {"TableName": f"@{table.name}@", **table.request})
            assert status == 200, answer
            self.names.setdefault("@arn@", answer["TableDescription"]["TableArn"].partition("table/")[0])
        for table in wanted:
            assert self.becomes_active(f"@{table.name}@"), table.name

    def becomes_active(self, logical, seconds=10):
        """Waits for a table and all its indexes; whether they did."""
        def active():
            table = self.send("DescribeTable", {"TableName": logical})[1]["Table"]
            indexes = table.get("GlobalSecondaryIndexes", ())
            return table["TableStatus"] == "ACTIVE" and all(one.get("IndexStatus", "ACTIVE") == "ACTIVE" for one in indexes)
        try:
            return until(active, f"{logical} ACTIVE", seconds)
        except AssertionError:
            return False

    def drop_tables(self):
        for logical in self.names:
            if logical != "@arn@" and self.send("DeleteTable", {"TableName": logical})[0] != 200:
                self.send("UpdateTable", {"TableName": logical, "DeletionProtectionEnabled": False})
                self.send("DeleteTable", {"TableName": logical})
        self.names = {}


def error_of(answer):
    """Exception, text and data of an error body. Of its namespace no SDK reads anything."""
    if not isinstance(answer, dict):
        return answer
    rest = {key: normalised(part, key) for key, part in answer.items() if key not in ("__type", "message", "Message")}
    return {"error": str(answer.get("__type")).rsplit("#", 1)[-1], "text": answer.get("message", answer.get("Message")), **rest}
