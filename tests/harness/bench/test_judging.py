"""The measurement itself, on the miniature: it measures what it says, whatever comes out."""

from __future__ import annotations

import re

import pytest
from support.tiny import Workbench

from harness.bench.noise import REPORTS
from harness.compare.comparison import EFFORTS

# It simulates thousands of reports, on a machine that may be busy.
LONG = 900  # seconds


@pytest.mark.timeout(LONG)
def test_it_measures_the_loop_the_workbench_and_its_memory(workbench: Workbench) -> None:
    # Watched for coverage, the simulation takes ten times as long, and is no measurement.
    workbench.env = {k: v for k, v in workbench.env.items() if not k.startswith("COVERAGE")}
    words = ("--measure", "judging", "--candidate", "django/neutral")
    done = workbench.run("bench", *words, deadline=LONG)
    assert done.status == 0, done.err
    # The base, the base again as the control, and one candidate.
    assert done.out.startswith("3 runs of a suite")
    for name in ("plain loop", "cold", "ratio", "warm", "memory"):
        assert re.search(rf"^{name} +\d+", done.out, re.M), done.out
    for effort in EFFORTS:
        line = rf"^ *{effort} +\d+ +\d+ of {REPORTS} +aim met"
        assert re.search(line, done.out, re.M), done.out


def test_it_refuses_what_the_loop_can_not_do(workbench: Workbench) -> None:
    done = workbench.run(
        "bench", "--measure", "judging", "--candidate", "django/neutral", "--suite", "regression"
    )
    assert done.status == 2
    assert "bench measures what can be run by hand as well" in done.error
