"""Measures this version of the workbench against an older one, on the same request.

Owns: running both, one after the other, and what is compared. Each starts cold, with what
has to be fetched fetched already, in a folder of its own. What a sandbox hides from its
parent the machine's own clocks still count, so CPU time is the whole machine's: measure on
a quiet one.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil
from rich.console import Console

from ..model import RequestError, WorkbenchError
from ..report import schema
from ..report.measurement import Figure, Measurement
from ..system import processes
from ..system.home import PROJECT, Home
from ..system.room import cores
from ..trees.repository import GitError, Repository
from .judging import KEPT, RUN_SECONDS, say

WALL_AIM, CPU_AIM, DISK_AIM = 0.3, 0.6, 0.4
MIB = 1024**2
WHOLE = (0, 3)  # exit statuses of a run that came to its end


class Measured(NamedTuple):
    """One run: seconds of wall time and of CPU time, bytes of disk and of memory.

    ``first`` is the seconds until the first verdict; an older version says them all at the end.
    """

    wall: float
    cpu: float
    first: float
    disk: float
    memory: float

    @property
    def busy(self) -> float:
        """Which share of all cores was at work."""
        return self.cpu / (self.wall * cores())


class Version(NamedTuple):
    """The workbench as it was at some revision: its name, and a folder with it."""

    name: str
    folder: Path


def run(words: Sequence[str], revision: str, home: Home, out: Console) -> Measurement:
    """Run ``test`` with both versions, and print the ratios.

    ``words`` are its command line. Raises ``RequestError`` for what is no revision of the
    workbench, and ``WorkbenchError`` if a run does not come to its end.
    """
    with home.scratch("against") as scratch:
        words = _short(words)
        older = _older(revision, scratch / "older")
        then = _measured(older, words, home, scratch / "home")
        now = _measured(Version("now", PROJECT), words, home, scratch / "home")
    return _tell(now, then, revision, out)


def _short(words: Sequence[str]) -> list[str]:
    """The words with each base by its upstream's own flag, which older versions know."""
    found: list[str] = []
    for word in words:
        if found[-1:] == ["--base"]:
            upstream, _, spec = word.partition("=")
            found[-1:] = [f"--{upstream}", spec]
        else:
            found.append(word)
    return found


def _older(revision: str, folder: Path) -> Version:
    """The files of a revision of the workbench's own repository."""
    try:
        packed = Repository(PROJECT).raw("archive", "--format=tar", revision)
    except GitError as error:
        raise RequestError(
            f"--against {revision}: {error.first_line}; it takes a clone of the workbench "
            "with that revision"
        ) from None
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return Version(revision, folder)


def _measured(
    version: Version, words: Sequence[str], home: Home, root: Path
) -> tuple[Measured, schema.Report]:
    shutil.rmtree(root, ignore_errors=True)
    for name in KEPT:
        shutil.copytree(home.folder(name), root / name)
    begun = _disk(root)
    env = {**os.environ, "WORKBENCH_HOME": str(root), "PYTHONPATH": str(version.folder)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    at_work = _at_work()
    command = [sys.executable, "-m", "harness", *words]
    finished = processes.run(command, cwd=version.folder, env=env, deadline=2 * RUN_SECONDS)
    cpu = _at_work() - at_work
    if finished.status not in WHOLE:
        raise WorkbenchError(f"the run of {version.name} failed. {finished.explain()}")
    report = schema.read(Home(root).folder("reports") / "report.json")
    made = report.made
    first = made.first_verdict or finished.seconds
    disk = _disk(root) - begun
    return Measured(finished.seconds, cpu, first, disk, made.peak_memory), report


def _at_work() -> float:
    """Seconds of CPU time that the whole machine has spent so far."""
    times = psutil.cpu_times()
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    idle = times.idle + getattr(times, "iowait", 0.0)
    return float(sum(times) - idle - guests)


def _disk(folder: Path) -> int:
    """Bytes that a folder takes, each file once however many names it has."""
    seen: dict[tuple[int, int], int] = {}
    for where, _, names in os.walk(folder):
        for name in names:
            state = os.lstat(os.path.join(where, name))
            seen[state.st_dev, state.st_ino] = state.st_blocks * 512
    return sum(seen.values())


Run = tuple[Measured, schema.Report]


def _tell(now: Run, then: Run, revision: str, out: Console) -> Measurement:
    about = f"one run each, cold, {cores()} cores; 'then' is {revision}"
    say(out, about)
    figures = []
    say(out, f"{'':14}{'now':>9}{'then':>13}{'ratio':>11}")

    def line(what: str, unit: str, of: Callable[[Measured], float], aim: float = 0.0) -> None:
        mine, theirs = of(now[0]), of(then[0])
        ratio = mine / theirs if theirs else 0.0
        is_met = ratio <= aim if aim else None
        figures.append(Figure(what, mine, unit, most=aim or None, than=theirs, is_met=is_met))
        text = f"{what:14}{mine:9.1f} {unit:4}{theirs:8.1f} {unit:4}{ratio:7.2f}"
        if aim:
            say(out, f"{text}   (aim: at most {aim})", ratio <= aim)
        else:
            say(out, text)

    line("wall", "s", lambda each: each.wall, WALL_AIM)
    line("CPU", "s", lambda each: each.cpu, CPU_AIM)
    line("cores at work", "%", lambda each: each.busy * 100)
    line("first verdict", "s", lambda each: each.first)
    line("disk", "MiB", lambda each: each.disk / MIB, DISK_AIM)
    line("memory", "MiB", lambda each: each.memory / MIB)
    said = [_judged(which, report) for which, (_, report) in (("now", now), ("then", then))]
    said += differences(now[1], then[1])
    for text in said:
        say(out, text)
    return Measurement("against", (about,), tuple(figures), said=tuple(said))


def _judged(which: str, report: schema.Report) -> str:
    tests = sum(each.tests for each in report.candidates)
    return f"{which}: {len(report.candidates)} verdicts, on {tests} tests in all"


def differences(now: schema.Report, then: schema.Report) -> list[str]:
    """Which verdicts are others, and how many are the same."""
    mine, theirs = (
        {(each.name, each.base): each.verdict for each in report.candidates}
        for report in (now, then)
    )
    both = [key for key in mine if key in theirs]
    other = [key for key in both if mine[key] is not theirs[key]]
    none = "not judged"
    return [
        f"{len(both) - len(other)} verdicts are the same",
        *(f"{' on '.join(key)}: {mine[key]}, then {theirs[key]}" for key in other),
        *(f"{' on '.join(key)}: {mine[key]}, then {none}" for key in mine if key not in theirs),
        *(f"{' on '.join(key)}: {none}, then {theirs[key]}" for key in theirs if key not in mine),
    ]
