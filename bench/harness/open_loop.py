# SPDX-License-Identifier: Apache-2.0
"""Latencies at half of the rate that the server can reach at most, while RocksDB compacts."""
from pathlib import Path

from harness import driver
from harness.servers import Running, Server, pumice, say

PATTERNS = ("put", "get-put")
CLIENTS = 16
SHARE = 0.5


def table_files(data: Path) -> set[str]:
    """RocksDB's. A compaction removes those that it has merged."""
    return {path.name for path in data.rglob("*.sst")}


def measure_pattern(server: Server, pattern: str, items: int, seconds: float) -> dict:
    shape = ["--items", str(items), "--connections", str(CLIENTS), "--patterns", pattern]
    closed = driver.measure([server], None, [*shape, "--seconds", "3"])[-1]
    rate = closed["requests_per_second"] * SHARE
    before = table_files(server.data)
    say(f"open loop: {pattern}, {rate:.0f} requests a second for {seconds:.0f} s")
    opened = driver.measure([server], None, [
        *shape, "--loaded", "--rate", f"{rate:.0f}", "--seconds", str(seconds)])[-1]
    for line in (closed, opened):
        if line["failure"]:
            say(f"open loop: {pattern}: {line['failure']}")
    return {"rate": rate, "seconds": seconds, "merged": len(before - table_files(server.data)),
            "p50_us": opened["p50_us"], "p99_us": opened["p99_us"]}


def measure(items: int, seconds: float) -> dict:
    """{"runs": {pattern: {"rate", "seconds", "merged", "p50_us", "p99_us"}}}"""
    runs = {}
    for pattern in PATTERNS:
        with Running([pumice("pumice-open-loop", "process")]) as (server,):
            runs[pattern] = measure_pattern(server, pattern, items, seconds)
    return {"runs": runs}
