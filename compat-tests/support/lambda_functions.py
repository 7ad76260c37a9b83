# SPDX-License-Identifier: Apache-2.0
"""Deployment packages, and what functions in them wrote."""

import io
import json
import textwrap
import zipfile

ROLE = "arn:aws:iam::000000000000:role/any"

# Appends its event as a line of JSON to the file named by OUT, and returns it.
ECHO = """
    import json, os

    def handler(event, context):
        with open(os.environ["OUT"], "a") as out:
            out.write(json.dumps(event) + "\\n")
        return event
"""


def package(source=ECHO, name="main.py", **more_files):
    """A zip file with one module, and files by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, textwrap.dedent(source))
        for other, text in more_files.items():
            archive.writestr(other, text)
    return buffer.getvalue()


def create(client, name, out=None, source=ECHO, **more):
    """A Python function from a package; OUT is its file of lines."""
    members = {"FunctionName": name, "Role": ROLE, "Runtime": "python3.12", "Handler": "main.handler",
               "Code": {"ZipFile": package(source)}, "Timeout": 10}
    if out is not None:
        members["Environment"] = {"Variables": {"OUT": str(out)}}
    members = {key: value for key, value in {**members, **more}.items() if value is not None}
    return client.create_function(**members)


def lines(path):
    """The JSON of all complete lines."""
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text.split("\n")[:-1]]


def payload(answer):
    return json.loads(answer["Payload"].read())
