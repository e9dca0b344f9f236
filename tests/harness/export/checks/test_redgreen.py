"""What is demanded of a patch's tests, and how the runs of them are told."""

from __future__ import annotations

import pytest
from support.exporting import squashed

from harness.export.checks import redgreen
from harness.export.checks.proof import RedGreenProof, RedGreenRuns
from harness.export.gate import CheckState

CODE, TEST = ("django/server.py", "x = 1\n"), ("tests/servers/tests.py", "y = 1\n")
DOCS = ("docs/ref.txt", "It is so.\n")
PROVED = RedGreenRuns(proof=RedGreenProof(red=("a",), guards=("b", "c"), times=20))
UNSTEADY = RedGreenRuns(proof=RedGreenProof(red=("a",), wrong=("a: it passes once",), times=20))


def test_what_changes_no_code_needs_no_test() -> None:
    assert redgreen.check(squashed("django", DOCS), None).state is CheckState.NOT_ASKED


def test_code_needs_a_test_and_the_advice_says_where() -> None:
    result = redgreen.check(squashed("django", CODE), None)
    assert (result.state, result.findings) == (CheckState.WRONG, ("no test is added or changed",))
    assert result.advice == "add a test below tests/ that fails without the change"


def test_what_could_not_be_run_is_not_known() -> None:
    helper = ("tests/urls.py", "y = 1\n")
    result = redgreen.check(squashed("django", CODE, helper), None)
    assert result.state is CheckState.UNKNOWN
    assert result.findings == ("no test module could be told from tests/urls.py",)


@pytest.mark.parametrize(
    ("runs", "state", "said"),
    [
        (RedGreenRuns(has_run=False, note="cut"), CheckState.UNKNOWN, "did not run: cut"),
        (RedGreenRuns(failing={"a": "why"}), CheckState.WRONG, "fails with the code: a: why"),
        (RedGreenRuns(idle=("a",)), CheckState.WRONG, "passes without the code as well: a"),
        (RedGreenRuns(), CheckState.WRONG, "none of its tests fails without the code"),
        (UNSTEADY, CheckState.WRONG, "a: it passes once"),
    ],
)
def test_how_runs_are_told(runs: RedGreenRuns, state: CheckState, said: str) -> None:
    result = redgreen.check(squashed("django", CODE, TEST), runs)
    assert result.state is state
    assert said in result.findings[0]


def test_a_proof_is_told_in_one_line() -> None:
    result = redgreen.check(squashed("django", CODE, TEST), PROVED)
    assert (result.state, result.note) == (
        CheckState.FINE,
        "1 fail without the code and pass with it, 20 times on each side; "
        "2 more pass on both sides",
    )
