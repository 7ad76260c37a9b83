# SPDX-License-Identifier: Apache-2.0
"""The command line, the banner and the signals: the contract with launchers written for DynamoDB Local."""

import http.client as http_client
import os
import signal
import socket
import subprocess

import pytest

from support.server import ANSWER_SECONDS, BANNER_TITLE, Server, environment
from support.tables import definition, random_name

pytestmark = pytest.mark.needs_server

FLAGS = ["cors", "dbPath", "delayTransientStatuses", "help", "inMemory", "optimizeDbBeforeStartup", "port", "sharedDb", "disableTelemetry", "version"]


@pytest.fixture
def run(server_binary):
    """run(*flags) -> the process that must end by itself."""
    def call(*flags, **more):
        return subprocess.run([server_binary, *map(str, flags)], capture_output=True, text=True, timeout=ANSWER_SECONDS,
                              stdin=subprocess.DEVNULL, env=environment(more.pop("env", None)), **more)
    return call


def answers(port):
    with socket.create_connection(("127.0.0.1", port), 5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return plain.recv(12) == b"HTTP/1.1 200"


# --- Banner -----------------------------------------------------------------------------------------


# Test suites in many languages wait for these very lines.
def test_the_banner(start):
    server = start("-inMemory")
    lines = server.lines[:9]
    assert lines[0] == BANNER_TITLE
    assert lines[1] == f"Port:\t{server.port}"
    assert lines[2] == "InMemory:\ttrue"
    assert lines[3].startswith("Version:\t") and len(lines[3]) > len("Version:\t")
    assert lines[4:] == ["DbPath:\tnull", "SharedDb:\tfalse", "shouldDelayTransientStatuses:\tfalse", "CorsParams:\tnull", ""]


def test_the_banner_tells_the_path(start, tmp_path):
    banner = start("-dbPath", tmp_path, "-sharedDb").banner()
    assert (banner["InMemory"], banner["DbPath"], banner["SharedDb"]) == ("false", str(tmp_path), "true")


def test_the_socket_listens_when_the_banner_is_out(start):
    assert answers(start("-inMemory").port)


# --- Flags ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", [
    ["-inMemory"], ["--inMemory"], ["-inMemory", "-sharedDb"], ["--inMemory", "--sharedDb"], ["-inMemory", "-disableTelemetry"],
    ["-inMemory", "-delayTransientStatuses"], ["-inMemory", "-cors", "*"], ["-inMemory", "-optimizeDbBeforeStartup"],
    ["-inMemory", "--host", "127.0.0.1"], ["-inMemory", "--threads", "2"], ["-inMemory", "--log-level", "debug"], ["-inMemory", "--log-format", "json"], ["-inMemory", "--durability", "memory"],
], ids=" ".join)
def test_flags_are_accepted(start, flags):
    assert answers(start(*flags).port)


# -optimizeDbBeforeStartup goes with a path in DynamoDB Local.
def test_optimising_a_database_is_accepted(start, tmp_path):
    assert answers(start("-dbPath", tmp_path, "-optimizeDbBeforeStartup", "-sharedDb").port)


def test_port_0_takes_any_free_port(start):
    assert len({start("-inMemory").port for _ in range(3)} - {0}) == 3


def test_the_port_is_taken_as_given(start):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert start("-inMemory", port=port).port == port


def test_a_relative_path_is_below_the_working_directory(start, tmp_path):
    start("-dbPath", "./data", "-sharedDb", cwd=tmp_path)
    assert (tmp_path / "data").is_dir()


# An own flag of Pumice, and the same by environment, for compose files.
@pytest.mark.parametrize("variable, value", [("PUMICE_THREADS", "1"), ("PUMICE_LOG_LEVEL", "debug"), ("PUMICE_LOG_FORMAT", "json"), ("PUMICE_DURABILITY", "memory")])
def test_own_flags_by_environment(start, variable, value):
    assert answers(start("-inMemory", env={variable: value}).port)


def test_the_environment_is_read(run):
    finished = run("-inMemory", "-port", 0, env={"PUMICE_DURABILITY": "nonsense"})
    assert finished.returncode != 0
    assert "nonsense" in finished.stdout + finished.stderr


@pytest.mark.parametrize("flag", ["-help", "--help"])
def test_help_names_every_flag(run, flag):
    finished = run(flag)
    assert finished.returncode == 0
    assert not [name for name in FLAGS if name not in finished.stdout]
    assert not [name for name in ("handlers", "durability", "threads", "log-level", "log-format") if f"--{name}" not in finished.stdout]


@pytest.mark.parametrize("flag", ["-version", "--version"])
def test_version(run, flag):
    finished = run(flag)
    assert finished.returncode == 0
    assert any(character.isdigit() for character in finished.stdout)
    assert BANNER_TITLE not in finished.stdout


WRONG = {
    "unknown flag": (["-nonsense"], "nonsense"),
    "port is text": (["-port", "x", "-inMemory"], "port"),
    "port is negative": (["-port", "-1", "-inMemory"], "port"),
    "port too large": (["-port", "65536", "-inMemory"], "port"),
    "port without a value": (["-inMemory", "-port"], "port"),
    "memory and path": (["-inMemory", "-dbPath", ".", "-port", "0"], "dbPath"),
    "unknown durability": (["--durability", "perhaps", "-port", "0"], "perhaps"),
    "threads is text": (["--threads", "many", "-inMemory", "-port", "0"], "threads"),
    "unknown log level": (["--log-level", "shout", "-inMemory", "-port", "0"], "shout"),
    "handlers missing": (["--handlers", "/no/such/file.json", "-inMemory", "-port", "0"], "/no/such/file.json"),
}


# A mistake ends the start with a text that names it, and without a banner.
@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_is_told(run, case):
    flags, named = WRONG[case]
    finished = run(*flags)
    assert finished.returncode not in (0, -signal.SIGABRT, -signal.SIGSEGV)
    assert named in finished.stdout + finished.stderr
    assert BANNER_TITLE not in finished.stdout


def test_a_busy_port_is_told(run, start):
    port = start("-inMemory").port
    finished = run("-port", port, "-inMemory")
    assert finished.returncode != 0
    assert str(port) in finished.stdout + finished.stderr
    assert BANNER_TITLE not in finished.stdout


@pytest.mark.parametrize("content", ["{", "[]", '{"Functions": "x"}', '{"EventSourceMappings": [{"FunctionName": "missing", "EventSourceArn": "t"}]}'],
                         ids=["no JSON", "no object", "no list", "unknown function"])
def test_a_bad_handlers_file_is_told(run, tmp_path, content):
    path = tmp_path / "handlers.json"
    path.write_text(content)
    finished = run("-inMemory", "-port", 0, "--handlers", path)
    assert finished.returncode != 0
    assert "handlers.json" in finished.stdout + finished.stderr


def test_a_path_that_is_a_file_is_told(run, tmp_path):
    path = tmp_path / "file"
    path.write_text("mine")
    finished = run("-dbPath", path, "-port", 0, "-sharedDb")
    assert finished.returncode != 0
    assert str(path) in finished.stdout + finished.stderr
    assert path.read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_path_without_permission_is_told(run, tmp_path):
    tmp_path.chmod(0o500)
    finished = run("-dbPath", tmp_path / "data", "-port", 0, "-sharedDb")
    assert finished.returncode != 0
    assert str(tmp_path) in finished.stdout + finished.stderr


# /proc takes no folder from anybody, so this holds for root, too.
def test_a_path_that_cannot_be_made_is_told(run):
    finished = run("-dbPath", "/proc/pumice/data", "-port", 0, "-sharedDb")
    assert finished.returncode not in (0, -signal.SIGABRT, -signal.SIGSEGV)
    assert "/proc/pumice/data" in finished.stdout + finished.stderr


def http(server, method="GET", **headers):
    connection = http_client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, "/", headers=headers)
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders())
    connection.close()
    return found


# Health checks written for DynamoDB Local expect its 400.
@pytest.mark.parametrize("flags, status", [([], 200), (["--dynamodb-local-health"], 400)], ids=["AWS", "DynamoDB Local"])
def test_the_health_answer_may_be_chosen(start, flags, status):
    assert http(start("-inMemory", *flags))[0] == status


@pytest.mark.parametrize("origin, allowed", [("http://a.example", "http://a.example"), ("http://b.example", "http://b.example"), ("http://c.example", None)])
def test_cors_lists_the_allowed_origins(start, origin, allowed):
    server = start("-inMemory", "-cors", "http://a.example,http://b.example")
    assert server.banner()["CorsParams"] == "http://a.example,http://b.example"
    assert http(server, Origin=origin)[1].get("Access-Control-Allow-Origin") == allowed


# --- Signals ----------------------------------------------------------------------------------------


# Launchers hold the pipe: when they end, however they end, the server must not stay behind.
def test_the_server_ends_with_its_stdin_when_asked(server_binary):
    process = subprocess.Popen([server_binary, "-inMemory", "-port", "0", "--stop-with-stdin"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment())
    for line in process.stdout:
        if line.startswith("Port:"):
            port = int(line.split("\t")[1])
        if line == "\n":
            break
    process.stdin.write("what comes in is ignored\n")
    process.stdin.flush()
    assert answers(port)
    process.stdin.close()
    assert process.wait(ANSWER_SECONDS) == 0


# Daemons and containers start with no stdin: that must not end a server that was not asked to watch it.
def test_the_server_stays_without_stdin_otherwise(start):
    assert answers(start("-inMemory").port)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_ends_the_server(start, number):
    server = start("-inMemory")
    idle = socket.create_connection(("127.0.0.1", server.port), 5)
    server.send(number)
    assert server.wait() in (0, 128 + number)
    idle.close()


# A container is restarted on its old port at once.
def test_the_port_is_free_after_the_end(start):
    first = start("-inMemory")
    port = first.port
    assert answers(port)
    first.stop()
    assert start("-inMemory", port=port).port == port


# --- One database or many ---------------------------------------------------------------------------


@pytest.fixture
def client_of():
    import boto3
    from botocore.config import Config
    return lambda endpoint, key, region: boto3.client(
        "dynamodb", endpoint_url=endpoint, region_name=region, aws_access_key_id=key, aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}))


OTHERS = [("one", "eu-west-1"), ("two", "us-east-1"), ("two", "eu-west-1")]


# The most repeated surprise of DynamoDB Local's users: without -sharedDb each key and region has its own tables.
def test_each_key_and_region_has_its_own_database(start, client_of):
    endpoint = start("-inMemory").endpoint
    client_of(endpoint, "one", "us-east-1").create_table(TableName="mine", **definition(("pk",)))
    assert client_of(endpoint, "one", "us-east-1").list_tables()["TableNames"] == ["mine"]
    for key, region in OTHERS:
        assert client_of(endpoint, key, region).list_tables()["TableNames"] == []


def test_with_shared_db_all_have_one(start, client_of):
    endpoint = start("-inMemory", "-sharedDb").endpoint
    client_of(endpoint, "one", "us-east-1").create_table(TableName="ours", **definition(("pk",)))
    for key, region in OTHERS:
        assert client_of(endpoint, key, region).list_tables()["TableNames"] == ["ours"]


def test_databases_stay_apart_on_disk(start, client_of, tmp_path):
    server = start("-dbPath", tmp_path)
    for key, region in [("one", "us-east-1"), *OTHERS]:
        client_of(server.endpoint, key, region).create_table(TableName=f"{key}.{region}", **definition(("pk",)))
    server.stop()
    endpoint = start("-dbPath", tmp_path).endpoint
    for key, region in [("one", "us-east-1"), *OTHERS]:
        assert client_of(endpoint, key, region).list_tables()["TableNames"] == [f"{key}.{region}"]


# A key may hold characters that no file name should.
@pytest.mark.parametrize("key", ["../../escape", "a b", "x" * 100, "a%2f..%2fb"])
def test_strange_access_keys_stay_below_the_path(start, client_of, tmp_path, key):
    data = tmp_path / "deep" / "data"
    client = client_of(start("-dbPath", data).endpoint, key, "us-east-1")
    try:
        client.create_table(TableName="mine", **definition(("pk",)))
    except client.exceptions.ClientError:
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["deep"]
    assert [entry.name for entry in (tmp_path / "deep").iterdir()] == ["data"]


# --- AWS CLI ----------------------------------------------------------------------------------------


@pytest.fixture
def aws(start):
    """aws(*arguments) -> the AWS CLI's answer from a server of its own."""
    import json
    import shutil
    found = "/usr/bin/aws" if os.path.exists("/usr/bin/aws") else shutil.which("aws")
    if not found:
        pytest.skip("no AWS CLI here: apt-get install awscli")
    endpoint = start("-inMemory").endpoint
    credentials = environment({"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1", "AWS_PAGER": ""})
    # The CLI of Debian belongs to Debian's Python, which the tests' environment must not hide.
    credentials["PATH"] = "/usr/bin:/bin"

    def call(service, *arguments):
        finished = subprocess.run([found, service, *arguments, "--endpoint-url", endpoint, "--output", "json"], capture_output=True,
                                  text=True, timeout=60, env=credentials)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout) if finished.stdout.strip() else None
    return call


def test_the_aws_cli_works(aws):
    aws("dynamodb", "create-table", "--table-name", "letters", "--attribute-definitions", "AttributeName=pk,AttributeType=S",
        "--key-schema", "AttributeName=pk,KeyType=HASH", "--billing-mode", "PAY_PER_REQUEST",
        "--stream-specification", "StreamEnabled=true,StreamViewType=NEW_IMAGE")
    aws("dynamodb", "wait", "table-exists", "--table-name", "letters")
    aws("dynamodb", "put-item", "--table-name", "letters", "--item", '{"pk": {"S": "a"}, "n": {"N": "1"}}')
    aws("dynamodb", "update-item", "--table-name", "letters", "--key", '{"pk": {"S": "a"}}', "--update-expression", "ADD n :v",
        "--expression-attribute-values", '{":v": {"N": "2"}}')
    assert aws("dynamodb", "get-item", "--table-name", "letters", "--key", '{"pk": {"S": "a"}}')["Item"] == {"pk": {"S": "a"}, "n": {"N": "3"}}
    assert aws("dynamodb", "scan", "--table-name", "letters")["Count"] == 1
    assert aws("dynamodb", "list-tables")["TableNames"] == ["letters"]
    assert len(aws("dynamodbstreams", "list-streams", "--table-name", "letters")["Streams"]) == 1
    aws("dynamodb", "delete-table", "--table-name", "letters")
    assert aws("dynamodb", "list-tables")["TableNames"] == []
