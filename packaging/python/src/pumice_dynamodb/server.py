# SPDX-License-Identifier: Apache-2.0
"""Starts and stops a Pumice server as a child process."""

import subprocess
import threading
from collections import deque
from pathlib import Path

BINARY = str(Path(__file__).parent / "bin" / "pumice")
START_SECONDS = 30
STOP_SECONDS = 10
KEPT_LOG_LINES = 1000


class StartError(RuntimeError):
    """The server did not come up; the text says what it printed."""


class Server:
    """One server. Data is in memory, the port is any free one, and the server ends with this process, however that ends.

    `flags` are added to the server's command line (`pumice -help` lists them), e.g. Server("-dbPath", "data") or
    Server("--handlers", "handlers.json"). Thread rule: start and stop it from one thread, use the rest from any.
    """

    region = "us-east-1"
    access_key = "pumice"
    secret_key = "pumice"

    def __init__(self, *flags, port=0, binary=BINARY):
        self._command = [str(binary), "-port", str(port), "--stop-with-stdin", *map(str, flags)]
        if not {"-inMemory", "--inMemory", "-dbPath", "--dbPath"} & set(map(str, flags)):
            self._command.append("-inMemory")
        self._process = None
        self._banner = {}
        self._log = deque(maxlen=KEPT_LOG_LINES)

    # --- Life -----------------------------------------------------------------------------------------

    def start(self):
        """Returns when the server answers. Raises StartError if it does not come up."""
        if self._process is not None:
            return self
        try:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                             stderr=subprocess.PIPE, text=True, errors="replace")
        except OSError as error:
            raise StartError(f"cannot start {self._command[0]}: {error}") from error
        errors = self._keep_lines_of(self._process.stderr)
        # A server that hangs is killed, which ends its output and with it the reading here.
        watchdog = threading.Timer(START_SECONDS, self._process.kill)
        watchdog.start()
        ready = self._read_banner()
        watchdog.cancel()
        if not ready:
            self.stop()
            errors.join()
            raise StartError(f"the server did not start: {' '.join(self._command)}\n{self.log()}")
        self._keep_lines_of(self._process.stdout)
        return self

    def stop(self):
        """Stops the server; data in memory is gone. May be called again."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()  # nothing happens if it has ended already
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdin.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # --- Use ------------------------------------------------------------------------------------------

    @property
    def running(self):
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self):
        return self._process.pid if self._process else None

    @property
    def port(self):
        return int(self._banner["Port"])

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    def environment(self):
        """What a child process needs for its AWS SDK to find the server."""
        return {
            "AWS_ENDPOINT_URL_DYNAMODB": self.endpoint,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
        }

    def client(self, service="dynamodb", **more):
        """A boto3 client of the service "dynamodb" or "dynamodbstreams"."""
        return self._session().client(service, endpoint_url=self.endpoint, **more)

    def resource(self, **more):
        """A boto3 resource of "dynamodb"."""
        return self._session().resource("dynamodb", endpoint_url=self.endpoint, **more)

    def clear(self):
        """Deletes all tables of this server's access key and region."""
        client = self.client()
        for page in client.get_paginator("list_tables").paginate():
            for name in page["TableNames"]:
                client.update_table(TableName=name, DeletionProtectionEnabled=False)
                client.delete_table(TableName=name)

    def log(self):
        """The last lines that the server printed."""
        return "\n".join(list(self._log))

    # --- Inside ---------------------------------------------------------------------------------------

    def _session(self):
        try:
            import boto3
        except ImportError:
            raise ImportError("boto3 is not installed: pip install 'pumice-dynamodb[boto3]'") from None
        return boto3.Session(self.access_key, self.secret_key, region_name=self.region)

    def _read_banner(self):
        """Reads stdout up to the blank line that ends the banner; the socket listens then."""
        for line in self._process.stdout:
            self._log.append(line.rstrip("\n"))
            if line == "\n":
                return "Port" in self._banner
            name, tab, value = line.rstrip("\n").partition(":\t")
            if tab:
                self._banner[name] = value
        return False

    def _keep_lines_of(self, stream):
        def read():
            for line in stream:
                self._log.append(line.rstrip("\n"))

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        return reader
