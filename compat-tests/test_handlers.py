# SPDX-License-Identifier: Apache-2.0
"""Functions that the server runs on stream records, as AWS Lambda's event source mappings do."""

import json
import os
import re
import shutil
import sys

import pytest

from support.functions import RECORDER, Workshop
from support.poll import until
from support.tables import definition, wait_until_active, wait_until_gone
from support.values import N, ONE_OF_EACH, S

pytestmark = pytest.mark.needs_server

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


@pytest.fixture
def shop(tmp_path):
    return Workshop(tmp_path)


@pytest.fixture
def launch(start, shop, connect):
    """launch(*flags) -> (server with the shop's handlers, client)."""
    def call(*flags, **options):
        server = start(*(flags or ["-inMemory"]), "--handlers", shop.file(), **options)
        return server, connect(server.endpoint)
    return call


def create(ddb, name="letters", **more):
    ddb.create_table(TableName=name, **definition(("pk",), StreamSpecification=STREAM, **more))
    return wait_until_active(ddb, name)


def put(ddb, *keys, table="letters", **more):
    for key in keys:
        ddb.put_item(TableName=table, Item={"pk": S(str(key)), **more})


def keys(records):
    return [record["dynamodb"]["Keys"]["pk"]["S"] for record in records]


def delivered(shop, name, *wanted):
    """The records of a function once all wanted keys are among them."""
    wanted = list(map(str, wanted))
    return until(lambda: set(wanted) <= set(keys(found := shop.records(name))) and found,
                 lambda: f"{wanted} at {name}; it has {keys(shop.records(name))}")


# --- Delivery ---------------------------------------------------------------------------------------


def test_a_write_reaches_the_function(shop, launch):
    shop.mapping("letters", shop.function("one"))
    _, ddb = launch()
    description = create(ddb)
    put(ddb, "a", **ONE_OF_EACH)
    [record] = delivered(shop, "one", "a")
    assert record["eventName"] == "INSERT"
    assert record["eventSource"] == "aws:dynamodb"
    assert record["eventVersion"] == "1.1"
    assert re.fullmatch("[0-9a-f]{32}", record["eventID"])
    assert record["eventSourceARN"] == description["LatestStreamArn"]
    assert record["dynamodb"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
    assert record["dynamodb"]["NewImage"]["m"] == {"M": {"x": {"S": "y"}}}
    # Binary stays base64, as on the wire.
    assert record["dynamodb"]["NewImage"]["b"] == {"B": "AP8="}
    # AWS writes the time with a decimal point.
    assert isinstance(record["dynamodb"]["ApproximateCreationDateTime"], float)
    assert "userIdentity" not in record


def test_records_keep_their_order(shop, launch):
    shop.mapping("letters", shop.function("one"))
    _, ddb = launch()
    create(ddb)
    for number in range(50):
        put(ddb, "a", n=N(number))
    found = until(lambda: len(found := shop.records("one")) >= 50 and found, "50 records")
    assert [record["dynamodb"]["NewImage"]["n"]["N"] for record in found] == list(map(str, range(50)))


BATCHES = """
    import json, os

    def handler(event, context):
        with open(os.environ["OUT"], "a") as out:
            out.write(json.dumps([record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]) + "\\n")
"""


@pytest.mark.parametrize("size", [1, 4])
def test_a_batch_holds_at_most_its_size(shop, launch, size):
    shop.mapping("letters", shop.function("one", BATCHES), BatchSize=size)
    _, ddb = launch()
    create(ddb)
    put(ddb, *range(30))
    batches = until(lambda: sum(map(len, found := shop.records("one"))) >= 30 and found, "30 records")
    assert [key for batch in batches for key in batch] == list(map(str, range(30)))
    assert max(map(len, batches)) <= size


def test_two_functions_read_one_stream(shop, launch):
    for name in ("one", "two"):
        shop.mapping("letters", shop.function(name))
    _, ddb = launch()
    create(ddb)
    put(ddb, *range(10))
    for name in ("one", "two"):
        assert keys(delivered(shop, name, *range(10))) == list(map(str, range(10)))


def test_a_function_may_read_two_tables(shop, launch):
    name = shop.function("one")
    shop.mapping("letters", name)
    shop.mapping("digits", name)
    _, ddb = launch()
    create(ddb)
    create(ddb, "digits")
    put(ddb, "a")
    put(ddb, "1", table="digits")
    delivered(shop, "one", "a", "1")


# Enabled is what a user switches off for a while.
def test_a_disabled_mapping_is_idle(shop, launch):
    shop.mapping("letters", shop.function("off"), Enabled=False)
    shop.mapping("letters", shop.function("on"))
    _, ddb = launch()
    create(ddb)
    put(ddb, "a")
    delivered(shop, "on", "a")
    assert shop.records("off") == []


# Cruddur switches its stream on after the table was made.
def test_a_stream_switched_on_later_is_found(shop, launch):
    shop.mapping("letters", shop.function("one"))
    _, ddb = launch()
    ddb.create_table(TableName="letters", **definition(("pk",)))
    wait_until_active(ddb, "letters")
    ddb.update_table(TableName="letters", StreamSpecification=STREAM)
    wait_until_active(ddb, "letters")
    put(ddb, "a")
    delivered(shop, "one", "a")


def test_a_table_made_anew_is_found_again(shop, launch):
    shop.mapping("letters", shop.function("one"))
    _, ddb = launch()
    create(ddb)
    put(ddb, "a")
    delivered(shop, "one", "a")
    ddb.delete_table(TableName="letters")
    wait_until_gone(ddb, "letters")
    create(ddb)
    put(ddb, "b")
    delivered(shop, "one", "b")


@pytest.mark.parametrize("source", ["LatestStreamArn", "TableArn", "TableName"])
def test_the_source_may_be_a_stream_a_table_or_a_name(start, connect, shop, launch, tmp_path, source):
    server = start("-dbPath", tmp_path / "data", "-sharedDb")
    description = create(connect(server.endpoint))
    server.stop()
    shop.mapping(description[source], shop.function("one"))
    _, ddb = launch("-dbPath", tmp_path / "data", "-sharedDb")
    put(ddb, "a")
    delivered(shop, "one", "a")


@pytest.mark.parametrize("position, wanted", [("TRIM_HORIZON", ["before", "after"]), ("LATEST", ["after"])])
def test_the_starting_position(start, connect, shop, launch, tmp_path, position, wanted):
    server = start("-dbPath", tmp_path / "data", "-sharedDb")
    ddb = connect(server.endpoint)
    create(ddb)
    put(ddb, "before")
    server.stop()
    shop.mapping("letters", shop.function("one"), StartingPosition=position)
    _, ddb = launch("-dbPath", tmp_path / "data", "-sharedDb")
    put(ddb, "after")
    assert keys(delivered(shop, "one", "after")) == wanted


# --- What a function finds ---------------------------------------------------------------------------


ENVIRONMENT = """
    import json, os

    def handler(event, context):
        found = {"variables": dict(os.environ), "name": context.function_name, "request": context.aws_request_id,
                 "left": context.get_remaining_time_in_millis(), "arn": context.invoked_function_arn, "folder": os.getcwd()}
        with open(os.environ["OUT"], "a") as out:
            out.write(json.dumps(found) + "\\n")
"""


def test_the_environment_of_a_function(shop, launch):
    shop.mapping("letters", shop.function("one", ENVIRONMENT, variables={"COLOUR": "blue"}))
    server, ddb = launch(env={"AWS_SECRET_ACCESS_KEY": "real-secret", "AWS_PROFILE": "real", "HOME": "/root"})
    create(ddb)
    put(ddb, "a")
    [found] = until(lambda: shop.records("one"), "an invocation")
    variables = found["variables"]
    assert variables["COLOUR"] == "blue"
    assert variables["AWS_LAMBDA_FUNCTION_NAME"] == found["name"] == "one"
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "us-east-1"
    assert variables["AWS_ENDPOINT_URL_DYNAMODB"].endswith(f":{server.port}")
    assert variables["_HANDLER"] == "main.handler"
    assert variables["AWS_ACCESS_KEY_ID"] and variables["AWS_SECRET_ACCESS_KEY"]
    assert re.fullmatch("[0-9a-f-]{36}", found["request"])
    assert 0 < found["left"] <= 3000
    assert found["arn"] == "arn:aws:lambda:us-east-1:000000000000:function:one"
    assert found["folder"] == variables["LAMBDA_TASK_ROOT"] == str(shop.folder / "functions" / "one")
    # A function must never see the caller's own credentials.
    assert "real" not in json.dumps(variables)


# A handler written for AWS names AWS's address; it must reach us all the same.
@pytest.mark.parametrize("endpoint", ['"http://dynamodb.us-east-1.amazonaws.com"', '"http://dynamodb.eu-west-1.amazonaws.com"', "None"],
                         ids=["hard-coded", "other region", "by environment"])
def test_a_function_reaches_the_database(shop, launch, endpoint):
    shop.mapping("letters", shop.function("one", f"""
        import boto3, json, os

        table = boto3.resource("dynamodb", region_name="us-east-1", endpoint_url={endpoint}).Table("letters")

        def handler(event, context):
            key = event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"]
            if key != "a":
                return
            table.put_item(Item={{"pk": "written by the function"}})
    """, timeout=30), BatchSize=1)
    _, ddb = launch()
    create(ddb)
    put(ddb, "a")
    until(lambda: "Item" in ddb.get_item(TableName="letters", Key={"pk": S("written by the function")}), "the function's item", 60)


def test_what_a_function_prints_is_logged(shop, launch):
    shop.mapping("letters", shop.function("one", """
        import logging, sys

        def handler(event, context):
            print("printed by the function")
            print("to the other stream", file=sys.stderr)
            logging.getLogger().warning("logged by the function")
    """))
    server, ddb = launch()
    create(ddb)
    put(ddb, "a")
    for text in ("printed by the function", "to the other stream", "logged by the function"):
        until(lambda: text in server.log(), lambda: f"{text!r} in {server.log()}")


# File names with hyphens and handlers of other names are usual.
@pytest.mark.parametrize("module, handler", [("cruddur-messaging-stream", "cruddur-messaging-stream.lambda_handler"), ("inner", "inner.lambda_handler")])
def test_the_handler_may_have_any_name(shop, launch, module, handler):
    shop.mapping("letters", shop.function("one", RECORDER.replace("def handler", "def lambda_handler"), module=module, handler=handler))
    _, ddb = launch()
    create(ddb)
    put(ddb, "a")
    delivered(shop, "one", "a")


def test_a_function_may_import_its_neighbours(shop, launch):
    shop.mapping("letters", shop.function("one", "from neighbour import handler"))
    shop.function("ignored")
    (shop.folder / "functions" / "one" / "neighbour.py").write_text(
        "import json, os\ndef handler(event, context):\n    with open(os.environ['OUT'], 'a') as out:\n"
        "        [out.write(json.dumps(record) + '\\n') for record in event['Records']]\n")
    _, ddb = launch()
    create(ddb)
    put(ddb, "a")
    delivered(shop, "one", "a")


# --- Failures ---------------------------------------------------------------------------------------


# Fails twice for each batch, then takes it.
FLAKY = """
    import json, os

    attempts = {}

    def handler(event, context):
        first = event["Records"][0]["eventID"]
        attempts[first] = attempts.get(first, 0) + 1
        if attempts[first] <= 2:
            raise ValueError("not yet: " + str(attempts[first]))
        with open(os.environ["OUT"], "a") as out:
            for record in event["Records"]:
                out.write(json.dumps(record) + "\\n")
"""


def test_a_failed_batch_is_tried_again(shop, launch):
    shop.mapping("letters", shop.function("flaky", FLAKY), BatchSize=1)
    server, ddb = launch()
    create(ddb)
    put(ddb, "a", "b")
    assert keys(delivered(shop, "flaky", "a", "b")) == ["a", "b"]
    assert "ValueError" in server.log() and "not yet: 1" in server.log()


BROKEN = """
    def handler(event, context):
        raise RuntimeError("always")
"""


def test_a_broken_function_stops_no_other(shop, launch):
    shop.mapping("letters", shop.function("broken", BROKEN))
    shop.mapping("letters", shop.function("sound"))
    server, ddb = launch()
    create(ddb)
    put(ddb, *range(5))
    delivered(shop, "sound", *range(5))
    until(lambda: "RuntimeError" in server.log(), "the error in the log")


# AWS's own count: one retry is two invocations. After them the stream goes on.
def test_retries_may_be_bounded(shop, launch):
    shop.mapping("letters", shop.function("picky", """
        import json, os

        def handler(event, context):
            key = event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"]
            with open(os.environ["OUT"], "a") as out:
                out.write(json.dumps(key) + "\\n")
            if key == "bad":
                raise ValueError(key)
    """), BatchSize=1, MaximumRetryAttempts=1)
    _, ddb = launch()
    create(ddb)
    put(ddb, "bad", "good")
    assert until(lambda: "good" in (found := shop.records("picky")) and found, "the record after the bad one") == ["bad", "bad", "good"]


def test_a_crashing_function_is_started_again(shop, launch):
    shop.mapping("letters", shop.function("crash", """
        import json, os

        def handler(event, context):
            marker = os.environ["OUT"] + ".crashed"
            if not os.path.exists(marker):
                open(marker, "w").close()
                os._exit(9)
            with open(os.environ["OUT"], "a") as out:
                for record in event["Records"]:
                    out.write(json.dumps(record) + "\\n")
    """))
    server, ddb = launch()
    create(ddb)
    put(ddb, "a")
    delivered(shop, "crash", "a")
    assert "crash" in server.log()


def test_a_function_that_takes_too_long_is_ended(shop, launch):
    shop.mapping("letters", shop.function("slow", """
        import json, os, time

        def handler(event, context):
            marker = os.environ["OUT"] + ".slept"
            if not os.path.exists(marker):
                open(marker, "w").close()
                time.sleep(600)
            with open(os.environ["OUT"], "a") as out:
                for record in event["Records"]:
                    out.write(json.dumps(record) + "\\n")
    """, timeout=1))
    server, ddb = launch()
    create(ddb)
    put(ddb, "a")
    delivered(shop, "slow", "a")
    assert re.search("[Tt]imed out|[Tt]imeout|[Tt]imedout", server.log())


MISSING = {
    "module": (dict(handler="absent.handler"), "absent"),
    "function in the module": (dict(handler="main.absent"), "absent"),
    "module that the module imports": (dict(source="import no_such_module_at_all\n"), "no_such_module_at_all"),
    "syntax": (dict(source="def handler(:\n"), "SyntaxError"),
}


@pytest.mark.parametrize("case", MISSING)
def test_what_is_missing_is_logged(shop, launch, case):
    options, named = MISSING[case]
    shop.mapping("letters", shop.function("one", **options))
    server, ddb = launch()
    create(ddb)
    put(ddb, "a")
    until(lambda: named in server.log() and "one" in server.log(), lambda: f"{named!r} in:\n{server.log()}")


# The most likely mistake of a newcomer, so the log must name the cure.
def test_a_missing_boto3_is_explained(shop, launch, tmp_path):
    bare = tmp_path / "bin"
    bare.mkdir()
    python = bare / "python3"
    # -S: this Python has no site-packages, hence no boto3.
    python.write_text(f'#!/bin/sh\nexec "{os.path.realpath(sys.executable)}" -S "$@"\n')
    python.chmod(0o755)
    shop.mapping("letters", shop.function("one", "import boto3\n" + "def handler(event, context):\n    pass\n"))
    server, ddb = launch(env={"PATH": f"{bare}:/usr/bin:/bin"})
    create(ddb)
    put(ddb, "a")
    until(lambda: re.search("boto3.*(install|pip|apt)|(install|pip|apt).*boto3", server.log()), lambda: f"a hint in:\n{server.log()}")


# --- Other languages --------------------------------------------------------------------------------


def test_a_bootstrap_speaks_the_runtime_api(shop, launch):
    shop.mapping("letters", shop.bootstrap("own", f"""
        #!{sys.executable}
        import http.client, json, os

        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        while True:
            connection.request("GET", "/2018-06-01/runtime/invocation/next")
            answer = connection.getresponse()
            event = json.loads(answer.read())
            assert answer.status == 200
            request, deadline = answer.headers["Lambda-Runtime-Aws-Request-Id"], int(answer.headers["Lambda-Runtime-Deadline-Ms"])
            assert answer.headers["Lambda-Runtime-Invoked-Function-Arn"].endswith(":function:own") and deadline > 0
            connection.request("POST", "/2018-06-01/runtime/invocation/" + request + "/response", "null")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 202
            with open(os.environ["OUT"], "a") as out:
                for record in event["Records"]:
                    out.write(json.dumps(record) + "\\n")
    """))
    _, ddb = launch()
    create(ddb)
    put(ddb, *range(20))
    assert keys(delivered(shop, "own", *range(20))) == list(map(str, range(20)))


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_a_bootstrap_may_be_a_shell_script(shop, launch):
    shop.mapping("letters", shop.bootstrap("shell", """
        #!/bin/sh
        base="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
        while :; do
          event=$(curl -s --noproxy '*' -D "$OUT.headers" "$base/next") || exit 1
          request=$(tr -d '\\r' < "$OUT.headers" | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
          printf '%s\\n' "$event" >> "$OUT"
          curl -s --noproxy '*' -o /dev/null -d '{}' "$base/$request/response"
        done
    """), BatchSize=1)
    _, ddb = launch()
    create(ddb)
    put(ddb, "a", "b")
    events = until(lambda: len(found := shop.records("shell")) >= 2 and found, "two events")
    assert [keys(event["Records"]) for event in events] == [["a"], ["b"]]


# The first answer reports an error, which is retried; after it the function goes on.
def test_a_bootstrap_may_report_an_error(shop, launch):
    shop.mapping("letters", shop.bootstrap("own", f"""
        #!{sys.executable}
        import http.client, json, os

        connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
        failed = False
        while True:
            connection.request("GET", "/2018-06-01/runtime/invocation/next")
            answer = connection.getresponse()
            event = json.loads(answer.read())
            path = "/2018-06-01/runtime/invocation/" + answer.headers["Lambda-Runtime-Aws-Request-Id"]
            if failed:
                connection.request("POST", path + "/response", "null")
                with open(os.environ["OUT"], "a") as out:
                    for record in event["Records"]:
                        out.write(json.dumps(record) + "\\n")
            else:
                failed = True
                connection.request("POST", path + "/error", json.dumps({{"errorType": "Own.Error", "errorMessage": "reported by hand"}}))
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 202
    """))
    server, ddb = launch()
    create(ddb)
    put(ddb, "a")
    delivered(shop, "own", "a")
    assert "Own.Error" in server.log() and "reported by hand" in server.log()


def test_a_missing_bootstrap_is_logged(shop, launch):
    shop.mapping("letters", shop.function("none", runtime="provided.al2023", write=False))
    try:
        server, ddb = launch()
    except AssertionError as refused_at_start:
        assert "bootstrap" in str(refused_at_start)
        return
    create(ddb)
    put(ddb, "a")
    until(lambda: "bootstrap" in server.log(), lambda: server.log())


# --- Restarts ---------------------------------------------------------------------------------------


def test_a_checkpoint_survives_a_stop(shop, launch, tmp_path):
    shop.mapping("letters", shop.function("one"))
    server, ddb = launch("-dbPath", tmp_path / "data", "-sharedDb")
    create(ddb)
    put(ddb, *range(10))
    delivered(shop, "one", *range(10))
    server.stop()
    server, ddb = launch("-dbPath", tmp_path / "data", "-sharedDb")
    put(ddb, *range(10, 20))
    found = keys(delivered(shop, "one", *range(20)))
    assert sorted(set(map(int, found))) == list(range(20))


# Delivery is at least once: after a kill nothing is missing, whatever comes twice.
def test_no_record_is_lost_by_a_kill(shop, launch, tmp_path):
    shop.mapping("letters", shop.function("one"), BatchSize=3)
    for start_at in (0, 100, 200):
        server, ddb = launch("-dbPath", tmp_path / "data", "-sharedDb")
        if start_at == 0:
            create(ddb)
        put(ddb, *range(start_at, start_at + 100))
        if start_at < 200:
            server.kill()
    delivered(shop, "one", *range(300))


# What was written while no function ran is delivered when one runs again.
def test_records_wait_for_the_function(start, connect, shop, launch, tmp_path):
    shop.mapping("letters", shop.function("one"))
    server, ddb = launch("-dbPath", tmp_path / "data", "-sharedDb")
    create(ddb)
    put(ddb, "a")
    delivered(shop, "one", "a")
    server.stop()
    server = start("-dbPath", tmp_path / "data", "-sharedDb")
    put(connect(server.endpoint), "b")
    server.stop()
    _, ddb = launch("-dbPath", tmp_path / "data", "-sharedDb")
    delivered(shop, "one", "a", "b")


PID = """
    import os

    def handler(event, context):
        with open(os.environ["OUT"], "a") as out:
            out.write(str(os.getpid()) + "\\n")
"""


def is_running(pid):
    """A zombie has ended, even if nobody asked for its exit code."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_functions_end_with_the_server(shop, launch, end):
    shop.mapping("letters", shop.function("one", PID))
    server, ddb = launch()
    create(ddb)
    put(ddb, "a")
    pid = until(lambda: shop.lines("one"), "an invocation")[0]
    assert is_running(pid)
    getattr(server, end)()
    until(lambda: not is_running(pid), "the function's end")
