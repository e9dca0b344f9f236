"""Which verdicts let a diff through."""

from __future__ import annotations

import msgspec
import pytest
from support.values import change

from harness.export.checks import breakage
from harness.export.gate import CheckState
from harness.model import ApplyResult, Change, ChangeKind, Judgement, Verdict

FLAKY = change(ChangeKind.FLAKY, confirmed=False)


def judged(verdict: Verdict, *changes: Change, base: str = "cpython 3.13.0") -> Judgement:
    return Judgement("cpython/x", base, ApplyResult.CLEAN, verdict, changes=changes, tests=30)


SILENT = judged(Verdict.UNPROVEN, base="django 6.1.3 on cpython 3.13.0")
UNTESTED = msgspec.structs.replace(SILENT, tests=0)


@pytest.mark.parametrize(
    ("on_each_base", "good"),
    [
        ([], False),
        ([judged(Verdict.FIXES)], True),
        ([judged(Verdict.FIXES), judged(Verdict.NEUTRAL)], True),
        ([judged(Verdict.FIXES), judged(Verdict.BREAKS)], False),
        ([judged(Verdict.FIXES), judged(Verdict.INCONCLUSIVE)], False),
        # Below another project fewer of its lines are run.
        ([judged(Verdict.FIXES), SILENT], True),
        ([judged(Verdict.FIXES), UNTESTED], False),
        ([judged(Verdict.FIXES), judged(Verdict.UNPROVEN, FLAKY)], False),
        ([SILENT], False),
        ([SILENT, judged(Verdict.UNPROVEN)], False),
    ],
)
def test_a_good_verdict_need_not_be_proven_on_every_base(
    on_each_base: list[Judgement], good: bool
) -> None:
    assert breakage.is_good(on_each_base) is good
    assert (breakage.check(on_each_base).state is CheckState.FINE) is good
