"""What is installed on this machine beside the trees: libraries and programs.

Owns: finding out which version of a library the workbench's own Python has, and
which file a program is. Must not know who needs them, or what for.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
from collections.abc import Iterable
from functools import cache

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

MISSING = "missing"
# Programs for administrators are not on everybody's path, and are looked for all the same.
MORE_FOLDERS = ("/usr/sbin", "/sbin")


def library_versions(names: Iterable[str]) -> dict[str, str]:
    """The version of each library and of all that it needs, by name; ``missing`` without it.

    Asked for once in each process: what a process has loaded does not change either.
    """
    versions: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in versions:
            versions[name], needed = _metadata(name)
            waiting += needed
    return dict(sorted(versions.items()))


@cache
def _metadata(name: str) -> tuple[str, tuple[str, ...]]:
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return MISSING, ()
    needed = [Requirement(line) for line in found.requires or ()]
    return found.version, tuple(
        each.name for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})
    )


def program_file(name: str) -> str:
    """Which file a program is, and of which state (path, time, size); ``missing`` without one.

    That is as good as its version, and nothing has to be started to know it.
    """
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *MORE_FOLDERS])
    found = shutil.which(name, path=path)
    if found is None:
        return MISSING
    real = os.path.realpath(found)
    status = os.stat(real)
    return f"{real} {status.st_mtime_ns} {status.st_size}"
