"""What watches the lines of a job: the interpreter itself, or the coverage that fits it.

Owns: which of these, and which coverage. Must not know which lines are of interest, or a
suite. The workbench's own serves every interpreter of its minor version, without an index;
any other gets the newest that its own version can have (https://coverage.readthedocs.io).
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ..model import Interpreter, WorkbenchError
from ..system.home import Home
from . import environments

NAME = "coverage"
# Python that tells of lines without a trace function (https://docs.python.org/3/library/
# sys.monitoring.html): nothing that a test looks at is another thing, and it costs little.
QUIET = (3, 12)


class Tracer(NamedTuple):
    """Folders to import coverage from, what else has to be readable, and its version."""

    folders: tuple[Path, ...] = ()
    readable: tuple[Path, ...] = ()
    packages: Mapping[str, str] = {}


def is_quiet(python: Interpreter) -> bool:
    """Whether a run that is watched may count as one that is not."""
    return tuple(map(int, python.minor.split("."))) >= QUIET


def provide(home: Home, python: Interpreter) -> Tracer:
    """Coverage for an interpreter, if it needs that.

    Raises ``WorkbenchError`` if it can not be installed.
    """
    if is_quiet(python):
        return Tracer()
    if not python.path:
        raise WorkbenchError(
            f"the lines of Python {python.version} can not be watched: it is built here, and "
            f"there is no Python {python.minor} to install {NAME} for; "
            f"get one with `uv python install {python.minor}`"
        )
    if python.minor != f"{sys.version_info.major}.{sys.version_info.minor}":
        environment = environments.provide(home, python, (NAME,))
        return Tracer((environment.site_packages,), (), environment.packages)
    version = importlib.metadata.version(NAME)
    # Found and not imported: that takes a tenth of a second of every command.
    found = importlib.util.find_spec(NAME)
    assert found is not None and found.origin is not None
    package = Path(found.origin).parent.resolve()
    folder = home.folder("tracing", f"{version}-{python.minor}")
    with home.lock("tracing"):
        link = folder / NAME
        if not link.exists() or link.resolve() != package:
            link.unlink(missing_ok=True)
            link.symlink_to(package)
    return Tracer((folder,), (package,), {NAME: version})
