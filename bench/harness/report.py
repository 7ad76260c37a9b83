# SPDX-License-Identifier: Apache-2.0
"""All that one run has found. Kept as JSON, so that its page can be written anew."""
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from harness.results import Results


@dataclass
class Report:
    date: str
    machine: str
    items: int
    seconds: float
    repeats: int
    versions: dict[str, str]  # by server
    in_memory: list[str]  # rivals that keep nothing on disk
    left_out: dict[str, str] = field(default_factory=dict)  # by peer: why
    starts: dict[str, dict] = field(default_factory=dict)  # by server, see driver.measure_start
    lines: list[dict] = field(default_factory=list)  # the driver's
    growth: dict = field(default_factory=dict)  # see growth.measure
    io_threads: dict = field(default_factory=dict)  # see io_threads.measure
    open_loop: dict = field(default_factory=dict)  # see open_loop.measure
    handlers: dict = field(default_factory=dict)  # see handlers.measure
    again: dict[str, str] = field(default_factory=dict)  # by part that was measured anew later: the date

    @property
    def results(self) -> Results:
        return Results(self.lines)

    def growth_ratio(self, pattern: str) -> float | None:
        """Time per request with the most items, as a multiple of that with the fewest."""
        times = [size["us"].get(pattern) for size in self.growth.get("sizes", [])]
        return times[-1] / times[0] if len(times) > 1 and all(times) else None

    def handled_per_second(self) -> float | None:
        """Records that a function took, from the first write until all were seen."""
        found = self.handlers.get("writes")
        if not found or found["lost"] or found["out_of_order"]:
            return None
        return found["records"] / (found["records"] / found["rate"] + found["behind_s"])

    def open_loop_ratio(self, pattern: str) -> float | None:
        run = self.open_loop.get("runs", {}).get(pattern)
        return run["p99_us"] / run["p50_us"] if run and run["merged"] else None

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @staticmethod
    def read(path: Path) -> "Report":
        return Report(**json.loads(path.read_text(encoding="utf-8")))
