"""What is demanded of a patch's own tests: that they notice nearly all mutants of its code."""

from __future__ import annotations

import pytest

from harness.catalog.candidate import Candidate, Description, Survivor
from harness.export.checks import mutants
from harness.export.gate import CheckResult, CheckState
from harness.model import CandidateName, MutantFate, Mutation, MutationProof

DROPPED = "the statement is dropped"
KILLED, SURVIVED, UNDECIDED = MutantFate.KILLED, MutantFate.SURVIVED, MutantFate.UNDECIDED


def mutation(number: int, fate: MutantFate) -> Mutation:
    return Mutation("a.py", number, f"f({number})", DROPPED, fate, by="")


def proof(killed: int, survived: int = 0, undecided: int = 0, possible: int = 0) -> MutationProof:
    fates = [SURVIVED] * survived + [UNDECIDED] * undecided + [KILLED] * killed
    tried = tuple(mutation(number, fate) for number, fate in enumerate(fates, 1))
    return MutationProof(tried, possible or len(tried), tests=("t", "u"), controls=4)


def check(proof: MutationProof, *excused: int) -> CheckResult:
    survivors = tuple(Survivor(f"f({number})", DROPPED, "it is of no matter") for number in excused)
    about = Description("", "", "", (), ("1",), survivors=survivors)
    return mutants.check([Candidate(CandidateName("django", "it"), about, {})], proof)


def test_every_mutant_is_noticed() -> None:
    result = check(proof(killed=20))
    assert result.state is CheckState.FINE
    assert result.note == "20 mutants: 20 noticed by 2 tests"


def test_a_survivor_is_told_with_its_line_and_what_was_done_there() -> None:
    result = check(proof(killed=19, survived=1))
    assert result.state is CheckState.WRONG
    assert result.findings == (f"a.py:1: no test notices that {DROPPED}: f(1)",)


@pytest.mark.parametrize(
    ("killed", "survived", "excused", "state"),
    [
        (18, 2, (1, 2), CheckState.FINE),  # a tenth, with reasons
        (18, 2, (1,), CheckState.WRONG),  # one has none
        (17, 3, (1, 2, 3), CheckState.WRONG),  # more than a tenth, whatever the reasons
        (3, 1, (1,), CheckState.FINE),  # of a few, one
        (3, 2, (1, 2), CheckState.WRONG),
    ],
)
def test_few_may_survive_and_each_needs_a_reason(
    killed: int, survived: int, excused: tuple[int, ...], state: CheckState
) -> None:
    assert check(proof(killed, survived), *excused).state is state


def test_a_reason_is_for_one_fault_of_that_line() -> None:
    other = (Survivor("f(1)", "it returns None", "it is of no matter"),)
    about = Description("", "", "", (), ("1",), survivors=other)
    stack = [Candidate(CandidateName("django", "it"), about, {})]
    assert mutants.check(stack, proof(killed=19, survived=1)).state is CheckState.WRONG


def test_a_reason_that_nothing_needs_is_named() -> None:
    result = check(proof(killed=20), 7)
    assert result.note.endswith(f"; needs no reason any more: f(7): {DROPPED}")


def test_where_not_all_were_tried_it_is_said_and_no_reason_is_idle() -> None:
    result = check(proof(killed=60, possible=112), 7)
    assert result.note == "60 mutants, of 112 evenly over the changed lines: 60 noticed by 2 tests"


def test_what_was_not_tried_is_not_noticed() -> None:
    result = check(proof(killed=19, undecided=1))
    assert result.state is CheckState.UNKNOWN
    assert "1 of 20 mutants could not be tried" in result.findings[0]


@pytest.mark.parametrize(
    ("empty", "state"),
    [
        (MutationProof(nothing="it changes no Python code"), CheckState.NOT_ASKED),
        (MutationProof(why="a.py: it can not be parsed"), CheckState.UNKNOWN),
    ],
)
def test_nothing_to_try_is_not_nothing_known(empty: MutationProof, state: CheckState) -> None:
    assert check(empty).state is state
