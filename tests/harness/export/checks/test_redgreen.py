"""What is demanded of a patch's tests, and how the runs of them are told."""

from __future__ import annotations

import msgspec
import pytest
from support.exporting import squashed

from harness.export.checks import redgreen
from harness.export.gate import CheckResult, CheckState
from harness.model import ApplyResult, BaseName, Judgement, RedGreenProof, Verdict

CODE, TEST = ("django/server.py", "x = 1\n"), ("tests/servers/tests.py", "y = 1\n")
DOCS = ("docs/ref.txt", "It is so.\n")
HERE, ELSEWHERE = BaseName("django", "6.1.3"), BaseName("django", "5.2")


def judgement(proof: RedGreenProof, base: BaseName = HERE, **fields: object) -> Judgement:
    """What was found out about the candidate on a base, with what its own tests prove."""
    plain = Judgement("django/it", str(base), ApplyResult.CLEAN, Verdict.FIXES, ground=(base,))
    return msgspec.structs.replace(plain, proof=proof, **fields)


def checked(*judged: Judgement, files: tuple[tuple[str, str], ...] = (CODE, TEST)) -> CheckResult:
    return redgreen.check(squashed("django", *files), judged)


def test_what_changes_no_code_needs_no_test() -> None:
    assert checked(files=(DOCS,)).state is CheckState.NOT_ASKED


def test_code_needs_a_test_and_the_advice_says_where() -> None:
    result = checked(files=(CODE,))
    assert (result.state, result.findings) == (CheckState.WRONG, ("no test is added or changed",))
    assert result.advice == "add a test below tests/ that fails without the change"


def test_what_was_not_run_is_not_known() -> None:
    result = checked(judgement(RedGreenProof(), notes=("it broke off",)))
    assert result.state is CheckState.UNKNOWN
    assert result.findings == ("the tests in tests/servers/tests.py did not run: it broke off",)
    assert checked().findings == (
        "the tests in tests/servers/tests.py did not run: none was chosen",
    )


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        (RedGreenProof(failing={"a": "why"}, times=3), "fails with the code: a: why"),
        (RedGreenProof(guards=("a",), times=3), "passes without the code as well: a"),
        (RedGreenProof(times=3), "none of its tests fails without the code"),
        (RedGreenProof(red=("b",), wrong=("a: not sure",), times=3), "a: not sure"),
    ],
)
def test_how_what_is_wrong_is_told(proof: RedGreenProof, said: str) -> None:
    result = checked(judgement(proof))
    assert (result.state, result.findings[0]) == (CheckState.WRONG, said)


def test_a_proof_is_told_in_one_line() -> None:
    result = checked(judgement(RedGreenProof(red=("a",), guards=("b", "c"), times=3)))
    assert (result.state, result.note) == (
        CheckState.FINE,
        "1 fail without the code and pass with it, 3 times on each side; 2 more pass on both sides",
    )


def test_the_proof_is_that_of_the_diffs_own_base() -> None:
    there = judgement(RedGreenProof(red=("a",), times=3), ELSEWHERE)
    assert checked(there).state is CheckState.FINE
    assert checked(there, judgement(RedGreenProof(times=3))).state is CheckState.WRONG
