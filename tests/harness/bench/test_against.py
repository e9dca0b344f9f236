"""Two versions of the workbench on one request, one after the other."""

from __future__ import annotations

import re

import msgspec
import pytest
from support.pages import read
from support.tiny import DONE, PROJECT, WRONG, Workbench

from harness.bench import against
from harness.model import ApplyResult, Judgement, Verdict
from harness.report import schema
from harness.report.measurement import Measurement

MADE = schema.RunInfo("", "", "", "", "", 1.0, "", 1)


def report(**verdicts: Verdict) -> schema.Report:
    judged = tuple(
        Judgement(name, "django 6.1.3", ApplyResult.CLEAN, verdict)
        for name, verdict in verdicts.items()
    )
    return schema.Report(MADE, (), judged)


def test_it_measures_both_and_says_which_verdicts_are_others(workbench: Workbench) -> None:
    """The smoke test of the measurement: whatever comes out, it is printed."""
    if not (PROJECT / ".git").exists():
        pytest.skip("it takes a clone of the workbench; `git clone` gets one")
    words = ("--candidate", "django/neutral", "--candidate", "django/breaks", "--repeat", "1")
    done = workbench.run("bench", "--against", "HEAD", *words)
    assert done.status == DONE, done.err
    for name in ("wall", "CPU", "cores at work", "first verdict", "disk", "memory"):
        assert re.search(rf"^{name} +[\d.]+ \S+ +[\d.]+ \S+ +[\d.]+", done.out, re.M), done.out
    assert "now: 2 verdicts, on 26 tests in all\n" in done.out
    assert "then: 2 verdicts, on 26 tests in all\n" in done.out
    assert "2 verdicts are the same\n" in done.out
    kept = workbench.home / "reports" / "bench-against.json"
    made = msgspec.json.decode(kept.read_bytes(), type=Measurement)
    assert "report: workbench/reports/bench-against.html\n" in done.out
    page = read(kept.with_suffix(".html").read_text("utf-8"))
    for figure in made.figures:
        assert f"{figure.what} {figure.value:,.2f} {figure.unit}" in page.text


def test_a_revision_that_is_none_is_a_wrong_request(workbench: Workbench) -> None:
    done = workbench.run("bench", "--against", "no-such-revision")
    assert done.status == WRONG
    assert "--against no-such-revision" in done.err


def test_other_verdicts_and_verdicts_of_one_version_alone_are_named() -> None:
    now = report(same=Verdict.FIXES, other=Verdict.FIXES, mine=Verdict.NEUTRAL)
    then = report(same=Verdict.FIXES, other=Verdict.BREAKS, theirs=Verdict.NEUTRAL)
    assert against.differences(now, then) == [
        "1 verdicts are the same",
        "other on django 6.1.3: fixes, then breaks",
        "mine on django 6.1.3: neutral, then not judged",
        "theirs on django 6.1.3: not judged, then neutral",
    ]
