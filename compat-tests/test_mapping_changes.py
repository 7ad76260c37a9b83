# SPDX-License-Identifier: Apache-2.0
"""Event source mappings that change while they run, and what they read or call that goes away."""

import pytest

from support.mappings import TABLE, WAITS, Lab
from support.poll import until
from support.tables import wait_until_gone

pytestmark = pytest.mark.needs_server


class Control:
    """A lab whose mapping is changed by calls."""

    def __init__(self, lab):
        self.lab = lab

    @property
    def lam(self):
        return self.lab.connect(self.lab.server.endpoint, "lambda")

    def mapping(self):
        return self.lam.list_event_source_mappings()["EventSourceMappings"][0]

    def update(self, **parameters):
        return self.lam.update_event_source_mapping(UUID=self.mapping()["UUID"], **parameters)

    def wait_for(self, state):
        return until(lambda: (found := self.mapping())["State"] == state and found, lambda: str(self.mapping()))


@pytest.fixture
def lab(tmp_path, start, connect):
    return Lab(tmp_path, start, connect, "api")


@pytest.fixture
def control(lab):
    return Control(lab)


def test_an_update_waits_for_what_is_in_flight(lab, control):
    lab.write("a")
    lab.map(source=WAITS, BatchSize=1)
    lab.run()
    until(lambda: lab.calls() == [["a"]], lambda: str(lab.calls()))
    lab.write(*"bcd")
    assert control.update(BatchSize=10)["State"] == "Updating"
    assert lab.calls() == [["a"]]
    (lab.folder / "one.out.go").touch()
    lab.settled(4)
    assert lab.calls() == [["a"], ["b", "c", "d"]]
    assert control.wait_for("Enabled")["BatchSize"] == 10


def test_a_mapping_that_is_disabled_while_it_runs_keeps_its_checkpoint(lab, control):
    lab.write("a", "b")
    lab.map(BatchSize=1)
    lab.run()
    lab.settled(2)
    assert control.update(Enabled=False)["State"] == "Disabling"
    control.wait_for("Disabled")
    lab.write("c")
    control.update(Enabled=True)
    lab.settled(3)
    assert lab.calls() == [["a"], ["b"], ["c"]]


# A retry quota is how a user frees a stream that stands still.
def test_an_update_frees_a_stream_that_stands_still(lab, control):
    lab.write("bad", "good")
    lab.map(bad=["bad"], BatchSize=1)
    lab.run()
    until(lambda: lab.status()["FailedAttempts"] >= 3, lambda: str(lab.status()))
    control.update(MaximumRetryAttempts=0)
    lab.settled(2)
    assert lab.calls()[-2:] == [["bad"], ["good"]]


def test_a_filter_comes_and_goes(lab, control):
    lab.write()
    lab.map(FilterCriteria={"Filters": [{"Pattern": '{"eventName":["REMOVE"]}'}]}, BatchSize=1)
    lab.run()
    lab.write("a")
    lab.settled(1)
    control.update(FilterCriteria={})
    control.wait_for("Enabled")
    lab.write("b")
    lab.settled(2)
    assert lab.calls() == [["b"]]


def test_a_mapping_made_anew_begins_anew(lab, control):
    lab.write("a", "b")
    lab.map()
    lab.run()
    lab.settled(2)
    mapping = control.mapping()
    control.lam.delete_event_source_mapping(UUID=mapping["UUID"])
    until(lambda: control.lam.list_event_source_mappings()["EventSourceMappings"] == [], "no mapping")
    control.lam.create_event_source_mapping(EventSourceArn=mapping["EventSourceArn"], FunctionName="one", StartingPosition="TRIM_HORIZON")
    lab.settled(2)
    assert lab.calls() == [["a", "b"], ["a", "b"]]


# AWS-recorded: the mapping is still there, and Enabled. The text was seen in awslabs/lambda-streams-to-firehose#25.
def test_a_mapping_outlives_its_function(lab, control):
    lab.write()
    lab.map(MaximumRetryAttempts=0)
    lab.run()
    control.lam.delete_function(FunctionName="one")
    lab.write("a")
    until(lambda: lab.status()["FailedAttempts"] >= 2, lambda: str(lab.status()))
    mapping = control.mapping()
    assert mapping["State"] == "Enabled"
    assert mapping["LastProcessingResult"].startswith("PROBLEM: Function not found: arn:aws:lambda:us-east-1:000000000000:function:one")
    lab.run()
    lab.settled(1)
    assert lab.calls() == [["a"]], "the quota was not used"


# AWS-recorded: the mapping is still there, and Enabled.
def test_a_mapping_outlives_its_table(lab, control):
    lab.write("a")
    lab.map()
    lab.run()
    lab.settled(1)
    lab.ddb.delete_table(TableName=TABLE)
    wait_until_gone(lab.ddb, TABLE)
    assert control.mapping()["State"] == "Enabled"
    lab.write("b")
    assert control.mapping()["State"] == "Enabled"
    assert lab.calls() == [["a"]], "the new table has another stream"
