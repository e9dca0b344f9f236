"""Measures the workbench against a plain loop that does the same work.

Owns: the measurement, all in one run on one machine, told as ratios. The plain
loop is what one would do by hand: for each tree one after another, copy it and
run the suite in it, without sandbox, record or repeats. Its trees are patched
beforehand, which is to its advantage.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from typing import NamedTuple

import msgspec
from rich.console import Console

from ..compare.judging import settings_of
from ..compare.plan import Plan
from ..model import Job, RequestError, WorkbenchError
from ..pythons import environments
from ..report import schema
from ..report.measurement import Figure, Measurement
from ..request import Request
from ..sources.provider import Provider
from ..suites import own_suite
from ..system import processes
from ..system.home import PROJECT, Home
from ..upstreams import kind_of

RUN_SECONDS = 1800.0
MIB = 1024**2
KEPT = ("downloads", "interpreters")
COLD_AIM, WARM_AIM_SECONDS, MEMORY_AIM = 0.5, 3.0, 200 * 1024**2


class WorkbenchRun(NamedTuple):
    """One run of the workbench: wall time in seconds, peak memory in bytes."""

    seconds: float
    memory: int


def narrowed(request: Request, provider: Provider) -> Request:
    """The request for what can be done by hand as well: projects' own tests, and no
    patched interpreters."""
    kinds = {name: kind_of(project) for name, project in provider.projects.items()}
    left_out: dict[str, tuple[str, ...]] = {n: () for n, k in kinds.items() if k.IS_INTERPRETER}
    own = tuple(dict.fromkeys(k.SUITE for k in kinds.values() if not k.IS_INTERPRETER))
    return msgspec.structs.replace(
        request,
        bases={**request.bases, **left_out},
        suites=request.suites or own,
        repeat=1,
    )


def run(
    request: Request, plan: Plan, words: list[str], provider: Provider, out: Console
) -> Measurement:
    """Measure cold, warm and the plain loop, and print the ratios.

    ``words`` are the command line of the workbench that is measured.
    """
    how = settings_of(request)
    jobs = [
        job
        for comparison in [*plan.controls, *plan.comparisons]
        for part in comparison.parts
        for job in comparison.jobs(part, 1, how)
    ]
    jobs = list(dict.fromkeys(jobs))
    if not jobs or any(job.suite != own_suite(job.trees[0].base.project) for job in jobs):
        raise RequestError(
            "bench measures what can be run by hand as well: a project's own tests, such as "
            "--suite django:servers"
        )
    with provider.home.scratch("bench") as scratch:
        for name in KEPT:
            shutil.copytree(provider.home.folder(name), scratch / "home" / name)
        cold = _workbench(words, scratch / "home")
        warm = min((_workbench(words, scratch / "home") for _ in range(3)), key=lambda m: m.seconds)
        loop = sum(_plainly(job, provider, scratch) for job in jobs)
    about = f"{len(jobs)} runs of a suite, {os.cpu_count()} cores, {request.jobs} jobs at once"
    say(out, about)
    say(out, f"plain loop {loop:6.1f} s")
    ratio = cold.seconds / loop
    say(out, f"cold       {cold.seconds:6.1f} s", ratio <= COLD_AIM)
    say(out, f"ratio      {ratio:6.2f}   (aim: at most {COLD_AIM})")
    say(out, f"warm       {warm.seconds:6.1f} s", warm.seconds <= WARM_AIM_SECONDS)
    memory = max(cold.memory, warm.memory)
    say(out, f"memory     {memory / MIB:6.0f} MiB", memory <= MEMORY_AIM)
    figures = (
        Figure("plain loop", loop, "s"),
        Figure("cold", cold.seconds, "s", COLD_AIM, loop, ratio <= COLD_AIM),
        aimed("warm", warm.seconds, "s", WARM_AIM_SECONDS),
        aimed("memory", memory / MIB, "MiB", MEMORY_AIM / MIB),
    )
    return Measurement("judging", (about,), figures)


def aimed(what: str, value: float, unit: str, most: float) -> Figure:
    """A figure that is to be at most so much."""
    return Figure(what, value, unit, most, is_met=value <= most)


def say(out: Console, text: str, met: bool | None = None) -> None:
    """Print a measured line, and whether an aim that it names was met."""
    verdict = "" if met is None else ("   aim met" if met else "   AIM MISSED")
    out.print(text + verdict, markup=False, highlight=False, soft_wrap=True)


def _workbench(words: list[str], root: Path) -> WorkbenchRun:
    env = {**os.environ, "WORKBENCH_HOME": str(root), "PYTHONPATH": str(PROJECT)}
    finished = processes.run(
        [sys.executable, "-m", "harness", *words], env=env, deadline=RUN_SECONDS
    )
    if finished.status not in (0, 3):
        raise WorkbenchError(f"the measured run failed. {finished.explain()}")
    made = schema.read(Home(root).folder("reports") / "report.json").made
    return WorkbenchRun(finished.seconds, made.peak_memory)


def _plainly(job: Job, provider: Provider, scratch: Path) -> float:
    """Seconds to copy the job's tree and run its labels there by hand."""
    tree = job.trees[0]
    kind = kind_of(tree.base.project)
    checkout = provider.trees.checkout(tree)
    wanted = kind.requirements(checkout, job.python, tree.base.project)
    environment = environments.provide(provider.home, job.python, wanted)
    began = time.monotonic()
    copy = Path(shutil.copytree(checkout, scratch / "copy", ignore=lambda *_: [".git"]))
    command = kind.plain_command(copy, job.labels)
    argv = [str(environment.python), *command.arguments]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, command.import_path))}
    processes.run(argv, cwd=command.folder, env=env, deadline=job.timeout)
    took = time.monotonic() - began
    shutil.rmtree(copy)
    return took
