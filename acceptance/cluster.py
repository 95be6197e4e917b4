"""A cluster of real processes on loopback, for the scripts of the fourth set: workers that are started, stopped and killed,
and jobs whose adapter is compared with that of `graft train`, byte for byte."""
import hashlib
import json
import os
import pathlib
import re
import signal
import subprocess
import time

from common import GRAFT, graft

ADAPTER = ("adapter_model.safetensors", "adapter_config.json")


def digest(folder):
    """Hash of an adapter's files."""
    folder = pathlib.Path(folder)
    return hashlib.sha256(b"".join((folder / name).read_bytes() for name in ADAPTER)).hexdigest()


class Cluster:
    """Workers with numbers, each a process of its own with one thread."""

    def __init__(self, folder, base, name, port, faults="", hosts=(), own="127.0.0.1"):
        """hosts: (address, network namespace) of each worker, where it is not this machine's loopback; own: the asker's address"""
        self.folder = pathlib.Path(folder)
        self.hosts, self.own = list(hosts), own
        self.base, self.name, self.port, self.faults = base, name, port, faults
        self.jobs = self.folder / "jobs"
        self.workers = {}
        self.count = 0

    def options(self):
        members = [f"{host}:{self.port + i}" for i, (host, _) in enumerate(self.hosts)] or [
            f"127.0.0.1:{self.port + i}" for i in range(40)]
        return ["--cluster", ",".join(members), "--cluster-name", self.name, "--cluster-host", self.own]

    def start(self, leads=True, base=None):
        """Starts a worker and returns its number; it need not be ready yet."""
        number = self.count
        self.count += 1
        log = open(self.folder / f"worker-{number}.log", "w")
        options = ("-Dorg.slf4j.simpleLogger.log.dev.graft=info -Dorg.slf4j.simpleLogger.showDateTime=true "
                   "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS ")
        if self.faults:
            options += f"-Dgraft.test.faults=seed={number + 1},{self.faults}"
        host, space = self.hosts[number] if self.hosts else (self.own, None)
        command = [*(["ip", "netns", "exec", space] if space else []), str(GRAFT), "worker", "--base", str(base or self.base),
                   "--threads", "1", *self.options()[:-1], host,
                   "--cluster-port", str(self.port + number % 40), *(["--jobs", str(self.jobs)] if leads else [])]
        self.workers[number] = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "GRAFT_JAVA_OPTS": options})
        return number

    def log(self, number):
        return (self.folder / f"worker-{number}.log").read_text()

    def wait_ready(self, number, seconds=120):
        """Waits until a worker says that it is ready."""
        end = time.time() + seconds
        while "is ready" not in self.log(number):
            if time.time() > end or self.workers[number].poll() is not None:
                raise RuntimeError(f"worker {number} did not start: {self.log(number)[-2000:]}")
            time.sleep(0.1)

    def alive(self):
        return [number for number, process in self.workers.items() if process.poll() is None]

    def leader(self):
        """Number of the worker that began the newest term, or None if it is gone."""
        terms = [(int(term), number) for number in self.workers
                 for term in re.findall(r"this node leads, in term (\d+)", self.log(number))]
        number = max(terms)[1] if terms else None
        return number if number in self.alive() else None

    def signal(self, number, what):
        self.workers[number].send_signal(what)

    def kill(self, number):
        """kill -9: nothing is said to anybody."""
        self.signal(number, signal.SIGKILL)
        self.workers[number].wait()

    def submit(self, output, *arguments, job=None):
        """Submits a job in a process of its own and returns it: it ends when the adapter is fetched."""
        command = [str(GRAFT), "job", "submit", *map(str, arguments), "--json", *self.options(), "--output", str(output),
                   *(["--id", job] if job else [])]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def job(self, *arguments):
        """Asks about a job."""
        return json.loads(graft("job", *arguments, "--json", *self.options()).stdout)

    def close(self):
        for number in self.alive():
            self.signal(number, signal.SIGCONT)
            self.signal(number, signal.SIGTERM)
        for process in self.workers.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
