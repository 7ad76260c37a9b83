# SPDX-License-Identifier: Apache-2.0
"""What a report has to show, as tables: for the terminal and for the page alike."""
from dataclasses import dataclass, field

from harness.report import Report
from harness.targets import TARGETS, WHY_NOT

DRIVER_BUSY = 0.95  # above this the driver, not the server, may have set the pace
PUMICE = "pumice"


@dataclass
class Section:
    title: str
    header: list[str]
    rows: list[list[str]]
    note: str = ""
    text_columns: set[int] = field(default_factory=lambda: {0})  # the others are figures

    def text(self) -> str:
        table = [self.header, *self.rows] if any(self.header) else self.rows
        widths = [max(len(row[i]) for row in table) for i in range(len(self.header))]

        def line(row: list[str]) -> str:
            cells = [cell.ljust(width) if i in self.text_columns else cell.rjust(width)
                     for i, (cell, width) in enumerate(zip(row, widths))]
            return "  ".join(cells).rstrip()

        return "\n".join([self.title, *map(line, table), *([self.note] if self.note else [])]) + "\n"

    def markdown(self) -> str:
        rule = ["---" if i in self.text_columns else "---:" for i in range(len(self.header))]
        lines = [f"| {' | '.join(row)} |" for row in [self.header, rule, *self.rows]]
        return "\n".join([f"## {self.title}", "", *lines, *(["", self.note] if self.note else [])]) + "\n"


def spread_text(spread, digits: int = 1) -> str:
    return spread.text(digits) if spread else "-"


def targets(report: Report) -> Section:
    rows = []
    for target in TARGETS:
        measured = target.figure(report)
        if measured is None:
            rows.append([target.name, target.limit_text(), "-", target.missing(report)])
            continue
        reached = "reached" if target.reached(measured) else "not reached"
        if not target.reached(measured) and target.name in WHY_NOT:
            reached += f": {WHY_NOT[target.name]}"
        digits = 2 if measured.median < 10 else 0
        rows.append([target.name, target.limit_text(), measured.text(digits) + target.unit, reached])
    return Section("Targets", ["", "target", "measured", ""], rows, text_columns={0, 3})


def starts(report: Report) -> Section:
    """Start, memory and loading."""
    results = report.results
    rows = []
    for server, version in report.versions.items():
        start = report.starts.get(server, {})
        loaded = results.loaded_mib(server)
        rows.append([
            server, version,
            f"{start['first_answer_ms']:.1f}" if start else "-",
            f"{start['resident_mib']:.1f}" if start else "-",
            f"{loaded:.0f}" if loaded is not None else "-",
            spread_text(results.load_figure(server, "items_per_second"), 0),
            spread_text(results.load_figure(server, "server_cpu_us"))])
    return Section(
        "Start, memory, loading",
        ["server", "version", "first answer ms", "idle MiB", "loaded MiB", "items/s", "CPU us/item"],
        rows, f"Loading: {report.items:,} messages by BatchWriteItem of 25 over one connection.", {0, 1})


def run_row(report: Report, pattern: str, clients: int, server: str) -> list[str]:
    results = report.results
    row = [pattern, str(clients), server]
    runs = results.runs(server, pattern, clients)
    if not runs:
        return [*row, "failed", "", "", "", "", "", ""]
    busy = any(run["driver_load"] > DRIVER_BUSY for run in runs)
    others = ("echo", PUMICE) if server != "echo" else ()
    ratios = ["" if other == server or other not in others else
              spread_text(results.ratio(server, other, pattern, clients)) for other in ("echo", PUMICE)]
    figure = {member: results.figure(server, pattern, clients, member) for member in
              ("requests_per_second", "p50_us", "p99_us", "server_cpu_us", "answer_bytes")}
    return [*row, spread_text(figure["server_cpu_us"]), *ratios,
            f"{figure['requests_per_second'].median:,.0f}{'*' if busy else ''}",
            f"{figure['p50_us'].median:,.0f}", f"{figure['p99_us'].median:,.0f}",
            f"{figure['answer_bytes'].median:,.0f}"]


def runs(report: Report) -> Section:
    rows = [run_row(report, *key) for key in report.results.run_keys()]
    return Section(
        "Access patterns",
        ["pattern", "clients", "server", "CPU us", "x echo", f"x {PUMICE}", "requests/s", "p50 us", "p99 us",
         "bytes"],
        rows,
        "CPU us: processor time of the server's process per request; x: that, beside another server's. "
        "*: the driver was busy and may have set the pace.", {0, 2})


def growth(report: Report) -> Section:
    sizes = report.growth["sizes"]
    patterns = list(sizes[0]["us"])
    rows = [[f"{size['items']:,}", f"{size['items_per_second']:,.0f}",
             *[f"{size['us'].get(p, float('nan')):.1f} ({size['cpu_us'].get(p, float('nan')):.1f})"
               for p in patterns]] for size in sizes]
    return Section("Growth, process mode", ["items", "loaded items/s", *[f"{p} us (CPU)" for p in patterns]],
                   rows, f"No index; {report.growth['bound']}. Time per request on the server's one core, "
                   "16 clients; in parentheses the processor time alone.")


def open_loop(report: Report) -> Section:
    rows = [[pattern, f"{run['rate']:,.0f}", f"{run['seconds']:.0f}", str(run["merged"]),
             f"{run['p50_us']:,.0f}", f"{run['p99_us']:,.0f}", f"{run['p99_us'] / run['p50_us']:.1f}"]
            for pattern, run in report.open_loop["runs"].items() if run["p50_us"]]
    return Section("Open loop at half of the maximum rate, process mode",
                   ["pattern", "requests/s", "seconds", "files merged", "p50 us", "p99 us", "p99 / p50"], rows,
                   "Latency from the moment at which a request was due. get-put: every other one a PutItem.")


def handlers(report: Report) -> Section:
    latency, alone, writes = (report.handlers[name] for name in ("latency", "writes_alone", "writes"))
    wrong = f"{writes['lost']} lost, {writes['out_of_order']} out of order"
    rows = [[f"{latency['rate']:,} PutItem/s, BatchSize 1: from the acknowledgement to the call",
             f"p50 {latency['p50_ms']:.2f} ms, p99 {latency['p99_ms']:.2f} ms, {latency['lost']} lost"],
            [f"{writes['rate']:,.0f} records/s by BatchWriteItem, BatchSize 100, ParallelizationFactor 4",
             f"{wrong}, done {1e3 * writes['behind_s']:.0f} ms after the last write"],
            ["the writes meanwhile", f"p50 {writes['write_p50_ms']:.1f} ms, p99 {writes['write_p99_ms']:.1f} ms"],
            ["the same writes without a function",
             f"p50 {alone['write_p50_ms']:.1f} ms, p99 {alone['write_p99_ms']:.1f} ms"]]
    return Section("Stream functions, one Python function", ["", "measured"], rows,
                   "Server, function and writer share all cores.", {0, 1})


def io_threads(report: Report) -> Section:
    found = report.io_threads
    if "left_out" in found:
        return Section("I/O threads", ["", ""], [["not measured", found["left_out"]]], text_columns={0, 1})
    return Section("I/O threads, GetItem", ["threads", "requests/s", "ratio"],
                   [["1", f"{found['one']:,.0f}", ""], ["2", f"{found['two']:,.0f}", f"{found['ratio']:.2f}"]])


def left_out(report: Report) -> Section:
    rows = [[f"{peer}: {why}"] for peer, why in report.left_out.items()]
    rows += [[failure[:300].replace("|", "/")] for failure in report.results.failures()]
    return Section("Left out, and failures", [""], rows)


def sections(report: Report, with_targets: bool) -> list[Section]:
    """Those that there is something for."""
    made = [targets(report)] if with_targets else []
    made += [starts(report), runs(report)]
    if report.growth:
        made.append(growth(report))
    if report.open_loop:
        made.append(open_loop(report))
    if report.handlers:
        made.append(handlers(report))
    if report.io_threads:
        made.append(io_threads(report))
    problems = left_out(report)
    return [*made, problems] if problems.rows else made


def page(report: Report) -> str:
    """docs/performance.md"""
    head = f"""# Performance

Written by `./dev bench --write` on {report.date}; nothing in here is written by hand.

{report.machine}. Servers on one core, the load driver on another; {report.items:,} messages of about
350 bytes in a table with one index that projects everything. Each figure is the median of {report.repeats} runs of
{report.seconds:g} s, in parentheses the lowest and the highest; the servers take turns within each run, and a
ratio compares runs that stood beside each other. How it is measured: [bench/README.md](../bench/README.md).
"""
    if report.again:
        parts = ", ".join(f"{part} ({date})" for part, date in sorted(report.again.items()))
        head += f"\nMeasured anew after that run, with `--again`: {parts}.\n"
    return "\n".join([head, *[section.markdown() for section in sections(report, with_targets=True)]])
