# SPDX-License-Identifier: Apache-2.0
"""Two I/O threads against one, with the load on cores of its own."""
import json
import subprocess

from harness import driver, machine
from harness.servers import Server, pumice

CORES_NEEDED = 4
PATTERN = "get"


def rate(server: Server, flags: list[str]) -> float:
    """Requests per second of two drivers together, each on a core."""
    driver.measure([server], None, [*flags, "--seconds", "0.1"])
    commands = [driver.load_command([server], None, [*flags, "--loaded"], core) for core in (0, 1)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for command in commands]
    lines = [json.loads(process.communicate()[0].splitlines()[-1]) for process in running]
    return sum(line["requests_per_second"] for line in lines)


def measure(items: int, seconds: float) -> dict:
    """{"one", "two": requests per second, "ratio"}, or {"left_out": why}"""
    if machine.CORES < CORES_NEEDED:
        return {"left_out": f"needs {CORES_NEEDED} cores, two for the load; this machine has "
                            f"{machine.CORES}"}
    flags = ["--items", str(items), "--connections", "16", "--patterns", PATTERN, "--seconds",
             str(seconds)]
    found = {}
    for name, threads in (("one", 1), ("two", 2)):
        server = pumice(f"pumice-{name}-thread", "memory", threads)
        try:
            server.start([machine.CORES - 2, machine.CORES - 1])
            found[name] = rate(server, flags)
        finally:
            server.stop()
    return {**found, "ratio": found["two"] / found["one"]}
