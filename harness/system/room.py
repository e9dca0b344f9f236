"""What the machine has left for one more process that works.

Owns: looking at processors and memory, this workbench's own processes and others' alike.
Must not know what a job is.
"""

from __future__ import annotations

import os
import time

import psutil

# Seconds between two looks: long enough for a process that was just started to be seen at
# work, short beside what a job takes.
LOOK = 0.3
# Share of all cores that may be at work where there is room for another one.
BUSY = 0.85
MEMORY = 512 << 20  # bytes; a job's processes take less, but for what a patch makes of them


def cores() -> int:
    """How many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Room:
    """Looks at the whole machine: a process that waits leaves room, whoever started it."""

    def __init__(self) -> None:
        psutil.cpu_percent()
        self._looked = time.monotonic()

    def is_left(self) -> bool:
        """Whether there is room for one more; no, if that was asked less than ``LOOK`` ago."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return False
        self._looked = now
        return psutil.cpu_percent() < BUSY * 100 and psutil.virtual_memory().available > MEMORY
