"""Small reports that the tests of several forms begin with."""

from __future__ import annotations

import msgspec

from harness.judge import causes
from harness.judge.verdict import counts
from harness.model import ApplyResult, BaseName, Change, Judgement, Stack, Verdict
from harness.report.schema import BaseLine, Report, RunInfo

GROUND = BaseName("django", "6.1.3")
DJANGO = BaseLine("django", "6.1.3", "sdist", "b" * 40, "3.13.0")
MADE = RunInfo(
    at="2021-02-21T12:00:00+00:00",
    workbench="1",
    python="3.13.0",
    machine="Linux x86_64, 2 cores",
    isolation="sandbox",
    seconds=12.3,
    command="python -m harness test --django 6.1.3",
    repeat=3,
)


def judgement(
    verdict: Verdict, *found: Change, name: str = "django/x", **fields: object
) -> Judgement:
    """What became of a candidate with these changes, of thirty tests."""
    grouped = causes.grouped(found)
    plain = Judgement(
        name=name,
        base=str(GROUND),
        applies=ApplyResult.CLEAN,
        verdict=verdict,
        counts=counts(grouped),
        changes=tuple(grouped),
        tests=30,
        runs=6,
        stack=Stack.read(name),
        ground=(GROUND,),
    )
    return msgspec.structs.replace(plain, **fields)


def report(*judged: Judgement, **fields: object) -> Report:
    """A report on these candidates."""
    plain = Report(
        made=MADE,
        bases=(DJANGO,),
        candidates=judged,
    )
    return msgspec.structs.replace(plain, **fields)
