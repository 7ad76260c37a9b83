# SPDX-License-Identifier: Apache-2.0
"""dynoxide, from crates.io: in memory, and with a file."""
from pathlib import Path

from peers.fetch import Peer, need, run

VERSION = "3.2.0"
INSTALLED = "bin/dynoxide"


def fetch(home: Path) -> None:
    need("cargo", "a newer one than Debian 12's, from https://rustup.rs")
    run(["cargo", "install", "dynoxide-rs", "--version", VERSION, "--locked", "--root", str(home)],
        home)


def in_memory(home: Path, port: int, _data: Path) -> list[str]:
    return [str(home / INSTALLED), "--port", str(port)]


def with_file(home: Path, port: int, data: Path) -> list[str]:
    return [*in_memory(home, port, data), "--db-path", str(data / "dynoxide.db")]


PEER = Peer("dynoxide", f"dynoxide-rs {VERSION}", "dynoxide", INSTALLED, fetch, in_memory)
FILE_PEER = Peer("dynoxide-file", f"dynoxide-rs {VERSION} with --db-path", "dynoxide", INSTALLED,
                 fetch, with_file, in_memory=False)
