# SPDX-License-Identifier: Apache-2.0
"""What a peer is, and how a registry's own client is called to fetch one."""
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class NotAvailable(Exception):
    """A peer cannot be fetched here; its text says why and what to do."""


@dataclass(frozen=True)
class Peer:
    """Another server that answers the DynamoDB API."""

    name: str
    version: str  # its package's, as the registry has it
    home: str  # the folder below build/peers that it is fetched into
    installed: str  # a file below `home` that is there once it is
    fetch: Callable[[Path], None]  # raises NotAvailable
    # home, port and a folder for data -> what starts it
    command: Callable[[Path, int, Path], list[str]]
    in_memory: bool = True

    def install(self, folder: Path) -> None:
        """Fetches it, if it is not there. Raises NotAvailable."""
        home = folder / self.home
        if (home / self.installed).exists():
            return
        home.mkdir(parents=True, exist_ok=True)
        self.fetch(home)
        if not (home / self.installed).exists():
            raise NotAvailable(f"it was fetched into {home}, but {self.installed} is not there")


def need(program: str, hint: str) -> None:
    if shutil.which(program) is None:
        raise NotAvailable(f"needs {program}: {hint}")


def run(command: list[str], home: Path) -> None:
    """Raises NotAvailable with the last line of what the command said; all of it is in fetch.log."""
    log = home / "fetch.log"
    with log.open("w", encoding="utf-8") as out:
        done = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, check=False)
    if done.returncode == 0:
        return
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line]
    raise NotAvailable(f"{command[0]} failed ({lines[-1] if lines else 'no output'}); see {log}")
