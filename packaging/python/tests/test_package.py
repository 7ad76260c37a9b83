# SPDX-License-Identifier: Apache-2.0
"""The installed wheel as its users have it: run with the Python of a fresh environment, outside of the source tree."""

import os
import re
import select
import signal
import subprocess
import sys
import textwrap
from importlib.metadata import distribution

import pytest

import pumice_dynamodb
from pumice_dynamodb import Server, StartError

SECONDS = 60


def run(*command, cwd, **more):
    return subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=SECONDS, **more)


def pytest_in(folder, *flags):
    return run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *flags, cwd=folder)


# The tests must not see the sources, else a file missing in the wheel would not be missed.
def test_the_package_is_the_installed_one():
    assert "site-packages" in pumice_dynamodb.__file__


def test_the_wheel_names_a_manylinux_platform():
    assert re.search(r"Tag: py3-none-manylinux_2_\d+_x86_64", distribution("pumice-dynamodb").read_text("WHEEL"))


def test_the_readmes_example_passes(tmp_path):
    readme = distribution("pumice-dynamodb").metadata.get_payload()
    example = re.search(r"```python\n(def test_.*?)```", readme, re.DOTALL).group(1)
    (tmp_path / "test_example.py").write_text(example)
    result = pytest_in(tmp_path)
    assert "1 passed" in result.stdout, result.stdout + result.stderr


CLEAN_STATE = textwrap.dedent('''
    import pytest

    def names(client):
        return client.list_tables()["TableNames"]

    @pytest.mark.parametrize("round", range(6))
    def test_starts_without_tables(dynamodb_client, round):
        assert names(dynamodb_client) == []
        dynamodb_client.create_table(
            TableName="again", BillingMode="PAY_PER_REQUEST", DeletionProtectionEnabled=True,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
        assert names(dynamodb_client) == ["again"]

    def test_has_one_server_for_the_session(pumice, pumice_server, dynamodb_streams_client):
        assert pumice is pumice_server
        assert dynamodb_streams_client.list_streams()["Streams"] == []
''')


# Tables that one test leaves, protected or not, are not there in the next.
@pytest.mark.parametrize("flags", [[], ["-n", "3"]], ids=["alone", "xdist"])
def test_each_test_starts_clean(tmp_path, flags):
    (tmp_path / "test_state.py").write_text(CLEAN_STATE)
    result = pytest_in(tmp_path, *flags)
    assert "7 passed" in result.stdout, result.stdout + result.stderr


def test_flags_come_from_the_ini_file(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\npumice_flags = -sharedDb\n")
    (tmp_path / "test_flags.py").write_text("def test_shared(pumice_server):\n    assert 'SharedDb:\\ttrue' in pumice_server.log()\n")
    result = pytest_in(tmp_path)
    assert "1 passed" in result.stdout, result.stdout + result.stderr


def test_the_command_is_on_the_path(tmp_path):
    result = run(os.path.join(os.path.dirname(sys.executable), "pumice"), "-version", cwd=tmp_path)
    assert result.stdout == f"Pumice {distribution('pumice-dynamodb').version}\n"


def test_a_server_that_cannot_start_says_why():
    with pytest.raises(StartError, match="Unknown flag -shareDb"):
        Server("-shareDb").start()


def test_a_program_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StartError, match=str(tmp_path / "nothing")):
        Server(binary=tmp_path / "nothing").start()


def test_a_child_process_finds_the_server_by_its_environment(tmp_path):
    listing = "import boto3; print(boto3.client('dynamodb').list_tables()['TableNames'])"
    with Server() as server:
        result = run(sys.executable, "-c", listing, cwd=tmp_path, env={**os.environ, **server.environment()})
    assert result.stdout == "[]\n", result.stderr


def test_data_on_disk_outlives_the_server(tmp_path):
    for expected in ([], ["kept"]):
        with Server("-dbPath", tmp_path) as server:
            client = server.client()
            assert client.list_tables()["TableNames"] == expected
            if not expected:
                client.create_table(TableName="kept", BillingMode="PAY_PER_REQUEST",
                                    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                                    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])


def test_stopping_twice_is_no_mistake():
    server = Server().start()
    assert server.running
    server.stop()
    server.stop()
    assert not server.running


# A test run that is killed must leave no server behind.
def test_the_server_ends_with_a_killed_parent(tmp_path):
    holding = "from pumice_dynamodb import Server; import signal; print(Server().start().pid, flush=True); signal.pause()"
    parent = subprocess.Popen([sys.executable, "-c", holding], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    server = os.pidfd_open(int(parent.stdout.readline()))
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    ended, _, _ = select.select([server], [], [], SECONDS)
    assert ended, "the server outlived its parent"
