# SPDX-License-Identifier: Apache-2.0
"""The driver's lines, asked for figures: each a median over the repeats, with its spread.

A ratio of two servers is made repeat by repeat, of runs that stood beside each other, before the median is
taken: what slows the whole machine down for a minute slows both.
"""
import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    median: float
    low: float
    high: float
    count: int

    @staticmethod
    def of(values: list[float]) -> "Spread | None":
        if not values:
            return None
        return Spread(statistics.median(values), min(values), max(values), len(values))

    def text(self, digits: int = 1) -> str:
        """'1.9' or '1.9 (1.8..2.1)'"""
        median = f"{self.median:,.{digits}f}"
        if self.count == 1:
            return median
        return f"{median} ({self.low:,.{digits}f}..{self.high:,.{digits}f})"


class Results:
    def __init__(self, lines: list[dict]):
        self.lines = lines

    def runs(self, server: str, pattern: str, clients: int) -> list[dict]:
        """Those whose answers were right."""
        return [line for line in self.lines
                if line["kind"] == "run" and line["failures"] == 0 and line["server"] == server
                and line["pattern"] == pattern and line["clients"] == clients]

    def run_keys(self) -> list[tuple[str, int, str]]:
        """(pattern, clients, server), in the order in which they were measured."""
        return list(dict.fromkeys((line["pattern"], line["clients"], line["server"])
                                  for line in self.lines if line["kind"] == "run"))

    def figure(self, server: str, pattern: str, clients: int, member: str) -> Spread | None:
        return Spread.of([run[member] for run in self.runs(server, pattern, clients)])

    def ratio(self, over: str, under: str, pattern: str, clients: int,
              member: str = "server_cpu_us") -> Spread | None:
        """over's figure divided by under's."""
        below = {run["repeat"]: run[member] for run in self.runs(under, pattern, clients)}
        return Spread.of([run[member] / below[run["repeat"]]
                          for run in self.runs(over, pattern, clients) if below.get(run["repeat"])])

    def loads(self, server: str) -> list[dict]:
        return [line for line in self.lines
                if line["kind"] == "load" and line["server"] == server and not line["failure"]]

    def load_figure(self, server: str, member: str) -> Spread | None:
        return Spread.of([load[member] for load in self.loads(server)])

    def loaded_mib(self, server: str) -> float | None:
        """After the first load: later ones find what the repeats before have left."""
        loads = self.loads(server)
        return loads[0]["resident_bytes"] / 2**20 if loads else None

    def servers(self) -> list[str]:
        return list(dict.fromkeys(line["server"] for line in self.lines))

    def failures(self) -> list[str]:
        """'dynalite: get with 16 clients: …', each once."""
        texts = []
        for line in self.lines:
            if not line["failure"]:
                continue
            what = (f"{line['pattern']} with {line['clients']} clients" if line["kind"] == "run"
                    else "loading")
            texts.append(f"{line['server']}: {what}: {line['failure']}")
        return list(dict.fromkeys(texts))

    def best(self, servers: list[str], rank: Callable[[str], Spread | None]) -> str | None:
        """The server whose median is the lowest."""
        ranked = {server: spread.median for server in servers
                  if (spread := rank(server)) is not None}
        return min(ranked, key=ranked.get) if ranked else None
