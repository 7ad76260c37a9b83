# SPDX-License-Identifier: Apache-2.0
"""pumice load and pumice dump: files into any endpoint, and out of it."""

import json
import os
import socket
import subprocess

import pytest

from support.server import ANSWER_SECONDS, environment
from support.tables import attributes, definition, index, random_name
from support.values import ONE_OF_EACH, S


@pytest.fixture
def command(server_binary, endpoint, session, region):
    """command("load", *flags) -> exit code, stdout, stderr; at the endpoint under test unless `at` is another."""
    if not os.access(server_binary, os.X_OK):
        pytest.skip(f"no server at {server_binary}")
    keys = session.get_credentials().get_frozen_credentials()
    caller = {"AWS_ACCESS_KEY_ID": keys.access_key, "AWS_SECRET_ACCESS_KEY": keys.secret_key, "AWS_REGION": region,
              **({"AWS_SESSION_TOKEN": keys.token} if keys.token else {})}

    def call(name, *flags, at=None):
        finished = subprocess.run([server_binary, name, *map(str, flags), "--endpoint-url", at or endpoint], capture_output=True, text=True,
                                  timeout=4 * ANSWER_SECONDS, env=environment(caller))
        return finished.returncode, finished.stdout, finished.stderr
    return call


@pytest.fixture
def names(ddb):
    """names() -> the name of a table that is dropped at the end, whoever made it."""
    made = []

    def name():
        made.append(random_name())
        return made[-1]
    yield name
    for table in made:
        try:
            ddb.delete_table(TableName=table)
        except ddb.exceptions.ResourceNotFoundException:
            pass


def items_of(ddb, table):
    found = [item for page in ddb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True) for item in page["Items"]]
    return sorted(found, key=lambda item: json.dumps(item["pk"]))


def renamed(dump, name):
    """The lines of a dump, with the table's name replaced in the requests at its head."""
    lines = []
    for line in dump.splitlines():
        document = json.loads(line)
        lines.append(json.dumps({**document, "TableName": name}) if isinstance(document.get("TableName"), str) else line)
    return "\n".join(lines) + "\n"


EVERYTHING = {"pk": S("every type"), "sk": S("1"), **ONE_OF_EACH, "quotes": S("a\"b,c\nd\\ \u20ac \U0001f600"), "empty": S(""), "list": {"L": []}, "map": {"M": {}},
              "TableName": S("like a request"), "Item": {"M": {"pk": S("like an export")}}}


# --- There and back ---------------------------------------------------------------------------------------


# What is dumped and loaded again is the same table: keys, indexes, stream, time to live, tags, and every item of every type.
@pytest.mark.parametrize("segments", [1, 4])
def test_a_dump_can_be_loaded_again(command, ddb, names, tmp_path, segments):
    source, copy = names(), names()
    ddb.create_table(TableName=source, AttributeDefinitions=attributes(pk="S", sk="S", n="N"), KeySchema=definition(("pk", "sk"))["KeySchema"],
                     ProvisionedThroughput={"ReadCapacityUnits": 7, "WriteCapacityUnits": 8},
                     GlobalSecondaryIndexes=[{**index("global", ("n",), "INCLUDE", ("a",)), "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}}],
                     LocalSecondaryIndexes=[index("local", ("pk", "n"), "KEYS_ONLY")],
                     StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}, Tags=[{"Key": "made", "Value": "here"}])
    ddb.get_waiter("table_exists").wait(TableName=source)
    ddb.update_time_to_live(TableName=source, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"})
    for i in range(300):
        ddb.put_item(TableName=source, Item={"pk": S(f"key {i}"), "sk": S("1"), "text": S("x" * 9000)})
    ddb.put_item(TableName=source, Item=EVERYTHING)
    file = tmp_path / "copy.jsonl"
    assert command("dump", "--table", source, "--out", file, "--segments", segments)[0] == 0
    file.write_text(renamed(file.read_text(), copy))
    assert command("load", file)[:2] == (0, "")
    assert items_of(ddb, copy) == items_of(ddb, source)
    made, wanted = (ddb.describe_table(TableName=name)["Table"] for name in (copy, source))
    for member in ("AttributeDefinitions", "KeySchema", "StreamSpecification"):
        assert made[member] == wanted[member]
    assert made["ProvisionedThroughput"]["WriteCapacityUnits"] == 8
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        assert [(i["IndexName"], i["KeySchema"], i["Projection"]) for i in made[kind]] == [(i["IndexName"], i["KeySchema"], i["Projection"]) for i in wanted[kind]]
    assert ddb.describe_time_to_live(TableName=copy)["TimeToLiveDescription"]["AttributeName"] == "expires"
    assert ddb.list_tags_of_resource(ResourceArn=made["TableArn"])["Tags"] == [{"Key": "made", "Value": "here"}]


# CSV has the items alone; every type comes back from it.
def test_csv_can_be_loaded_again(command, ddb, names, tmp_path):
    source, copy = names(), names()
    for name in (source, copy):
        ddb.create_table(TableName=name, **definition(("pk",)))
        ddb.get_waiter("table_exists").wait(TableName=name)
    ddb.put_item(TableName=source, Item=EVERYTHING)
    ddb.put_item(TableName=source, Item={"pk": S("other"), "sk": {"N": "1"}})
    file = tmp_path / "anything.csv"
    assert command("dump", "--table", source, "--format", "csv", "--out", file)[0] == 0
    assert file.read_text().startswith("pk:S,")
    assert command("load", file, "--table", copy)[0] == 0
    assert items_of(ddb, copy) == items_of(ddb, source)


# Without --table: all of them, in one file that makes all of them again; for a server of one's own.
@pytest.mark.needs_server
def test_all_tables(command, start, connect, tmp_path):
    source, other = start("-inMemory"), start("-inMemory")
    for name in ("one", "two"):
        connect(source.endpoint).create_table(TableName=name, **definition(("pk",)))
        connect(source.endpoint).put_item(TableName=name, Item={"pk": S(f"in {name}")})
    code, dump, _ = command("dump", at=source.endpoint)
    assert code == 0
    (tmp_path / "all.jsonl").write_text(dump)
    assert command("load", tmp_path, at=other.endpoint)[0] == 0
    assert [items_of(connect(other.endpoint), name) for name in ("one", "two")] == [[{"pk": S("in one")}], [{"pk": S("in two")}]]


def test_the_schema_alone(command, ddb, names):
    name = names()
    ddb.create_table(TableName=name, **definition(("pk",)))
    ddb.get_waiter("table_exists").wait(TableName=name)
    ddb.put_item(TableName=name, Item={"pk": S("a")})
    code, dump, _ = command("dump", "--table", name, "--schema-only")
    assert (code, json.loads(dump)) == (0, {"TableName": name, **definition(("pk",))})


# --- Loading ------------------------------------------------------------------------------------------------


# More items than a call takes, keys that come twice, a folder with files of several kinds: the last line of a key stays.
def test_a_folder(command, ddb, names, tmp_path):
    name = names()
    (tmp_path / "10-tables.json").write_text(json.dumps([{"TableName": name, **definition(("pk",))}]))
    rows = [f"key {i % 90},{i}" for i in range(100)]
    (tmp_path / f"20-{name}.csv").write_text("\n".join(["pk:S,n:N", *rows]))
    (tmp_path / "handlers.json").write_text("{}")
    code, output, errors = command("load", tmp_path)
    assert (code, output) == (0, "")
    assert "10-tables.json: 1 table made" in errors and f"20-{name}.csv: 100 items in " in errors
    found = {item["pk"]["S"]: item["n"]["N"] for item in items_of(ddb, name)}
    assert len(found) == 90 and found["key 9"] == "99" and found["key 10"] == "10"


# Twice is once.
def test_loading_again(command, ddb, names, tmp_path):
    name = names()
    (tmp_path / "t.jsonl").write_text(json.dumps({"TableName": name, **definition(("pk",))}) + "\n" + json.dumps({"pk": S("a")}))
    assert command("load", tmp_path / "t.jsonl")[0] == 0
    code, _, errors = command("load", tmp_path / "t.jsonl")
    assert code == 0 and "1 table there already, 1 item in " in errors
    assert items_of(ddb, name) == [{"pk": S("a")}]


# A table that takes ten units a second refuses most of a fast load for a while; all of it is there in the end.
@pytest.mark.needs_server
def test_throttled(command, start, connect, tmp_path):
    server = start("-inMemory", "--throttle")
    ddb = connect(server.endpoint)
    ddb.create_table(TableName="slow", AttributeDefinitions=attributes(pk="S"), KeySchema=definition(("pk",))["KeySchema"],
                     ProvisionedThroughput={"ReadCapacityUnits": 100, "WriteCapacityUnits": 10})
    (tmp_path / "slow.csv").write_text("\n".join(["pk", *map(str, range(40))]))
    assert command("load", tmp_path / "slow.csv", at=server.endpoint)[0] == 0
    assert len(items_of(ddb, "slow")) == 40


# --- Mistakes -----------------------------------------------------------------------------------------------


# A file is read to its end before the first call, and what is refused is told with its line.
def test_mistakes_in_files(command, ddb, names, tmp_path):
    name = names()
    table, bad = tmp_path / "10-t.json", tmp_path / f"{name}.jsonl"
    table.write_text(json.dumps({"TableName": name, **definition(("pk",))}))
    bad.write_text(json.dumps({"pk": S("a")}) + "\n{\n")
    assert command("load", table, bad) == (2, "", f"pumice: {bad}:2: the JSON ends too early\n")
    with pytest.raises(ddb.exceptions.ResourceNotFoundException):
        ddb.describe_table(TableName=name)
    bad.write_text(json.dumps({"pk": S("a")}) + "\n" + json.dumps({"other": S("b")}) + "\n")
    code, _, errors = command("load", table, bad)
    assert code == 1
    assert errors.endswith(f"pumice: {bad}:2: PutItem: ValidationException: One or more parameter values were invalid: Missing the key pk in the item\n")


def test_a_table_with_other_keys(command, ddb, names, tmp_path):
    name = names()
    ddb.create_table(TableName=name, **definition(("other",)))
    ddb.get_waiter("table_exists").wait(TableName=name)
    file = tmp_path / "t.json"
    file.write_text(json.dumps({"TableName": name, **definition(("pk",))}))
    code, _, errors = command("load", file)
    assert code == 1
    assert f"pumice: {file}:1: the table {name} is there already, with other keys; delete it, or take it out of this file\n" in errors


@pytest.mark.parametrize("name", ["load", "dump"])
def test_nobody_answers(command, tmp_path, name):
    (tmp_path / "t.csv").write_text("pk\na\n")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        code, output, errors = command(name, *([tmp_path / "t.csv"] if name == "load" else []), at=url)
    assert (code, output) == (1, "")
    assert f"{url}: 127.0.0.1 port {url.rsplit(':')[-1]}: Connection refused\n" in errors


def test_dumping_what_is_not_there(command, tmp_path):
    code, output, errors = command("dump", "--table", "no_such_table", "--out", tmp_path / "out.jsonl")
    assert (code, output) == (1, "")
    assert "pumice: no_such_table: DescribeTable: ResourceNotFoundException: " in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.needs_server
@pytest.mark.parametrize("flags, told", [
    (["load"], "Name a file or a folder to load"),
    (["load", "x.csv", "--nonsense"], "Unknown flag --nonsense"),
    (["load", "x.csv"], "Name an endpoint: --endpoint-url http://localhost:8000"),
    (["load", "no_such_folder", "--endpoint-url", "http://localhost:1"], "no_such_folder: there is no such file or folder"),
    (["load", __file__, "--endpoint-url", "http://localhost:1"], __file__ + ": a name that ends in .yaml, .yml, .template, .json, .jsonl, .ndjson or .csv is needed"),
    (["load", "x.csv", "--endpoint-url", "http://localhost:1"], "x.csv: cannot be read: No such file or directory"),
    (["load", "x.csv", "--endpoint-url", "localhost:8000"], "--endpoint-url localhost:8000: a URL like http://localhost:8000 is needed"),
    (["dump", "--endpoint-url", "ftp://x"], "--endpoint-url ftp://x: a URL like http://localhost:8000 is needed"),
    (["dump"], "Name an endpoint: --endpoint-url http://localhost:8000"),
    (["dump", "--format", "csv", "--endpoint-url", "http://localhost:1"], "--format csv is for the items of one table"),
    (["dump", "--format", "xml", "--endpoint-url", "http://localhost:1"], "xml"),
], ids=" ".join)
def test_a_wrong_command_line(server_binary, flags, told):
    finished = subprocess.run([server_binary, *flags], capture_output=True, text=True, timeout=ANSWER_SECONDS, env=environment())
    assert (finished.returncode, finished.stdout) == (2, "")
    assert told in finished.stderr and finished.stderr.count("\n") == 1


@pytest.mark.needs_server
@pytest.mark.parametrize("name", ["load", "dump"])
def test_help(server_binary, name):
    finished = subprocess.run([server_binary, name, "-help"], capture_output=True, text=True, timeout=ANSWER_SECONDS, env=environment())
    assert finished.returncode == 0
    assert finished.stdout.startswith(f"Usage: pumice {name} ") and "--endpoint-url" in finished.stdout
