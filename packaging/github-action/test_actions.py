# SPDX-License-Identifier: Apache-2.0
"""The actions as a job has them: a small runner plays the steps of README.md and of the action.yml files.

PUMICE_ARCHIVE names the release archive. Needs PyYAML, and an AWS CLI that reads AWS_ENDPOINT_URL_DYNAMODB.
"""

import functools
import hashlib
import http.server
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ARCHIVE = Path(os.environ["PUMICE_ARCHIVE"])
SECONDS = 60


class StepFailed(AssertionError):
    pass


class Job:
    """What a runner does with composite actions and with `run`, as far as these use it."""

    def __init__(self, folder, **environment):
        self.folder = Path(folder)
        self.printed = ""
        # Nothing of the machine's own AWS settings.
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME")} | environment
        self.environment |= {"RUNNER_TEMP": str(folder), "GITHUB_ENV": str(self.folder / "env"),
                             "GITHUB_OUTPUT": str(self.folder / "output")}

    def step(self, step):
        if "run" in step:
            return self.run(step["run"])
        action = re.fullmatch(r"OWNER/pumice/packaging/github-action(/stop)?@v[\d.]+", step["uses"])
        return self.action((action.group(1) or "")[1:], **step.get("with", {}))

    def action(self, name="", **given):
        """Plays the action and returns its outputs."""
        action = yaml.safe_load((HERE / name / "action.yml").read_text())
        assert set(given) <= set(action["inputs"]), given
        values = {f"inputs.{key}": given.get(key, field["default"]) for key, field in action["inputs"].items()}
        for step in action["runs"]["steps"]:
            environment = {key: expand(value, values) for key, value in step["env"].items()}
            outputs = self.run(step["run"], GITHUB_ACTION_PATH=str(HERE / name), **environment)
            values |= {f"steps.{step.get('id')}.outputs.{key}": value for key, value in outputs.items()}
        return {key: expand(field["value"], values) for key, field in action.get("outputs", {}).items()}

    def run(self, script, **environment):
        """The end of the step's output is waited for, as a runner does: nothing in the background may hold it."""
        for name in ("env", "output"):
            (self.folder / name).write_text("")
        (self.folder / "step.sh").write_text(script)
        result = subprocess.run(["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", self.folder / "step.sh"],
                                env=self.environment | environment, cwd=self.folder, timeout=SECONDS, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.printed = result.stdout
        if result.returncode:
            raise StepFailed(result.stdout)
        self.environment |= pairs(self.folder / "env")
        return pairs(self.folder / "output")


def pairs(file):
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def expand(text, values):
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: values[match.group(1)], text)


def ends(process):
    """Whether the process of this pidfd ends."""
    return bool(select.select([process], [], [], SECONDS)[0])


class Actions(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.job = Job(self.folder)

    def start(self, job=None, **inputs):
        outputs = (job or self.job).action(archive=str(ARCHIVE), **inputs)
        process = os.pidfd_open(int(outputs["pid"]))
        self.addCleanup(os.close, process)
        self.addCleanup(self.kill, process)
        return outputs, process

    @staticmethod
    def kill(process):
        if not select.select([process], [], [], 0)[0]:
            signal.pidfd_send_signal(process, signal.SIGKILL)

    def refused(self, **inputs):
        with self.assertRaises(StepFailed) as failed:
            self.job.action(**inputs)
        return re.search("^::error title=Pumice::(.*)$", str(failed.exception), re.MULTILINE).group(1)

    def test_the_readmes_steps_work(self):
        shutil.copy(ARCHIVE, self.folder)
        steps = yaml.safe_load(re.search(r"```yaml\n(.*?)```", (HERE / "README.md").read_text(), re.DOTALL).group(1))
        printed = []
        for step in steps["steps"]:
            self.job.step(step)
            printed.append(self.job.printed)
        self.assertRegex(printed[0], r"^Pumice answers on http://127\.0\.0\.1:\d+\n$")
        self.assertRegex(printed[1], r'"TableNames": \[\]')
        self.assertIn("::group::Log of Pumice\n", printed[2])
        self.assertIn("SharedDb:\ttrue\n", printed[2])

    def test_outputs_and_environment_name_the_server(self):
        outputs, _ = self.start()
        endpoint = f"http://127.0.0.1:{outputs['port']}"
        self.assertEqual(outputs, {"endpoint": endpoint, "port": outputs["port"], "region": "us-east-1",
                                   "access-key-id": "pumice", "secret-access-key": "pumice", "pid": outputs["pid"]})
        aws = {name: value for name, value in self.job.environment.items() if name.startswith("AWS_")}
        self.assertEqual(aws, {"AWS_ENDPOINT_URL_DYNAMODB": endpoint, "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": endpoint,
                               "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
                               "AWS_ACCESS_KEY_ID": "pumice", "AWS_SECRET_ACCESS_KEY": "pumice"})

    # A later step of the job may talk to AWS itself.
    def test_keys_and_a_region_of_the_job_stay(self):
        own = {"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "theirs", "AWS_SECRET_ACCESS_KEY": "hidden"}
        job = Job(self.folder, **own)
        outputs, _ = self.start(job)
        self.assertEqual(outputs["region"], "eu-west-1")
        self.assertEqual({name: job.environment[name] for name in own}, own)
        self.assertEqual(job.environment["AWS_DEFAULT_REGION"], "eu-west-1")

    def test_stop_ends_the_server(self):
        _, process = self.start()
        self.job.action("stop")
        self.assertTrue(ends(process))

    def test_two_servers_are_told_apart(self):
        first, first_process = self.start()
        second, second_process = self.start()
        self.assertNotEqual(first["port"], second["port"])
        self.job.action("stop", pid=first["pid"])
        self.assertTrue(ends(first_process))
        self.job.action("stop")
        self.assertTrue(ends(second_process))

    # The runner is a process of its own here, which is killed while the server runs.
    def test_the_server_ends_with_the_runner(self):
        runner = ("import signal, sys; sys.path.insert(0, sys.argv[1]); from test_actions import *; "
                  "print(Job(sys.argv[2]).action(archive=sys.argv[3])['pid'], flush=True); signal.pause()")
        parent = subprocess.Popen([sys.executable, "-B", "-c", runner, HERE, self.folder, ARCHIVE],
                                  stdout=subprocess.PIPE, text=True)
        process = os.pidfd_open(int(parent.stdout.readline()))
        self.addCleanup(os.close, process)
        self.addCleanup(self.kill, process)
        parent.kill()
        parent.communicate()
        self.assertTrue(ends(process), "the server outlived the runner")

    def test_an_archive_is_got_by_its_url(self):
        handler = functools.partial(QuietHandler, directory=ARCHIVE.parent)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.addCleanup(server.shutdown)
            url = f"http://127.0.0.1:{server.server_port}/"
            sha256 = hashlib.sha256(ARCHIVE.read_bytes()).hexdigest()
            outputs = self.job.action(archive=url + ARCHIVE.name, sha256=sha256)
            self.job.action("stop", pid=outputs["pid"])
            self.assertEqual(self.refused(archive=url + "other.tar.gz"), f"cannot get {url}other.tar.gz")

    def test_a_server_without_an_archive(self):
        subprocess.run(["tar", "-xf", ARCHIVE], cwd=self.folder, check=True)
        binary = next(self.folder.glob("pumice-*/bin/pumice"))
        self.job.action(binary=str(binary), flags=f"-dbPath {self.folder / 'data'}")
        self.job.action("stop")
        self.assertIn(f"DbPath:\t{self.folder / 'data'}\n", self.job.printed)

    def test_a_mistake_is_told(self):
        self.assertEqual(self.refused(), "set one of the inputs 'archive' and 'binary'")
        self.assertEqual(self.refused(archive="gone.tar.gz"), "there is no archive gone.tar.gz")
        self.assertEqual(self.refused(binary="/gone"), "there is no server at /gone")
        self.assertRegex(self.refused(archive=str(ARCHIVE), sha256="0" * 64),
                         f"^the SHA-256 of {ARCHIVE} is [0-9a-f]{{64}}, not {'0' * 64}$")
        self.assertRegex(self.refused(archive=str(ARCHIVE), flags="-shareDb"), "^the server did not start: .* -shareDb")
        with self.assertRaisesRegex(StepFailed, "no server was started in this job"):
            self.job.action("stop")

    # The reason is the server's own text.
    def test_the_log_of_a_server_that_does_not_start_is_shown(self):
        with self.assertRaisesRegex(StepFailed, "Unknown flag -shareDb"):
            self.job.action(archive=str(ARCHIVE), flags="-shareDb")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


if __name__ == "__main__":
    unittest.main()
