"""Results that are kept from run to run, and what makes them worth nothing."""

from __future__ import annotations

import os
from pathlib import Path

from support.installed import library, program
from support.tiny import PROJECT, QUICK, Workbench

# One test, of raw sockets, over one server; the control group is tested along with it.
WORDS = ("--suite", "regression:runserver", "--select", "test_lockout.*direct-raw")


def run(workbench: Workbench) -> int:
    """Judge one candidate on the wire; how many jobs were done anew for it."""
    before = workbench.kept("results")
    finished = workbench.run("test", "--candidate", "django/neutral", *WORDS, *QUICK)
    assert finished.status == 0, finished.err
    return len(workbench.kept("results")) - len(before)


def test_what_took_part_before_an_upgrade_is_not_used_after_it(
    workbench: Workbench, tmp_path: Path
) -> None:
    every = run(workbench)
    assert every > 2
    assert run(workbench) == 0
    upgraded = library(tmp_path / "upgraded", "gunicorn", "99.0")
    workbench.env["PYTHONPATH"] = os.pathsep.join([str(upgraded), str(PROJECT)])
    assert run(workbench) == 1
    installed = program(tmp_path / "bin", "node")
    workbench.env["PATH"] = os.pathsep.join([str(installed), workbench.env["PATH"]])
    # On both sides, importing what is touched has nothing to do with programs.
    assert run(workbench) == every - 2
    assert run(workbench) == 0
