"""Measures a search against ``git bisect run`` on a generated repository.

Owns: the repository and the measurement, both in one run on one machine. The
test is one of a known length that waits, as most tests of servers do; both
sides run the same test on the same commits, one after the other.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from rich.console import Console

from ..model import WorkbenchError
from ..report.measurement import Figure, Measurement
from ..system import processes
from ..system.home import PROJECT, Home
from ..trees.repository import Repository
from .judging import RUN_SECONDS, say

MINIATURE = PROJECT / "tests" / "tiny_upstream"
COMMITS, CULPRIT = 512, 341
TEST_SECONDS = 4.0  # tests/servers of Django takes 4 to 6 s, of which 1.2 s are work
TEST = "servers.tests.Timed.test_number"
AIM = 0.7
TESTS = f"""\
import time
import unittest

from django.number import NUMBER


class Timed(unittest.TestCase):
    def test_number(self):
        time.sleep({TEST_SECONDS})
        self.assertLess(NUMBER, {CULPRIT})
"""


def run(home: Home, jobs: int, out: Console) -> Measurement:
    """Search the same culprit both ways and print the ratio of their wall times."""
    with home.scratch("searchbench") as scratch:
        commits = _generate(scratch / "repository")
        theirs, said = _git_bisect(scratch / "repository", commits)
        ours, found = _workbench(scratch, commits, jobs)
    culprit = commits[CULPRIT]
    cores = os.cpu_count()
    about = f"{COMMITS} commits, a test of {TEST_SECONDS:.0f} s, {cores} cores, {jobs} runs at once"
    say(out, about)
    say(out, f"git bisect run {theirs:6.1f} s   culprit {'found' if culprit in said else 'MISSED'}")
    say(
        out,
        f"workbench      {ours:6.1f} s   culprit {'found' if culprit[:10] in found else 'MISSED'}",
    )
    say(out, f"ratio          {ours / theirs:6.2f}   (aim: at most {AIM})", ours / theirs <= AIM)
    return Measurement(
        "searching",
        (about,),
        (
            Figure("git bisect run", theirs, "s"),
            Figure("workbench", ours, "s", AIM, theirs, ours / theirs <= AIM),
        ),
        said=(
            f"git bisect run: culprit {'found' if culprit in said else 'MISSED'}",
            f"workbench: culprit {'found' if culprit[:10] in found else 'MISSED'}",
        ),
    )


def _generate(folder: Path) -> list[str]:
    """A repository of the miniature upstream in which a number grows; its commits, oldest first."""
    folder.mkdir()
    repository = Repository(folder)
    repository.raw("init", "--quiet", "--initial-branch=main")
    for path in sorted(MINIATURE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            target = folder / path.relative_to(MINIATURE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    (folder / "tests/servers/tests.py").write_text(TESTS, "utf-8")
    for number in range(COMMITS):
        (folder / "django/number.py").write_text(f"NUMBER = {number}\n", "utf-8")
        repository.raw("add", "--all")
        repository.raw("commit", "--quiet", "--message", f"Number {number}")
    return repository.lines("rev-list", "--reverse", "main")


def _git_bisect(folder: Path, commits: list[str]) -> tuple[float, str]:
    """Seconds of ``git bisect run`` from the first commit to the last, and what it printed."""
    repository = Repository(folder)
    oracle = (
        f"cd tests && PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=.. {sys.executable} runtests.py servers"
    )
    began = time.monotonic()
    repository.raw("bisect", "start", commits[-1], commits[0])
    printed = repository.text("bisect", "run", "sh", "-c", oracle)
    took = time.monotonic() - began
    repository.raw("bisect", "reset")
    return took, next(line for line in printed.splitlines() if "first bad commit" in line)


def _workbench(scratch: Path, commits: list[str], jobs: int) -> tuple[float, str]:
    """Seconds of the same search in a workbench folder where nothing was done before."""
    words = ["bisect", "--mirror", f"django={scratch / 'repository'}", "--test", TEST]
    words += ["--good", commits[0], "--bad", commits[-1], "--jobs", str(jobs), "--repeat", "2"]
    env = {**os.environ, "WORKBENCH_HOME": str(scratch / "home"), "PYTHONPATH": str(PROJECT)}
    finished = processes.run(
        [sys.executable, "-m", "harness", *words], env=env, deadline=RUN_SECONDS
    )
    if not finished.ok:
        raise WorkbenchError(f"the measured search failed. {finished.explain()}")
    return finished.seconds, finished.stdout
