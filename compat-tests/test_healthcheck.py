# SPDX-License-Identifier: Apache-2.0
"""pumice healthcheck: what containers without a shell ask; and process 1, which containers make of the server."""

import os
import shutil
import signal
import socket
import subprocess

import pytest

from support.functions import Workshop
from support.poll import until
from support.server import ANSWER_SECONDS, Server, environment
from support.tables import definition

pytestmark = pytest.mark.needs_server


@pytest.fixture
def healthcheck(server_binary):
    """healthcheck(*flags, env={}) -> exit code, stdout, stderr."""
    def call(*flags, env=None):
        finished = subprocess.run([server_binary, "healthcheck", *map(str, flags)], capture_output=True, text=True,
                                  timeout=ANSWER_SECONDS, env=environment(env))
        return finished.returncode, finished.stdout, finished.stderr
    return call


# Containers call it as it is, whichever health answer their server was told to give.
@pytest.mark.parametrize("flags", [[], ["--dynamodb-local-health"]], ids=["AWS", "DynamoDB Local"])
def test_a_server_that_answers_is_healthy(start, healthcheck, flags):
    port = start("-inMemory", *flags).port
    assert healthcheck("--port", port) == (0, f"healthy: 127.0.0.1 port {port}\n", "")


def test_the_flags_mean_what_they_mean_to_the_server(start, healthcheck):
    port = start("-inMemory", "--host", "127.0.0.2").port
    assert healthcheck("-port", port, "--host", "127.0.0.2")[0] == 0
    assert healthcheck("-port", port, env={"PUMICE_HOST": "127.0.0.2"})[0] == 0
    assert healthcheck("-port", port)[0] == 1


def test_where_nobody_listens_it_says_so(healthcheck):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        assert healthcheck("--port", port) == (1, "", f"pumice: No answer from 127.0.0.1 port {port}: Connection refused\n")


@pytest.mark.parametrize("flags, told", [(["--nonsense"], "Unknown flag --nonsense"), (["--port", "x"], "port"), (["--host", "a.example"], "a.example")],
                         ids=["unknown flag", "port is text", "host is a name"])
def test_a_mistake_is_told(healthcheck, flags, told):
    code, output, errors = healthcheck(*flags)
    assert (code, output) == (2, "")
    assert told in errors and errors.count("\n") == 1


def test_help(healthcheck):
    code, output, errors = healthcheck("-help")
    assert (code, errors) == (0, "")
    assert "--host" in output and "-port" in output


# --- Process 1 ----------------------------------------------------------------------------------------


@pytest.fixture
def as_process_1(server_binary, tmp_path):
    """as_process_1(*flags) -> a server in a process namespace of its own, as in a container, and the id of its process 1."""
    isolation = ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]), "--pid", "--fork", "--kill-child"]
    if not shutil.which("unshare") or subprocess.run([*isolation, "true"], capture_output=True).returncode != 0:
        pytest.skip("no process namespaces here: not root, and users may not make them")
    script = tmp_path / "as_process_1"
    script.write_text(f'#!/bin/sh\nexec {" ".join(isolation)} {server_binary} "$@"\n')
    script.chmod(0o755)
    running = []

    def launch(*flags):
        server = Server(script, *flags)
        running.append(server)
        server.wait_until_listening()
        return server, children(server.process.pid)[0]
    yield launch
    for server in running:
        server.kill()


@pytest.fixture
def workshop(tmp_path):
    return Workshop(tmp_path)


def children(process):
    with open(f"/proc/{process}/task/{process}/children") as listed:
        return [int(child) for child in listed.read().split()]


# The kernel ignores signals to process 1 that it does not handle; and a container's end must not take ten seconds.
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_process_1_ends_on_a_signal(as_process_1, number):
    server, first = as_process_1("-inMemory")
    os.kill(first, number)
    assert server.wait() == 0
    assert f"Signal {int(number)}: stopping" in server.log()


# Exit codes are what a container's restart policy reads.
def test_process_1_ends_with_the_servers_exit_code(as_process_1):
    server, first = as_process_1("-inMemory")
    os.kill(children(first)[0], signal.SIGKILL)
    assert server.wait() == 128 + signal.SIGKILL


# A function may start a process that outlives it; who ends without a parent must not stay as a zombie.
def test_process_1_collects_orphans(as_process_1, connect, workshop):
    workshop.function("parent", """
        import os, subprocess

        def handler(event, context):
            subprocess.run(["sh", "-c", "sleep 0.1 & echo $! >>$OUT"], check=True)
    """)
    workshop.mapping("letters", "parent", StartingPosition="TRIM_HORIZON")
    server, first = as_process_1("-inMemory", "--handlers", workshop.file())
    client = connect(server.endpoint)
    client.create_table(TableName="letters", **definition(("pk",)), StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    client.put_item(TableName="letters", Item={"pk": {"S": "a"}})
    until(lambda: workshop.lines("parent"), "the function ran")
    until(lambda: len(children(first)) == 1, "the orphan is gone")
