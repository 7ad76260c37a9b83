# SPDX-License-Identifier: Apache-2.0
"""Runs one AWS Lambda function: python3 -c <this text> module.function

Speaks the Lambda Runtime API with whom AWS_LAMBDA_RUNTIME_API names. The working directory is the function's
code. Needs nothing but Python's own library (3.7 or newer)."""
import sys

# For -c Python looks into the working directory first, then into PYTHONPATH: a json.py of the function's or of
# one of its layers must not become ours. (os is there already, before this text is read.)
sys.path.remove("")
import os

OWN_FOLDERS = [os.path.abspath(folder) for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]
sys.path = [folder for folder in sys.path if folder not in OWN_FOLDERS]

import decimal
import importlib
import importlib.util
import json
import logging
import socket
import time
import traceback

sys.path[:0] = [os.getcwd()] + OWN_FOLDERS

MAX_RESPONSE_BYTES = 6 * 1024 * 1024


class FunctionError(Exception):
    """What goes to the runtime API as errorType and errorMessage."""

    def __init__(self, error_type, message, stack_trace=(), hint=""):
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.stack_trace = list(stack_trace)
        self.hint = hint

    def to_json(self, request_id=""):
        members = {
            "errorMessage": self.message,
            "errorType": self.error_type,
            "requestId": request_id,
            "stackTrace": self.stack_trace,
        }
        if self.hint:
            members["hint"] = self.hint
        return json.dumps(members).encode()

    @staticmethod
    def of(exception, skip_frames=1):
        frames = traceback.extract_tb(exception.__traceback__)[skip_frames:]
        return FunctionError(
            type(exception).__name__, str(exception), traceback.format_list(frames))


class RuntimeApi:
    """HTTP/1.1 on one kept connection; http.client would double the start time and the time of each call."""

    ROOT = "/2018-06-01/runtime/"

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.address = address
        self.socket = socket.create_connection((host, int(port)))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def next(self):
        return self.call("GET", "invocation/next")

    def respond(self, request_id, body):
        self.call("POST", "invocation/" + request_id + "/response", body)

    def fail(self, request_id, error):
        self.call("POST", "invocation/" + request_id + "/error", error.to_json(request_id),
                  error.error_type)

    def fail_init(self, error):
        self.call("POST", "init/error", error.to_json(), error.error_type)

    def call(self, method, path, body=b"", error_type=None):
        head = [method + " " + self.ROOT + path + " HTTP/1.1", "Host: " + self.address]
        if method == "POST":
            head += ["Content-Type: application/json", "Content-Length: %d" % len(body)]
        if error_type:
            head.append("Lambda-Runtime-Function-Error-Type: " + error_type)
        self.socket.sendall("\r\n".join(head + ["", ""]).encode() + body)
        return self.read_answer()

    def read_answer(self):
        lines = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = self.read_exactly(int(headers.get("content-length", "0")))
        return headers, body

    def read_until(self, mark):
        while mark not in self.received:
            self.receive()
        head, _, self.received = self.received.partition(mark)
        return head

    def read_exactly(self, count):
        parts = [self.received[:count]]
        self.received = self.received[count:]
        missing = count - len(parts[0])
        while missing > 0:
            part = self.socket.recv(min(missing, 1 << 20))
            if not part:
                os._exit(0)
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def receive(self):
        part = self.socket.recv(65536)
        if not part:
            os._exit(0)  # whoever started this is gone
        self.received += part


def parse_header(headers, name):
    """The JSON object of a header; None if there is none."""
    try:
        value = json.loads(headers[name])
    except (KeyError, ValueError):
        return None
    return value if isinstance(value, dict) else None


class CognitoIdentity:
    def __init__(self, value):
        value = value or {}
        self.cognito_identity_id = value.get("cognitoIdentityId")
        self.cognito_identity_pool_id = value.get("cognitoIdentityPoolId")


class Client:
    MEMBERS = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")

    def __init__(self, value):
        for name in self.MEMBERS:
            setattr(self, name, value.get(name))


class ClientContext:
    def __init__(self, value):
        self.custom = value.get("custom")
        self.env = value.get("env")
        self.client = Client(value["client"]) if isinstance(value.get("client"), dict) else None


class LambdaContext:
    """The second argument of a function, with the members that AWS documents."""

    def __init__(self, headers):
        self.aws_request_id = headers["lambda-runtime-aws-request-id"]
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn", "")
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = CognitoIdentity(parse_header(headers, "lambda-runtime-cognito-identity"))
        client_context = parse_header(headers, "lambda-runtime-client-context")
        self.client_context = None if client_context is None else ClientContext(client_context)
        self._deadline_ms = int(headers["lambda-runtime-deadline-ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))


class RequestIdFilter(logging.Filter):
    request_id = ""

    def filter(self, record):
        record.aws_request_id = self.request_id
        return True


def set_up_output():
    """As on AWS, the root logger writes already: a function only sets its level."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    request_id = RequestIdFilter()
    handler = logging.StreamHandler(sys.stdout)
    formatter = logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    handler.addFilter(request_id)
    logging.getLogger().addHandler(handler)
    return request_id


def flush_output():
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass  # the function has closed or replaced it


def import_module(name):
    """Names with hyphens need no care; one with dots in its file's name is loaded by its path."""
    path = os.path.join(os.getcwd(), name + ".py")
    if "." in os.path.basename(name) and os.path.isfile(path):
        spec = importlib.util.spec_from_file_location(os.path.basename(name), path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module
    return importlib.import_module(name.replace("/", "."))


def missing_module_hint(missing, name):
    if not missing:
        return ""
    if name.replace("/", ".").startswith(missing):
        return "there is no " + name + ".py in " + os.getcwd()
    return ("install it with: " + sys.executable + " -m pip install " + missing.split(".")[0]
            + ", or put it into " + os.getcwd())


def load_function(handler):
    name, dot, function_name = handler.rpartition(".")
    if not dot:
        raise FunctionError(
            "Runtime.MalformedHandlerName",
            "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % handler,
            hint="Handler must be module.function")
    try:
        module = import_module(name)
    except ImportError as error:
        raise FunctionError(
            "Runtime.ImportModuleError", "Unable to import module '%s': %s" % (name, error),
            hint=missing_module_hint(getattr(error, "name", None), name))
    except SyntaxError as error:
        raise FunctionError(
            "Runtime.UserCodeSyntaxError", "Syntax error in module '%s': %s" % (name, error),
            ['File "%s" Line %s\n  %s' % (error.filename, error.lineno, (error.text or "").rstrip())])
    except Exception as error:
        raise FunctionError.of(error, 0)
    if not hasattr(module, function_name):
        raise FunctionError(
            "Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function_name, name))
    return getattr(module, function_name)


def to_json(value):
    def other(part):
        if isinstance(part, decimal.Decimal):
            return int(part) if part == part.to_integral_value() else float(part)
        raise TypeError("Object of type %s is not JSON serializable" % type(part).__name__)

    try:
        return json.dumps(value, default=other).encode()
    except Exception as error:
        raise FunctionError("Runtime.MarshalError", "Unable to marshal response: %s" % error)


def run_function(function, headers, event):
    try:
        result = function(json.loads(event), LambdaContext(headers))
    except Exception as error:
        raise FunctionError.of(error)
    body = to_json(result)
    if len(body) > MAX_RESPONSE_BYTES:
        raise FunctionError(
            "Function.ResponseSizeTooLarge",
            "Response payload size exceeded maximum allowed payload size (6291556 bytes).")
    return body


def main():
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    request_id_filter = set_up_output()
    try:
        function = load_function(sys.argv[1])
    except FunctionError as error:
        flush_output()
        api.fail_init(error)
        sys.exit(1)
    own_pid = os.getpid()
    while True:
        headers, event = api.next()
        request_id = headers["lambda-runtime-aws-request-id"]
        request_id_filter.request_id = request_id
        os.environ["_X_AMZN_TRACE_ID"] = headers.get("lambda-runtime-trace-id", "")
        try:
            body, failure = run_function(function, headers, event), None
        except FunctionError as error:
            body, failure = None, error
        flush_output()
        if os.getpid() != own_pid:
            os._exit(0)  # a fork of the function's that came back here
        if failure is None:
            api.respond(request_id, body)
        else:
            api.fail(request_id, failure)


main()
