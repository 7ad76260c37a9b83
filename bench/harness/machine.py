# SPDX-License-Identifier: Apache-2.0
"""The machine that is measured on: its name, its cores, and a bound on memory."""
import contextlib
import os
import platform
from collections.abc import Iterator
from pathlib import Path

# The last core serves, the first drives; with one core they share it.
CORES = os.cpu_count() or 1
SERVER_CORE = CORES - 1
DRIVER_CORE = 0


def name() -> str:
    """'AMD EPYC, 2 cores, 24 GiB, Linux 6.1.0'"""
    model = next((line.split(":", 1)[1].strip()
                  for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
                  if line.startswith("model name")), "unknown processor")
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {CORES} cores, {gib:.0f} GiB, {platform.system()} {platform.release()}"


class NoMemoryLimit(Exception):
    """This machine does not let us bound a process's memory; its text says why."""


class MemoryGroup:
    """A control group whose processes together get so much memory, page cache included."""

    # Version 2, then version 1.
    FORMS = ((Path("/sys/fs/cgroup"), "memory.max"),
             (Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"))

    def __init__(self, mebibytes: int):
        for root, limit in self.FORMS:
            group = root / f"pumice-bench-{os.getpid()}"
            try:
                group.mkdir()
            except OSError:
                continue
            if (group / limit).exists():
                (group / limit).write_text(str(mebibytes * 2**20), encoding="ascii")
                self.group = group
                return
            group.rmdir()
        raise NoMemoryLimit("no control group for memory can be made (that takes root)")

    def add(self, pid: int) -> None:
        (self.group / "cgroup.procs").write_text(str(pid), encoding="ascii")

    def close(self) -> None:
        """After its processes have ended."""
        self.group.rmdir()


@contextlib.contextmanager
def memory_group(mebibytes: int) -> Iterator[tuple[MemoryGroup | None, str]]:
    """The group and what bound it sets, as a text; or none, and why."""
    try:
        group = MemoryGroup(mebibytes)
    except NoMemoryLimit as error:
        yield None, f"memory not bounded: {error}"
        return
    try:
        yield group, f"{mebibytes} MiB of memory, page cache included"
    finally:
        group.close()
