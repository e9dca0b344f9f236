"""What a run tells other processes while it goes on: a file of its own, a line for each event.

Owns: the files in ``reports/progress/``, the events, and how a run shows that it lives. Must
not know who watches, or what is made of it.

A file is only appended to, each line with one write, and read by whole lines. A run holds the
lock on its file for as long as it lives; the lock is the kernel's, so that one that was killed
holds none. Two runs in one folder have two files. What can not be written costs the watchers
their view, and the run nothing.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..model import RunEnd, Value, Verdict, WorkbenchError
from .home import Home
from .processes import Interrupted

FOLDERS = ("reports", "progress")
SUFFIX = ".jsonl"
MOST_KEPT = 10  # files of runs that are over


class Begun(Value, frozen=True, tag="begun"):
    """A run began ``at`` (UTC) as ``command``."""

    at: str
    command: str
    workbench: str


class Expected(Value, frozen=True, tag="expected"):
    """So many ``jobs`` are known by now; others may follow from them."""

    jobs: int


class Started(Value, frozen=True, tag="started"):
    """A job was handed to a worker."""

    job: str


class JobDone(Value, frozen=True, tag="done"):
    """A job came back, as the ``done``-th; ``left`` is the seconds that the rest may take,
    below zero where nobody knows."""

    job: str
    done: int
    left: float = -1.0


class Told(Value, frozen=True, tag="verdict"):
    """What is known of a candidate on a base, or of the control, so far: ``line`` says it.

    It may be told again when more is known. ``counts`` are by kind of change, ``tests`` of so
    many tests; ``seconds`` is when it was known, since the run began.
    """

    name: str
    base: str
    verdict: Verdict
    line: str
    control: bool = False
    counts: dict[str, int] = {}
    tests: int = 0
    seconds: float = 0.0


class Over(Value, frozen=True, tag="over"):
    """The run is over; ``report`` is the name of its report's file, empty if there is none."""

    end: RunEnd
    report: str = ""
    why: str = ""


Event = Begun | Expected | Started | JobDone | Told | Over
DECODER = msgspec.json.Decoder(Event)


class RunLog:
    """Where a run tells what it does. One without a file tells nobody."""

    def __init__(self, file: int | None = None) -> None:
        self._file = file
        self._is_over = False

    def tell(self, event: Event) -> None:
        """Append an event; nothing comes after that which says that the run is over."""
        if self._file is None or self._is_over:
            return
        self._is_over = isinstance(event, Over)
        try:
            line = msgspec.json.encode(event) + b"\n"
        except UnicodeError:
            return  # a name that is no text
        with suppress(OSError):
            if os.write(self._file, line) == len(line):
                return
        # The disk is full, and perhaps half a line there: nothing may follow it.
        self._is_over = True


SILENT = RunLog()


@contextmanager
def opened(home: Home, command: str, workbench: str) -> Iterator[RunLog]:
    """Tell what a run does for as long as the block lasts, and how it ended.

    ``command`` is how it was started, ``workbench`` the version of this program.
    """
    file = None
    with suppress(OSError):
        file = _new_file(home.folder(*FOLDERS))
    log = RunLog(file)
    log.tell(Begun(datetime.now(UTC).isoformat(timespec="seconds"), command, workbench))
    try:
        yield log
    except (KeyboardInterrupt, Interrupted):
        log.tell(Over(RunEnd.STOPPED))
        raise
    except BaseException as error:
        why = str(error) if isinstance(error, WorkbenchError | OSError) else type(error).__name__
        log.tell(Over(RunEnd.FAILED, why=why))
        raise
    else:
        log.tell(Over(RunEnd.FINISHED))
    finally:
        if file is not None:
            os.close(file)


def _new_file(folder: Path) -> int:
    """A locked file. It is empty until it is locked, and nobody takes an empty one for a run."""
    _forget_old(folder)
    name = f"{time.time_ns():020d}-{os.getpid()}{SUFFIX}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
    file = os.open(folder / name, flags, 0o644)
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _forget_old(folder: Path) -> None:
    """Remove the files of runs that are over, but for the newest."""
    for path in sorted(folder.glob(f"*{SUFFIX}"))[:-MOST_KEPT]:
        if not _lives(path):
            path.unlink(missing_ok=True)


class RunFile(NamedTuple):
    """What one run tells. Ids are in the order in which runs began; ``lives`` may be out of
    date when the file is read: ask before reading, and nothing of a run that is over is
    missed."""

    ident: str
    path: Path
    lives: bool


def runs(home: Home) -> list[RunFile]:
    """The runs of a folder, the oldest first; of those that are over the last few."""
    found = []
    for path in sorted(home.root.joinpath(*FOLDERS).glob(f"*{SUFFIX}")):
        with suppress(OSError):
            if path.stat().st_size:
                found.append(RunFile(path.stem, path, _lives(path)))
    return found


def read(path: Path, offset: int = 0) -> Iterator[tuple[int, Event]]:
    """The events from a place in a file on, each with the place after it.

    A line that is not whole yet is left for the next time; one that is no event, as a newer
    workbench may write it, is passed over. A file that has gone has none.
    """
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            data = stream.read()
    except OSError:
        return
    for line in data.splitlines(keepends=True):
        if not line.endswith(b"\n"):
            return
        offset += len(line)
        with suppress(msgspec.MsgspecError):
            yield offset, DECODER.decode(line)


def _lives(path: Path) -> bool:
    """Whether somebody holds the lock on a file."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False
