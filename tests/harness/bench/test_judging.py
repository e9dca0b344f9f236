"""The measurement itself, on the miniature: it measures what it says, whatever comes out."""

from __future__ import annotations

import re

from support.tiny import Workbench


def test_it_measures_the_loop_the_workbench_and_its_memory(workbench: Workbench) -> None:
    done = workbench.run("bench", "--measure", "judging", "--candidate", "django/neutral")
    assert done.status == 0, done.err
    # The base, the base again as the control, and one candidate.
    assert done.out.startswith("3 runs of a suite")
    for name in ("plain loop", "cold", "ratio", "warm", "memory"):
        assert re.search(rf"^{name} +\d+", done.out, re.M), done.out


def test_it_refuses_what_the_loop_can_not_do(workbench: Workbench) -> None:
    done = workbench.run(
        "bench", "--measure", "judging", "--candidate", "django/neutral", "--suite", "regression"
    )
    assert done.status == 2
    assert "bench measures what can be run by hand as well" in done.error
