"""Measures what candidates cost: CPU time for each request, rate and latency, beside the base.

Owns: the order of runs, and what their ratios say. All trees are measured in
turns, each turn in the sandbox with a server of its own, so that what else the
machine does falls on all of them; what counts are a candidate's ratios to the base
of the same turn, their median and its interval. Of these the server's CPU time tells most:
how many requests come through in a second depends on who else wants the machine, and on the
clients, which take turns on the same cores. What is ``not sure`` here, ``counting`` decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from rich.console import Console

from ..compare.plan import Planner
from ..jobs.worker import Worker
from ..lab.load import ScenarioRate
from ..lab.rates import median_interval
from ..model import Ground, Job, Judgement, RequestError, Tree, WorkbenchError
from ..report import tables
from ..report.fitting import put
from ..report.measurement import CandidateCost, Decision, Interval, Measurement
from ..report.tables import Column
from ..request import Request
from ..sources.provider import Provider
from ..suites import WIRE, regression
from ..upstreams import kind_of

TURNS = 5  # for each of --repeat
SECONDS = 1.0  # for each scenario, after a quarter of it to warm up
DEADLINE = 120.0
MOST = 1.03  # a candidate that we recommend may cost 3 % more CPU time, no more
BASE = "base"
Turns = list[dict[str, list[ScenarioRate]]]
"""What each tree did in each turn: for each its scenarios."""


class Cost(NamedTuple):
    """A candidate's ratios to the base in one scenario, each as low, median and high."""

    candidate: str
    scenario: str
    cpu: tuple[float, float, float]
    rate: tuple[float, float, float]
    latency: tuple[float, float, float]

    @property
    def verdict(self) -> Decision:
        """Whether it costs at most 3 % more CPU time: yes, no, or not sure."""
        if self.cpu[2] <= MOST:
            return Decision.YES
        return Decision.NO if self.cpu[0] > MOST else Decision.NOT_SURE


class Loaded(NamedTuple):
    """A server that is loaded on one ground, and the job of each tree, the base's first."""

    ground: Ground
    server: str
    jobs: dict[str, Job]


def loaded(request: Request, planner: Planner, provider: Provider) -> Iterator[Loaded]:
    """What the candidates that were asked for can be measured with.

    Raises ``RequestError`` for a stack on two upstreams, or one that does not apply.
    """
    if any(len(stack.upstreams) > 1 for stack in planner.stacks):
        raise RequestError("bench measures candidates of one upstream, not stacks of two")
    for upstream, project in provider.projects.items():
        server = kind_of(project).LOAD_SERVER
        stacks = [stack for stack in planner.stacks if stack.upstreams == (upstream,)]
        if not (stacks and server):
            continue
        ground = planner.grounds.of_base(request.specs(upstream)[0], upstream)
        jobs = {BASE: _job(ground, ground.trees, server)}
        for stack in stacks:
            made = planner.compare(stack, ground)
            if isinstance(made, Judgement):
                raise RequestError(f"{stack} does not apply: {'; '.join(made.problems)}")
            jobs[str(stack)] = _job(ground, made.patched_trees, server)
        yield Loaded(ground, server, jobs)


def run(
    request: Request, planner: Planner, provider: Provider, out: Console, errors: Console
) -> Measurement:
    """Measure every candidate that was asked for, and print its cost."""
    about: list[str] = []
    kept: list[CandidateCost] = []
    for each in loaded(request, planner, provider):
        turns = _measure(each, request.repeat, provider, errors)
        about.append(_about(each, turns))
        names = [name for name in each.jobs if name != BASE]
        found = costs(turns, names)
        _say(about[-1], found, names, turns, out)
        kept += [_kept(cost, each, turns) for cost in found]
    return Measurement("serving", tuple(about), costs=tuple(kept))


def _measure(each: Loaded, repeat: int, provider: Provider, errors: Console) -> Turns:
    """What each tree did in each turn; the order of the trees moves on with every turn."""
    worker = Worker(provider)
    turns: Turns = []
    order = list(each.jobs)
    wanted = TURNS * repeat
    for turn in range(wanted):
        with errors.status(f"{each.ground}: turn {turn + 1} of {wanted}"):
            turns.append({name: _once(each.jobs[name], worker, provider) for name in order})
        order = [*order[1:], order[0]]
    return turns


def _job(ground: Ground, trees: tuple[Tree, ...], server: str) -> Job:
    return Job(suite=WIRE, trees=trees, python=ground.python, labels=(server,))


def _once(job: Job, worker: Worker, provider: Provider) -> list[ScenarioRate]:
    with provider.home.scratch("load") as scratch:
        place, _ = worker.place(job, scratch)
        words = ("--server", job.labels[0], "--seconds", str(SECONDS))
        finished = regression.run_lab("harness.lab.load", words, job, place, DEADLINE)
    if not finished.ok:
        raise WorkbenchError(f"a load could not be measured. {finished.explain()}")
    return msgspec.json.decode(finished.stdout, type=list[ScenarioRate])


def costs(turns: Turns, names: list[str]) -> list[Cost]:
    """What each candidate costs in each scenario, from ratios within turns."""
    found = []
    for name in names:
        for index, measured in enumerate(turns[0][BASE]):
            pairs = [(turn[name][index], turn[BASE][index]) for turn in turns]
            found.append(
                Cost(
                    name,
                    measured.scenario,
                    median_interval([mine.cpu / base.cpu for mine, base in pairs]),
                    median_interval([mine.rate / base.rate for mine, base in pairs]),
                    median_interval([mine.latency / base.latency for mine, base in pairs]),
                )
            )
    return found


def _about(each: Loaded, turns: Turns) -> str:
    return (
        f"{each.ground}, {each.server}: the base's CPU time for a request, and the ratios of each "
        f"candidate to the base, median of {len(turns)} turns and its 95 % interval"
    )


def _kept(cost: Cost, each: Loaded, turns: Turns) -> CandidateCost:
    ratios = {"CPU time": cost.cpu, "requests/s": cost.rate, "latency": cost.latency}
    return CandidateCost(
        ground=str(each.ground),
        server=each.server,
        candidate=cost.candidate,
        scenario=cost.scenario,
        base=_used(turns, cost.scenario),
        unit="s",
        ratios={name: Interval(*ratio) for name, ratio in ratios.items()},
        decision=cost.verdict,
        most=MOST,
    )


def _used(turns: Turns, scenario: str) -> float:
    """Seconds of CPU time of the base, the median of the turns."""
    base = [rate.cpu for turn in turns for rate in turn[BASE] if rate.scenario == scenario]
    return median_interval(base)[1]


def _say(about: str, found: list[Cost], names: list[str], turns: Turns, out: Console) -> None:
    put(out, about)
    for name in names:
        heads = tables.numbers("base", "CPU time", "requests/s", "latency")
        columns = [Column("scenario"), *heads, Column(f"at most {MOST - 1:.0%}")]
        rows = []
        mine = [cost for cost in found if cost.candidate == name]
        for cost in mine:
            used = _used(turns, cost.scenario)
            others = (f"{cost.rate[1]:.3f}", f"{cost.latency[1]:.3f}")
            ratios = _range(cost.cpu), *others
            rows.append([cost.scenario, f"{used * 1000:.2f} ms", *ratios, cost.verdict])
        tables.show(out, name, columns, rows)


def _range(found: tuple[float, float, float]) -> str:
    low, middle, high = found
    return f"{middle:.3f} [{low:.3f}, {high:.3f}]"
