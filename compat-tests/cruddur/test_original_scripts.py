# SPDX-License-Identifier: Apache-2.0
"""Cruddur's own scripts and its own stream handler, unmodified, where a copy of them is found: in ../shared/cruddur beside
the repository, or in the folder that CRUDDUR_DIR names. The scripts have http://localhost:8000 built in, so the
server of this test needs that port."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from support.poll import until
from support.server import environment
from support.tables import wait_until_active
from support.values import S

pytestmark = pytest.mark.needs_server

PORT = 8000
TABLE = "cruddur-messages"
FOLDER = Path(os.environ.get("CRUDDUR_DIR") or Path(__file__).resolve().parents[2].parent / "shared" / "cruddur")
HANDLER = "cruddur-messaging-stream"

# What PostgreSQL would answer: the users that the scripts ask for.
LIB_DB = '''
USERS = [{"uuid": "user-1", "display_name": "Firdous", "handle": "Firdous", "kind": "sender"},
         {"uuid": "user-2", "display_name": "Bayko", "handle": "bayko", "kind": "recv"}]

class Db:
    def query_array_json(self, sql, params=None):
        return USERS

    def query_value(self, sql, params=None):
        return "user-1"

    def template(self, *parts):
        return "/".join(parts)

db = Db()
'''


def port_is_free():
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", PORT))
            return True
        except OSError:
            return False


@pytest.fixture
def backend(tmp_path):
    """A copy of Cruddur's files with a stand-in for its PostgreSQL."""
    if not (FOLDER / "bin" / "ddb" / "schema-load").exists():
        pytest.skip(f"no copy of Cruddur at {FOLDER}; CRUDDUR_DIR names another")
    copy = tmp_path / "backend"
    shutil.copytree(FOLDER, copy)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)
    (copy / "lib" / "db.py").write_text(LIB_DB)
    return copy


@pytest.fixture
def server(backend, start, tmp_path):
    """Pumice on port 8000 with Cruddur's handler, started from Cruddur's own compose flags."""
    if not port_is_free():
        pytest.skip(f"port {PORT} is busy, and Cruddur's scripts know no other")
    handlers = tmp_path / "handlers.json"
    handlers.write_text(json.dumps({
        "Functions": [{"FunctionName": HANDLER, "Runtime": "python3.11", "Handler": f"{HANDLER}.lambda_handler",
                       "CodePath": str(backend / "aws" / "lambdas"), "Timeout": 30, "Environment": {"Variables": {}}}],
        "EventSourceMappings": [{"EventSourceArn": TABLE, "FunctionName": HANDLER, "BatchSize": 1, "StartingPosition": "LATEST", "Enabled": True}]}))
    return start("-sharedDb", "-dbPath", "./data", "--handlers", handlers, port=PORT, cwd=tmp_path)


@pytest.fixture
def script(backend):
    """script("schema-load", ...) -> what Cruddur's script printed."""
    settings = environment({"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1",
                            "AWS_ENDPOINT_URL": f"http://localhost:{PORT}", "AWS_PAGER": "", "PYTHONPATH": str(backend)})

    def run(*command, **changes):
        finished = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=backend, env={**settings, **changes})
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    def call(name, *arguments):
        path = backend / "bin" / "ddb" / name
        if "python" in path.read_text().split("\n", 1)[0]:
            return run(sys.executable, path, *arguments)
        # The AWS CLI of Debian belongs to Debian's Python, which ours must not hide.
        return run("bash", path, *arguments, PATH="/usr/bin:/bin" if os.path.exists("/usr/bin/aws") else settings["PATH"])

    call.python = lambda code: run(sys.executable, "-c", code)
    return call


def switch_the_stream_on(ddb):
    ddb.update_table(TableName=TABLE, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    wait_until_active(ddb, TABLE)


def groups_of(ddb, user):
    return ddb.query(TableName=TABLE, KeyConditionExpression="pk = :p", ExpressionAttributeValues={":p": S(f"GRP#{user}")})["Items"]


def wait_for_pattern_e(ddb, server):
    """Seeds are in: the handler has moved both groups to the last message. All messages in their order."""
    items = ddb.scan(TableName=TABLE)["Items"]
    messages = sorted((item for item in items if item["pk"]["S"].startswith("MSG#")), key=lambda item: item["sk"]["S"])
    assert len(messages) > 100
    last = messages[-1]
    until(lambda: [(item["sk"], item["message"]) for user in ("user-1", "user-2") for item in groups_of(ddb, user)] == [(last["sk"], last["message"])] * 2,
          lambda: f"both groups at {last['sk']}: {groups_of(ddb, 'user-1')} {groups_of(ddb, 'user-2')}\n{server.log()[-3000:]}", 90)
    return messages


# The way of Cruddur's author on a day at work: schema, seed, both patterns, scan, drop.
def test_the_scripts(server, script, connect):
    assert TABLE in script("schema-load")
    ddb = connect(server.endpoint)
    described = wait_until_active(ddb, TABLE)
    assert [found["IndexName"] for found in described["GlobalSecondaryIndexes"]] == ["message-group-sk-index"]
    if shutil.which("aws"):
        assert TABLE in script("list-tables")

    switch_the_stream_on(ddb)
    script("seed")
    messages = wait_for_pattern_e(ddb, server)
    last = messages[-1]

    # Pattern A: the script's year is the clock's, as are the seed's times.
    assert last["sk"]["S"] in script("patterns/list-conversations")
    # Pattern B: this script asks for 2023, so it finds nothing of a newer seed, but must run and print its capacity.
    printed = script("patterns/get-conversation")
    assert '"CapacityUnits": 0.5' in printed
    # One line per item.
    assert script("scan").count("message_uuid") == len(messages)
    if shutil.which("aws"):
        script("drop", TABLE)
        assert TABLE not in script("list-tables")


def test_the_schema_without_an_index(server, script, connect):
    assert TABLE in script("schema-load-without-index")
    assert "GlobalSecondaryIndexes" not in wait_until_active(connect(server.endpoint), TABLE)


# The backend's own functions: patterns A to D, and the handler's E behind them.
def test_the_backend(server, script, connect):
    script("schema-load")
    ddb = connect(server.endpoint)
    wait_until_active(ddb, TABLE)
    switch_the_stream_on(ddb)
    created = script.python(
        "import json\nfrom services.create_message import CreateMessage\n"
        "made = CreateMessage.run(mode='create', message='hello', cognito_user_id='c', user_receiver_handle='bayko')\n"
        "print('RESULT' + json.dumps(made))")
    result = json.loads(created.rsplit("RESULT", 1)[1])
    assert result["errors"] is None
    group = result["data"]["message_group_uuid"]
    answered = script.python(
        "import json\nfrom services.create_message import CreateMessage\n"
        f"made = CreateMessage.run(mode='update', message='an answer', cognito_user_id='c', message_group_uuid='{group}')\n"
        "print('RESULT' + json.dumps(made))")
    sent = json.loads(answered.rsplit("RESULT", 1)[1])["data"]
    assert sent["message"] == "an answer"
    listing = ("import json\nfrom lib.ddb import Ddb\nclient = Ddb.client()\n"
               f"print('RESULT' + json.dumps([Ddb.list_message_groups(client, 'user-1'), Ddb.list_messages(client, '{group}')]))")

    def groups_and_messages():
        return json.loads(script.python(listing).rsplit("RESULT", 1)[1])

    groups, messages = until(lambda: (found := groups_and_messages()) and found[0] and found[0][0]["message"] == "an answer" and found, "the moved group", 60)
    assert [found["uuid"] for found in groups] == [group]
    assert groups[0]["created_at"] == sent["created_at"]
    assert [found["message"] for found in messages] == ["hello", "an answer"]


# The same handler, unmodified, as its author brings it to AWS: a zip file, a function, a mapping.
def test_the_handler_is_made_by_lambdas_api(backend, start, script, connect, tmp_path):
    if not port_is_free():
        pytest.skip(f"port {PORT} is busy, and Cruddur's scripts know no other")
    server = start("-sharedDb", "-dbPath", "./data", port=PORT, cwd=tmp_path)
    script("schema-load")
    ddb, lam = connect(server.endpoint), connect(server.endpoint, "lambda")
    wait_until_active(ddb, TABLE)
    switch_the_stream_on(ddb)
    package = shutil.make_archive(tmp_path / "handler", "zip", backend / "aws" / "lambdas")
    lam.create_function(FunctionName=HANDLER, Role="arn:aws:iam::000000000000:role/cruddur", Runtime="python3.9", Timeout=30,
                        Handler=f"{HANDLER}.lambda_handler", Code={"ZipFile": Path(package).read_bytes()})
    lam.create_event_source_mapping(FunctionName=HANDLER, StartingPosition="LATEST", BatchSize=1,
                                    EventSourceArn=ddb.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"])
    script("seed")
    wait_for_pattern_e(ddb, server)
