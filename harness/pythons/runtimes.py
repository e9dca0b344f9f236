"""Makes a Python that runs out of a checkout of CPython.

Owns: the two ways to do it. The library of an installed interpreter is run by a
copy of that interpreter's executable (only ever by the very same micro version:
another one's fails at start-up); the library of sources is run by a build that
serves every tree which differs in library files alone. Must not know suites or patches.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from ..model import Interpreter, Tree, WorkbenchError
from ..system import processes
from ..system.digests import digest
from ..system.home import Home
from .builds import COMPLETE

BUILT = "workbench-built"
ASK = "import sys; print(sys.version_info[:3]); print(sys.prefix)"
ASK_SECONDS = 20.0


class Runtime(NamedTuple):
    """The command that starts the Python, and folders that it reads."""

    python: tuple[str, ...]
    readable: tuple[Path, ...]


def of_installed(home: Home, tree: Tree, checkout: Path, python: Interpreter) -> Runtime:
    """The library in ``checkout``, run by a copy of the executable that it belongs to."""
    if tree.base.version != python.version:
        raise WorkbenchError(
            f"the library of {tree.base.version} only runs with Python {tree.base.version}, "
            f"not {python.version}; give --python {tree.base.version}"
        )
    real = Path(os.path.realpath(python.path))
    whose = digest(f"{real} {python.build}")
    name = f"{tree.tree[:16]}-{whose[:8]}"
    prefix = home.folder("runtimes") / name
    executable = prefix / "bin" / f"python{python.minor}"
    own = Path(python.prefix)
    library = prefix / "lib" / f"python{python.minor}"
    with home.lock(f"runtime-{name}"):
        if not (prefix / BUILT).exists():
            shutil.rmtree(prefix, ignore_errors=True)
            library.mkdir(parents=True)
            executable.parent.mkdir()
            shutil.copy2(real, executable)
            for entry in (checkout / "Lib").iterdir():
                (library / entry.name).symlink_to(entry)
            dynamic = own / "lib" / f"python{python.minor}" / "lib-dynload"
            (library / "lib-dynload").symlink_to(dynamic)
            for shared in (own / "lib").glob("libpython*"):
                (prefix / "lib" / shared.name).symlink_to(shared)
            (prefix / BUILT).touch()
    runtime = Runtime((str(executable),), (prefix, checkout, own))
    _check_prefix(runtime, prefix)
    return runtime


def of_sources(home: Home, checkout: Path, build: Path) -> Runtime:
    """The sources in ``checkout``, run by a ``build`` that is kept elsewhere."""
    own = checkout / "build"
    with home.lock(f"link-{checkout.name}"):
        if not _is_linked(own, build):
            _link(build, own)
    return Runtime((str(own / "python"),), (checkout, build))


def _is_linked(own: Path, build: Path) -> bool:
    try:
        return (own / BUILT).read_text("utf-8") == str(build)
    except OSError:
        return False


def _link(build: Path, target: Path) -> None:
    """A build folder for another library: the same executable, and links to the rest.

    The executable has to be a hard link: Python finds its library from the
    place of its executable, and follows symbolic links when it looks.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for entry in build.iterdir():
        if entry.name == "python":
            os.link(entry, target / entry.name)
        elif entry.name == "pybuilddir.txt":
            shutil.copy(entry, target / entry.name)
        elif entry.name != COMPLETE:
            (target / entry.name).symlink_to(entry)
    (target / BUILT).write_text(str(build), "utf-8")


def _check_prefix(runtime: Runtime, prefix: Path) -> None:
    answer = processes.run([*runtime.python, "-I", "-c", ASK], deadline=ASK_SECONDS)
    if not answer.ok or Path(answer.stdout.splitlines()[1]) != prefix:
        raise WorkbenchError(f"the copied Python does not start. {answer.explain()}")
