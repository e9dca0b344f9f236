"""Measures how long a server has to let the client close first: losses by bound.

Owns: the bounds, and the trees in which nothing but the bound differs. For each bound
the number is changed in a copy of the candidate's tree, a server is started from it
in the sandbox, and the lab counts what is lost over links that drop what they hold
(``lab/losses.py``). All of it is done twice: with the machine idle, and with every core
kept busy twice over. notes/0012-bounded-drain.md says what followed from it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec
from rich.console import Console

from ..compare.plan import Planner
from ..jobs.worker import Worker
from ..lab.losses import LossReport
from ..model import Job, Judgement, RequestError, WorkbenchError
from ..report import tables
from ..report.measurement import BoundCurve, BoundPoint, Loss, Measurement, Waiting
from ..report.tables import Column
from ..request import Request
from ..sources.provider import Provider
from ..suites import WIRE, regression
from ..suites.place import JobWorkspace
from ..upstreams import kind_of

BOUNDS = (0, 100, 200, 300, 500, 1000)  # ms
# How the candidate passes on what its option says, or the number that was put there.
NUMBER = re.compile(r"(\bclose_timeout=)(?:options\[.close_timeout.\]|[0-9.]+)")
EXCHANGES = 4  # of each kind, for each of --repeat
BUSY_LINKS = "5 MB"  # those that a busy machine is measured with
DEADLINE = 900.0


class BoundReport(NamedTuple):
    """What was measured with one bound, in milliseconds."""

    bound: int
    report: LossReport


def run(
    request: Request, planner: Planner, provider: Provider, out: Console, errors: Console
) -> Measurement:
    """Measure the one candidate that was asked for, and print its curves.

    Raises ``RequestError`` if it is not one candidate with a bound, or does not apply.
    """
    stacks = [stack for stack in planner.stacks if len(stack.upstreams) == 1]
    server = kind_of(provider.projects[stacks[0].upstreams[0]]).LOAD_SERVER if stacks else ""
    if len(planner.stacks) != 1 or not server:
        raise RequestError(
            "the curve is one candidate's: name it, such as --candidate django/bounded-drain"
        )
    (stack,) = stacks
    (upstream,) = stack.upstreams
    ground = planner.grounds.of_base(request.specs(upstream)[0], upstream)
    made = planner.compare(stack, ground)
    if isinstance(made, Judgement):
        raise RequestError(f"{stack} does not apply: {'; '.join(made.problems)}")
    job = Job(suite=WIRE, trees=made.patched_trees, python=ground.python, labels=(server,))
    curves = []
    with provider.home.scratch("curve") as scratch:
        place, _ = Worker(provider).place(job, scratch)
        tree = copied(place.checkouts[upstream], scratch / "tree")
        place = place._replace(checkouts={**place.checkouts, upstream: tree})
        for title, busy, only in (
            ("with the machine idle", 0, ""),
            ("with every core busy twice over", 2 * (os.cpu_count() or 1), BUSY_LINKS),
        ):
            words = ("--repeat", str(EXCHANGES * request.repeat), "--busy", str(busy))
            curve = []
            for bound in BOUNDS:
                with errors.status(f"{stack}, {title}: {bound} ms"):
                    set_bound(tree, bound)
                    curve.append(BoundReport(bound, _measured(job, place, *words, "--only", only)))
            curves.append(kept(f"{stack} on {ground}, {title}", curve))
            show(curves[-1].title, curve, out)
    return Measurement("curve", (f"{stack} on {ground}",), curves=tuple(curves))


def kept(title: str, curve: Sequence[BoundReport]) -> BoundCurve:
    """A curve as it is kept."""
    return BoundCurve(
        title,
        tuple(
            BoundPoint(
                bound,
                tuple(Loss(each.name, each.lost) for each in report.losses),
                tuple(Waiting(each.name, each.seconds) for each in report.waits),
            )
            for bound, report in curve
        ),
    )


def copied(checkout: Path, place: Path) -> Path:
    """A copy of a checkout, in which the number can be changed."""
    return Path(shutil.copytree(checkout, place, ignore=shutil.ignore_patterns(".git", "tests")))


def set_bound(tree: Path, bound: int) -> None:
    """Give the bound in a tree this value, in milliseconds; ``RequestError`` if it has none."""
    changed = 0
    for path in tree.rglob("*.py"):
        text = path.read_text("utf-8", errors="surrogateescape")
        new, count = NUMBER.subn(rf"\g<1>{bound / 1000}", text)
        if count:
            path.write_text(new, "utf-8", errors="surrogateescape")
            changed += count
    if not changed:
        raise RequestError("there is no `close_timeout=SECONDS` in it to be varied")


def show(title: str, curve: Sequence[BoundReport], out: Console) -> None:
    """A column for each bound: exchanges that lost data and how much, and how long clients wait."""
    rows = []
    for index, loss in enumerate(curve[0].report.losses):
        rows.append([loss.name, *(_lost(report.losses[index].lost) for _, report in curve)])
    for index, wait in enumerate(curve[0].report.waits):
        cells = (_waited(report.waits[index].seconds) for _, report in curve)
        rows.append([f"wait, ms: {wait.name}", *cells])
    columns = [Column("exchange"), *(Column(f"{bound} ms") for bound, _ in curve)]
    tables.show(out, title, columns, rows)


def _measured(job: Job, place: JobWorkspace, *words: str) -> LossReport:
    place.log.unlink(missing_ok=True)  # what it prints is added to the log, and read from there
    words = ("--server", job.labels[0], *words)
    finished = regression.run_lab("harness.lab.losses", words, job, place, DEADLINE)
    if not finished.ok:
        raise WorkbenchError(f"a curve could not be measured. {finished.explain()}")
    return msgspec.json.decode(finished.stdout, type=LossReport)


def _lost(lost: Sequence[int]) -> str:
    """``3/10 4.1 kB``: how many exchanges lost data, and the median of what they lost."""
    hit = [number for number in lost if number]
    return f"{len(hit)}/{len(lost)}" + (f" {median(hit) / 1000:,.1f} kB" if hit else "")


def _waited(seconds: Sequence[float]) -> str:
    return f"{median(seconds) * 1000:.0f} (max {max(seconds) * 1000:.0f})"
