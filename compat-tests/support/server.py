# SPDX-License-Identifier: Apache-2.0
"""Starts the server under test as a child process and reads its port from the banner."""

import os
import signal
import subprocess
import sys
import threading

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


def environment(extra=None):
    """The environment of a child: no AWS or PUMICE settings of the caller, and this Python first in PATH, so that
    handlers written in Python find boto3."""
    kept = {k: v for k, v in os.environ.items()
            if not k.startswith(("AWS_", "PUMICE_")) and k.lower() not in ("http_proxy", "https_proxy", "no_proxy", "all_proxy")}
    kept["PATH"] = os.path.dirname(sys.executable) + os.pathsep + kept.get("PATH", "")
    kept["AWS_EC2_METADATA_DISABLED"] = "true"
    return {**kept, **(extra or {})}
