"""How long judging would take on other machines, simulated from a run that was made here.

Owns: the simulation. It has the rules of ``jobs.pool`` and ``system.room``: one job for each
core, others beside them while these leave cores idle, a base's jobs once for all patches,
a patch's first runs before what is repeated of them. What a job takes, and how much of that
it works, is what the last run of ``test`` wrote down. Planning is done by one process, one
patch after another, and so is what it does for each job.
"""

from __future__ import annotations

import heapq
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from ..model import RequestError
from ..report import schema
from ..report.measurement import Measurement, ScalingLine
from ..request import JOBS
from ..system.home import Home
from ..system.room import BUSY, cores
from .judging import say

CORES = (2, 4, 8, 16, 32, 64)
PATCHES = (10, 100, 1000)
# Twice the cores that save less than this do not pay.
WORTH = 1.3
AT_ONCE = JOBS // cores()  # the most jobs at once for each core
LINE = re.compile(
    r"(?P<name>.+): completed, \d+ tests in (?P<seconds>[\d.]+) s, (?P<cpu>[\d.]+) s of CPU"
)
PATCHED = re.compile(r" \+ (?P<stack>[^,]+?)(-tests)?, ")


class Step(NamedTuple):
    """A job: the seconds that it takes alone, and the part of them that it works."""

    seconds: float
    share: float


class Work(NamedTuple):
    """What a run was made of: the base's jobs, and for each patch its first and its further
    ones. ``planning`` is the seconds that one process needs for each patch."""

    base: tuple[Step, ...]
    patches: tuple[tuple[tuple[Step, ...], tuple[Step, ...]], ...]
    planning: float


def run(home: Home, out: Console) -> Measurement:
    """Print the wall times of more patches on more cores.

    Raises ``RequestError`` if there is no run to take the jobs from.
    """
    work = work_of(home.folder("reports"))
    jobs = sum(len(first) + len(more) for first, more in work.patches) / len(work.patches)
    about = f"simulated from {len(work.patches)} patches with {jobs:.0f} jobs each"
    say(out, about)
    lines = []
    say(out, "hours:minutes on so many cores")
    say(out, f"{'patches':>8}" + "".join(f"{n:>8}" for n in CORES))
    for patches in PATCHES:
        walls = [wall(work, patches, n) for n in CORES]
        say(out, f"{patches:>8}" + "".join(f"{_minutes(seconds):>8}" for seconds in walls))
        say(out, f"{'':8}{last_worth(walls)}")
        lines.append(ScalingLine(patches, CORES, tuple(walls), last_worth(walls)))
    return Measurement("scaling", (about,), scaling=tuple(lines))


def work_of(reports: Path) -> Work:
    """What the last run of ``test`` was made of."""
    try:
        lines = (reports / "jobs.txt").read_text("utf-8").splitlines()
        made = schema.read(reports / "report.json").made
    except OSError:
        lines = []
    base: list[Step] = []
    stacks: dict[str, tuple[list[Step], list[Step]]] = {}
    for line in lines:
        if found := LINE.match(line):
            name, seconds, cpu = found["name"], float(found["seconds"]), float(found["cpu"])
            step = Step(max(seconds, 0.01), min(1.0, cpu / seconds) if seconds else 1.0)
            patched = PATCHED.search(name)
            if patched is None:
                base.append(step)
            else:
                first, more = stacks.setdefault(patched["stack"], ([], []))
                (more if " alone on " in name else first).append(step)
    if not stacks:
        raise RequestError("scaling is simulated from the last run of `test`; make one first")
    patches = tuple((tuple(first), tuple(more)) for first, more in stacks.values())
    return Work(tuple(base), patches, made.planned / len(patches))


def wall(work: Work, patches: int, number: int) -> float:
    """The seconds that so many patches take on so many cores."""
    machine = _Machine(number)
    machine.wait(work.base)
    kinds = len(work.patches)
    left: dict[int, int] = {}
    for n in range(patches):
        first, more = work.patches[n % kinds]
        left[n] = len(first)
        machine.wait(first, of=n)
        if not first:
            machine.wait(more)
    for whose in machine.ends():
        if whose is not None:
            left[whose] -= 1
            if not left[whose]:
                machine.urge(work.patches[whose % kinds][1])
    # The process that plans is on one core, beside all that.
    return max(machine.now, work.planning * patches) + work.planning


def last_worth(walls: Sequence[float]) -> str:
    """Up to how many cores it pays to have twice as many."""
    for n, (one, twice) in enumerate(pairwise(walls)):
        if one < WORTH * twice:
            return f"scales up to {CORES[n]} cores: twice as many save {1 - twice / one:.0%}"
    return f"scales up to {CORES[-1]} cores and further"


class _Machine:
    """Cores that are shared by what runs, each job working its share of its time."""

    def __init__(self, number: int) -> None:
        self._cores = number
        self._waiting: deque[tuple[Step, int | None]] = deque()
        self._running: list[tuple[float, int, float, int | None]] = []
        self._load = 0.0
        self._progress = 0.0  # of every job, in seconds of its own
        self._count = 0
        self.now = 0.0

    def wait(self, steps: Iterable[Step], of: int | None = None) -> None:
        """These jobs are to be done."""
        self._waiting.extend((step, of) for step in steps)

    def urge(self, steps: Iterable[Step]) -> None:
        """The same, before all that wait."""
        self._waiting.extendleft((step, None) for step in steps)

    def ends(self) -> Iterator[int | None]:
        """Run everything; tells for each job that ends whose it was."""
        self._start()
        while self._running:
            until, _, share, of = heapq.heappop(self._running)
            self.now += (until - self._progress) * max(1.0, self._load / self._cores)
            self._progress = until
            self._load -= share
            yield of
            self._start()

    def _start(self) -> None:
        while self._waiting and self._has_room():
            step, of = self._waiting.popleft()
            self._count += 1
            entry = (self._progress + step.seconds, self._count, step.share, of)
            heapq.heappush(self._running, entry)
            self._load += step.share

    def _has_room(self) -> bool:
        running = len(self._running)
        is_idle = self._load < BUSY * self._cores
        return running < self._cores or (running < AT_ONCE * self._cores and is_idle)


def _minutes(seconds: float) -> str:
    """``1:05``: hours and minutes, for what takes minutes and more."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02}"
