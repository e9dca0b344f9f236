"""What is demanded of a diff's reach: that tests run all that it changes."""

from __future__ import annotations

import msgspec
import pytest

from harness.export.checks import reach
from harness.export.gate import CheckState
from harness.model import ApplyResult, FileReach, Judgement, Reach, Verdict

ALL = FileReach("django", "a.py", statements=3, tests=("t", "u"))
SOME = msgspec.structs.replace(ALL, unreached=((4, 7), (9, 9)))


def judgement(*files: FileReach, known: bool = True) -> Judgement:
    reach = Reach(files) if known else None
    return Judgement("it", "django 6.1.3", ApplyResult.CLEAN, Verdict.FIXES, reach=reach)


def test_what_no_test_runs_is_in_the_way_with_its_lines() -> None:
    result = reach.check([judgement(SOME)])
    assert result.state is CheckState.WRONG
    assert result.findings == ("lines 4-7, line 9 of a.py: no test runs them",)


def test_one_ground_on_which_it_is_run_is_enough() -> None:
    result = reach.check([judgement(SOME), judgement(ALL)])
    assert (result.state, result.note) == (CheckState.FINE, "3 changed statements, run by 2 tests")


@pytest.mark.parametrize(
    ("judged", "state"),
    [
        ([], CheckState.UNKNOWN),
        ([judgement(known=False)], CheckState.UNKNOWN),
        ([judgement()], CheckState.NOT_ASKED),
    ],
)
def test_nothing_known_is_not_nothing_changed(judged: list[Judgement], state: CheckState) -> None:
    assert reach.check(judged).state is state
