"""A folder that the user has: a checkout or an unpacked release.

Owns: reading it; which version it is, its upstream's plug-in tells. Must not know:
git; a folder is taken as it lies there, committed or not.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..model import Base, Interpreter, Project, RequestError, Source, WorkbenchError
from ..system.home import Home
from ..upstreams import kind_of
from .archive import EXECUTABLE, REGULAR, SYMLINK, File, within

LEFT_OUT = {".git", "__pycache__", ".workbench", ".venv", "venv", ".tox", ".nox", "node_modules"}


def resolve(wanted: str, project: Project, home: Home, found: Sequence[Interpreter] = ()) -> Base:
    """The folder ``wanted`` as a base. Raises ``RequestError`` if it is no such tree."""
    folder = Path(wanted).expanduser().resolve()
    if not folder.is_dir():
        raise RequestError(f"{folder} is not a folder; give the top of a {project.name} checkout")
    try:
        version = kind_of(project).version_of(folder, project)
    except (OSError, ValueError) as error:
        reason = f"{error.filename} is not there" if isinstance(error, OSError) else str(error)
        raise RequestError(f"{folder} is not the top of a {project.name} tree: {reason}") from error
    return Base(project, version, Source.PATH, str(folder))


def files(base: Base, home: Home, found: Sequence[Interpreter] = ()) -> Iterator[File]:
    """Every file of the folder but caches and environments.

    Links that lead out of the folder are left out: no upstream has any.
    Raises ``WorkbenchError`` if something in it cannot be read.
    """
    top = base.locator
    try:
        for folder, names, leaves in os.walk(top, onerror=_raise):
            names[:] = sorted(name for name in names if name not in LEFT_OUT)
            links = [name for name in names if os.path.islink(os.path.join(folder, name))]
            for name in sorted((*leaves, *links)):
                path = os.path.join(folder, name)
                relative = Path(path).relative_to(top).as_posix()
                mode = os.lstat(path).st_mode
                if stat.S_ISLNK(mode):
                    target = os.readlink(path)
                    if within(os.path.dirname(relative), target):
                        yield File(relative, SYMLINK, os.fsencode(target))
                elif stat.S_ISREG(mode) and name != ".git":  # a worktree's .git is a file
                    kind = EXECUTABLE if mode & stat.S_IXUSR else REGULAR
                    yield File(relative, kind, Path(path).read_bytes())
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
        raise WorkbenchError(f"the tree {top} cannot be read: {reason}") from error


def _raise(error: OSError) -> None:
    raise error
