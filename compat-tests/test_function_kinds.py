# SPDX-License-Identifier: Apache-2.0
"""What may be a function: programs in several languages, endpoints, runtimes that somebody else starts."""

import hashlib
import hmac
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
import urllib.request

import pytest

from support.functions import Workshop
from support.poll import until
from support.tables import definition, wait_until_active
from support.values import N, S

pytestmark = pytest.mark.needs_server

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}


@pytest.fixture
def shop(tmp_path):
    return Workshop(tmp_path)


@pytest.fixture
def launch(start, shop, connect):
    """launch() -> (server with the shop's handlers, client); the table "letters" is there."""
    def call():
        server = start("-inMemory", "--handlers", shop.file())
        ddb = connect(server.endpoint)
        ddb.create_table(TableName="letters", **definition(("pk",), StreamSpecification=STREAM))
        wait_until_active(ddb, "letters")
        return server, ddb
    return call


def put(ddb, *numbers):
    for number in numbers:
        ddb.put_item(TableName="letters", Item={"pk": S("a"), "n": N(number)})


def seen(shop, name, count):
    """The numbers that the function wrote, once there are so many."""
    return until(lambda: len(found := shop.lines(name)) >= count and found, lambda: f"{count} lines; there are {shop.lines(name)}")


def status(server, name):
    with urllib.request.urlopen(server.endpoint + "/_pumice/handlers") as answer:
        functions = json.load(answer)["Functions"]
    return next(one for one in functions if one["FunctionName"] == name)


# --- Languages --------------------------------------------------------------------------------------

# Both kinds of modules, since a project has one or the other; each is called in order, in one process.
@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed")
@pytest.mark.parametrize("file, source", [
    ("index.js", "const fs = require('fs');\nexports.handler = async (event) => {"),
    ("index.mjs", "import fs from 'fs';\nexport const handler = async (event) => {"),
], ids=["CommonJS", "ES module"])
def test_node(shop, launch, file, source):
    name = shop.function("node", runtime="nodejs20.x", handler="index.handler", write=False)
    (shop.folder / "functions/node" / file).write_text(source + """
        for (const record of event.Records) {
            fs.appendFileSync(process.env.OUT, record.dynamodb.NewImage.n.N + '\\n');
        }
    };""")
    shop.mapping("letters", name, BatchSize=1)
    server, ddb = launch()
    put(ddb, 1, 2, 3)
    assert seen(shop, name, 3) == ["1", "2", "3"]
    found = until(lambda: (one := status(server, name))["Invocations"] == 3 and one, "3 invocations")
    assert (found["Starts"], found["Errors"], found["LastError"]) == (1, 0, "")


# Go's client reads exactly 200 and 202, and sends its answers in chunks with a trailer.
@pytest.mark.skipif(not (shutil.which("go") or os.path.exists("/usr/local/go/bin/go")), reason="go is not installed")
def test_go(shop, launch, tmp_path):
    code = tmp_path / "source"
    code.mkdir()
    (code / "go.mod").write_text("module function\n\ngo 1.20\n")
    (code / "main.go").write_text(textwrap.dedent("""
        package main

        import (
            "encoding/json"
            "fmt"
            "io"
            "net/http"
            "os"
        )

        type Event struct {
            Records []struct {
                Dynamodb struct{ NewImage map[string]map[string]string }
            }
        }

        func handle(body []byte) {
            var event Event
            if json.Unmarshal(body, &event) != nil {
                os.Exit(3)
            }
            out, _ := os.OpenFile(os.Getenv("OUT"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
            defer out.Close()
            for _, record := range event.Records {
                fmt.Fprintln(out, record.Dynamodb.NewImage["n"]["N"])
            }
        }

        func main() {
            api := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/"
            for {
                next, err := http.Get(api + "next")
                if err != nil || next.StatusCode != 200 {
                    os.Exit(1)
                }
                event, _ := io.ReadAll(next.Body)
                next.Body.Close()
                handle(event)
                reader, writer := io.Pipe()
                request, _ := http.NewRequest("POST", api+next.Header.Get("Lambda-Runtime-Aws-Request-Id")+"/response", reader)
                request.Trailer = http.Header{"Lambda-Runtime-Function-Error-Type": nil}
                go func() { io.WriteString(writer, "null"); writer.Close() }()
                answer, err := http.DefaultClient.Do(request)
                if err != nil || answer.StatusCode != 202 {
                    os.Exit(2)
                }
                io.Copy(io.Discard, answer.Body)
                answer.Body.Close()
            }
        }
    """))
    name = shop.bootstrap("go", "#!/bin/sh\nexit 9\n")
    binary = shop.folder / "functions/go/bootstrap"
    binary.unlink()
    subprocess.run(["go", "build", "-o", binary, "."], cwd=code, check=True, timeout=300,
                   env=os.environ | {"PATH": os.environ["PATH"] + ":/usr/local/go/bin", "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"})
    shop.mapping("letters", name, BatchSize=1)
    server, ddb = launch()
    put(ddb, 1, 2, 3)
    assert seen(shop, name, 3) == ["1", "2", "3"]
    assert status(server, name)["Starts"] == 1


# A shell's curl makes a connection for each call.
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_shell(shop, launch):
    name = shop.bootstrap("shell", """
        #!/bin/sh
        api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
        while event=$(curl -sS -D headers "$api/next"); do
          id=$(tr -d '\\r' < headers | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //p')
          echo "$event" | sed 's/.*"n":{"N":"\\([0-9]*\\)"}.*/\\1/' >> "$OUT"
          curl -sS -d null "$api/$id/response" > /dev/null
        done
    """)
    shop.mapping("letters", name, BatchSize=1)
    server, ddb = launch()
    put(ddb, 1, 2, 3)
    assert seen(shop, name, 3) == ["1", "2", "3"]
    assert status(server, name)["Starts"] == 1


# --- Code -------------------------------------------------------------------------------------------

COUNTING = """
    import os

    def handler(event, context):
        with open(os.environ["OUT"], "a") as out:
            for record in event["Records"]:
                out.write("%s %s\\n" % (VERSION, record["dynamodb"]["NewImage"]["n"]["N"]))
"""


# What a developer does all day: change a line, write an item, look.
def test_changed_code_runs_with_the_next_record(shop, launch):
    name = shop.function("hot", textwrap.dedent(COUNTING).replace("VERSION", "'old'"))
    function = shop.functions[-1]
    function["CodeUri"] = "file://./" + function.pop("CodePath")
    shop.mapping("letters", name, BatchSize=1)
    _, ddb = launch()
    put(ddb, 1)
    assert seen(shop, name, 1) == ["old 1"]
    main = shop.folder / "functions/hot/main.py"
    main.write_text(main.read_text().replace("'old'", "'new'"))
    put(ddb, 2)
    assert seen(shop, name, 2) == ["old 1", "new 2"]


# Dependencies that several functions share.
def test_a_layer_is_importable(shop, launch):
    layer = shop.folder / "layer/python"
    layer.mkdir(parents=True)
    (layer / "shared.py").write_text("VERSION = 'of the layer'\n")
    name = shop.function("layered", "from shared import VERSION\n" + textwrap.dedent(COUNTING))
    shop.functions[-1]["Layers"] = ["layer"]
    shop.mapping("letters", name)
    _, ddb = launch()
    put(ddb, 1)
    assert seen(shop, name, 1) == ["of the layer 1"]


# --- No process of the server's ---------------------------------------------------------------------


@pytest.fixture
def endpoint():
    """A web server: `answers` are given in turn, the last one again; `calls` holds (path, headers, body)."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, text = answers.pop(0) if len(answers) > 1 else answers[0]
            calls.append((self.path, self.headers, body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    calls, answers = [], [(200, {}, "")]
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web.calls, web.answers = calls, answers
    web.url = f"http://127.0.0.1:{web.server_address[1]}"
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield web
    web.shutdown()
    web.server_close()


def called(endpoint, count):
    calls = until(lambda: len(endpoint.calls) >= count and list(endpoint.calls), lambda: f"{count} calls; there are {len(endpoint.calls)}")
    return [[record["dynamodb"]["NewImage"]["n"]["N"] for record in json.loads(body)["Records"]] for _, _, body in calls]


# A status that is none of 2xx is a failure: the batch comes again, and none overtakes it.
def test_a_webhook_is_called_until_it_accepts(shop, launch, endpoint):
    endpoint.answers[:] = [(500, {}, "not now"), (204, {}, "")]
    shop.functions.append({"FunctionName": "hook", "CodeUri": endpoint.url + "/hook", "WebhookSecret": "secret"})
    shop.mapping("letters", "hook", BatchSize=1)
    server, ddb = launch()
    put(ddb, 1, 2)
    assert called(endpoint, 3) == [["1"], ["1"], ["2"]]
    path, headers, body = endpoint.calls[0]
    assert path == "/hook"
    signed = headers["X-Pumice-Timestamp"].encode() + b"." + body
    assert headers["X-Pumice-Signature"] == "sha256=" + hmac.new(b"secret", signed, hashlib.sha256).hexdigest()
    found = status(server, "hook")
    assert found["LastError"] == f"Pumice.EndpointError: {endpoint.url}/hook: HTTP status 500: not now"
    assert found["Errors"] == 1


# `sam local start-lambda` tells an error by a header, AWS's emulator by the body alone; both answer 200.
@pytest.mark.parametrize("headers", [{"X-Amz-Function-Error": "Unhandled"}, {}], ids=["sam", "emulator"])
def test_a_lambda_of_another_tool(shop, launch, endpoint, headers):
    endpoint.answers[:] = [(200, headers, '{"errorMessage": "no", "errorType": "ValueError"}'), (200, {}, "null")]
    shop.functions.append({"FunctionName": "other", "CodeUri": endpoint.url + "/2015-03-31/functions/function/invocations"})
    shop.mapping("letters", "other", BatchSize=1)
    server, ddb = launch()
    put(ddb, 1, 2)
    assert called(endpoint, 3) == [["1"], ["1"], ["2"]]
    assert status(server, "other")["LastError"] == "ValueError: no"


ATTACHED = """
    import http.client, json, os
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        api.request("GET", "/2018-06-01/runtime/invocation/next")
        answer = api.getresponse()
        event = json.loads(answer.read())
        with open(os.environ["OUT"], "a") as out:
            for record in event["Records"]:
                out.write(record["dynamodb"]["NewImage"]["n"]["N"] + "\\n")
        if os.path.exists(os.environ["OUT"] + ".die"):
            os._exit(1)
        api.request("POST", "/2018-06-01/runtime/invocation/%s/response" % answer.headers["Lambda-Runtime-Aws-Request-Id"], "null")
        api.getresponse().read()
"""


# A runtime in a debugger or a container comes and goes while the server runs.
def test_a_runtime_attaches_from_outside(shop, launch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = "127.0.0.1:%d" % probe.getsockname()[1]
    shop.functions.append({"FunctionName": "attached", "CodeUri": "runtime://" + address, "Timeout": 60})
    shop.mapping("letters", "attached", BatchSize=1)
    server, ddb = launch()

    def attach():
        return subprocess.Popen([sys.executable, "-c", textwrap.dedent(ATTACHED)],
                                env=os.environ | {"AWS_LAMBDA_RUNTIME_API": address, "OUT": str(shop.out("attached"))})
    put(ddb, 1, 2)  # they wait
    runtime = attach()
    try:
        assert seen(shop, "attached", 2) == ["1", "2"]
        until(lambda: status(server, "attached")["State"] == "Idle", "idle")
        die = shop.folder / "attached.out.die"
        die.touch()
        put(ddb, 3)
        assert seen(shop, "attached", 3) == ["1", "2", "3"]
        until(lambda: status(server, "attached")["Errors"] == 1, "the failure")
        runtime.wait(10)
        die.unlink()
        runtime = attach()
        assert seen(shop, "attached", 4) == ["1", "2", "3", "3"]
    finally:
        runtime.kill()
        runtime.wait()
