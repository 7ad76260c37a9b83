# SPDX-License-Identifier: Apache-2.0
"""Requests below the SDK: http.client for what is well-formed HTTP, plain sockets for what is not."""

import http.client
import json
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

JSON_TYPE = "application/x-amz-json-1.0"
TIMEOUT = 20


@dataclass
class Answer:
    status: int
    headers: dict  # lower-case names
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """(exception without its namespace, text) of an error body."""
        found = self.json
        return found["__type"].rsplit("#", 1)[-1], found.get("message", found.get("Message"))


class Wire:
    """Sends single requests to one endpoint, signed with the given credentials."""

    def __init__(self, endpoint, credentials, region):
        self.endpoint = endpoint
        parts = urlsplit(endpoint)
        self.secure = parts.scheme == "https"
        self.host = parts.hostname
        self.port = parts.port or (443 if self.secure else 80)
        self.credentials = credentials
        self.region = region

    def connect(self):
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        return kind(self.host, self.port, timeout=TIMEOUT)

    def signed_headers(self, operation, body, api="DynamoDB_20120810", **extra):
        headers = {"Content-Type": JSON_TYPE, **extra}
        if operation is not None:
            headers["X-Amz-Target"] = f"{api}.{operation}"
        request = AWSRequest("POST", self.endpoint + "/", headers=headers, data=body)
        SigV4Auth(self.credentials, "dynamodb", self.region).add_auth(request)
        return dict(request.headers.items())

    def exchange(self, method, path, body, headers, connection=None):
        """One request as given, nothing added but Content-Length (and Host)."""
        used = connection or self.connect()
        try:
            used.request(method, path, body=body, headers=headers)
            response = used.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            if connection is None:
                used.close()

    def call(self, operation, body, api="DynamoDB_20120810", connection=None, **extra):
        """A signed request to an operation; a body that is no bytes is written as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.exchange("POST", "/", data, self.signed_headers(operation, data, api, **extra), connection)

    def open_socket(self):
        plain = socket.create_connection((self.host, self.port), TIMEOUT)
        plain.settimeout(TIMEOUT)
        return plain

    def raw_request(self, operation, body, target="/", extra=()):
        """The bytes of a request, to be cut, chained or bent by a test."""
        headers = self.signed_headers(operation, body)
        lines = [f"POST {target} HTTP/1.1", f"Host: {self.host}:{self.port}",
                 *(f"{name}: {value}" for name, value in headers.items()), *extra, f"Content-Length: {len(body)}", "", ""]
        return "\r\n".join(lines).encode() + body


class AnswerReader:
    """Reads answers one after another from a socket."""

    def __init__(self, plain):
        self._file = plain.makefile("rb")

    def next(self):
        """The next answer, or None if the server closed the connection in between."""
        first = self._file.readline()
        if not first:
            return None
        headers = {}
        while (line := self._file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        return Answer(int(first.split()[1]), headers, self._file.read(length))
