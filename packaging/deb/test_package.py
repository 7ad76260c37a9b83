# SPDX-License-Identifier: Apache-2.0
"""The Debian package as its users have it: installed by dpkg into an empty root, outside of the source tree.

PUMICE_DEB names it. Needs Debian's dpkg and the AWS CLI, and not the rights of root.
"""

import gzip
import os
import re
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

DEB = os.environ["PUMICE_DEB"]
SECONDS = 60


def run(*command, **more):
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=SECONDS, **more)
    assert result.returncode == 0, f"{command}: {result.stdout}{result.stderr}"
    return result.stdout


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def field(name):
    return run("dpkg-deb", "--field", DEB, name).strip()


class Archive(unittest.TestCase):
    def test_names_what_it_is(self):
        names = ("Package", "Architecture", "Section", "Priority", "Suggests")
        self.assertEqual([field(name) for name in names],
                         ["pumice", run("dpkg", "--print-architecture").strip(), "database", "optional",
                          "awscli, python3"])

    # Found by dpkg-shlibdeps: a library that the program was linked with and the package does not name would be missing.
    def test_depends_on_the_libraries_of_the_program(self):
        packages = re.findall(r"([a-z0-9.+-]+) \(>= [^)]+\)", field("Depends"))
        self.assertEqual(packages, ["libc6", "libgcc-s1", "libsimdjson14", "libstdc++6"])
        for package in packages:
            self.assertEqual(run("dpkg-query", "-W", "-f=${db:Status-Status}\n", package).splitlines()[0], "installed")

    # A synopsis of one line, a text that apt can wrap: what Debian's policy 5.6.13 asks for.
    def test_has_a_description(self):
        synopsis, *text = field("Description").splitlines()
        self.assertLess(len(synopsis), 80)
        self.assertTrue(text)
        self.assertFalse([line for line in text if len(line) > 80])

    # Folders and programs 0755, all else 0644, all of root: another user's file in /usr is a hole.
    def test_files_belong_to_root_and_only_root_writes_them(self):
        entries = [line.split(maxsplit=5) for line in run("dpkg-deb", "--contents", DEB).splitlines()]
        for mode, owner, *_, path in entries:
            expected = "drwxr-xr-x" if path.endswith("/") else "-rwxr-xr-x" if "/bin/" in path else "-rw-r--r--"
            self.assertEqual((mode, owner), (expected, "root/root"), path)
        places = {path.split("/")[2] for *_, path in entries if path.count("/") > 2}
        self.assertEqual(places, {"bin", "share"})


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        (cls.root / "var/lib/dpkg/updates").mkdir(parents=True)
        (cls.root / "var/lib/dpkg/info").mkdir()
        (cls.root / "var/lib/dpkg/status").touch()
        cls.dpkg("--install", DEB)

    # The empty root has none of the libraries; the program runs with those of this system.
    @classmethod
    def dpkg(cls, *command):
        return run("dpkg", f"--root={cls.root}", "--force-not-root", "--force-bad-path", "--force-depends",
                   "--log=/dev/null", *command)

    def pumice(self, *flags):
        server = subprocess.Popen([self.root / "usr/bin/pumice", *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True, cwd=self.root)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.stdin.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return server

    def banner(self, server):
        lines = dict(line.rstrip("\n").split(":\t") for line in iter(server.stdout.readline, "\n") if ":\t" in line)
        self.assertIn("Port", lines)
        return lines

    def test_the_version_is_that_of_the_server(self):
        self.assertEqual(run(self.root / "usr/bin/pumice", "-version"), f"Pumice {field('Version')}\n")

    def test_the_checksums_are_right(self):
        sums = self.root / "var/lib/dpkg/info/pumice.md5sums"
        installed = {str(path.relative_to(self.root)) for path in (self.root / "usr").rglob("*") if path.is_file()}
        self.assertEqual({line.split(maxsplit=1)[1] for line in sums.read_text().splitlines()}, installed)
        run("md5sum", "--check", "--quiet", sums, cwd=self.root)

    # The README's commands, with another port: 8000 may be in use here.
    def test_the_readmes_commands_work(self):
        readme = (self.root / "usr/share/doc/pumice/README.md").read_text().replace("8000", str(free_port()))
        install, client = re.findall(r"```bash\n(.*?)```", readme, re.DOTALL)
        command = install.splitlines()[-1].split()
        self.assertEqual(command[0], "pumice")
        self.banner(self.pumice(*command[1:]))
        self.assertRegex(run("bash", "-ec", client, cwd=self.root), r'"TableNames": \[\]')

    # What a launcher needs: a free port, and an end with its own.
    def test_the_server_ends_with_the_pipe_on_its_stdin(self):
        server = self.pumice("-inMemory", "-port", "0", "--stop-with-stdin")
        self.assertNotEqual(self.banner(server)["Port"], "0")
        server.stdin.close()
        self.assertEqual(server.wait(SECONDS), 0)

    # No flag is missing in the manual, and none is there that the server has not.
    def test_the_manual_tells_the_flags_of_the_server(self):
        manual = gzip.decompress((self.root / "usr/share/man/man1/pumice.1.gz").read_bytes()).decode()
        told = re.findall(r"^\.TP\n\.B[IR]? (.*)$", manual.replace("\\-", "-"), re.MULTILINE)
        told = [flag for line in told for flag in re.findall(r"(?<![\w-])--?\w[-\w]*", line)]
        printed = re.findall(r"^  (--?\w[-\w]*)", run(self.root / "usr/bin/pumice", "-help"), re.MULTILINE)
        self.assertCountEqual(told, printed)

    def test_removing_it_leaves_nothing(self):
        self.dpkg("--purge", "pumice")
        self.addCleanup(self.dpkg, "--install", DEB)
        self.assertEqual([path for path in self.root.rglob("*") if path.is_file() and "dpkg" not in path.parts], [])


if __name__ == "__main__":
    unittest.main()
