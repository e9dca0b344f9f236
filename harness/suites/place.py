"""What a suite gets to work with: folders that exist, a Python that runs, a sandbox.

Owns: the environment of a job's processes. Must not know how the folders were
made, nor any suite.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..model import Isolation
from ..system import processes, sandbox

PROGRAMS = Path(__file__).parent / "programs"
# What makes every Python process of a traced job begin with tracing.
TRACING = (PROGRAMS / "tracing", PROGRAMS)
TRACES = "traces"


class JobWorkspace(NamedTuple):
    """A job's place: checkouts by upstream, in the order of its trees, and its Python.

    ``readable`` are more folders that this Python needs, ``pycache`` and
    ``scratch`` the only ones that a job can write, ``log`` is where output goes.
    ``traced`` are files, by their real paths, whose lines are watched.
    """

    checkouts: Mapping[str, Path]
    python: tuple[str, ...]
    python_path: tuple[Path, ...]
    readable: tuple[Path, ...]
    pycache: Path
    scratch: Path
    log: Path
    isolation: Isolation
    traced: tuple[Path, ...] = ()

    @property
    def subject(self) -> Path:
        """The checkout whose tests are run: that of the job's first tree."""
        return next(iter(self.checkouts.values()))

    def environment(self, *python_path: Path) -> dict[str, str]:
        """A small environment, the same on every machine; the home folder is scratch."""
        paths = [*python_path, *self.python_path]
        env = {
            "PATH": os.defpath if not os.environ.get("PATH") else os.environ["PATH"],
            "HOME": str(self.folder("home")),
            "TMPDIR": str(self.folder("tmp")),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "PYTHONPYCACHEPREFIX": str(self.pycache),
            "PYTHONUNBUFFERED": "1",
        }
        if paths:
            env["PYTHONPATH"] = os.pathsep.join(map(str, paths))
        if self.traced:
            config = self.folder(TRACES) / "config.json"
            config.write_text(json.dumps({"files": list(map(str, self.traced))}), "utf-8")
            env["WORKBENCH_TRACING"] = str(config)
        return env

    def folder(self, name: str) -> Path:
        """A folder in scratch, made if it is not there."""
        path = self.scratch / name
        path.mkdir(exist_ok=True)
        return path

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        deadline: float,
        captures: bool = False,
    ) -> processes.ProcessResult:
        """Run a command in the sandbox; ``deadline`` in seconds ends everything it started.

        With ``captures`` it may open packet sockets there."""
        reach = sandbox.FileAccess(
            writable=(str(self.scratch), str(self.pycache)),
            readable=tuple(
                str(path) for path in (*self.checkouts.values(), *self.readable, PROGRAMS)
            ),
            captures=captures,
        )
        wrapped = sandbox.wrap(argv, reach, self.isolation)
        return processes.run(wrapped, cwd=cwd, env=env, deadline=deadline, log=self.log)
