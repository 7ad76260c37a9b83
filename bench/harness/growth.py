# SPDX-License-Identifier: Apache-2.0
"""What a request costs when there is more and more data, in process mode with little memory."""
from harness import driver, machine
from harness.results import Results
from harness.servers import pumice, say

MEMORY_MIB = 512
PATTERNS = ("get", "put", "query-20")
CLIENTS = 16


def measure_size(items: int, seconds: float, repeats: int) -> dict:
    say(f"growth: {items} items")
    server = pumice(f"pumice-{items}", "process")
    with machine.memory_group(MEMORY_MIB) as (group, bound):
        try:
            server.start([machine.SERVER_CORE], group.add if group else lambda pid: None)
            shape = ["--items", str(items), "--no-index", "--connections", str(CLIENTS)]
            loads = driver.measure([server], None, [*shape, "--patterns", PATTERNS[0], "--seconds", "0.1"])
            lines = driver.measure([server], None, [
                *shape, "--loaded", "--patterns", ",".join(PATTERNS), "--seconds", str(seconds),
                "--repeats", str(repeats)])
        finally:
            server.stop()
    return {"items": items, "bound": bound, "load": loads[0], "lines": lines}


def measure(sizes: list[int], seconds: float, repeats: int) -> dict:
    """{"bound": …, "sizes": [{"items", "items_per_second", "us": {pattern: time per request}, "cpu_us"}]}

    Time per request is that of the one core which all clients share: waiting for the disk counts.
    """
    found = []
    bound = ""
    for items in sizes:
        size = measure_size(items, seconds, repeats)
        bound = size["bound"]
        results = Results(size["lines"])
        for failure in [size["load"]["failure"], *results.failures()]:
            if failure:
                say(f"growth, {items} items: {failure}")
        name = size["load"]["server"]
        rates = {p: results.figure(name, p, CLIENTS, "requests_per_second") for p in PATTERNS}
        cpu = {p: results.figure(name, p, CLIENTS, "server_cpu_us") for p in PATTERNS}
        found.append({
            "items": items,
            "items_per_second": size["load"]["items_per_second"],
            "us": {p: 1e6 / rate.median for p, rate in rates.items() if rate},
            "cpu_us": {p: figure.median for p, figure in cpu.items() if figure},
        })
    return {"bound": bound, "sizes": found}
