# SPDX-License-Identifier: Apache-2.0
"""Plays the contract with users of amazon/dynamodb-local inside the built images. Run by docker/test."""

import hashlib
import http.client
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest
from ruamel.yaml import YAML

HERE = Path(__file__).parent
BANNER = "Initializing DynamoDB Local with the following configuration:"
PUMICE, DROPIN, PYTHON = (f"localhost/pumice-test:{tag}" for tag in ("pumice", "dropin", "python"))
LIMIT_MB = {PUMICE: 15, DROPIN: 60}


def buildah(*arguments):
    return subprocess.run(["buildah", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def config_of(image):
    return json.loads(buildah("inspect", "--type", "image", image))["Docker"]["config"]


@pytest.fixture(scope="module", params=[PUMICE, DROPIN], ids=["pumice", "dropin"])
def image(request):
    return request.param


@pytest.fixture
def mounted():
    """mounted(image) -> the folder where the root file system of a new container is."""
    containers = []

    def mount(image):
        containers.append(buildah("from", image))
        return Path(buildah("mount", containers[-1]))
    yield mount
    for container in containers:
        buildah("rm", container)


class Container:
    """A process in a container of its own; its output is read as it comes."""

    def __init__(self, image, command=None, entrypoint=None, user=None, workdir=None, volumes=()):
        config = config_of(image)
        words = [*(entrypoint or config["Entrypoint"]), *((config.get("Cmd") or []) if command is None else command)]
        self.name = buildah("from", image)
        flags = [*(["--user", user] if user else []), *(["--workingdir", workdir] if workdir else [])]
        self.volumes = [f"--volume={host}:{inside}" for host, inside in volumes]
        self.process = subprocess.Popen(["buildah", "run", *flags, *self.volumes, self.name, "--", *words], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []

    def wait_for(self, text):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if text in line:
                return self
        raise AssertionError(f"{text!r} was not printed:\n" + "\n".join(self.lines))

    def wait_for_banner(self):
        return self.wait_for("CorsParams:")

    def run(self, *command):
        """A command in the running container's file system, as docker exec does -> exit code and output."""
        done = subprocess.run(["buildah", "run", *self.volumes, self.name, "--", *command], capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout

    def end(self):
        for server in self.servers():
            os.kill(server, signal.SIGTERM)
        self.process.wait(30)
        buildah("rm", self.name)

    def servers(self):
        """The ids of the servers below `buildah run`."""
        found, parents = [], [self.process.pid]
        while parents:
            parent = parents.pop()
            for task in Path(f"/proc/{parent}/task").glob("*/children"):
                parents += map(int, task.read_text().split())
            if parent != self.process.pid and os.readlink(f"/proc/{parent}/exe").endswith("/pumice"):
                found.append(parent)
        return found


@pytest.fixture
def run():
    started = []

    def launch(*arguments, **more):
        started.append(Container(*arguments, **more))
        return started[-1]
    yield launch
    for container in started:
        container.end()


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def client(port, service="dynamodb", key="key", region="local"):
    return boto3.client(service, endpoint_url=f"http://localhost:{port}", region_name=region, aws_access_key_id=key, aws_secret_access_key="secret")


def play(port):
    """A table, an item, and the item again."""
    ddb = client(port)
    ddb.create_table(TableName="letters", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                     AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}])
    ddb.put_item(TableName="letters", Item={"pk": {"S": "a"}})
    assert ddb.get_item(TableName="letters", Key={"pk": {"S": "a"}})["Item"] == {"pk": {"S": "a"}}


def status_of(port, method="GET"):
    connection = http.client.HTTPConnection("localhost", port, timeout=10)
    connection.request(method, "/")
    return connection.getresponse().status


# --- What the images are ------------------------------------------------------------------------------


def test_sizes(mounted, image):
    size = sum(os.lstat(file).st_size for file in mounted(image).rglob("*") if file.is_file() or file.is_symlink()) / 1e6
    print(f"\n{image}: {size:.1f} MB")
    assert size <= LIMIT_MB[image]


def test_labels_and_health_check(image):
    config = config_of(image)
    assert config["Labels"]["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert config["Healthcheck"]["Test"] == ["CMD", "/usr/local/bin/pumice", "healthcheck"]
    assert list(config["ExposedPorts"]) == ["8000/tcp"]


def test_the_version_is_that_of_the_server(mounted, image):
    version = subprocess.run([mounted(image) / "usr/local/bin/pumice", "-version"], capture_output=True, text=True).stdout
    assert version == f"Pumice {config_of(image)['Labels']['org.opencontainers.image.version']}\n"


def test_the_list_of_contents(mounted, image):
    found = json.loads((mounted(image) / "usr/local/share/doc/pumice/sbom.cdx.json").read_text())
    names = {component["name"] for component in found["components"]}
    assert found["bomFormat"] == "CycloneDX"
    assert {"pumice", "librocksdb-dev", "libboost1.81-dev", "libc6-dev", "libmbedtls-dev", "libyaml-cpp-dev"} <= names
    assert image != DROPIN or {"bash", "busybox-static", "ca-certificates", "curl", "libc6"} <= names


def contents(root):
    """Everything below a folder but dates: path -> kind, mode, owner, and bytes or target."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        what = os.readlink(path) if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[str(path.relative_to(root))] = (status.st_mode, status.st_uid, status.st_gid, what)
    return found


# The second one was made with another date. One stage makes the trees of both images.
def test_made_again_it_is_the_same(mounted):
    first, again = mounted(DROPIN), mounted(f"{DROPIN}-again")
    assert [(root / "usr/local/bin/pumice").stat().st_mtime for root in (first, again)] == [0, 86400]
    assert contents(again) == contents(first)


# One does not need root, the other gives it, so that folders of the host can be written.
def test_users(image):
    assert config_of(image)["User"] == {PUMICE: "65532:65532", DROPIN: ""}[image]


# --- How they are used --------------------------------------------------------------------------------


def test_a_server_answers(run, image, port):
    command = ["-port", str(port), "-inMemory"]
    run(image, command if image == PUMICE else ["-jar", "DynamoDBLocal.jar", *command]).wait_for_banner()
    play(port)
    assert status_of(port) == (200 if image == PUMICE else 400)


# The entry point of Testcontainers for Go and of the habit with the library's path; flags of the JVM are for the JVM.
@pytest.mark.parametrize("entrypoint", [["java"], ["java", "-Djava.library.path=./DynamoDBLocal_lib"], ["java", "-Xms64m", "-Xmx256m"]], ids=" ".join)
def test_entry_points(run, port, entrypoint):
    command = ["-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", str(port)]
    run(DROPIN, command, entrypoint=entrypoint, workdir="/home/dynamodblocal").wait_for_banner()
    play(port)


def test_a_wrong_use_of_java_is_told(run):
    container = run(DROPIN, ["-Xmx64m", "Main"], entrypoint=["java"])
    container.wait_for("java [flags of the JVM] -jar DynamoDBLocal.jar [flags]")
    assert container.process.wait(30) == 1


# What compose files and wait strategies run inside.
def test_health_checks_of_others(run, port):
    container = run(DROPIN, ["-jar", "DynamoDBLocal.jar", "-inMemory", "-port", str(port)]).wait_for_banner()
    url = f"http://localhost:{port}"
    assert container.run("curl", "-s", "-o", "/dev/null", "-I", "-w", "%{http_code}", url) == (0, "400")
    assert container.run("sh", "-c", f'[ "$(curl -s -o /dev/null -I -w \'%{{http_code}}\' {url})" == "400" ]')[0] == 0
    assert container.run("nc", "-z", "localhost", str(port))[0] == 0
    assert container.run("/bin/sh", "-c", f"cat /proc/net/tcp* | awk '{{print $2}}' | grep -i ':0*{port:x}$'")[0] == 0
    assert container.run("/bin/bash", "-c", f"</dev/tcp/localhost/{port}")[0] == 0
    assert container.run("pumice", "healthcheck", "-port", str(port))[0] == 0


# A folder that docker made on the host belongs to root.
@pytest.mark.parametrize("user", [None, "root"])
def test_a_folder_of_root_is_written(run, port, tmp_path, user):
    volume = [(tmp_path, "/home/dynamodblocal/data")]
    command = ["-jar", "DynamoDBLocal.jar", "-sharedDb", "-dbPath", "./data", "-port", str(port)]
    run(DROPIN, command, user=user, workdir="/home/dynamodblocal", volumes=volume).wait_for_banner()
    play(port)
    assert any(tmp_path.iterdir())


# Those who say user: 1000 or user: dynamodblocal have no ./data yet.
@pytest.mark.parametrize("user", ["dynamodblocal", "4711"])
def test_another_user_may_make_its_folder(run, port, user):
    run(DROPIN, ["-jar", "DynamoDBLocal.jar", "-sharedDb", "-dbPath", "./data", "-port", str(port)], user=user).wait_for_banner()
    play(port)


def test_the_plain_image_keeps_its_data(run, port):
    run(PUMICE, ["-port", str(port)]).wait_for_banner()
    play(port)


# As process 1 and the image's user, with a root file system that nobody can write; buildah's chroot gives neither a process
# 1 nor such a root, so both are made here.
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_process_1_on_a_read_only_root(mounted, image, port, number):
    words = ["/usr/local/bin/pumice"] if image == PUMICE else ["java", "-jar", "DynamoDBLocal.jar"]
    config, root = config_of(image), mounted(image)
    (root / "proc").mkdir(exist_ok=True)
    enter = ["chroot", f"--userspec={config['User'] or '0:0'}", root, *words, "-inMemory", "-port", port]
    script = (f"mount --bind {root} {root} && mount -o remount,ro,bind {root} && mount -t proc proc {root}/proc && "
              f"exec {shlex.join(map(str, enter))}")
    started = time.monotonic()
    process = subprocess.Popen(["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script],
                               stdout=subprocess.PIPE, text=True, env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"})
    assert next(line for line in process.stdout if line.startswith("CorsParams"))
    ready = time.monotonic() - started
    first = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text())
    server = int(Path(f"/proc/{first}/task/{first}/children").read_text())
    memory = sum(int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) for pid in (first, server)) / 1024
    assert status_of(port) == 200
    # The image's own health check finds the port by process 1.
    health = ["nsenter", f"--target={first}", "--mount", "--pid", "--root", "--wd", *config["Healthcheck"]["Test"][1:]]
    assert subprocess.run(health, timeout=30).returncode == 0
    os.kill(first, number)
    ending = time.monotonic()
    assert process.wait(30) == 0
    print(f"\n{image}: banner after {ready * 1000:.0f} ms, {memory:.1f} MiB resident (both processes), ended after {(time.monotonic() - ending) * 1000:.0f} ms")


# Names are looked up and files are written without a library of the system's, and without the program's own installation.
def test_load_and_dump(run, image, port, tmp_path):
    tmp_path.chmod(0o777)
    command = ["-inMemory", "-port", str(port)]
    container = run(image, command if image == PUMICE else ["-jar", "DynamoDBLocal.jar", *command],
                    volumes=[(HERE / "cruddur", "/init"), (tmp_path, "/out")]).wait_for_banner()
    endpoint = ["--endpoint-url", f"http://localhost:{port}"]
    assert container.run("/usr/local/bin/pumice", "load", "/init", *endpoint)[0] == 0
    assert container.run("/usr/local/bin/pumice", "dump", "--table", "cruddur-messages", "--out", "/out/made.jsonl", *endpoint)[0] == 0
    items = [line for line in (tmp_path / "made.jsonl").read_text().splitlines() if '"message"' in line]
    assert len(items) == 6


# --- Compose files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", sorted(HERE.glob("compose*.yaml")), ids=lambda file: file.name)
def test_compose_files_are_valid(file):
    check = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run([check, "--builtin-schema", "vendor.compose-spec", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


# The files that people have, with only the image's name changed: their command, folder and user are played as they stand.
@pytest.mark.parametrize("file", ["compose.cruddur.yaml", "compose.aws-sample.yaml"])
def test_compose_services_start(run, port, tmp_path, file):
    service = YAML(typ="safe").load(HERE / file)["services"]["dynamodb-local"]
    assert service["image"] == "pumice:dropin"
    inside = service["volumes"][0].split(":")[1]
    run(DROPIN, [*shlex.split(service["command"]), "-port", str(port)], user=service.get("user"),
        workdir=service["working_dir"], volumes=[(tmp_path, inside)]).wait_for(BANNER).wait_for_banner()
    play(port)
    assert any(tmp_path.iterdir())


# Files that people mount are applied before the server answers, in both images and without a flag.
def test_files_are_applied(run, image, port, tmp_path):
    volume = [(HERE / "cruddur", "/docker-entrypoint-init.d")]
    command = ["-inMemory", "-port", str(port)]
    run(image, command if image == PUMICE else ["-jar", "DynamoDBLocal.jar", *command], volumes=volume).wait_for_banner()
    messages = client(port).query(TableName="cruddur-messages", KeyConditionExpression="pk = :pk", ScanIndexForward=False,
                                  ExpressionAttributeValues={":pk": {"S": "MSG#5ae290ed-55d1-47a0-bc6d-fe2bc2700399"}})
    assert messages["Count"] == 4


# Cruddur's compose file with its table, a conversation and the handler, as it stands.
def test_the_compose_file_with_files_and_a_handler(run, port, tmp_path):
    service = YAML(typ="safe").load(HERE / "compose.yaml")["services"]["dynamodb-local"]
    assert (service["build"], service["image"]) == ("./handlers", "pumice:python")
    data, *files = (volume.split(":") for volume in service["volumes"])
    container = run(PYTHON, [*shlex.split(service["command"]), "-port", str(port)], workdir=service["working_dir"],
                    volumes=[(tmp_path, data[1]), *((HERE / file[0], file[1]) for file in files)]).wait_for_banner()
    ddb = client(port)
    groups = {"TableName": "cruddur-messages", "IndexName": "message-group-sk-index"}
    assert ddb.scan(**groups)["Count"] == 2

    sent = "2026-11-21T10:00:00.000000+00:00"
    [message] = ddb.query(TableName="cruddur-messages", Limit=1, KeyConditionExpression="pk = :pk",
                          ExpressionAttributeValues={":pk": {"S": "MSG#5ae290ed-55d1-47a0-bc6d-fe2bc2700399"}})["Items"]
    ddb.put_item(TableName="cruddur-messages", Item={**message, "sk": {"S": sent}, "message": {"S": "We are there."}})
    container.wait_for(f"2 groups are at {sent}")
    assert [(group["sk"]["S"], group["message"]["S"]) for group in ddb.scan(**groups)["Items"]] == 2 * [(sent, "We are there.")]
