# SPDX-License-Identifier: Apache-2.0
"""dynalite, from npm."""
from pathlib import Path

from peers.fetch import Peer, need, run

VERSION = "4.0.0"
INSTALLED = "node_modules/dynalite/cli.js"


def fetch(home: Path) -> None:
    need("node", "Debian's nodejs")
    need("npm", "Debian's npm")
    run(["npm", "install", "--prefix", str(home), f"dynalite@{VERSION}"], home)


def command(home: Path, port: int, _data: Path) -> list[str]:
    return ["node", str(home / INSTALLED), "--port", str(port), "--createTableMs", "0",
            "--deleteTableMs", "0", "--updateTableMs", "0"]


PEER = Peer("dynalite", f"dynalite {VERSION}", "dynalite", INSTALLED, fetch, command)
