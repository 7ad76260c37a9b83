# SPDX-License-Identifier: Apache-2.0
"""Starts the server under test as a child process and reads its port from the banner."""

import os
import shlex
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

BANNER_TITLE = "Initializing DynamoDB Local with the following configuration:"
ANSWER_SECONDS = 30


class Server:
    """One server process. Its two output streams are collected by threads, so it never blocks on them."""

    def __init__(self, binary, *flags, port=0, env=None, cwd=None):
        self.lines = []
        self.errors = []
        self._listening = threading.Event()
        self.process = subprocess.Popen(
            [str(binary), "-port", str(port), *map(str, flags)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=environment(env),
            cwd=cwd,
        )
        self._readers = [
            threading.Thread(target=self._read_output, daemon=True),
            threading.Thread(target=self._read_errors, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def _read_output(self):
        for line in self.process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip("\n"))
            if self.banner() is not None:
                self._listening.set()
        self._listening.set()

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.decode(errors="replace").rstrip("\n"))

    def banner(self):
        """The members of the banner as a dict once it is complete, else None."""
        lines = list(self.lines)
        if BANNER_TITLE not in lines:
            return None
        body = lines[lines.index(BANNER_TITLE) + 1:]
        if "" not in body:
            return None
        return dict(line.rstrip("\n").split(":\t", 1) for line in body[:body.index("")])

    def wait_until_listening(self):
        self._listening.wait(ANSWER_SECONDS)
        if self.banner() is None:
            self.kill()
            raise AssertionError(f"the server printed no banner:\n{self.log()}")
        return self

    @property
    def port(self):
        return int(self.banner()["Port"])

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def log(self):
        """All that the server printed, on either stream."""
        return "\n".join(list(self.lines) + list(self.errors))

    def wait(self):
        """The exit code; reads what the server still had to print."""
        code = self.process.wait(ANSWER_SECONDS)
        for reader in self._readers:
            reader.join(ANSWER_SECONDS)
        return code

    def send(self, signal_number):
        self.process.send_signal(signal_number)

    def stop(self):
        """Ends the server as a user does, with SIGTERM."""
        if self.process.poll() is None:
            self.send(signal.SIGTERM)
        return self.wait()

    def kill(self):
        """Ends the server as a crash does, with SIGKILL."""
        if self.process.poll() is None:
            self.process.kill()
        return self.wait()

    def __enter__(self):
        try:
            return self.wait_until_listening()
        except BaseException:
            self.kill()
            raise

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.send(signal.SIGTERM)
        try:
            self.wait()
        except subprocess.TimeoutExpired:
            self.kill()


class SmallDisk:
    """A file system of its own of a few megabytes, for one server: Server(disk.launcher, "-dbPath", disk.path). It is mounted in
    a namespace of that process, which needs no rights where the system lets everybody make one; problem() says if not."""

    def __init__(self, folder, binary, megabytes):
        self.path, self.launcher = folder / "disk", folder / "launcher"
        self.path.mkdir()
        mount = f'mount -t tmpfs -o size={megabytes}m small {shlex.quote(str(self.path))}'
        self.launcher.write_text(f"#!/bin/sh\nexec unshare --map-root-user --mount sh -c '{mount} && exec \"$@\"' sh "
                                 f"{shlex.quote(str(binary))} \"$@\"\n")
        self.launcher.chmod(0o755)

    @staticmethod
    def problem():
        """Why there can be none here, or None."""
        try:
            tried = subprocess.run(["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
                                   capture_output=True, text=True)
        except FileNotFoundError:
            return "no unshare, which mounts a small file system for a test"
        return None if tried.returncode == 0 else f"a small file system cannot be mounted: {tried.stderr.strip()}"

    def fill(self, server):
        """Until nothing more fits."""
        with open(self._ballast(server), "wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with suppress(OSError):
                    while True:
                        file.write(bytes(size))

    def make_room(self, server):
        self._ballast(server).unlink()

    def _ballast(self, server):
        return Path(f"/proc/{server.process.pid}/root{self.path}/ballast")


def environment(extra=None):
    """The environment of a child: no AWS or PUMICE settings of the caller, and this Python first in PATH, so that
    handlers written in Python find boto3."""
    kept = {k: v for k, v in os.environ.items()
            if not k.startswith(("AWS_", "PUMICE_")) and k.lower() not in ("http_proxy", "https_proxy", "no_proxy", "all_proxy")}
    kept["PATH"] = os.path.dirname(sys.executable) + os.pathsep + kept.get("PATH", "")
    kept["AWS_EC2_METADATA_DISABLED"] = "true"
    return {**kept, **(extra or {})}
