"""A Dask scheduler and workers as real processes, each worker a machine of its own.

For tests only. A worker has its own folder, its own user, and nothing in common with another
one but the scheduler's port on 127.0.0.1.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from support.tiny import PROJECT, few_folders, until, without_configuration

HOST = "127.0.0.1"
QUIET = ("--host", HOST, "--dashboard-address", f"{HOST}:0", "--no-dashboard")
PRELOAD = "harness.jobs.engines.remote"


class Cluster:
    """The processes of a cluster whose files are below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self.workers: dict[str, subprocess.Popen[bytes]] = {}

    def _listens(self) -> bool:
        with contextlib.suppress(OSError, ValueError):
            return bool(self.address)
        return False

    @property
    def address(self) -> str:
        """Where the scheduler listens."""
        return str(json.loads(self._file.read_text("utf-8"))["address"])

    def home(self, name: str) -> Path:
        """The workbench's folder of a worker."""
        return self._folder / name / "home"

    def start(self, name: str) -> None:
        """Start a worker, or start it again; it comes when it is ready (``gathered``)."""
        words = ("worker", self.address, "--no-nanny", "--nthreads", "2", "--name", name)
        self.workers[name] = self._process(name, *words, "--preload", PRELOAD)

    def gathered(self) -> None:
        """Wait until the scheduler knows every worker that was started."""
        logs = [self._folder / name / "log" for name in self.workers]
        until(lambda: all("Registered to:" in log.read_text("utf-8") for log in logs))

    def kill(self, name: str) -> None:
        """End a worker as a power cut does; what it had in hand is looked at no more."""
        process = self.workers.pop(name)
        process.kill()
        process.wait()
        until(lambda: not jobs_of(self.home(name)))
        shutil.rmtree(self.home(name) / "scratch")

    def which_has(self, name: str) -> Path | None:
        """A file of that name in a job that a worker has in hand."""
        for worker in self.workers:
            for path in self.home(worker).glob(f"scratch/job-*/tree/{name}"):
                return path
        return None

    def worker_of(self, path: Path) -> str:
        """The worker that a file belongs to."""
        return path.relative_to(self._folder).parts[0]

    def _process(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        own = self._folder / name
        own.mkdir(exist_ok=True)
        env = without_configuration() | {
            "PATH": few_folders(),
            "HOME": str(own),
            "PYENV_ROOT": str(own),
            "PYTHONPATH": str(PROJECT),
            "WORKBENCH_HOME": str(self.home(name)),
            "PIP_NO_INDEX": "1",
            "UV_PYTHON_DOWNLOADS": "never",
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
        }
        with (own / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", *words, *QUIET],
                cwd=own,
                env=env,
                stdout=log,
                stderr=log,
            )

    @contextlib.contextmanager
    def running(self) -> Iterator[Cluster]:
        """With a scheduler; everything has ended when the block has."""
        words = ("--port", "0", "--scheduler-file", str(self._file))
        scheduler = self._process("scheduler", "scheduler", *words)
        try:
            # The file is there before its text is.
            until(lambda: self._listens() or scheduler.poll() is not None)
            yield self
        finally:
            for process in (*self.workers.values(), scheduler):
                process.kill()
                process.wait()


def jobs_of(home: Path) -> list[psutil.Process]:
    """The processes that run in the jobs of a worker, which is not one of them."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if str(home / "scratch") in process.environ().get("HOME", ""):
                found.append(process)
    return found


def release(gate: Path) -> None:
    """Let a job go on that reads from a named pipe."""
    os.close(os.open(gate, os.O_WRONLY))
