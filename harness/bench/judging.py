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

from rich.console import Console

from ..compare import trial
from ..compare.plan import Plan
from ..model import Job, RequestError, WorkbenchError
from ..pythons import environments
from ..report import schema
from ..request import Request
from ..sources.provider import Supply
from ..system import processes
from ..system.home import PROJECT, Home

SUITE = "django"
RUN_SECONDS = 1800.0
KEPT = ("downloads", "interpreters")
COLD_AIM, WARM_AIM_SECONDS, MEMORY_AIM = 0.5, 3.0, 200 * 1024**2


class WorkbenchRun(NamedTuple):
    """One run of the workbench: wall time in seconds, peak memory in bytes."""

    seconds: float
    memory: int


def run(request: Request, plan: Plan, supply: Supply, out: Console) -> None:
    """Measure cold, warm and the plain loop, and print the ratios."""
    how = trial.Settings(request.select, 1, request.timeout, request.test_timeout)
    jobs = [
        job
        for comparison in [*plan.controls, *plan.comparisons]
        for part in comparison.parts
        for job in comparison.jobs(part, 1, how)
    ]
    jobs = list(dict.fromkeys(jobs))
    if not jobs or any(job.suite != SUITE for job in jobs):
        raise RequestError(f"bench measures the suite {SUITE}, such as --suite django:servers")
    with supply.home.scratch("bench") as scratch:
        for name in KEPT:
            shutil.copytree(supply.home.folder(name), scratch / "home" / name)
        words = _words(request)
        cold = _workbench(words, scratch / "home")
        warm = min((_workbench(words, scratch / "home") for _ in range(3)), key=lambda m: m.seconds)
        loop = sum(_plainly(job, supply, scratch) for job in jobs)
    say(out, f"{len(jobs)} runs of a suite, {os.cpu_count()} cores, {request.jobs} jobs at once")
    say(out, f"plain loop {loop:6.1f} s")
    say(out, f"cold       {cold.seconds:6.1f} s", cold.seconds / loop <= COLD_AIM)
    say(out, f"ratio      {cold.seconds / loop:6.2f}   (aim: at most {COLD_AIM})")
    say(out, f"warm       {warm.seconds:6.1f} s", warm.seconds <= WARM_AIM_SECONDS)
    memory = max(cold.memory, warm.memory)
    say(out, f"memory     {memory / 1024**2:6.0f} MiB", memory <= MEMORY_AIM)


def say(out: Console, text: str, met: bool | None = None) -> None:
    """Print a measured line, and whether an aim that it names was met."""
    verdict = "" if met is None else ("   aim met" if met else "   AIM MISSED")
    out.print(text + verdict, markup=False, highlight=False, soft_wrap=True)


def _words(request: Request) -> list[str]:
    """The same request for a child process, each part run once."""
    words = ["test", "--repeat", "1", "--jobs", str(request.jobs), "--patches", request.folder]
    for flag, values in (
        ("--django", request.django or ("none",)),
        ("--cpython", request.cpython or ("none",)),
        ("--candidate", request.candidates),
        ("--patch", request.patches),
        ("--suite", request.suites),
    ):
        words += [word for value in values for word in (flag, value)]
    return words + (["--python", request.python] if request.python else [])


def _workbench(words: list[str], root: Path) -> WorkbenchRun:
    env = {**os.environ, "WORKBENCH_HOME": str(root), "PYTHONPATH": str(PROJECT)}
    finished = processes.run(
        [sys.executable, "-m", "harness", *words], env=env, deadline=RUN_SECONDS
    )
    if finished.status not in (0, 3):
        raise WorkbenchError(f"the measured run failed. {finished.explain()}")
    made = schema.read(Home(root).folder("reports") / "report.json").made
    return WorkbenchRun(finished.seconds, made.peak_memory)


def _plainly(job: Job, supply: Supply, scratch: Path) -> float:
    """Seconds to copy the job's Django tree and run its labels there by hand."""
    tree = job.tree("django")
    assert tree is not None
    checkout = supply.trees.checkout(tree)
    wanted = environments.requirements_for(checkout, job.python)
    environment = environments.provide(supply.home, job.python, wanted)
    began = time.monotonic()
    copy = Path(shutil.copytree(checkout, scratch / "copy", ignore=lambda *_: [".git"]))
    argv = [str(environment.python), "runtests.py", *job.labels, "--parallel=1"]
    env = {**os.environ, "PYTHONPATH": ".."}
    processes.run(argv, cwd=copy / "tests", env=env, deadline=job.timeout)
    took = time.monotonic() - began
    shutil.rmtree(copy)
    return took
