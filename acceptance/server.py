"""Starts graft serve for the acceptance scripts over HTTP, and asks it. Only Python's standard library is used here."""
import json
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

from common import GRAFT


class Server:
    """graft serve on free ports, until the end of a with block."""

    def __init__(self, *arguments):
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log")
        self.begin = time.monotonic()
        self.process = subprocess.Popen([str(GRAFT), "serve", "--port", "0", *map(str, arguments)],
                                        stdout=self.log, stderr=self.log)
        self.seconds, self.url, self.admin = self._wait()

    def _wait(self):
        while time.monotonic() - self.begin < 300:
            text = open(self.log.name).read()
            found = re.search(r"listening on (\S+); administration and the page on (\S+)/\n", text)
            if found:
                return time.monotonic() - self.begin, found.group(1), found.group(2)
            if self.process.poll() is not None:
                sys.exit(f"graft serve ended with {self.process.returncode}:\n{text[-3000:]}")
            time.sleep(0.02)
        sys.exit("graft serve did not listen within five minutes")

    def ask(self, path, body=None, admin=False, method=None, headers=None):
        """Status and JSON, or text, of an answer."""
        request = urllib.request.Request(
            (self.admin if admin else self.url) + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                status, content = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, content = error.code, error.read().decode()
        try:
            return status, json.loads(content)
        except ValueError:
            return status, content

    def text(self):
        """What it said."""
        return open(self.log.name).read()

    def resident(self):
        """Resident memory in MiB."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
