"""What a process and all that it started take: their number, memory and CPU time.

Owns: looking at them. Must not know limits, or who starts and ends them.
"""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

import psutil

# Seconds between two looks.
WATCH_SECONDS = 0.5


class Usage:
    """What a process and all that it started take, looked at now and then."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.number = self.memory = 0
        self.cpu = 0.0

    def look(self) -> None:
        """Bring it up to date. Seconds of those that have ended are their parents'."""
        tree = _table.below(self._pid)
        self.number, self.memory = len(tree), sum(each.memory for each in tree)
        self.cpu = max(self.cpu, sum(each.cpu for each in tree))


class _Seen(NamedTuple):
    """A process, as it was when the table was made: bytes, and seconds."""

    pid: int
    memory: int
    cpu: float


class _Table:
    """All processes of the machine, looked at once for all who ask within a moment.

    To find what one of them started, all have to be looked at: many jobs that each do so are
    a tenth of a core.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made = 0.0
        self._children: dict[int, list[_Seen]] = {}
        self._known: dict[int, _Seen] = {}

    def below(self, pid: int) -> list[_Seen]:
        """A process and what it started; empty if it was not there."""
        with self._lock:
            if time.monotonic() - self._made > WATCH_SECONDS:
                self._make()
            found = [self._known[pid]] if pid in self._known else []
            for each in found:
                found += self._children.get(each.pid, ())
            return found

    def _make(self) -> None:
        self._known, self._children = {}, {}
        for process in psutil.process_iter(["ppid", "memory_info", "cpu_times"]):
            info = process.info
            # What may not be looked at is none of ours.
            if info["memory_info"] is not None and info["cpu_times"] is not None:
                cpu = sum(info["cpu_times"][:4])
                seen = _Seen(process.pid, info["memory_info"].rss, cpu)
                self._known[seen.pid] = seen
                self._children.setdefault(info["ppid"], []).append(seen)
        self._made = time.monotonic()


_table = _Table()
