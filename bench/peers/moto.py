# SPDX-License-Identifier: Apache-2.0
"""moto's server, from PyPI."""
import sys
from pathlib import Path

from peers.fetch import Peer, run

VERSION = "5.2.5"
INSTALLED = "bin/moto_server"


def fetch(home: Path) -> None:
    run([sys.executable, "-m", "venv", str(home)], home)
    run([str(home / "bin/pip"), "install", "--quiet", "--disable-pip-version-check",
         f"moto[server,dynamodb]=={VERSION}"], home)


def command(home: Path, port: int, _data: Path) -> list[str]:
    return [str(home / INSTALLED), "-p", str(port)]


PEER = Peer("moto", f"moto {VERSION}", "moto", INSTALLED, fetch, command)
