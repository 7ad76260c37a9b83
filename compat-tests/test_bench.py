# SPDX-License-Identifier: Apache-2.0
"""pumice bench: files of access patterns against running endpoints, as a developer and a CI job call it."""

import html.parser
import http.server
import json
import re
import shutil
import signal
import ssl
import subprocess
import threading
import urllib.error
import urllib.request

import pytest

from conftest import ACCESS_KEY, REPOSITORY, SECRET_KEY
from support.poll import until
from support.server import environment
from support.tables import random_name

pytestmark = pytest.mark.needs_server

PATTERNS = REPOSITORY / "patterns"
RUN_SECONDS = 240
# The tables that the bench makes are then those of the client under test: without -sharedDb each key has its own.
KEYS = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}

SMALL = """\
name: small
seed: 1
prices: prices.yaml
tables:
  - TableName: TABLE
    BillingMode: PAY_PER_REQUEST
    AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: N}]
    KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
data:
  users: {count: 3, values: {id: uuid}}
  notes:
    per: users
    count: 10
    values: {text: {text: 100}}
    items: [{pk: {S: '${users.id}'}, sk: {N: '${row}'}, text: {S: '${text}'}}]
patterns:
  - name: newest
    share: 3
    operation: Query
    parameters:
      TableName: TABLE
      KeyConditionExpression: pk = :pk
      ScanIndexForward: false
      Limit: 5
      ExpressionAttributeValues: {':pk': {S: '${users.id}'}}
    expect:
      count: 5
      order: {by: sk, direction: descending}
      attributes: [pk, sk, text]
      no_other_attributes: true
      values: {pk: {S: '${users.id}'}}
    budget: {read_units: 0.5, dollars_per_million: 0.0625, latency_ms: {p99.99: 60000}}
  - name: write
    operation: PutItem
    values: {number: {sequence: {from: 1000}}}
    parameters: {TableName: TABLE, Item: {pk: {S: '${users.id}'}, sk: {N: '${number}'}, text: {S: new}}}
    budget: {write_units: 1, dollars_per_million: 0.625}
"""


class Finished:
    def __init__(self, process):
        self.code, self.output, self.errors = process.returncode, process.stdout, process.stderr

    def json(self):
        return json.loads(self.output)


@pytest.fixture
def bench(server_binary):
    """bench(file, *flags, env={}) -> exit code, stdout, stderr."""
    def call(*flags, env=None):
        return Finished(subprocess.run([server_binary, "bench", *map(str, flags)], capture_output=True, text=True, timeout=RUN_SECONDS,
                                       env=environment({**KEYS, **(env or {})})))
    return call


@pytest.fixture
def file_of(tmp_path):
    """file_of(text) -> the path of a pattern file with that text beside the repository's prices, and its table's random name."""
    def write(text, name="TABLE"):
        shutil.copy(PATTERNS / "prices.yaml", tmp_path)
        table = random_name()
        path = tmp_path / "patterns.yaml"
        path.write_text(re.sub(rf"\b{name}\b", table, text))
        return path, table
    return write


# --- Answers, costs, budgets ----------------------------------------------------------------------


# Units as AWS counts them: half a unit for each 4 KB read, one for each KB written, the index's own beside.
def test_cruddur_answers_are_right_and_cost_what_they_may(bench, file_of, endpoint):
    path, _ = file_of((PATTERNS / "cruddur.yaml").read_text(), "cruddur-messages")
    run = bench(path, "--against", endpoint, "--seconds", 0, "--check", "--json", "-")
    assert run.code == 0, run.output + run.errors
    checks = {check["name"].split()[0]: check for check in run.json()["endpoints"][0]["checks"]}
    assert {name: (check["calls"], check["wrong"]) for name, check in checks.items()} == dict.fromkeys(["A", "B", "C", "D", "E1", "E2"], (100, 0))
    assert (checks["C"]["write_units"], checks["D"]["write_units"], checks["E1"]["read_units"]) == (1, 5, 0.5)
    assert 0.5 < checks["A"]["read_units"] <= 1.5 and 0.5 < checks["B"]["read_units"] <= 1.5
    assert checks["D"]["dollars_per_million"] == 5 * 0.625
    # A conversation that is drawn again has no old item any more: its delete costs one unit, not two.
    assert 3 <= checks["E2"]["write_units"] <= 4


def test_a_scan_where_a_query_belongs_breaks_its_budgets(bench, file_of, endpoint):
    path, _ = file_of((PATTERNS / "wrong-on-purpose.yaml").read_text(), "wrong-on-purpose")
    flags = [path, "--against", f"here={endpoint}", "--seconds", 0]
    run = bench(*flags, "--check")
    assert run.code == 1, run.output + run.errors
    broken = [line for line in run.output.splitlines() if line.startswith("BROKEN")]
    assert len(broken) == 3 and all(line.startswith("BROKEN  here: messages of a conversation, by Scan: ") for line in broken)
    assert re.search(r"by Scan: (\d+) of \1 answers are wrong, the first: \d+ items, expected 20$", broken[0])
    assert broken[1].endswith("reads 128.5 units a call, the budget is 1")
    assert broken[2].endswith("costs $16.06 a million calls, the budget is $0.125")
    assert bench(*flags).code == 0


# What was measured is in the report; the numbers are the machine's.
def test_both_loops_are_measured(bench, file_of, endpoint):
    path, _ = file_of(SMALL)
    run = bench(path, "--against", endpoint, "--seconds", 0.3, "--warm-up", 0, "--connections", 3, "--rate", 200, "--check", "--json", "-")
    assert run.code == 0, run.output + run.errors
    result = run.json()["endpoints"][0]
    assert result["load"]["items"] == 30
    assert (result["closed_loop"]["rate"], result["closed_loop"]["connections"], result["open_loop"]["rate"]) == (None, 3, 200)
    # 200 calls a second for 0.3 s are 60, whether the server is fast or slow.
    assert sum(pattern["calls"] for pattern in result["open_loop"]["patterns"]) == 60
    for loop in ("closed_loop", "open_loop"):
        for pattern in result[loop]["patterns"]:
            latencies = [pattern["latency_us"][name] for name in ("p50", "p90", "p99", "p99.9", "p99.99", "max")]
            assert pattern["failures"] == 0 and latencies == sorted(latencies) and latencies[0] > 0


def test_a_latency_budget_is_judged(bench, file_of, endpoint):
    path, _ = file_of(SMALL.replace("p99.99: 60000", "p50: 0"))
    run = bench(path, "--against", endpoint, "--seconds", 0.2, "--warm-up", 0, "--check")
    assert run.code == 1
    assert re.search(r"^BROKEN  \S+ newest: p50 is [0-9.e-]+ ms, the budget is 0 ms$", run.output, re.MULTILINE), run.output


# --- Reports ----------------------------------------------------------------------------------------


class Page(html.parser.HTMLParser):
    """Elements that are open at the end, plots, and whatever names something outside of the page."""
    EMPTY = {"meta", "circle", "line", "rect", "polyline", "br"}

    def __init__(self):
        super().__init__()
        self.open, self.plots, self.outside, self.text = [], 0, [], ""

    def handle_starttag(self, tag, attributes):
        self.plots += tag == "svg"
        self.outside += [value for name, value in attributes if name in ("src", "href", "xlink:href")] + [tag] * (tag in ("script", "link"))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_two_endpoints_side_by_side(bench, file_of, endpoint, start, tmp_path):
    other = start("-inMemory").endpoint
    path, _ = file_of(SMALL)
    run = bench(path, "--against", f"first={endpoint}", "--against", f"second={other}", "--seconds", 0.2, "--html", tmp_path / "r.html",
                "--json", tmp_path / "r.json")
    assert run.code == 0, run.errors
    lines = run.output.splitlines()
    assert [line.split() for line in lines if line.startswith(" ")][0] == ["first", "second"]
    assert [line.split() for line in lines if "items loaded" in line] == [["items", "loaded", "30", "30"]]
    assert [line.split() for line in lines if "answers" in line] == [["answers", "100", "right", "100", "right"]] * 2
    assert [line.split()[-2:] for line in lines if "units (at most" in line] == [["0.5", "0.5"], ["1", "1"]]
    assert lines[-1] == "No budget is broken."
    result = json.loads((tmp_path / "r.json").read_text())
    assert [(one["name"], one["url"]) for one in result["endpoints"]] == [("first", endpoint), ("second", other)]
    # The same calls a second for both, or their latencies could not be compared.
    assert len({one["open_loop"]["rate"] for one in result["endpoints"]}) == 1


def test_the_page_is_complete_and_needs_no_network(bench, file_of, endpoint, tmp_path):
    path, _ = file_of(SMALL)
    assert bench(path, "--against", endpoint, "--seconds", 0.5, "--html", tmp_path / "r.html").code == 0
    page = Page()
    page.feed((tmp_path / "r.html").read_text())
    page.close()
    assert (page.open, page.outside) == ([], [])
    assert page.plots == 2 + 2 + 1  # latency of each pattern, both loops over time, costs
    assert "Access patterns: small" in page.text and "No budget is broken." in page.text


# --- Mistakes ---------------------------------------------------------------------------------------


def test_an_unknown_member_is_told_with_its_line(bench, file_of, endpoint):
    path, _ = file_of(SMALL.replace("    share: 3\n", "    weight: 3\n"))
    line = path.read_text().splitlines().index("    weight: 3") + 1
    run = bench(path, "--against", endpoint)
    assert (run.code, run.output) == (2, "")
    assert run.errors == (f"pumice: {path}:{line}: unknown member 'weight'; what may stand here: name, share, operation, values, "
                          "parameters, expect, budget\n")


@pytest.mark.parametrize("flags, told", [
    ([], "Name one file of access patterns"), (["FILE"], "Name an endpoint: --against http://localhost:8000"),
    (["FILE", "--against", "localhost:8000"], "--against localhost:8000: a URL like http://localhost:8000 is needed"),
    (["nothing.yaml", "--against", "http://localhost"], "nothing.yaml: the file cannot be read"),
    (["FILE", "--against", "http://localhost", "--nonsense"], "Unknown flag --nonsense"),
    (["FILE", "--against", "http://a", "--against", "http://a"], "two endpoints have that name"),
    (["FILE", "--against", "https://dynamodb.us-east-1.amazonaws.com"], "AWS needs credentials"),
    (["FILE", "--against", "http://localhost", "--html", "/nowhere/r.html"], "/nowhere/r.html: the report cannot be written"),
], ids=["no file", "no endpoint", "no URL", "no such file", "unknown flag", "twice the same", "no credentials", "no report"])
def test_a_mistake_is_told_before_anything_is_done(server_binary, file_of, flags, told):
    path, _ = file_of(SMALL)
    run = Finished(subprocess.run([server_binary, "bench", *[str(path) if flag == "FILE" else flag for flag in flags]], capture_output=True,
                                  text=True, timeout=RUN_SECONDS, env={**environment(), "HOME": "/nowhere"}))
    assert (run.code, run.output) == (2, "")
    assert told in run.errors and run.errors.count("\n") == 1


def test_an_endpoint_that_fails_is_told_and_the_others_are_measured(bench, file_of, endpoint):
    path, _ = file_of(SMALL)
    run = bench(path, "--against", "nobody=http://127.0.0.1:1", "--against", f"here={endpoint}", "--seconds", 0, "--check")
    assert run.code == 3
    assert "FAILED  nobody: DescribeTable: 127.0.0.1 port 1: Connection refused\n" in run.output
    assert "100 right" in run.output


# A table that is there already may be somebody's.
def test_tables_that_exist_are_left_alone_unless_told(bench, file_of, endpoint, ddb):
    path, table = file_of(SMALL)
    flags = [path, "--against", f"here={endpoint}", "--seconds", 0]
    assert bench(*flags, "--keep-tables").code == 0
    kept = ddb.scan(TableName=table, Select="COUNT")["Count"]
    assert kept == 30 + 100  # what was loaded, and the writes of which the answers were checked
    refused = bench(*flags)
    assert refused.code == 3
    assert f"FAILED  here: {table}: this table exists already. --replace-tables deletes it first; --use-tables measures it as it is" in refused.output
    assert ddb.scan(TableName=table, Select="COUNT")["Count"] == kept
    assert bench(*flags, "--use-tables", "--check").code == 0
    assert table in ddb.list_tables()["TableNames"]
    assert bench(*flags, "--replace-tables").code == 0
    assert table not in ddb.list_tables()["TableNames"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_an_interrupted_run_tells_what_it_has(server_binary, file_of, endpoint, ddb, number):
    path, table = file_of(SMALL)
    process = subprocess.Popen([server_binary, "bench", path, "--against", endpoint, "--seconds", "3600"], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(KEYS))
    told = []
    reader = threading.Thread(target=lambda: told.extend(iter(process.stderr.readline, "")), daemon=True)
    reader.start()
    try:
        until(lambda: any("answer as expected" in line for line in told), "the answers are checked")
        process.send_signal(number)
        output = process.stdout.read()
        assert process.wait(RUN_SECONDS) == 130
    finally:
        process.kill()
    assert "The run was interrupted: this is what was measured until then." in output
    assert output.count("100 right") == 2
    assert table not in ddb.list_tables()["TableNames"]


# Progress goes to stderr, so that stdout is the report alone.
def test_progress_is_told(bench, file_of, endpoint):
    path, _ = file_of(SMALL)
    run = bench(path, "--against", f"here={endpoint}", "--seconds", 0)
    assert re.fullmatch(r"here: loading: 30 items in [0-9.]+ s\nhere: checking answers: all 2 patterns answer as expected\n", run.errors)


def test_help(bench):
    run = bench("-help")
    assert (run.code, run.errors) == (0, "")
    assert all(flag in run.output for flag in ("--against", "--check", "--html", "--json", "--use-tables"))


# --- As AWS has it: signatures and TLS --------------------------------------------------------------


@pytest.fixture
def proxy(endpoint):
    """proxy(tls_files=None) -> the URL of a server that passes requests on to the endpoint, and the list of their headers and bodies."""
    servers = []

    def serve(tls_files=None):
        seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                seen.append((dict(self.headers), body))
                request = urllib.request.Request(endpoint, body, dict(self.headers))
                try:
                    answer = urllib.request.urlopen(request)
                except urllib.error.HTTPError as error:
                    answer = error
                content = answer.read()
                self.send_response(answer.status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls_files:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls_files)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"{'https' if tls_files else 'http'}://localhost:{server.server_address[1]}", seen

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


# botocore signs each request that came once more: the signatures are the same.
def test_requests_are_signed_as_aws_wants_them(bench, file_of, proxy):
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    url, seen = proxy()
    path, _ = file_of(SMALL)
    token = {"AWS_SESSION_TOKEN": "a/token=="}
    assert bench(path, "--against", url, "--seconds", 0, "--region", "eu-west-1", env=token).code == 0
    signer = SigV4Auth(Credentials(ACCESS_KEY, SECRET_KEY, token["AWS_SESSION_TOKEN"]), "dynamodb", "eu-west-1")
    operations = {headers["x-amz-target"].partition(".")[2] for headers, _ in seen}
    assert operations == {"CreateTable", "DescribeTable", "BatchWriteItem", "Query", "PutItem", "DeleteTable"}
    for headers, body in seen:
        signed = {name: headers[name] for name in headers if name in ("content-type", "host", "x-amz-date", "x-amz-target", "x-amz-security-token")}
        request = AWSRequest("POST", url, data=body, headers=signed)
        request.context["timestamp"] = headers["x-amz-date"]
        signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
        scope = f"{headers['x-amz-date'][:8]}/eu-west-1/dynamodb/aws4_request"
        assert headers["authorization"] == (f"AWS4-HMAC-SHA256 Credential={ACCESS_KEY}/{scope}, SignedHeaders={';'.join(sorted(signed))}, "
                                            f"Signature={signature}")


@pytest.fixture
def certificate(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("no openssl here to make a certificate with")
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-out", files[0], "-keyout", files[1]], check=True, capture_output=True)
    return files


def test_https_with_a_trusted_certificate(bench, file_of, proxy, certificate):
    url, seen = proxy(certificate)
    path, _ = file_of(SMALL)
    run = bench(path, "--against", url, "--seconds", 0, "--check", env={"AWS_CA_BUNDLE": str(certificate[0])})
    assert run.code == 0, run.output + run.errors
    assert seen[0][0]["host"] == url.removeprefix("https://")


# Credentials must not go to whoever answers.
def test_https_without_a_trusted_certificate_is_refused(bench, file_of, proxy, certificate):
    url, seen = proxy(certificate)
    path, _ = file_of(SMALL)
    run = bench(path, "--against", url, "--seconds", 0)
    assert run.code == 3
    assert "TLS: the certificate of localhost is not trusted: The certificate is not correctly signed by the trusted CA" in run.output
    assert seen == []
