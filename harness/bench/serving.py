"""Measures what candidates cost: requests per second and latency, beside the base.

Owns: the order of runs, and what their ratios say. All trees are measured in
turns, each turn in the sandbox with a server of its own, so that what else the
machine does falls on all of them; what counts are a candidate's ratios to the base
of the same turn, their median and its interval.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import msgspec
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..compare.plan import Ground, Planner
from ..jobs.worker import Worker
from ..lab.load import ScenarioRate
from ..lab.rates import median_interval
from ..model import Job, Judgement, RequestError, Tree, WorkbenchError
from ..request import Request
from ..sources.provider import Supply
from ..suites import WIRE, regression
from ..system.home import PROJECT

SERVER = {"django": "runserver", "cpython": "httpserver"}
TURNS = 5  # for each of --repeat
SECONDS = 1.0  # for each scenario, after a quarter of it to warm up
DEADLINE = 120.0
LEAST = 0.97  # a candidate that we recommend may lose 3 % of the throughput, no more
BASE = "base"


class Cost(NamedTuple):
    """A candidate's ratio to the base in one scenario: low, median and high."""

    candidate: str
    scenario: str
    rate: tuple[float, float, float]
    latency: tuple[float, float, float]

    @property
    def verdict(self) -> str:
        """Whether it keeps at least 97 % of the throughput: yes, no, or not sure."""
        if self.rate[0] >= LEAST:
            return "keeps"
        return "loses" if self.rate[2] < LEAST else "not sure"


def run(request: Request, planner: Planner, supply: Supply, out: Console, errors: Console) -> None:
    """Measure every candidate that was asked for, and print its cost."""
    for upstream in ("django", "cpython"):
        names = [n for n in planner.names if n.startswith(f"{upstream}/") and "+" not in n]
        if names:
            _measure(upstream, names, request, planner, supply, out, errors)
    if any("+" in name for name in planner.names):
        raise RequestError("bench measures candidates of one upstream, not stacks")


def _measure(
    upstream: str,
    names: list[str],
    request: Request,
    planner: Planner,
    supply: Supply,
    out: Console,
    errors: Console,
) -> None:
    specs = {"django": request.django, "cpython": request.cpython}[upstream]
    ground = (
        planner.django_ground(specs[0])
        if upstream == "django"
        else planner.cpython_ground(specs[0])
    )
    jobs = {BASE: _job(ground, ground.trees, upstream)}
    for name in names:
        made = planner.compare(name, ground)
        if isinstance(made, Judgement):
            raise RequestError(f"{name} does not apply: {'; '.join(made.problems)}")
        jobs[name] = _job(ground, made.patched_trees, upstream)
    worker = Worker(supply)
    turns: list[dict[str, list[ScenarioRate]]] = []
    order = list(jobs)
    wanted = TURNS * request.repeat
    for turn in range(wanted):
        with errors.status(f"{ground.name}: turn {turn + 1} of {wanted}"):
            turns.append({name: _once(jobs[name], worker, supply) for name in order})
        order = [*order[1:], order[0]]
    _say(ground, turns, names, out)


def _job(ground: Ground, trees: tuple[Tree, ...], upstream: str) -> Job:
    return Job(suite=WIRE, trees=trees, python=ground.python, labels=(SERVER[upstream],))


def _once(job: Job, worker: Worker, supply: Supply) -> list[ScenarioRate]:
    with supply.home.scratch("load") as scratch:
        place, _ = worker.place(job, scratch)
        target = scratch / "target.json"
        target.write_bytes(regression.target_of(job, place).to_json())
        env = place._replace(python_path=()).environment(PROJECT)
        seeing = place._replace(readable=(*place.readable, PROJECT / "harness"))
        argv = [sys.executable, "-m", "harness.lab.load", "--target", str(target)]
        argv += ["--server", job.labels[0], "--seconds", str(SECONDS)]
        finished = seeing.run(argv, cwd=place.folder("cwd"), env=env, deadline=DEADLINE)
    if not finished.ok:
        raise WorkbenchError(f"a load could not be measured. {finished.explain()}")
    return msgspec.json.decode(finished.stdout, type=list[ScenarioRate])


def costs(turns: list[dict[str, list[ScenarioRate]]], names: list[str]) -> list[Cost]:
    """What each candidate costs in each scenario, from ratios within turns."""
    found = []
    for name in names:
        for index, measured in enumerate(turns[0][BASE]):
            pairs = [(turn[name][index], turn[BASE][index]) for turn in turns]
            found.append(
                Cost(
                    name,
                    measured.scenario,
                    median_interval([mine.rate / base.rate for mine, base in pairs]),
                    median_interval([mine.latency / base.latency for mine, base in pairs]),
                )
            )
    return found


def _say(
    ground: Ground, turns: list[dict[str, list[ScenarioRate]]], names: list[str], out: Console
) -> None:
    server = SERVER[ground.trees[0].base.upstream]
    out.print(
        f"{ground.name}, {server}: the base's requests per second, and what each candidate has "
        f"of them,\nmedian of {len(turns)} turns and its 95 % interval",
        markup=False,
        soft_wrap=True,
    )
    found = costs(turns, names)
    for name in names:
        table = Table(title=name, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
        for heading in ("scenario", "base", "throughput", "latency", f"{LEAST:.0%}"):
            table.add_column(heading, no_wrap=True)
        mine = [cost for cost in found if cost.candidate == name]
        for index, cost in enumerate(mine):
            rate = median_interval([turn[BASE][index].rate for turn in turns])[1]
            table.add_row(
                cost.scenario, f"{rate:.0f}", _range(cost.rate), _range(cost.latency), cost.verdict
            )
        out.print(table)


def _range(found: tuple[float, float, float]) -> str:
    low, middle, high = found
    return escape(f"{middle:.3f} [{low:.3f}, {high:.3f}]")
