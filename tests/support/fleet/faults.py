"""What happens to a fleet, one thing at a time.

Owns: each fault, from its beginning to its end. Must not know when it happens, nor what came of
it. A fault is a function that begins it and returns what ends it.
"""

from __future__ import annotations

import errno
import os
import random
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from .crew import Crew, kill
from .trouble import StoreState

YEAR = 365 * 86400.0
BLOCK = bytes(1 << 20)

End = Callable[[], None]


class Clients(Protocol):
    """Those who want everything judged."""

    def kill(self) -> None:
        """Kill the one whose report is looked at."""

    def another(self) -> None:
        """Let a second one begin, with a home of its own and the same store."""


class Situation(NamedTuple):
    """What a fault may be done to, and how it chooses."""

    crew: Crew
    clients: Clients
    chance: random.Random
    disks: list[Path]


Fault = Callable[[Situation], End]


def kill_a_worker(on: Situation) -> End:
    """With all that it runs."""
    alive = [each for each in on.crew.workers.values() if each is not None]
    kill(on.chance.choice(alive))
    return nothing


def kill_the_scheduler(on: Situation) -> End:
    """And with it what it knew of every job."""
    assert on.crew.scheduler is not None
    kill(on.crew.scheduler)
    return nothing


def kill_the_client(on: Situation) -> End:
    """The next one goes on from what is kept."""
    on.clients.kill()
    return nothing


def fill_a_disk(on: Situation) -> End:
    """Not a byte more can be written to the disk of a machine."""
    disk = on.chance.choice(on.disks)
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as stream:
        while stream.write(BLOCK):
            pass
    return lambda: filler.unlink(missing_ok=True)


def store(state: StoreState) -> Fault:
    """The store does not do what it should."""

    def begin(on: Situation) -> End:
        on.crew.controls.set_store(state)
        return lambda: on.crew.controls.set_store(StoreState.WELL)

    return begin


def clocks_jump(on: Situation) -> End:
    """By up to a year, there or back; and they stay there."""
    on.crew.controls.set_clock(on.chance.uniform(-YEAR, YEAR))
    return nothing


def a_second_client(on: Situation) -> End:
    """It wants the same, from the same store."""
    on.clients.another()
    return nothing


def nothing() -> None:
    """What was done needs no end: the crew is tended."""


FAULTS: dict[str, Fault] = {
    "worker killed": kill_a_worker,
    "scheduler killed": kill_the_scheduler,
    "client killed": kill_the_client,
    "disk full": fill_a_disk,
    "store late": store(StoreState.LATE),
    "store wrong": store(StoreState.WRONG),
    "store gone": store(StoreState.GONE),
    "store full": store(StoreState.FULL),
    "clocks jump": clocks_jump,
    "second client": a_second_client,
}
DISK = "disk full"


def mount_disks(folders: list[Path], size: int) -> str:
    """Give each folder a disk of its own, of so many bytes; why not, if that can not be.

    They are mounted for this process and its children alone (``campaign`` sees to that), and
    gone with them.
    """
    if os.geteuid() != 0:
        return os.strerror(errno.EPERM)
    for folder in folders:
        folder.mkdir(parents=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return " ".join(done.stderr.split())
    return ""


def unmount_disks(folders: list[Path]) -> None:
    """Take the disks away again, with what is on them."""
    for folder in filter(os.path.ismount, folders):
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
