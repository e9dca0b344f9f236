"""The bytecode of the workbench's own programs, compiled once and only read by jobs.

Owns: having that made before a job needs it. Must not know trees. A job can write nothing
of the workbench's, and without this each of its processes would compile pytest's own tests
anew; what trees are compiled to stays apart, in the job's place.
"""

from __future__ import annotations

import compileall
import importlib.metadata
import os
import sys
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ..system import processes
from ..system.home import PROJECT

PACKAGE = PROJECT / "harness"
SECONDS = 60.0
_lock = threading.Lock()


def without_prefix(env: dict[str, str]) -> dict[str, str]:
    """The environment for our own Python: its bytecode stands beside its files."""
    return {name: value for name, value in env.items() if name != "PYTHONPYCACHEPREFIX"}


def compiled(tests: Path) -> None:
    """Have the package and the tests in a folder compiled, if they are not.

    Where that can not be written, jobs are slower and nothing else.
    """
    with _lock:
        _compiled(tests)


@cache
def _compiled(tests: Path) -> None:
    compileall.compile_dir(PACKAGE, quiet=2)
    # pytest compiles tests itself, since it rewrites what they assert.
    ending = f".{sys.implementation.cache_tag}-pytest-{importlib.metadata.version('pytest')}.pyc"
    if not all(_is_new(path, ending) for path in tests.glob("*.py")):
        processes.run(collecting(tests), deadline=SECONDS, env=_environment())


def collecting(tests: Path) -> Sequence[str]:
    """The command line that has pytest load all tests and run none."""
    options = ["-q", "--collect-only", "-p", "no:cacheprovider", "-c", os.devnull]
    return [sys.executable, "-m", "pytest", *options, "--rootdir", str(PROJECT), str(tests)]


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": str(PROJECT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def _is_new(path: Path, ending: str) -> bool:
    made = path.parent / "__pycache__" / f"{path.stem}{ending}"
    return made.exists() and made.stat().st_mtime >= path.stat().st_mtime
