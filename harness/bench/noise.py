"""How often a report says something false, found out by simulating reports.

Owns: a seeded model of flaky tests, and counting what reports say of them. The reports are
made by the real schedule and the real evaluation; only the runs are made up. Must not know
how either decides. A flake has one rate on both sides, or on one side only:

- on both, it is noise: to call it broken or fixed is false;
- with the patch alone, it is a true regression, and worth finding;
- on the base alone, the patch steadied it: it never failed every time, so `fixed` is false,
  but for a rate of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import NamedTuple

from rich.console import Console

from ..compare.comparison import EFFORTS, Comparison, Part, RunSettings
from ..compare.evaluate import Evaluation
from ..compare.schedule import Schedule
from ..model import (
    Base,
    Change,
    ChangeKind,
    Ground,
    Interpreter,
    Job,
    JobEnd,
    Judgement,
    Outcome,
    Project,
    Result,
    Source,
    Stack,
    Status,
    Tree,
)
from ..report import tables
from ..report.fitting import put
from ..report.measurement import FlakeRate, Measurement, SimulatedReports
from ..report.tables import Column

RATES = (0.01, 0.05, 0.2, 0.5)
ALWAYS = 1.0
SHOWN = (*RATES, ALWAYS)
# The shape of the miniature upstream that the tests judge: one part of so many tests.
TESTS = 13
FLAKY_SHARE = 0.25
AIM = 0.01
REPORTS = 1000

PYTHON = Interpreter("/usr/bin/python3", "3.13.0", "3.13.0", "/usr", True)
BASE = Tree(Base(Project("tiny", "django"), "0.1.0", Source.SDIST, "0.1.0"), "c" * 40, "b" * 40)
CANDIDATE, BYSTANDER = Stack.read("tiny/candidate"), Stack.read("tiny/bystander")
PART = Part("django", ("servers",))


class Flake(NamedTuple):
    """How often a test fails on the base, and with the candidate."""

    base: float
    patched: float

    @property
    def is_regression(self) -> bool:
        """Whether it fails with the patch alone."""
        return self.patched > self.base

    @property
    def is_fixed(self) -> bool:
        """Whether it fails every time without the patch and never with it."""
        return self.base == ALWAYS and self.patched == 0


class Tally(NamedTuple):
    """What simulated reports said.

    ``wrong`` are reports with something false in them; ``regressions`` counts the true ones
    by their rate, ``found`` those that were called broken, ``seen`` those and the ones that
    were listed as flaky with the patch.
    """

    reports: int
    wrong: int
    regressions: Counter[float]
    found: Counter[float]
    seen: Counter[float]
    runs: int


def run(out: Console, reports: int = REPORTS) -> Measurement:
    """Simulate so many reports for each effort and print what they said as a table."""
    about = (
        f"{reports} simulated reports of each effort: {TESTS} tests, each flaky with a chance of "
        f"{FLAKY_SHARE:.0%}, at 1, 5, 20 or 50 % of its runs"
    )
    put(out, about)
    rows = []
    kept = []
    for effort in EFFORTS:
        tally = simulate(RunSettings(effort=effort), reports)
        met = "aim met" if tally.wrong <= AIM * reports else "AIM MISSED"
        cells = (
            f"{tally.found[rate] / tally.regressions[rate]:.0%} of "
            f"{tally.seen[rate] / tally.regressions[rate]:.0%}"
            for rate in SHOWN
        )
        runs = f"{tally.runs / reports:.0f}"
        rows.append([effort, runs, f"{tally.wrong} of {reports}", met, *cells])
        kept.append(_kept(effort, tally))
    heads = tables.numbers("runs", "false", "", *(f"{rate:.0%}" for rate in SHOWN))
    tables.show(out, "", [Column("effort"), *heads], rows)
    put(
        out,
        "runs: of a part or of some tests, for one report; false: reports that call broken or "
        "fixed what is not; then the regressions that fail so often with the patch alone: called "
        "broken, of those noticed",
    )
    return Measurement("noise", (about,), reports=tuple(kept))


def _kept(effort: str, tally: Tally) -> SimulatedReports:
    return SimulatedReports(
        effort=effort,
        reports=tally.reports,
        wrong=tally.wrong,
        most=AIM * tally.reports,
        runs=tally.runs / tally.reports,
        rates=tuple(
            FlakeRate(rate, tally.regressions[rate], tally.found[rate], tally.seen[rate])
            for rate in SHOWN
        ),
    )


def simulate(how: RunSettings, reports: int, seed: int = 0) -> Tally:
    """Make so many reports with these settings and count what they say."""
    wrong = runs = 0
    regressions: Counter[float] = Counter()
    found: Counter[float] = Counter()
    seen: Counter[float] = Counter()
    for number in range(reports):
        random = Random(f"{seed}-{number}")
        world = dict(_tests(random))
        judged, ran = judged_reports(how, answers(world, random))
        runs += ran
        wrong += any(
            is_false(change, world, each.stack) for each in judged for change in each.changes
        )
        own = {change.test: change for change in judged[0].changes}
        for test, flake in world.items():
            if flake.is_regression:
                change = own.get(test)
                regressions[flake.patched] += 1
                found[flake.patched] += change is not None and _is_broken(change)
                seen[flake.patched] += change is not None and (
                    _is_broken(change) or change.kind is ChangeKind.FLAKY or not change.confirmed
                )
    return Tally(reports, wrong, regressions, found, seen, runs)


def is_false(change: Change, world: dict[str, Flake], stack: Stack) -> bool:
    """Whether a report claims of a test what is not so."""
    flake = (
        world[change.test]
        if stack == CANDIDATE
        else Flake(world[change.test].base, world[change.test].base)
    )
    if change.kind is ChangeKind.FIXED and change.confirmed:
        return not flake.is_fixed
    return _is_broken(change) and not flake.is_regression


def _is_broken(change: Change) -> bool:
    return change.kind.is_worse and change.confirmed


def _tests(random: Random) -> Iterator[tuple[str, Flake]]:
    for number in range(TESTS):
        flake = Flake(0, 0)
        if random.random() < FLAKY_SHARE:
            side = random.choice(("both", "base", "patched"))
            rate = random.choice(RATES if side == "both" else (*RATES, ALWAYS))
            flake = Flake(rate * (side != "patched"), rate * (side != "base"))
        yield f"servers.tests.Tests.test_{number}", flake


def answers(world: dict[str, Flake], random: Random) -> Callable[[Job], Result]:
    """Runs of that world; a bystander's tree behaves as the base does."""

    def answer(job: Job) -> Result:
        is_patched = job.trees[0].stack == CANDIDATE
        outcomes = {}
        for test in job.only or world:
            flake = world[test]
            rate = flake.patched if is_patched else flake.base
            status = Status.FAILED if random.random() < rate else Status.PASSED
            outcomes[test] = Outcome(status, 0.1)
        return Result(JobEnd.COMPLETED, outcomes)

    return answer


def _comparison(stack: Stack, tree: Tree) -> Comparison:
    return Comparison(stack, Ground((BASE,), PYTHON), (tree,), (PART,))


def _patched(stack: Stack) -> Tree:
    return Tree(BASE.base, "d" * 40, str(stack), stack)


COMPARISONS = (
    _comparison(CANDIDATE, _patched(CANDIDATE)),
    _comparison(BYSTANDER, _patched(BYSTANDER)),
    _comparison(Stack(), BASE),
)


def judged_reports(
    how: RunSettings, answer: Callable[[Job], Result]
) -> tuple[Sequence[Judgement], int]:
    """The judgements of one report, the candidate's first, and how many runs it took."""
    schedule = Schedule(COMPARISONS, how)
    waiting = schedule.start()
    while waiting:
        job = waiting.pop(0)
        waiting += schedule.follow(job, answer(job))
    evaluation = Evaluation(schedule)
    judged = [evaluation.judgement(each) for each in COMPARISONS if not each.is_control]
    return judged, len(schedule.results)
