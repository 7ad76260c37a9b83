# SPDX-License-Identifier: Apache-2.0
"""Servers that are measured: how one is started on its core, awaited, and stopped."""
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from harness import machine

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build/bench"
BINARIES = ROOT / "build/release/bench"
PUMICE = ROOT / "build/pumice"
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def data_folder(name: str) -> Path:
    """A new, empty folder for what a server keeps."""
    folder = FOLDER / "data" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@dataclass
class Server:
    name: str
    command: list[str]
    port: int
    data: Path | None = None
    process: subprocess.Popen | None = field(default=None, repr=False)

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self, cores: list[int], prepare: Callable[[int], None] = lambda pid: None) -> None:
        """prepare: called with the process id before the server can have done much."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        with (FOLDER / f"{self.name}.log").open("wb") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", ",".join(map(str, cores)), *self.command],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        prepare(self.pid)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"{self.name} did not start; see {FOLDER / self.name}.log")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        self.process.send_signal(signal.SIGCONT)  # the driver stops servers in the other sense
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        if self.data is not None:
            shutil.rmtree(self.data, ignore_errors=True)


def pumice(name: str, durability: str, threads: int = 1) -> Server:
    port = free_port()
    command = [str(PUMICE), "--threads", str(threads), "-sharedDb", "-port", str(port), "--log-level",
               "warn"]
    if durability == "memory":
        return Server(name, [*command, "-inMemory"], port)
    data = data_folder(name)
    return Server(name, [*command, "-dbPath", str(data), "--durability", durability], port, data)


def echo() -> Server:
    port = free_port()
    return Server("echo", [str(BINARIES / "echo_server"), str(port)], port)


class Running:
    """Starts servers on the servers' core; all are stopped at the end, whatever happened."""

    def __init__(self, servers: list[Server]):
        self.servers = servers

    def __enter__(self) -> list[Server]:
        started = []
        try:
            for server in self.servers:
                server.start([machine.SERVER_CORE])
                started.append(server)
        except BaseException:
            self.__exit__()
            raise
        return started

    def __exit__(self, *_: object) -> None:
        for server in self.servers:
            server.stop()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
