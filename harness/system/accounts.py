"""The CPU time of everything that a command starts, as the kernel counts it.

Owns: a control group for a command (cgroup v2, whose ``cpu.stat`` is there whatever controllers
are on: Documentation/admin-guide/cgroup-v2.rst of Linux). The times of a process and of those
that it has waited for lack what ran in a sandbox: its monitor leaves before the first process
of the namespace does, and then nobody we know waits for that one. Must not know what runs.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil

from ..model import WorkbenchError
from . import processes

JOIN = ("sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"')
MICROSECONDS = 1_000_000
SECONDS = 20.0  # to join one; it takes a moment


class Account(NamedTuple):
    """A control group: ``words`` before a command have it and all that it starts counted."""

    folder: Path

    @property
    def words(self) -> tuple[str, ...]:
        """What to put before the command."""
        return (*JOIN, str(self.folder))

    @property
    def seconds(self) -> float:
        """The CPU seconds so far, of processes that have ended as well."""
        lines = (self.folder / "cpu.stat").read_text("ascii").splitlines()
        found = dict(line.split() for line in lines)
        return int(found["usage_usec"]) / MICROSECONDS


@contextmanager
def account() -> Iterator[Account]:
    """A control group; gone when the block ends, by when all in it have to have ended.

    Raises ``WorkbenchError`` where none can be had.
    """
    folder = _root() / f"workbench-{uuid.uuid4().hex}"
    try:
        folder.mkdir()
    except OSError as error:
        raise WorkbenchError(f"no control group: {os.strerror(error.errno or 0)}") from None
    try:
        made = Account(folder)
        # That it may be written to does not say that a process may join.
        if not processes.run_quietly([*made.words, "true"], SECONDS):
            raise WorkbenchError("no control group: none can be joined")
        yield made
    finally:
        with suppress(OSError):
            folder.rmdir()


@contextmanager
def if_possible() -> Iterator[Account | None]:
    """The same, or None where none can be had."""
    with ExitStack() as stack:
        made: Account | None = None
        with suppress(WorkbenchError):
            made = stack.enter_context(account())
        yield made


def _root() -> Path:
    """Where control groups are made. Raises ``WorkbenchError`` where cgroup v2 is not mounted."""
    for mount in psutil.disk_partitions(all=True):
        if mount.fstype == "cgroup2":
            return Path(mount.mountpoint)
    raise WorkbenchError("no control group: cgroup v2 is not mounted")
