# SPDX-License-Identifier: Apache-2.0
"""pytest fixtures: one server for each session (for each worker of pytest-xdist), clean state for each test.

Flags of the server stand in the ini file: `pumice_flags = --handlers handlers.json`.
"""

import pytest

from .server import Server


def pytest_addoption(parser):
    parser.addini("pumice_flags", "flags of the Pumice server that the fixtures start", type="args", default=[])


@pytest.fixture(scope="session")
def pumice_server(pytestconfig):
    """The running server: endpoint, port, region, access_key, secret_key, environment(), client(), resource()."""
    with Server(*pytestconfig.getini("pumice_flags")) as server:
        yield server


@pytest.fixture
def pumice(pumice_server):
    """The server without any table; the tables that the test makes are deleted after it."""
    pumice_server.clear()
    yield pumice_server
    pumice_server.clear()


@pytest.fixture
def dynamodb_client(pumice):
    """A boto3 client for DynamoDB."""
    return pumice.client()


@pytest.fixture
def dynamodb_streams_client(pumice):
    """A boto3 client for DynamoDB Streams."""
    return pumice.client("dynamodbstreams")


@pytest.fixture
def dynamodb(pumice):
    """A boto3 resource for DynamoDB."""
    return pumice.resource()
