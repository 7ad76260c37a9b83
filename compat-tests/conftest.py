# SPDX-License-Identifier: Apache-2.0
"""The endpoint under test, clients for it, and tables that all tests share (each test uses random keys in them)."""

import os
import re
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import Credentials

pytest.register_assert_rewrite("support")

from support.server import Server
from support.tables import attributes, definition, index, keys, random_key, random_name, table
from support.values import N, S
from support.wire import Wire

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
ACCESS_KEY, SECRET_KEY, REGION = "compattests", "secret", "us-east-1"


def pytest_addoption(parser):
    group = parser.getgroup("compat")
    group.addoption("--endpoint-url", help="test this endpoint instead of a server of our own")
    group.addoption("--server-binary", default=str(REPOSITORY / "build" / "pumice"), help="the server to start")
    group.addoption("--target", choices=("pumice", "dynamodb-local", "aws"), default="pumice",
                    help="what answers at --endpoint-url")
    group.addoption("--region", default=REGION)
    group.addoption("--record-differences", action="store_true",
                    help="with --target dynamodb-local: write the list of tests that fail there anew")


def pytest_collection_modifyitems(config, items):
    target = config.getoption("--target")
    known = target == "dynamodb-local" and not config.getoption("--record-differences")
    differences = local_differences() if known else {}
    own_server = config.getoption("--endpoint-url") is None
    for item in items:
        if item.get_closest_marker("needs_server"):
            if not own_server:
                item.add_marker(pytest.mark.skip(reason="starts its own server; not with --endpoint-url"))
            elif not os.access(config.getoption("--server-binary"), os.X_OK):
                item.add_marker(pytest.mark.skip(reason=f"no server at {config.getoption('--server-binary')}"))
        if target == "dynamodb-local":
            marker = item.get_closest_marker("aws_only")
            reason = marker.args[0] if marker else differences.get(short_id(item))
            if reason:
                item.add_marker(pytest.mark.xfail(reason=reason, strict=False))


# --- Where DynamoDB Local is known to differ -------------------------------------------------------

DIFFERENCES = HERE / "dynamodb_local_differences.tsv"
HEADING = "# Tests that assert what AWS does where DynamoDB Local differs: test id, tab, what it does instead. See README.md."


def short_id(item):
    return f"{item.path.name}::{item.name}".encode("unicode_escape").decode()


def local_differences():
    return dict(line.split("\t", 1) for line in DIFFERENCES.read_text().splitlines() if line and not line.startswith("#"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if item.config.getoption("--record-differences") and report.failed:
        message = str(call.excinfo.value).split("\n", 1)[0]
        # Names and keys are random, and the file is to stay the same from run to run.
        message = re.sub(r"compat_\w+|[0-9a-f]{32}", "<random>", message)
        item.config.stash.setdefault(RECORDED, {})[short_id(item)] = message.split("; AWS: ", 1)[0][:200]


RECORDED = pytest.StashKey()


def pytest_sessionfinish(session):
    if session.config.getoption("--record-differences"):
        recorded = session.config.stash.get(RECORDED, {})
        DIFFERENCES.write_text("\n".join([HEADING, *(f"{test}\t{message}" for test, message in sorted(recorded.items()))]) + "\n")


@pytest.fixture(scope="session")
def server_binary(pytestconfig):
    return Path(pytestconfig.getoption("--server-binary")).resolve()


@pytest.fixture(scope="session")
def endpoint(pytestconfig, request):
    """The URL of the endpoint under test; starts the server if none was given."""
    given = pytestconfig.getoption("--endpoint-url")
    if given:
        yield given
        return
    binary = request.getfixturevalue("server_binary")
    if not os.access(binary, os.X_OK):
        pytest.exit(f"no server at {binary}: build it with ./dev build, or name one with --server-binary", 2)
    with Server(binary, "-inMemory") as server:
        yield server.endpoint


@pytest.fixture(scope="session")
def target(pytestconfig):
    return pytestconfig.getoption("--target")


@pytest.fixture(scope="session")
def region(pytestconfig):
    return pytestconfig.getoption("--region")


@pytest.fixture(scope="session")
def session(target, region):
    """A boto3 session: dummy credentials, except for AWS, which needs the caller's own."""
    if target == "aws":
        return boto3.Session(region_name=region)
    return boto3.Session(ACCESS_KEY, SECRET_KEY, region_name=region)


def make_client(session, service, endpoint, **more):
    """A client that neither retries nor checks parameters: what the server answers is what a test sees."""
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False, connect_timeout=5, read_timeout=60,
                    max_pool_connections=64, **more)
    return session.client(service, endpoint_url=endpoint, config=config)


@pytest.fixture(scope="session")
def connect(session):
    """connect(endpoint, service="dynamodb") -> a client; for tests that start servers of their own."""
    return lambda endpoint, service="dynamodb": make_client(session, service, endpoint)


@pytest.fixture(scope="session")
def ddb(session, endpoint):
    return make_client(session, "dynamodb", endpoint)


@pytest.fixture(scope="session")
def streams(session, endpoint, target):
    return make_client(session, "dynamodbstreams", None if target == "aws" else endpoint)


@pytest.fixture(scope="session")
def wire(session, endpoint, region):
    credentials = session.get_credentials().get_frozen_credentials()
    return Wire(endpoint, Credentials(credentials.access_key, credentials.secret_key, credentials.token), region)


@pytest.fixture
def start(server_binary):
    """start(*flags, port=0, env={}) -> a listening server, ended after the test if it still runs."""
    running = []

    def launch(*flags, **options):
        server = Server(server_binary, *flags, **options)
        running.append(server)
        return server.wait_until_listening()

    yield launch
    for server in running:
        server.kill()


# --- Shared tables ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def hash_table(ddb):
    """pk S."""
    with table(ddb, **definition(("pk",))) as name:
        yield name


@pytest.fixture(scope="session")
def range_table(ddb):
    """pk S, sk S."""
    with table(ddb, **definition(("pk", "sk"))) as name:
        yield name


@pytest.fixture
def pair(ddb, range_table):
    """A partition with the items 1 and 2, n = 1, 2."""
    pk = random_key()
    for n in (1, 2):
        ddb.put_item(TableName=range_table, Item={"pk": S(pk), "sk": S(str(n)), "n": N(n)})
    return pk


@pytest.fixture
def on_pair(range_table, pair):
    """on_pair(PartiQL with {t}, {pk} and {key}, ...) -> members of a batch or a transaction."""
    def members(*statements):
        return [{"Statement": text.format(t=f'"{range_table}"', pk=f"pk = '{pair}'", key=pair)} for text in statements]
    return members


@pytest.fixture(scope="session")
def number_table(ddb):
    """pk S, sk N."""
    with table(ddb, **definition(("pk", "sk"), {"pk": "S", "sk": "N"})) as name:
        yield name


@pytest.fixture(scope="session")
def binary_table(ddb):
    """pk S, sk B."""
    with table(ddb, **definition(("pk", "sk"), {"pk": "S", "sk": "B"})) as name:
        yield name


@pytest.fixture(scope="session")
def index_table(ddb):
    """pk S, sk S; local indexes by l (ALL) and by m (KEYS_ONLY); global indexes by g, by g and h (KEYS_ONLY),
    and by g with one attribute named (INCLUDE)."""
    request = definition(("pk", "sk"), dict(pk="S", sk="S", l="S", m="N", g="S", h="S"))
    request["LocalSecondaryIndexes"] = [index("local_all", ("pk", "l")), index("local_keys", ("pk", "m"), "KEYS_ONLY")]
    request["GlobalSecondaryIndexes"] = [index("global_all", ("g",)), index("global_keys", ("g", "h"), "KEYS_ONLY"),
                                         index("global_some", ("h",), "INCLUDE", ["named"])]
    with table(ddb, **request) as name:
        yield name


@pytest.fixture(scope="session")
def provisioned_table(ddb):
    """pk S, sk S, 5 + 5 units; one global index by g (ALL)."""
    units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    request = {"KeySchema": keys("pk", "sk"), "AttributeDefinitions": attributes(pk="S", sk="S", g="S"),
               "ProvisionedThroughput": units, "GlobalSecondaryIndexes": [{**index("by_g", ("g",)), "ProvisionedThroughput": units}]}
    with table(ddb, TableName=random_name(), **request) as name:
        yield name
