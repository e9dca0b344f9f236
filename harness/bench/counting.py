"""Counts what candidates cost in instructions of the server, beside the base.

Owns: what the counts say. Whether a request costs 3 % more is decided here: seconds of a
machine that others use as well do not tell so little apart, and counts do. What the kernel
does is not counted, so that ``serving`` stays beside it.
"""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

import msgspec
from rich.console import Console

from ..compare.plan import Planner
from ..jobs.worker import Worker
from ..lab.instructions import PROGRAMS, REQUESTS, ScenarioCount
from ..model import Job, RequestError, WorkbenchError
from ..report import tables
from ..report.measurement import CandidateCost, Decision, Interval, Measurement
from ..report.tables import Column, Gives
from ..request import Request
from ..sources.provider import Provider
from ..suites import regression
from ..system.installed import MISSING, program_file
from .serving import BASE, MOST, Loaded, loaded

WINDOWS = 5  # of each scenario; now and then one has a whole collection of garbage in it
DEADLINE = 1200.0


class Cost(NamedTuple):
    """What a candidate's server executes for a request in one scenario, and the base's."""

    candidate: str
    scenario: str
    base: float
    instructions: float

    @property
    def ratio(self) -> float:
        """How many times as much as the base."""
        return self.instructions / self.base

    @property
    def verdict(self) -> Decision:
        """Whether that is at most 3 % more."""
        return Decision.YES if self.ratio <= MOST else Decision.NO


def run(
    request: Request, planner: Planner, provider: Provider, out: Console, errors: Console
) -> Measurement:
    """Count for every candidate that was asked for, and print its cost.

    Raises ``RequestError`` where valgrind is not installed.
    """
    if any(program_file(name) == MISSING for name in PROGRAMS):
        raise RequestError("instructions are counted with valgrind: `apt-get install valgrind`")
    about, kept = [], []
    for each in loaded(request, planner, provider):
        counts = {}
        for number, (name, job) in enumerate(each.jobs.items(), 1):
            with errors.status(f"{each.ground}: tree {number} of {len(each.jobs)}"):
                counts[name] = _once(job, provider)
        about.append(
            f"{each.ground}, {each.server}: instructions for a request, median of {WINDOWS} "
            f"windows of {REQUESTS} requests"
        )
        out.print(about[-1], markup=False, soft_wrap=True)
        found = costs(counts)
        _table(found, out)
        kept += [_kept(cost, each) for cost in found]
    return Measurement("instructions", tuple(about), costs=tuple(kept))


def costs(counts: dict[str, list[ScenarioCount]]) -> list[Cost]:
    """What each candidate costs in each scenario."""
    return [
        Cost(name, mine.scenario, median(base.instructions), median(mine.instructions))
        for name, found in counts.items()
        if name != BASE
        for base, mine in zip(counts[BASE], found, strict=True)
    ]


def _kept(cost: Cost, each: Loaded) -> CandidateCost:
    ratio = Interval(cost.ratio, cost.ratio, cost.ratio)
    return CandidateCost(
        ground=str(each.ground),
        server=each.server,
        candidate=cost.candidate,
        scenario=cost.scenario,
        base=cost.base,
        unit="instructions",
        ratios={"instructions": ratio},
        decision=cost.verdict,
        most=MOST,
    )


def _once(job: Job, provider: Provider) -> list[ScenarioCount]:
    with provider.home.scratch("count") as scratch:
        place, _ = Worker(provider).place(job, scratch)
        words = ("--server", job.labels[0], "--windows", str(WINDOWS))
        finished = regression.run_lab("harness.lab.instructions", words, job, place, DEADLINE)
    if not finished.ok:
        raise WorkbenchError(f"instructions could not be counted. {finished.explain()}")
    return msgspec.json.decode(finished.stdout, type=list[ScenarioCount])


def _table(found: list[Cost], out: Console) -> None:
    heads = (
        Column("scenario"),
        *tables.numbers("base", "ratio"),
        Column(f"at most {MOST - 1:.0%}"),
    )
    rows = []
    last = ""
    for cost in found:
        name = cost.candidate if cost.candidate != last else ""
        last = cost.candidate
        ratio = f"{cost.base / 1e6:.2f} M", f"{cost.ratio:.3f}"
        rows.append([name, cost.scenario, *ratio, cost.verdict])
    tables.show(out, "", [Column("candidate", gives=Gives.CUT), *heads], rows, keys=2)
