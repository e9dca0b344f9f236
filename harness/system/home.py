"""Where the workbench keeps things, and the locks on them.

Owns: the layout of ``.workbench/`` (or ``$WORKBENCH_HOME``). Must not know what
the folders' contents mean.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

PROJECT = Path(__file__).resolve().parents[2]


class Home:
    """The workbench's folder. Folders appear when they are first asked for."""

    def __init__(self, root: Path | None = None) -> None:
        configured = os.environ.get("WORKBENCH_HOME")
        self.root = (root or Path(configured or ".workbench")).absolute()

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
        """A private folder that is gone afterwards, whatever was put in it."""
        path = Path(tempfile.mkdtemp(prefix=f"{prefix}-", dir=self.folder("scratch")))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def relative(self, path: Path) -> str:
        """``path`` as reports show it: relative to the root where it can be."""
        try:
            return str(path.relative_to(self.root))
        except ValueError:
            return str(path)
