"""Where the workbench keeps things, and the locks on them.

Owns: the layout of ``.workbench/`` (or ``$WORKBENCH_HOME``). Must not know what
the folders' contents mean.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

PROJECT = Path(__file__).resolve().parents[2]
MAKING = 86400.0  # seconds; what is a microsecond's work and was begun a day ago, was killed


class Home:
    """The workbench's folder. Folders appear when they are first asked for."""

    def __init__(self, root: Path | None = None) -> None:
        configured = os.environ.get("WORKBENCH_HOME")
        self.root = (root or Path(configured or ".workbench")).absolute()
        self._is_swept = False

    def folder(self, *names: str) -> Path:
        """A folder below the root, made if it is not there."""
        path = self.root.joinpath(*names)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def lock(self, name: str) -> FileLock:
        """A lock between processes: one holder of ``name`` at a time.

        The lock is the kernel's (``flock``), so a holder that is killed leaves
        nothing behind that would have to be cleaned up.
        """
        return FileLock(self.folder("locks") / f"{name.replace('/', '-')}.lock")

    @contextmanager
    def scratch(self, prefix: str) -> Iterator[Path]:
        """A private folder that is gone afterwards, whatever was put in it.

        One whose process was killed goes when another process first asks for one: who uses
        a folder holds a lock on it, and that is the kernel's.
        """
        folder = self.folder("scratch")
        if not self._is_swept:
            self._is_swept = True
            _remove_abandoned(folder)
        # Hidden until it is held: nobody may find it in between.
        hidden = Path(tempfile.mkdtemp(prefix=f".{prefix}-", dir=folder))
        held = os.open(hidden, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        path = hidden.rename(folder / hidden.name[1:])
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            os.close(held)

    def relative(self, path: Path) -> str:
        """``path`` as reports show it: relative to the root where it can be."""
        try:
            return str(path.relative_to(self.root))
        except ValueError:
            return str(path)


def _remove_abandoned(folder: Path) -> None:
    """Take away the folders in it that nobody holds, and those that nobody came to hold."""
    for path in folder.iterdir():
        with suppress(OSError):
            if path.name.startswith(".") and path.stat().st_mtime > time.time() - MAKING:
                continue
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(held)
