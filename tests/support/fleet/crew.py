"""The processes of a fleet: a scheduler, workers on machines of their own, and clients.

Owns: starting them, seeing which have ended, and killing them. A machine is a folder of its
own here; what is killed is started again, as a service manager does it.
"""

from __future__ import annotations

import os
import platform
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ..tiny import DEADLINE, PROJECT, TESTS, Workbench, until
from .trouble import CONTROLS, PROTOCOL, Controls
from .world import World

MARK = "FLEET"  # the environment variable by which its processes are known
HOST = "127.0.0.1"
PRELOAD = "harness.jobs.engines.remote"
STEADY = "harness.jobs.engines.clocks"


class Crew:
    """Everybody who works in ``folder``."""

    def __init__(self, folder: Path, world: World, workers: int, machines: int) -> None:
        self.folder = folder
        self.world = world
        self.controls = Controls(folder / "controls")
        self.store = folder / "store"
        self.homes = [folder / f"machine{n}" for n in range(machines)]
        self.workers: dict[int, subprocess.Popen[bytes] | None] = dict.fromkeys(range(workers))
        self.scheduler: subprocess.Popen[bytes] | None = None
        self.started = 0
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port = free.getsockname()[1]

    @property
    def address(self) -> str:
        """Where the scheduler is, each time that it is started."""
        return f"tcp://{HOST}:{self.port}"

    def env(self, home: Path) -> dict[str, str]:
        """What a process of the fleet is started with."""
        (self.folder / "user").mkdir(exist_ok=True)
        paths = (Path(__file__).parent / "site", TESTS, PROJECT)
        return Workbench(self.folder).env | {
            "PYTHONPATH": os.pathsep.join(map(str, paths)),
            "WORKBENCH_HOME": str(home),
            CONTROLS: str(self.folder / "controls"),
            MARK: str(self.folder),
            "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s",
        }

    def tend(self) -> None:
        """Start whoever is not there."""
        if self.scheduler is None or self.scheduler.poll() is not None:
            where = (
                *("--host", HOST, "--port", str(self.port), "--dashboard-address", f"{HOST}:0"),
                *("--preload", STEADY),
            )
            self.scheduler = self._start("scheduler", self.folder / "nobody", *where)
        for number, worker in self.workers.items():
            if worker is None or worker.poll() is not None:
                local = self.folder / "dask" / str(number)
                words = (
                    *(self.address, "--preload", PRELOAD, "--no-nanny", "--nthreads", "1"),
                    *("--host", HOST, "--dashboard-address", f"{HOST}:0"),
                    *("--name", f"w{number}", "--local-directory", str(local)),
                )
                self.workers[number] = self._start("worker", self.home_of(number), *words)

    def home_of(self, worker: int) -> Path:
        """The workbench's folder of a worker's machine."""
        return self.homes[worker % len(self.homes)]

    def client(self, home: Path, *words: str, store: bool = True) -> subprocess.Popen[bytes]:
        """Somebody who wants everything judged."""
        given = ("--cpython", "none", "--python", platform.python_version(), *self.world.flags)
        shared = ("--store", f"{PROTOCOL}://{self.store}") if store else ()
        command = [sys.executable, "-m", "harness", "test", *given, *shared, *words]
        return self._process(command, home, home.name)

    def done(self) -> int:
        """How many results the machines keep."""
        kept = (home / "results" for home in self.homes)
        return sum(
            len(list(os.scandir(f))) for each in kept if each.is_dir() for f in each.iterdir()
        )

    def processes(self) -> list[psutil.Process]:
        """Everybody who is alive, and all that they started and that lives."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == str(self.folder):
                    found.append(process)
            except (psutil.Error, OSError):
                continue
        return found

    def end(self) -> None:
        """End scheduler and workers in order."""
        for each in (*self.workers.values(), self.scheduler):
            if each is not None and each.poll() is None:
                each.terminate()
                each.wait(DEADLINE)

    def _start(self, what: str, home: Path, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *words]
        return self._process(command, home, what)

    def _process(self, command: list[str], home: Path, what: str) -> subprocess.Popen[bytes]:
        self.started += 1
        logs = self.folder / "said"
        logs.mkdir(exist_ok=True)
        with (logs / f"{self.started:03}-{what}.txt").open("wb") as log:
            return subprocess.Popen(
                command, cwd=self.folder, env=self.env(home), stdout=log, stderr=log
            )


def kill(process: subprocess.Popen[bytes]) -> None:
    """What the kernel does to who uses too much memory."""
    process.send_signal(signal.SIGKILL)
    process.wait()


@contextmanager
def working(crew: Crew) -> Iterator[Crew]:
    """A fleet that works as long as the block goes on; nobody is left when it ends."""
    crew.tend()
    try:
        yield crew
    finally:
        crew.end()
        for process in crew.processes():
            process.kill()
        until(lambda: not crew.processes())
