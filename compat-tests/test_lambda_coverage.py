# SPDX-License-Identifier: Apache-2.0
"""That docs/lambda.md lists the operations of Lambda's API that the server has, and no other."""

import re
from pathlib import Path

import pytest
from botocore.loaders import Loader

pytestmark = pytest.mark.needs_server

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "lambda.md"
REFUSED = {"InvokeWithResponseStream"}  # with a reason, so it is known


def operations():
    return Loader().load_service_model("lambda", "service-2", "2015-03-31")["operations"]


def is_answered(wire, operation):
    headers = wire.signed_headers(None, b"")
    path = re.sub(r"\{\w+\}", "nothing", operation["http"]["requestUri"])
    answer = wire.exchange(operation["http"]["method"], path, b"", headers)
    return answer.headers.get("x-amzn-errortype") != "UnknownOperationException"


def test_the_documentation_lists_what_is_answered(wire):
    listed = DOCUMENT.read_text().split("## Operations")[1].split("All others")[0]
    answered = {name for name, operation in operations().items() if is_answered(wire, operation)}
    assert set(re.findall(r"\w+", listed)) == answered - REFUSED
