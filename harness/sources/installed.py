"""The standard library of an interpreter that carries CPython's own tests.

Owns: reading an interpreter's library as the ``Lib`` of a tree. Must not know:
how interpreters are found, git. A locator is ``PREFIX@VERSION``: where the
prefix is not there, any interpreter of that very version has the same library.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from packaging.version import Version

from ..model import Base, Interpreter, Project, RequestError, Source, WorkbenchError
from ..system import processes
from ..system.home import Home
from .archive import EXECUTABLE, REGULAR, SYMLINK, File, within

LEFT_OUT = {"__pycache__", "site-packages", "dist-packages", "lib-dynload", "EXTERNALLY-MANAGED"}
ASK_SECONDS = 10.0  # an interpreter starts in well under one; a cold disk takes longer


def resolve(wanted: str, project: Project, home: Home, found: Sequence[Interpreter] = ()) -> Base:
    """The library of the newest interpreter that ``wanted`` means and that carries its tests.

    ``wanted`` is ``installed``, ``3.12`` or ``3.12.1``.
    """
    able = [python for python in found if python.has_tests]
    fitting = [
        python
        for python in able
        if wanted in (Source.INSTALLED.value, python.version, python.minor)
    ]
    if not fitting:
        names = ", ".join(sorted({p.version for p in able}, key=Version))
        version = "3.13" if wanted == Source.INSTALLED else wanted
        instead = f"use one of {names}" if names else f"get one with `pyenv install {version}`"
        raise RequestError(
            f"no interpreter here fits {project.name} {wanted} and carries its own tests; {instead}"
        )
    best = max(fitting, key=lambda python: Version(python.version))
    locator = f"{best.prefix}@{best.version}"
    return Base(project, best.version, Source.INSTALLED, locator)


def files(base: Base, home: Home, found: Sequence[Interpreter] = ()) -> Iterator[File]:
    """The library as ``Lib/…``, without compiled files, extensions and installed packages.

    Raises ``WorkbenchError`` if no interpreter of that very version is here.
    """
    stdlib = _stdlib(base, found)
    for folder, names, leaves in os.walk(stdlib):
        names[:] = sorted(name for name in names if not _left_out(name))
        links = [name for name in names if os.path.islink(os.path.join(folder, name))]
        for name in sorted((*leaves, *links)):
            path = Path(folder, name)
            if not (_left_out(name) or name.endswith((".pyc", ".pyo"))):
                yield from _file(path, f"Lib/{path.relative_to(stdlib).as_posix()}")


def _left_out(name: str) -> bool:
    return name in LEFT_OUT or name.startswith("config-")


def _file(path: Path, name: str) -> Iterator[File]:
    if path.is_symlink():
        target = os.readlink(path)
        if within(os.path.dirname(name), target) and path.exists():
            yield File(name, SYMLINK, os.fsencode(target))
            return
    if path.is_file():  # also what a distribution links to from elsewhere, such as /etc
        mode = EXECUTABLE if path.stat().st_mode & stat.S_IXUSR else REGULAR
        yield File(name, mode, path.read_bytes())


def _stdlib(base: Base, found: Sequence[Interpreter]) -> Path:
    prefix, _, version = base.locator.rpartition("@")
    minor = ".".join(version.split(".")[:2])
    same = [python.path for python in found if python.version == version and python.has_tests]
    for path in (os.path.join(prefix, "bin", f"python{minor}"), *same):
        folder = _ask(path, version)
        if folder is not None:
            return folder
    raise WorkbenchError(
        f"CPython {version} with its tests is not on this machine (it was at {prefix}); "
        f"get it with `pyenv install {version}`"
    )


def _ask(path: str, version: str) -> Path | None:
    """The library of the interpreter at ``path``, if it is of that very version."""
    program = (
        "import sys, sysconfig; print('%d.%d.%d' % sys.version_info[:3]); "
        "print(sysconfig.get_path('stdlib'))"
    )
    if not os.path.exists(path):
        return None
    answer = processes.run([path, "-I", "-c", program], deadline=ASK_SECONDS)
    lines = answer.stdout.splitlines()
    if not answer.ok or len(lines) != 2 or lines[0] != version:
        return None
    return Path(lines[1])
