# SPDX-License-Identifier: Apache-2.0
"""Small stream handlers on disk and the handlers.json that runs them."""

import json
import textwrap

# Writes each record as a line of JSON to the file named by OUT.
RECORDER = """
    import json, os

    def handler(event, context):
        with open(os.environ["OUT"], "a") as out:
            for record in event["Records"]:
                out.write(json.dumps(record) + "\\n")
"""


class Workshop:
    """Builds functions and mappings below one folder."""

    def __init__(self, folder):
        self.folder = folder
        self.functions = []
        self.mappings = []

    def function(self, name, source=RECORDER, module="main", handler=None, timeout=3, variables=None, runtime="python3.11", write=True):
        """A function in a folder of its own; OUT is its file of lines. `handler` defaults to <module>.handler."""
        code = self.folder / "functions" / name
        code.mkdir(parents=True, exist_ok=True)
        if write:
            (code / f"{module}.py").write_text(textwrap.dedent(source))
        self.functions.append({
            "FunctionName": name, "Runtime": runtime, "Handler": handler or f"{module}.handler", "CodePath": f"functions/{name}", "Timeout": timeout,
            "Environment": {"Variables": {"OUT": str(self.out(name)), **(variables or {})}}})
        return name

    def bootstrap(self, name, source, **more):
        """A function whose code is one executable file that speaks the Lambda Runtime API."""
        self.function(name, runtime="provided.al2023", handler="none", write=False, **more)
        path = self.folder / "functions" / name / "bootstrap"
        path.write_text(textwrap.dedent(source).lstrip())
        path.chmod(0o755)
        return name

    def mapping(self, source, function, **more):
        self.mappings.append({"EventSourceArn": source, "FunctionName": function, "BatchSize": 10, "StartingPosition": "LATEST", "Enabled": True, **more})

    def file(self):
        path = self.folder / "handlers.json"
        path.write_text(json.dumps({"Functions": self.functions, "EventSourceMappings": self.mappings}))
        return path

    def out(self, name):
        return self.folder / f"{name}.out"

    def lines(self, name):
        """What the function wrote so far; a line is read only when it is complete."""
        path = self.out(name)
        text = path.read_text() if path.exists() else ""
        return text.split("\n")[:-1]

    def records(self, name):
        return [json.loads(line) for line in self.lines(name)]
