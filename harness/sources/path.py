"""A folder that the user has: a checkout or an unpacked release.

Owns: telling which upstream and version a folder is, and reading it. Must not
know: git; a folder is taken as it lies there, committed or not.
"""

from __future__ import annotations

import ast
import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..model import Base, Interpreter, RequestError, Source, WorkbenchError
from ..system.home import Home
from .archive import EXECUTABLE, REGULAR, SYMLINK, File, within

LEFT_OUT = {".git", "__pycache__", ".workbench", ".venv", "venv", ".tox", ".nox", "node_modules"}
MARKERS = {"django": "django/__init__.py", "cpython": "Include/patchlevel.h"}


def resolve(wanted: str, upstream: str, home: Home, found: Sequence[Interpreter] = ()) -> Base:
    """The folder ``wanted`` as a base. Raises ``RequestError`` if it is no such tree."""
    folder = Path(wanted).expanduser().resolve()
    if not folder.is_dir():
        raise RequestError(f"{folder} is not a folder; give the top of a {upstream} checkout")
    try:
        version = _version(folder, upstream)
    except (OSError, ValueError, SyntaxError) as error:
        raise RequestError(
            f"{folder} is not the top of a {upstream} tree: "
            f"{MARKERS[upstream]} is not there or names no version"
        ) from error
    return Base(upstream, version, Source.PATH, str(folder))


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


def _version(folder: Path, upstream: str) -> str:
    text = (folder / MARKERS[upstream]).read_text("utf-8")
    if upstream == "cpython":
        match = re.search(r'^#define\s+PY_VERSION\s+"([^"+]+)', text, re.MULTILINE)
        if match is None:
            raise ValueError("no PY_VERSION")
        return match[1]
    match = re.search(r"^VERSION\s*=\s*(\(.*?\))", text, re.MULTILINE)
    major, minor, micro, stage, number = ast.literal_eval(match[1] if match else "")
    name = f"{major}.{minor}.{micro}" if micro else f"{major}.{minor}"
    if stage == "final":
        return name
    if stage == "alpha" and number == 0:  # how Django marks its development branches
        return f"{name}.dev"
    return f"{name}{ {'alpha': 'a', 'beta': 'b', 'rc': 'rc'}[stage] }{number}"
