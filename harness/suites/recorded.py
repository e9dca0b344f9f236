"""Runs a unittest program that writes a record, to the last test, come what may.

Owns: what a record that breaks off means. Must not
know Django or CPython. A test that hangs or crashes is named, and the tests
after it run in a new process; a record without its end is never taken for whole.
"""

from __future__ import annotations

import re
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from ..model import Job, JobEnd, Outcome, Result, Scene, Status, Trace
from ..system.processes import ProcessResult, Stop
from . import traces
from .place import TRACES, JobWorkspace
from .record import Record, read

MOST_PROCESSES = 60
LANES = 6
Command = Callable[[JobWorkspace, dict[str, str]], ProcessResult]
NO_DISK = re.compile(r"No space left on device|Errno 28\b")
NO_MEMORY = re.compile(r"^MemoryError|Cannot allocate memory", re.M)


class _Run:
    """One job: its processes, and what they have recorded so far."""

    def __init__(self, job: Job, place: JobWorkspace, command: Command, idle: int) -> None:
        self._job = job
        self._idle = idle
        self._place = place
        self._command = command
        self._lock = threading.Lock()
        self._lanes = threading.Semaphore(LANES)
        self._processes = 0
        self.plan: tuple[str, ...] | None = None
        self.scenes: dict[str, Scene] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.uncollected: dict[str, str] = {}
        self.traces: tuple[Trace, ...] | None = None
        self.cpu = 0.0
        self.ended = JobEnd.COMPLETED
        self.note = ""

    def go(self, only: list[str] | None) -> None:
        """Run these tests (None: all) until each has an outcome, or nothing more can be done."""
        finished, record, stacks, found = self._once(only)
        with self._lock:
            self.cpu += finished.cpu
            self.traces = found if self.traces is None else self.traces + (found or ())
            self.plan = record.plan if self.plan is None else self.plan
            self.scenes.update(record.scenes)
            self.outcomes.update(record.outcomes)
            self.uncollected.update(record.uncollected)
            if record.ended:
                return
            # Only who was let to may split, and only after it came forward: untrusted tests of a
            # tree can write a record, too, and nothing else would ever end that.
            is_split = bool(self._idle and record.split and record.outcomes)
            is_split = is_split and finished.stop is Stop.EXITED
            if not is_split and not self._goes_on(finished, record, stacks):
                return
            asked = record.plan if only is None else only
            left = [test for test in asked or () if test not in self.outcomes]
        # What is left takes its time as well when it hangs, so it is halved: two
        # processes wait side by side.
        halves = [half for half in (left[::2], left[1::2]) if half]
        with ThreadPoolExecutor(2, thread_name_prefix="half") as executor:
            for future in [executor.submit(self.go, half) for half in halves]:
                future.result()

    def _goes_on(self, finished: ProcessResult, record: Record, stacks: str) -> bool:
        """Name the test that a broken-off record stopped in; whether others can still run."""
        why = spurious(finished)
        if why or record.plan is None or self.plan is None:
            self.ended = JobEnd.SPURIOUS if why else JobEnd.NOT_RUN
            self.note = why or _why_nothing_ran(finished)
            return False
        name, outcome = _interrupted(record, finished, stacks)
        self.outcomes[name] = outcome
        if finished.stop is not Stop.EXITED:
            self.ended, self.note = JobEnd.CUT_OFF, f"at its {finished.stop} limit, in {name}"
        elif self._processes >= MOST_PROCESSES:
            self.ended = JobEnd.CUT_OFF
            self.note = f"{MOST_PROCESSES} tests hung or crashed; the rest was not run"
        return self.ended is JobEnd.COMPLETED

    def _once(
        self, only: list[str] | None
    ) -> tuple[ProcessResult, Record, str, tuple[Trace, ...] | None]:
        with self._lock:
            self._processes += 1
            # Every process has a new folder of its own: it can read no other's record, and
            # in a process namespace others have the same process id.
            scratch = self._place.scratch
            own = Path(tempfile.mkdtemp(prefix=f"process-{self._processes}-", dir=scratch))
        place = self._place._replace(scratch=own)
        config = own / "config.json"
        config.write_bytes(
            msgspec.json.encode(
                {
                    "record": str(own / "record"),
                    "stacks": str(own / "stacks"),
                    "deadline": self._job.test_timeout,
                    "only": only,
                    "select": self._job.select,
                    "idle": self._idle,
                }
            )
        )
        with self._lanes:
            finished = self._command(place, {"WORKBENCH_RECORD": str(config)})
        stacks = own / "stacks"
        text = stacks.read_text(errors="replace") if stacks.exists() else ""
        found = traces.read(own / TRACES, self._job.traced, self._place.checkouts)
        return finished, read(own / "record"), text, found


def run(job: Job, place: JobWorkspace, command: Command, idle: int = 0) -> Result:
    """Run ``command`` with a record until every planned test has an outcome.

    ``command`` gets a place of its own and the environment variables that turn
    the record on, and runs the program to its end. Where its tests wait, and no more than
    ``idle`` per cent of the machine's processors are at work, it may stop early: what is left
    is then run side by side.
    """
    began = time.monotonic()
    this = _Run(job, place, command, idle)
    this.go(list(job.only) or None)
    ended, note = this.ended, this.note
    if ended is JobEnd.COMPLETED and this.uncollected:
        # Silence is never success: nobody knows which tests these would be.
        file, reason = next(iter(this.uncollected.items()))
        ended, note = JobEnd.NOT_RUN, f"{file} can not be collected: {reason}"
    if ended is JobEnd.COMPLETED and not (this.plan or this.outcomes or job.select or job.only):
        ended, note = JobEnd.NOT_RUN, f"there is no test in {' '.join(job.labels)}"
    return Result(
        ended=ended,
        outcomes=_with_scenes(_complete(this.plan or (), this.outcomes, note), this.scenes),
        note=note,
        seconds=round(time.monotonic() - began, 3),
        log=str(place.log),
        isolation=place.isolation,
        traces=this.traces if job.traced else None,
        cpu=round(this.cpu, 3),
    )


def nothing(place: JobWorkspace) -> Result:
    """The result of a job whose tests its tree has not: they are absent."""
    return Result(JobEnd.COMPLETED, isolation=place.isolation)


def in_like_parts(weights: Mapping[str, int], most: int) -> list[tuple[str, ...]]:
    """The labels in up to ``most`` parts of about the same weight."""
    bins: list[tuple[int, list[str]]] = [(0, []) for _ in range(most)]
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        lightest = min(range(most), key=lambda i: bins[i][0])
        total, names = bins[lightest]
        bins[lightest] = (total + weights[name], [*names, name])
    return [tuple(sorted(names)) for _, names in bins if names]


def _interrupted(record: Record, finished: ProcessResult, stacks: str) -> tuple[str, Outcome]:
    """Which test a broken-off record stopped in, and what became of it."""
    name = record.running or _fixture(stacks, record)
    if stacks.strip() or finished.stop is Stop.DEADLINE:
        reason = "hung: not over at its deadline"
        return name, Outcome(Status.HUNG, reason=reason, detail=stacks)
    how = f"exit status {finished.status}" if finished.status >= 0 else f"signal {-finished.status}"
    if finished.stop is not Stop.EXITED:
        how = f"{finished.stop} limit"
    tail = "\n".join((finished.stderr or finished.stdout).splitlines()[-40:])
    return name, Outcome(Status.CRASHED, reason=f"the process ended with {how}", detail=tail)


def _fixture(stacks: str, record: Record) -> str:
    """Between two tests: unittest's own name for the fixture that was running."""
    plan = record.plan or ()
    following = next((test for test in plan if test not in record.outcomes), "")
    before = [test for test in plan if test in record.outcomes]
    down = "_tearDownPreviousClass" in stacks or "_handleModuleTearDown" in stacks
    if (down or not following) and before:
        return f"tearDownClass ({before[-1].rpartition('.')[0]})"
    return following or "before the first test"


def _complete(plan: tuple[str, ...], outcomes: dict[str, Outcome], note: str) -> dict[str, Outcome]:
    """Give each planned test without an outcome the one that its fixture explains."""
    whole = dict(outcomes)
    for test in plan:
        if test in whole:
            continue
        owner = test.rpartition(".")[0]
        fixture = outcomes.get(f"setUpClass ({owner})") or outcomes.get(
            f"setUpModule ({owner.rpartition('.')[0]})"
        )
        status = Status.NOT_RUN
        if fixture and fixture.status is Status.SKIPPED:
            status = Status.SKIPPED
        reason = fixture.reason if fixture else note or "the run ended before it"
        whole[test] = Outcome(status, reason=reason)
    return whole


def _with_scenes(outcomes: dict[str, Outcome], scenes: dict[str, Scene]) -> dict[str, Outcome]:
    """The outcomes with the scenes that were planned, however the tests ended."""
    return {
        test: msgspec.structs.replace(outcome, scene=scenes[test]) if test in scenes else outcome
        for test, outcome in outcomes.items()
    }


def spurious(finished: ProcessResult) -> str:
    """What of the machine's made a process fail, or nothing."""
    if finished.stop is Stop.MEMORY:
        return "it used more memory than a job may"
    text = (finished.stderr or finished.stdout)[-4000:]
    if NO_DISK.search(text):
        return "no space left on the disk"
    if NO_MEMORY.search(text):
        return "out of memory"
    return ""


def _why_nothing_ran(finished: ProcessResult) -> str:
    lines = (finished.stderr.strip() or finished.stdout.strip()).splitlines()
    how = (
        f"exit status {finished.status}"
        if finished.stop is Stop.EXITED
        else f"{finished.stop} limit"
    )
    return f"no test ran ({how}): {lines[-1] if lines else 'no output'}"
