# SPDX-License-Identifier: Apache-2.0
"""--init: the files of a folder are applied once, before the server listens."""

import json
import signal
import socket
import subprocess

import pytest

from support.functions import Workshop
from support.poll import until
from support.server import ANSWER_SECONDS, BANNER_TITLE, environment
from support.tables import definition

pytestmark = pytest.mark.needs_server

USERS = {"TableName": "users", **definition(("pk",))}


@pytest.fixture
def folder(tmp_path):
    """folder(name=text, ...) -> a folder with these files; a text that is no str is written as JSON."""
    path = tmp_path / "init"
    path.mkdir()

    def write(files):
        for name, text in files.items():
            (path / name).write_text(text if isinstance(text, str) else json.dumps(text))
        return path
    return write


@pytest.fixture
def fails(server_binary):
    """fails(*flags) -> exit code and stderr of a server that must end by itself; it has printed no banner."""
    def call(*flags, env=None):
        done = subprocess.run([server_binary, "-port", "0", *map(str, flags)], capture_output=True, text=True, timeout=ANSWER_SECONDS,
                              stdin=subprocess.DEVNULL, env=environment(env))
        assert BANNER_TITLE not in done.stdout
        return done.returncode, done.stderr
    return call


def lines(*items):
    return "".join(json.dumps(item) + "\n" for item in items)


def item(key, **more):
    return {"pk": {"S": key}, **more}


def items_of(ddb, table="users"):
    found = [item for page in ddb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True) for item in page["Items"]]
    return sorted(found, key=lambda item: item["pk"]["S"])


# --- What is read -------------------------------------------------------------------------------------


# Each kind of file once, as people have them; in the order of their names, so that tables come before items.
def test_every_kind_of_file(start, connect, folder):
    template = """
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub 'orders-${Stage}'
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      ProvisionedThroughput: {ReadCapacityUnits: "5", WriteCapacityUnits: 5}
      StreamSpecification: {StreamViewType: NEW_IMAGE}
      TimeToLiveSpecification: {AttributeName: expires, Enabled: true}
"""
    path = folder({
        "10-users.json": USERS,
        "11-orders.yaml": template,
        "20-users.jsonl": lines(item("a", n={"N": "1"})),
        "21-users.csv": "pk:S,n:N,tags:SS\nb,2,\"[\"\"x\"\"]\"\n",
        "22-batch.json": {"users": [{"PutRequest": {"Item": item("c")}}], "orders-dev": [{"PutRequest": {"Item": item("d")}}]},
        "README.md": "notes",
    })
    server = start("-inMemory", "--init", path)
    ddb = connect(server.endpoint)
    assert items_of(ddb) == [item("a", n={"N": "1"}), item("b", n={"N": "2"}, tags={"SS": ["x"]}), item("c")]
    assert items_of(ddb, "orders-dev") == [item("d")]
    orders = ddb.describe_table(TableName="orders-dev")["Table"]
    assert orders["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert orders["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert ddb.describe_time_to_live(TableName="orders-dev")["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    log = server.log()
    assert "init: 10-users.json: 1 table made" in log
    assert "init: 21-users.csv: 1 item in " in log
    assert "init: README.md: ignored" in log


# Compose files say it by the environment; the images do.
def test_by_environment(start, connect, folder):
    server = start("-inMemory", env={"PUMICE_INIT": str(folder({"t.json": USERS})), "AWS_REGION": "eu-west-1"})
    table = connect(server.endpoint).describe_table(TableName="users")["Table"]
    assert table["TableArn"] == "arn:aws:dynamodb:eu-west-1:000000000000:table/users"
    assert server.banner()["SharedDb"] == "true"


# The images always name a folder; one that nobody has put files into changes nothing.
def test_an_empty_folder_changes_nothing(start, folder):
    assert start("-inMemory", "--init", folder({})).banner()["SharedDb"] == "false"


# handlers.json in the folder is that of --handlers; records of the items that were loaded reach the function.
def test_handlers(start, folder):
    path = folder({
        "10-users.json": {**USERS, "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}},
        "20-users.jsonl": lines(item("first")),
    })
    shop = Workshop(path)
    shop.function("recorder")
    shop.mapping("users", "recorder", StartingPosition="TRIM_HORIZON")
    shop.file()
    start("-inMemory", "--init", path)
    records = until(lambda: shop.records("recorder"), "the record of the item that was loaded")
    assert [record["dynamodb"]["Keys"] for record in records] == [item("first")]


# --- Once -----------------------------------------------------------------------------------------------


# What users deleted or changed since does not come back with the next start; a changed file does its work.
def test_a_file_is_applied_once(start, connect, folder, tmp_path):
    path = folder({"10-users.json": USERS, "20-users.csv": "pk\na\nb\n"})
    flags = ("-dbPath", tmp_path / "db", "--init", path)
    server = start(*flags)
    connect(server.endpoint).delete_item(TableName="users", Key=item("a"))
    server.stop()
    server = start(*flags)
    assert items_of(connect(server.endpoint)) == [item("b")]
    assert "init: 20-users.csv: applied before" in server.log()
    server.stop()
    (path / "20-users.csv").write_text("pk\na\nc\n")
    server = start(*flags)
    assert items_of(connect(server.endpoint)) == [item("a"), item("b"), item("c")]


def test_a_table_that_is_there_is_left_alone(start, connect, folder, tmp_path):
    server = start("-dbPath", tmp_path / "db", "-sharedDb")
    ddb = connect(server.endpoint)
    ddb.create_table(TableName="users", **definition(("pk",)), Tags=[{"Key": "made", "Value": "before"}])
    ddb.put_item(TableName="users", Item=item("old"))
    server.stop()
    server = start("-dbPath", tmp_path / "db", "--init", folder({"t.json": USERS, "users.csv": "pk\nnew\n"}))
    ddb = connect(server.endpoint)
    assert items_of(ddb) == [item("new"), item("old")]
    arn = ddb.describe_table(TableName="users")["Table"]["TableArn"]
    assert ddb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [{"Key": "made", "Value": "before"}]


# Crashes inside a file: the next start does from its beginning what the killed ones did not end.
def test_a_kill_in_the_middle(server_binary, start, connect, folder, tmp_path):
    count = 60_000
    path = folder({"10-users.json": USERS, "20-users.jsonl": lines(*(item(f"{i:06}", text={"S": "x" * 200}) for i in range(count)))})
    flags = ["-dbPath", tmp_path / "db", "--init", path]
    for _ in range(3):
        killed = subprocess.Popen([server_binary, "-port", "0", *map(str, flags)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                  stdin=subprocess.DEVNULL, env=environment())
        assert any("init: 10-users.json: " in line for line in killed.stderr)
        killed.kill()
        killed.communicate(timeout=ANSWER_SECONDS)
    server = start(*flags)
    assert "init: 10-users.json: applied before" in server.log()
    assert f"init: 20-users.jsonl: {count} items in " in server.log()
    pages = connect(server.endpoint).get_paginator("scan").paginate(TableName="users", Select="COUNT")
    assert sum(page["Count"] for page in pages) == count


# docker stop must not wait for a long load, and what it cut off is no error.
def test_a_signal_ends_a_long_load(server_binary, folder):
    path = folder({"10-users.json": USERS, "20-users.jsonl": lines(*(item(f"{i:06}", text={"S": "x" * 400}) for i in range(150_000)))})
    process = subprocess.Popen([server_binary, "-port", "0", "-inMemory", "--init", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, stdin=subprocess.DEVNULL, env=environment())
    assert any("table made" in line for line in process.stderr)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=ANSWER_SECONDS)
    assert (process.returncode, output) == (0, "")


# --- Mistakes -------------------------------------------------------------------------------------------


MISTAKES = {
    "JSON": ({"t.json": "{\n\"a\": }"}, "t.json:2: this is no JSON (column 6)"),
    "YAML function": ({"t.yaml": "Resources:\n  A:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: !ImportValue x\n"},
                      "t.yaml:5: Fn::ImportValue needs what is not in the template; write the value here"),
    "CSV": ({"t.json": USERS, "users.csv": "pk,n:BOOL\na,perhaps\n"}, "users.csv:2: n:BOOL: true or false is needed, not perhaps"),
    "no DynamoDB JSON": ({"users.jsonl": lines(item("a"), {"pk": "b"})},
                         "users.jsonl:2: the attribute \"pk\" is no value in DynamoDB JSON, such as {\"S\": \"text\"} or {\"N\": \"1\"}"),
    "refused table": ({"t.json": {"TableName": "users", "KeySchema": []}}, "t.json:1: CreateTable: ValidationException: "),
    "refused item": ({"t.json": USERS, "users.jsonl": lines(item("a"), item("b"), {"other": {"S": "c"}}, item("d"))},
                     "users.jsonl:3: PutItem: ValidationException: One or more parameter values were invalid: Missing the key pk in the item"),
    "refused number": ({"t.json": USERS, "users.csv": "pk,n:N\na,1\nb,x\n"},
                       "users.csv:3: PutItem: ValidationException: 1 validation error detected: The parameter cannot be converted to a numeric value: x"),
    "no such table": ({"users.csv": "pk\na\n"}, "users.csv:2: PutItem: ResourceNotFoundException: "),
}


# A server that cannot begin with what it was told does not begin, and says which line of which file is wrong.
@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_ends_the_start(fails, folder, case):
    files, told = MISTAKES[case]
    path = folder(files)
    code, errors = fails("-inMemory", "--init", path)
    assert code == 1
    assert f"pumice: {path}/{told}" in errors


# Nobody may take a server that is not ready for one that is: the port is closed until all is applied.
def test_nothing_listens_before_all_is_applied(server_binary, folder):
    path = folder({"10-users.json": USERS, "20-users.jsonl": lines(*(item(f"{i:06}") for i in range(30_000))), "99-last.csv": "pk\nx\n"})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([server_binary, "-port", str(port), "-inMemory", "--init", str(path)], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, env=environment())
    assert any("table made" in line for line in process.stderr)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    output, errors = process.communicate(timeout=ANSWER_SECONDS)
    assert (process.returncode, output) == (1, "")
    assert "99-last.csv:2: PutItem: ResourceNotFoundException: " in errors


def test_a_folder_that_is_not_there(fails):
    assert fails("-inMemory", "--init", "/no/such/folder") == (1, "pumice: /no/such/folder: cannot be read: No such file or directory\n")


def test_two_files_of_handlers(fails, folder, tmp_path):
    (tmp_path / "other.json").write_text("{}")
    path = folder({"handlers.json": "{}"})
    assert fails("-inMemory", "--init", path, "--handlers", tmp_path / "other.json") == (
        1, f"pumice: --handlers {tmp_path}/other.json and {path}/handlers.json: leave one out\n")
