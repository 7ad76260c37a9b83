# SPDX-License-Identifier: Apache-2.0
"""Calls the measuring programs on the driver's core and reads what they found."""
import json
import subprocess

from harness import machine
from harness.servers import BINARIES, Server


def pinned(core: int, program: str, arguments: list[str]) -> list[str]:
    return ["taskset", "-c", str(core), str(BINARIES / program), *arguments]


def load_command(servers: list[Server], echo: Server | None, flags: list[str],
                 core: int = machine.DRIVER_CORE) -> list[str]:
    arguments = []
    for server in servers:
        arguments += ["--server", f"{server.name}={server.port}:{server.pid}"]
    if echo is not None:
        arguments += ["--echo", f"{echo.port}:{echo.pid}"]
    return pinned(core, "load_driver", arguments + flags)


def measure(servers: list[Server], echo: Server | None, flags: list[str]) -> list[dict]:
    """The driver's lines; it tells on stderr what it is doing."""
    done = subprocess.run(load_command(servers, echo, flags), stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


class NotStarted(Exception):
    """A server did not answer; its text says which."""


def measure_start(server: Server, runs: int) -> dict:
    """{"first_answer_ms": …, "resident_mib": …}: medians. The server is started anew each time."""
    arguments = ["--core", str(machine.SERVER_CORE), "--port", str(server.port), "--runs", str(runs),
                 "--json", "--", *server.command]
    done = subprocess.run(pinned(machine.DRIVER_CORE, "start_time", arguments), capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        raise NotStarted(done.stderr.strip())
    return json.loads(done.stdout)
