"""What the workbench keeps in its folder: how much, how long unused, and taking it away.

Owns: what can be taken away by itself (an entry), when it was last used, and that
nothing is taken from under a run. Must not know what an entry means, or git.

A run says that it goes on by holding a lock of its own (``running``); it is the
kernel's, so one that was killed is no run any more. While a run goes on, whatever
may have been used since it began stays. When a file was last used is what its file
system says (``st_atime``), and with ``relatime``, the default of Linux, that is
brought up to date once a day: so what was used less than a day before the run began
stays as well, and on a file system that keeps no such times everything does.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from ..model import RequestError
from .home import Home

# How deep below the workbench's folder an entry lies, where it is not right below a folder.
DEPTHS = {"worktrees": 3, "downloads": 2, "results": 2, "logs": 2, "diffs": 2, "edit": 2}
LOCKS = "locks"  # those are never taken away: somebody may be about to take one
RUNS = "runs"
EDITED = "edit"  # somebody's own work: it goes only when it is named
WORKTREES, REPOSITORIES = "worktrees", "repos"
DAY = 86400.0
UNITS = {"h": DAY / 24, "d": DAY, "w": 7 * DAY}
BEING_USED = "a run that goes on may be using it"
CHANGED = "somebody changed something in it"
NEEDED = "checkouts that stay are made from it"
Changed = Callable[[Path], bool]


class Entry(NamedTuple):
    """What can be taken away by itself, such as an environment or one result.

    ``size`` is in bytes, hard links counted once over all entries; ``used`` is when
    it was last read or written, in seconds since the epoch.
    """

    path: Path
    folder: str
    size: int
    files: int
    used: float


class FolderUse(NamedTuple):
    """What the entries of one folder add up to; ``used`` is the latest use of any."""

    name: str
    entries: int
    size: int
    files: int
    used: float


class Kept(NamedTuple):
    """An entry that was to go and stayed, and why."""

    entry: Entry
    reason: str


class Cleaned(NamedTuple):
    """What was taken away, and what stayed although it was to go."""

    removed: tuple[Entry, ...]
    kept: tuple[Kept, ...]

    @property
    def size(self) -> int:
        """Bytes that were taken away; files that are linked elsewhere as well still count."""
        return sum(entry.size for entry in self.removed)


@contextmanager
def running(home: Home) -> Iterator[None]:
    """Say that a run goes on for as long as the block does; waits while somebody cleans."""
    with home.lock("cleaning"):
        path = home.folder(LOCKS, RUNS) / f"{os.getpid()}-{time.time_ns()}.lock"
        mark = FileLock(path)
        mark.acquire()
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        mark.release()


def seconds_of(age: str) -> float:
    """``30d``, ``12h`` or ``2w`` in seconds. Raises ``RequestError`` for other words."""
    found = re.fullmatch(r"(\d+)([hdw])", age)
    if found is None:
        raise RequestError(f"{age!r} is no age; write hours, days or weeks: 12h, 30d, 2w")
    return int(found[1]) * UNITS[found[2]]


def entries(home: Home) -> list[Entry]:
    """Everything that is kept, by folder and name; nothing is made, and no link followed."""
    seen: set[tuple[int, int]] = set()
    return [
        _measured(path, folder.name, seen)
        for folder in sorted(home.root.glob("*"))
        if folder.name != LOCKS
        for path in _units(folder, DEPTHS.get(folder.name, 1))
    ]


def folders(kept: Sequence[Entry]) -> list[FolderUse]:
    """What each folder's entries add up to, the largest first."""
    found = []
    for name in dict.fromkeys(entry.folder for entry in kept):
        own = [entry for entry in kept if entry.folder == name]
        size, files = sum(e.size for e in own), sum(e.files for e in own)
        found.append(FolderUse(name, len(own), size, files, max(e.used for e in own)))
    return sorted(found, key=lambda use: (-use.size, use.name))


def remove(
    home: Home,
    names: Sequence[str] = (),
    *,
    unused_for: float = 0.0,
    changed: Changed = lambda worktree: False,
    prune: Callable[[], None] = lambda: None,
) -> Cleaned:
    """Take away the entries of some folders (all but ``edit`` if none is named).

    Only those go that were not used for ``unused_for`` seconds. ``changed`` says of
    a worktree whether somebody changed something in it: that one stays. ``prune`` is
    called when worktrees have gone, for the repositories that still list them.
    Raises ``RequestError`` for a name that is no folder.
    """
    with home.lock("cleaning"):
        found = entries(home)
        known = {entry.folder for entry in found}
        for name in names:
            if name not in known and not (home.root / name).is_dir():
                there = ", ".join(sorted(known)) or "nothing"
                raise RequestError(f"there is no {name!r} in {home.root}; there is: {there}")
        wanted = set(names) or known - {EDITED}
        before = time.time() - unused_for
        going = [e for e in found if e.folder in wanted and (not unused_for or e.used < before)]
        going.sort(key=lambda entry: entry.folder == REPOSITORIES)  # after their worktrees
        in_use_since = _in_use_since(home)
        removed: list[Entry] = []
        kept: list[Kept] = []
        for entry in going:
            reason = _reason_to_stay(home, entry, in_use_since, changed)
            if reason:
                kept.append(Kept(entry, reason))
            else:
                _take_away(home, entry.path)
                removed.append(entry)
        if any(entry.folder == WORKTREES for entry in removed):
            prune()
    return Cleaned(tuple(removed), tuple(kept))


def _units(folder: Path, depth: int) -> Iterator[Path]:
    """The entries of a folder; a file above that depth is one as well."""
    if depth == 0 or folder.is_symlink() or not folder.is_dir():
        yield folder
        return
    for path in sorted(folder.iterdir()):
        yield from _units(path, depth - 1)


def _measured(path: Path, folder: str, seen: set[tuple[int, int]]) -> Entry:
    size = files = 0
    used = _last_use(path.lstat())
    for file in _files(path):
        about = file.stat(follow_symlinks=False)
        used = max(used, _last_use(about))
        files += 1
        if about.st_nlink > 1:
            if (about.st_dev, about.st_ino) in seen:
                continue
            seen.add((about.st_dev, about.st_ino))
        size += about.st_size
    return Entry(path, folder, size, files, used)


def _files(path: Path) -> Iterator[os.DirEntry[str] | Path]:
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    with os.scandir(path) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            else:
                yield entry


def _last_use(about: os.stat_result) -> float:
    """A folder's own time of reading is no use: whoever measures it reads it."""
    return about.st_mtime if stat.S_ISDIR(about.st_mode) else max(about.st_atime, about.st_mtime)


def _in_use_since(home: Home) -> float:
    """Since when an entry may be in use, in seconds since the epoch; infinite if none is."""
    began = []
    for path in home.folder(LOCKS, RUNS).iterdir():
        try:
            with FileLock(path, timeout=0):
                path.unlink(missing_ok=True)  # its run was killed
        except Timeout:
            began.append(path.stat().st_mtime)
    if began and os.statvfs(home.root).f_flag & os.ST_NOATIME:
        return 0.0
    return min(began, default=float("inf")) - DAY


def _reason_to_stay(home: Home, entry: Entry, in_use_since: float, changed: Changed) -> str:
    if entry.used >= in_use_since:
        return BEING_USED
    if entry.folder == WORKTREES and (".changed-" in entry.path.name or changed(entry.path)):
        return CHANGED
    if entry.folder == REPOSITORIES and any(_checkouts(home, entry.path.stem)):
        return NEEDED
    return ""


def _checkouts(home: Home, upstream: str) -> Iterator[Path]:
    for folder in (EDITED, WORKTREES):
        yield from (home.root / folder / upstream).glob("*")


def _take_away(home: Home, path: Path) -> None:
    """Move it away in one step, so that nobody finds half of it, then delete it."""
    with home.scratch("cleaning") as scratch:
        path.rename(scratch / path.name)
    for parent in path.parents:
        if home.root not in parent.parents or any(parent.iterdir()):
            break
        parent.rmdir()
