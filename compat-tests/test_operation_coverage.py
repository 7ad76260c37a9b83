# SPDX-License-Identifier: Apache-2.0
"""docs/coverage.md says what is there and what is not. It is made from the SDK's model and a server's answers; here a server
is asked again."""

import re
from pathlib import Path

import pytest

from operation_coverage import SERVICES, model_of, reason, render

DOCUMENT = Path(__file__).parent.parent / "docs" / "coverage.md"
ROW = re.compile(r"\| (\w+) \|")


@pytest.fixture(scope="module", autouse=True)
def pumice_only(target):
    if target != "pumice":
        pytest.skip("docs/coverage.md is about Pumice")


def listed(kind, title):
    """The operations in the table `kind` ("answered", "refused") of one API's section."""
    [section] = [part for part in DOCUMENT.read_text().split("\n## ") if part.startswith(f"{title} (`")]
    _, found, table = section.partition(f"\n| {kind} |")
    rows = table.split("\n\n")[0].splitlines()[2:] if found else []
    return {ROW.match(row)[1] for row in rows}


def test_the_document_is_not_stale(wire):
    assert DOCUMENT.read_text() == render(wire), "run ./dev coverage and commit docs/coverage.md"


@pytest.mark.parametrize("service, title", SERVICES.items())
def test_every_operation_of_the_model_is_listed_once(service, title):
    answered, refused = listed("answered", title), listed("refused", title)
    assert answered | refused == set(model_of(service)["operations"])
    assert not answered & refused


# With a body that leaves it to each operation what it says: exactly those listed as refused do not know their own name.
@pytest.mark.parametrize("service, title", SERVICES.items())
def test_exactly_the_listed_operations_are_refused(wire, service, title):
    model = model_of(service)
    unknown = set()
    for operation in model["operations"]:
        answer = wire.call(operation, {}, model["metadata"]["targetPrefix"])
        if answer.status != 200 and answer.json["__type"].endswith("#UnknownOperationException"):
            assert (answer.status, answer.json) == (400, {"__type": "com.amazon.coral.service#UnknownOperationException"})
            unknown.add(operation)
    assert unknown == listed("refused", title)


# When the pinned SDK learns a new operation, somebody has to say why it is not there.
@pytest.mark.parametrize("service, title", SERVICES.items())
def test_each_refusal_has_a_reason(service, title):
    for operation in listed("refused", title):
        assert reason(operation)
