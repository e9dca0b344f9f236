"""Where a job's Python keeps its bytecode, and what of it is there already.

Owns: which folders share it. Must not know suites. What a patched tree has in common with
its base is compiled once, by the base's own jobs; the jobs of the patched tree see that as
folders of theirs that they can only read. Python takes bytecode for that of a file by the
file's time and size, and the checkouts see to it that they tell (``trees.worktrees``).
Commits that are tried one after another have most in common with the one before: they begin
with what that compiled. Only the full sandbox keeps a job from writing through such a link;
elsewhere each tree has its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

Pair = tuple[Path, Path]
"""A folder of a job, and the one of its base's jobs that it is mostly the same as."""


def share(own: Path, base: Path, pairs: Iterable[Pair]) -> None:
    """Let the folder of bytecode ``own`` show that of ``base``, for the folders in ``pairs``.

    What is there already stays. What lies in a folder that is shared is shared with it.
    """
    for mine, theirs in sorted(pairs):
        link, target = (_below(where, path) for where, path in ((own, mine), (base, theirs)))
        if any(above.is_symlink() for above in link.parents if above != own):
            continue
        link.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            link.symlink_to(target)


def link(own: Path, other: Path, pair: Pair) -> None:
    """Let the folder of bytecode ``own`` show every file of ``other`` that is of a folder.

    What is compiled anew, Python puts in the place of a link, and nothing is written into
    ``other``.
    """
    target, source = _below(own, pair[0]), _below(other, pair[1])
    for folder, _, files in os.walk(source):
        place = f"{target}{folder.removeprefix(str(source))}"
        os.makedirs(place, exist_ok=True)
        for name in files:
            with suppress(FileExistsError):
                os.symlink(os.path.realpath(f"{folder}/{name}"), f"{place}/{name}")


def _below(prefix: Path, path: Path) -> Path:
    """Where Python keeps the bytecode of a folder, PYTHONPYCACHEPREFIX being ``prefix``."""
    return prefix / path.absolute().relative_to(path.absolute().anchor)
